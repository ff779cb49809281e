//! Where commitments and reports of breaches stand, in one word each.

use super::{BreachPhase, Phase};
use crate::act::statuses;

statuses! {
    /// Where a commitment stands.
    pub enum CommitmentStatus {
        /// Signed by one side.
        Offered,
        /// 生效: signed by both.
        Effective,
        /// 已谢绝
        Declined,
        /// Not signed by the other side in time.
        Lapsed,
    }

    /// How far the report of a breach has come.
    pub enum BreachStatus {
        /// 已举报, to be answered
        Reported,
        /// It should have been answered.
        Overdue,
        /// 已说明
        Answered,
        /// May be appealed within the period.
        Ruled,
        /// 已申诉
        Appealed,
        /// Decided on appeal.
        Final,
    }
}

impl Phase {
    pub fn status(self) -> CommitmentStatus {
        match self {
            Self::Offered { .. } => CommitmentStatus::Offered,
            Self::Effective { .. } => CommitmentStatus::Effective,
            Self::Declined => CommitmentStatus::Declined,
            Self::Lapsed => CommitmentStatus::Lapsed,
        }
    }
}

impl BreachPhase {
    pub fn status(&self) -> BreachStatus {
        match self {
            Self::Reported { overdue: false, .. } => BreachStatus::Reported,
            Self::Reported { overdue: true, .. } => BreachStatus::Overdue,
            Self::Answered => BreachStatus::Answered,
            Self::Ruled { .. } => BreachStatus::Ruled,
            Self::Appealed { .. } => BreachStatus::Appealed,
            Self::Final { .. } => BreachStatus::Final,
        }
    }
}
