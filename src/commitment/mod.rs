//! Dual commitment (廉洁从业双承诺): procuring unit and enterprise sign the same text; what is broken is reported, answered
//! and ruled.

#[cfg(feature = "shell")]
mod api;
mod gate;
mod payload;
#[cfg(feature = "shell")]
mod projection;
mod state;
#[cfg(feature = "shell")]
mod view;

#[cfg(feature = "shell")]
pub use api::CommitmentApi;
pub use gate::Gate;
pub use payload::{
    Acceptance, Act, Appeal, AppealRuling, Binding, Breach, BreachAnswer, BreachRuling, Deadline, Decline, Finding,
    Lapse, LotBinding, Offer, YearBinding,
};
#[cfg(feature = "shell")]
pub use projection::{TABLES, project};
pub use state::{BreachPhase, BreachState, Commitment, Phase, Surroundings, Ties, apply, decide, ties};
