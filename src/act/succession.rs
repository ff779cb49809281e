//! Who has the rights and duties of an organisation that ended: all that other capabilities see of that.

use crate::field::{OrganisationId, SuccessionManner};

/// The face of an organisation that was merged or divided, as long as nobody takes that back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Succession {
    pub predecessor: OrganisationId,
    pub manner: SuccessionManner,
    pub successors: Vec<OrganisationId>,
    /// The entry that says so.
    pub entry: u64,
}
