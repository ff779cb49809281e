//! Where a capability says which endpoints it has.

use crate::act::Capability;
use crate::ledger::Ledger;
use poem_openapi::OpenApi;
use std::sync::Arc;

/// The endpoints of a capability.
pub trait Endpoints: Capability {
    type Api: OpenApi;

    fn api(ledger: Arc<Ledger>) -> Self::Api;
}
