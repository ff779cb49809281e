//! Dual commitment (廉洁从业双承诺): procuring unit and enterprise sign the same text; what is broken is reported, answered
//! and ruled.

mod api;
mod payload;
mod projection;
mod state;
mod view;

pub use api::CommitmentApi;
pub use payload::{
    Acceptance, Act, Appeal, AppealRuling, Binding, Breach, BreachAnswer, BreachRuling, Deadline, Decline, Finding,
    Lapse, LotBinding, Offer, YearBinding,
};
pub use state::{BreachPhase, BreachState, Call, Commitment, Phase};
