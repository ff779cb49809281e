//! Where evaluations and ratings stand, in one word each.

use super::{Evaluation, Judgement, RatingPhase};
use crate::act::statuses;

statuses! {
    /// Where an evaluation stands.
    pub enum EvaluationStatus {
        /// 待密封: somebody may still seal.
        Sealing,
        /// 待公开: what was sealed is to be revealed.
        Revealing,
        /// 办结: nothing is left to wait for.
        Concluded,
    }

    /// How far the rating by one side has come.
    pub enum RatingStatus {
        /// 待密封
        Awaited,
        /// 沉默: not sealed in time.
        Silent,
        /// 已密封
        Sealed,
        /// 拒不公开: sealed, and not revealed in time.
        Withheld,
        /// 已公开
        Revealed,
        /// 已核实
        Verified,
        /// 已更正
        Corrected,
        /// 已申诉
        Appealed,
        /// Decided on appeal.
        Final,
    }
}

impl Evaluation {
    pub fn status(&self) -> EvaluationStatus {
        match (self.concluded, self.revealing) {
            (Some(_), _) => EvaluationStatus::Concluded,
            (None, Some(_)) => EvaluationStatus::Revealing,
            (None, None) => EvaluationStatus::Sealing,
        }
    }
}

impl RatingPhase {
    pub fn status(&self) -> RatingStatus {
        match self {
            Self::Awaited => RatingStatus::Awaited,
            Self::Silent { .. } => RatingStatus::Silent,
            Self::Sealed { .. } => RatingStatus::Sealed,
            Self::Withheld { .. } => RatingStatus::Withheld,
            Self::Scored(scored) => match scored.judgement {
                Judgement::Unjudged => RatingStatus::Revealed,
                Judgement::Verified { .. } => RatingStatus::Verified,
                Judgement::Corrected { .. } => RatingStatus::Corrected,
                Judgement::Appealed { .. } => RatingStatus::Appealed,
                Judgement::Final => RatingStatus::Final,
            },
        }
    }
}
