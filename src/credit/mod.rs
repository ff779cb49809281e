//! 信用评价: what everything that bears on an organisation comes to, a pure function of the log.

#[cfg(feature = "shell")]
mod api;
mod payload;
#[cfg(feature = "shell")]
mod projection;
mod state;
#[cfg(feature = "shell")]
mod view;

pub use payload::{
    Act, Addition, ConductSum, Contribution, CreditObjection, CreditObjectionRuling, GradeCap, Graded, GradingOccasion,
    ObjectionFate, Predecessor, Retraction,
};
#[cfg(feature = "shell")]
pub(crate) use projection::{grade_as_of, looked_at_again};
pub use state::{
    Account, Counted, Credit, CreditId, CreditObjectionPhase, CreditObjectionState, Credits, FACTS_CONSIDERED_MAX,
    GradeChange, SUPPOSED_FROM, Supposed,
};
#[cfg(feature = "shell")]
pub use view::{ConductSumView, ContributionView, CreditRuleView, CreditView};
