//! Dual commitment (廉洁从业双承诺): procuring unit and enterprise sign the same text; what is broken is reported, answered
//! and ruled.

#[cfg(feature = "shell")]
mod api;
mod payload;
#[cfg(feature = "shell")]
mod projection;
mod state;
#[cfg(feature = "shell")]
mod view;

#[cfg(feature = "shell")]
pub use api::CommitmentSummary;
pub use payload::{
    Acceptance, Act, Appeal, AppealRuling, Binding, Breach, BreachAnswer, BreachFinding, BreachRuling,
    CommitmentPeriod, Deadline, Decline, Lapse, LotBinding, Offer, TermReopening, YearBinding, YearEnd,
};
pub use state::{BreachPhase, BreachState, BreachStatus, Call, Commitment, CommitmentStatus, Phase};
#[cfg(feature = "shell")]
pub use view::{BreachView, CommitmentView};
