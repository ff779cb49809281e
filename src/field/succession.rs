//! How an organisation's rights and duties came to another one.

use super::Bilingual;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// 承继: what happened to the one that ended (民法典 art. 67).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SuccessionManner {
    /// 合并: the successor has all of its rights and duties.
    Merged,
    /// 分立: the successors have them together.
    Divided,
}

impl SuccessionManner {
    /// What people call it.
    pub fn words(self) -> Bilingual {
        match self {
            Self::Merged => Bilingual::new("合并", "merged"),
            Self::Divided => Bilingual::new("分立", "divided"),
        }
    }
}
