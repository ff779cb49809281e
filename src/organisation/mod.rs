//! Organisations (主体), their roles and their keys: who may sign what.
//!
//! Everybody registers alike: by a record signed with the key it brings, which proves possession. Nobody is anybody
//! until a body that may say so confirms that key and those roles: the operator confirms supervisors and auditors,
//! supervisors confirm everyone else, centres confirm enterprises (domain.md §1).

#[cfg(feature = "shell")]
mod api;
mod payload;
#[cfg(feature = "shell")]
mod projection;
mod role;
mod state;

#[cfg(feature = "shell")]
pub use api::OrganisationApi;
pub use payload::{
    Act, Confirmation, KeyAddition, KeyRevocation, Registration, Reinstatement, RevocationReason, RoleGrant,
    Suspension, has_possession, possession_header,
};
#[cfg(feature = "shell")]
pub use projection::{KEYS, TABLES, project};
pub use role::{Role, Roles};
pub use state::{Key, Organisation, Pending, Status, decide, public_key};
