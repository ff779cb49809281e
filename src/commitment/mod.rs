//! Dual commitment (廉洁从业双承诺): procuring unit and enterprise sign the same text; what is broken is reported, answered
//! and ruled.

mod api;
mod gate;
mod payload;
mod projection;
mod state;
mod view;

pub use api::CommitmentApi;
pub use gate::Gate;
pub use payload::{
    Acceptance, Act, Appeal, AppealRuling, Binding, Breach, BreachAnswer, BreachFinding, BreachRuling, Deadline,
    Decline, Lapse, LotBinding, Offer, YearBinding,
};
pub use projection::{TABLES, project};
pub use state::{BreachPhase, BreachState, Commitment, Phase, Surroundings, Ties, apply, decide, ties};
