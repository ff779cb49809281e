//! What is signed about access.

mod bar;
mod objection;
mod repair;

pub use bar::{BarRevocation, BarScope, Barring};
pub use objection::{BarObjection, BarObjectionRuling, BarRulingOutcome};
pub use repair::{RepairApplication, RepairDecision, RepairOutcome, RepairPath};

use crate::act::acts;

acts! {
    /// Every act about access.
    pub enum Act {
        Barred(Barring),
        Revoked(BarRevocation),
        Objected(BarObjection),
        ObjectionRuled(BarObjectionRuling),
        RepairApplied(RepairApplication),
        RepairDecided(RepairDecision),
    }
}
