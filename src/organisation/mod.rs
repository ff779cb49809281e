//! Organisations (主体), their roles and their keys: who may sign what.
//!
//! Everybody registers alike: by a record signed with the key it brings, which proves possession. Nobody is anybody
//! until a body that may say so confirms that key and those roles: the operator confirms supervisors and auditors,
//! supervisors confirm everyone else, centres confirm enterprises (domain.md §1).

mod api;
mod payload;
mod projection;
mod state;

pub use api::OrganisationApi;
pub use payload::{Act, Confirmation, KeyAddition, KeyRevocation, Registration, Reinstatement, RoleGrant, Suspension};
pub use projection::KEYS;
pub use state::{Organisation, Pending, Status};

pub use crate::act::{Key, RevocationReason, Role, Roles, has_possession, possession_header};
