//! What is signed about an evaluation.

mod opening;
mod rating;
mod reopening;
mod ruling;

pub use opening::{EvaluationDeadline, EvaluationOpening, EvaluationStage};
pub use rating::{Rating, RatingReply, RatingSeal, Score};
pub use reopening::{EvaluationPeriod, EvaluationReopening};
pub use ruling::{RatingAppeal, RatingCorrection, RatingRuling, RatingVerification, Scored};

use crate::act::acts;

acts! {
    /// Every act about an evaluation.
    pub enum Act {
        Opened(EvaluationOpening),
        Sealed(RatingSeal),
        Revealed(Rating),
        DeadlinePassed(EvaluationDeadline),
        Replied(RatingReply),
        Verified(RatingVerification),
        Corrected(RatingCorrection),
        Appealed(RatingAppeal),
        AppealRuled(RatingRuling),
        PeriodReopened(EvaluationReopening),
    }
}
