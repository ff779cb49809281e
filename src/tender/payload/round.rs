//! 重新招标: the tender, or the lots of it, that came to nothing and are tendered again.

use super::announcement::{DIFFERENCES_MAX, Difference};
use super::disclosure::LOTS_MAX;
use crate::field::{Faults, LotId, TenderCode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The round before (上一次招标). Its text is taken over word by word, but for the differences that are declared; nothing else
/// is: every period runs again in full.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EarlierRound {
    /// Of the same procuring unit; disclosed by who bought in it.
    pub tender: TenderCode,
    /// Its lots that are tendered again: failed ones, and of a tender that was terminated all that have no contract.
    #[schemars(length(min = 1, max = LOTS_MAX))]
    pub lots: Vec<LotId>,
    /// Every clause that differs from its text as it last stood.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = DIFFERENCES_MAX))]
    pub differences: Vec<Difference>,
}

impl EarlierRound {
    pub(super) fn check(&self, at: &str, faults: &mut Faults) {
        faults.list(format_args!("{at}/lots"), &self.lots, LOTS_MAX, |lot| lot);
        if !self.differences.is_empty() {
            faults.list(format_args!("{at}/differences"), &self.differences, DIFFERENCES_MAX, |it| &it.clause);
        }
    }
}
