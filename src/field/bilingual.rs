//! A sentence in both languages.

use serde::{Deserialize, Serialize};

/// The same content in Chinese and in English: whoever is refused reads one of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bilingual {
    pub zh: String,
    pub en: String,
}

impl Bilingual {
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }
}

impl<Z: Into<String>, E: Into<String>> From<(Z, E)> for Bilingual {
    fn from((zh, en): (Z, E)) -> Self {
        Self::new(zh, en)
    }
}
