//! The round before, as a tender that is held again names it.

use super::super::EarlierRound;
use crate::field::{LotId, TenderCode};

/// The failed tender that one follows, and the lots of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoundState {
    pub tender: TenderCode,
    pub lots: Vec<LotId>,
}

impl RoundState {
    pub(super) fn of(earlier: &EarlierRound) -> Self {
        Self { tender: earlier.tender.clone(), lots: earlier.lots.clone() }
    }
}
