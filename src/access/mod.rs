//! 廉洁准入: who may not bid, win or register, where, from when until when, and by whose decision.
//!
//! Nobody is barred here by a score, a list or a rule of our own. A bar is a decision of somebody who may take it: a supervisor
//! enters it with authority, number, article, scope, both ends and the document. Its end needs no record: whoever asks computes
//! it. A revocation, an objection that is upheld and an approved repair end it at once, everywhere.

#[cfg(feature = "shell")]
mod api;
mod payload;
#[cfg(feature = "shell")]
mod projection;
mod state;
#[cfg(feature = "shell")]
mod view;

pub use payload::{
    Act, BarObjection, BarObjectionRuling, BarRevocation, BarRulingOutcome, BarScope, Barring, RepairApplication,
    RepairDecision, RepairOutcome, RepairPath,
};
#[cfg(feature = "shell")]
pub use projection::{BARS, bars_of};
pub use state::{
    Access, AccessId, AccessState, AsOf, Bar, BarChange, BarEvent, BarStatus, CreditEffect, GateReach, GatedStep,
    Lifting, Mark, barred_from, bound_by, gate_streams, standing,
};
#[cfg(feature = "shell")]
pub use view::{AccessView, BarView};
