//! What is signed about a commitment.

mod breach;
mod offer;
mod reopening;

pub use breach::{Appeal, AppealRuling, Breach, BreachAnswer, BreachFinding, BreachRuling, Deadline};
pub use offer::{Acceptance, Binding, Decline, Lapse, LotBinding, Offer, YearBinding, YearEnd};
pub use reopening::{CommitmentPeriod, TermReopening};

use crate::act::acts;

acts! {
    /// Every act about a commitment.
    pub enum Act {
        Offered(Offer),
        Accepted(Acceptance),
        Declined(Decline),
        Lapsed(Lapse),
        BreachReported(Breach),
        BreachAnswered(BreachAnswer),
        DeadlinePassed(Deadline),
        BreachRuled(BreachRuling),
        BreachAppealed(Appeal),
        AppealRuled(AppealRuling),
        PeriodReopened(TermReopening),
        YearEnded(YearEnd),
    }
}
