//! Dual evaluation (践诺评价, 双评价): at each milestone of a commitment both sides rate how the other one kept it, without
//! seeing each other's rating first; supervisors verify, correct, and rule on appeals.

#[cfg(feature = "shell")]
mod api;
mod payload;
#[cfg(feature = "shell")]
mod projection;
mod seal;
mod state;
#[cfg(feature = "shell")]
mod view;

#[cfg(feature = "shell")]
pub use api::EvaluationSummary;
pub use payload::{
    Act, EvaluationDeadline, EvaluationOpening, EvaluationPeriod, EvaluationReopening, EvaluationStage, Rating,
    RatingAppeal, RatingCorrection, RatingReply, RatingRuling, RatingSeal, RatingVerification, Score, Scored,
};
#[cfg(feature = "shell")]
pub use projection::{SETTLED_COLUMNS, settled_rating};
pub use seal::{SEALED_BYTES, Salt, sealed};
pub use state::{
    Criterion, Evaluation, EvaluationStatus, Judgement, Milestones, RatingOutcome, RatingPhase, RatingStatus,
    ReachedMilestone, RevealedRating, ScoredRating, SettledRating, Stamp,
};
#[cfg(feature = "shell")]
pub use view::{EvaluationView, RatingLine, RatingView};
