//! What is signed about a commitment.

mod breach;
mod offer;

pub use breach::{Appeal, AppealRuling, Breach, BreachAnswer, BreachFinding, BreachRuling, Deadline};
pub use offer::{Acceptance, Binding, Decline, Lapse, LotBinding, Offer, YearBinding};

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
    }
}

/// Documents in one citation list.
const DOCUMENTS_MAX: usize = 100;
