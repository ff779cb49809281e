//! Organisations (主体), their roles and their keys: who may sign what.
//!
//! Everybody registers alike: by a record signed with the key it brings, which proves possession. Nobody is anybody
//! until a body that may say so confirms that key and those roles: the operator confirms the first supervisors, and auditors;
//! supervisors confirm everyone else, and other supervisors; centres confirm enterprises. Who oversees is no party, who runs
//! the log or audits is neither, and nobody admits itself.

#[cfg(feature = "shell")]
mod api;
mod payload;
#[cfg(feature = "shell")]
mod projection;
mod registry;
mod state;
#[cfg(feature = "shell")]
mod view;

#[cfg(feature = "shell")]
pub use api::OrganisationSummary;
pub use payload::{
    Act, ClaimsClearing, Confirmation, KeyAddition, KeyRevocation, Registration, Reinstatement, RoleGrant, Suspension,
};
#[cfg(feature = "shell")]
pub use projection::{KEYS, awaits, predecessors_of, successors};
pub use registry::{Ending, EndingGround, Renaming, RepresentativeChange};
pub use state::{Admission, Ended, FormerName, Organisation, OrganisationStatus, Pending, Registry, Status};
#[cfg(feature = "shell")]
pub(crate) use view::OrganisationFile;
#[cfg(feature = "shell")]
pub use view::{AdmissionView, KeyStatus, OrganisationView};

pub use crate::act::{Key, RevocationReason, Role, Roles, has_possession, possession_header};
