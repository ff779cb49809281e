//! A citation of a document by its content.

use super::{DocumentId, Line};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A document that was uploaded before (`PUT /v1/documents/{sha256}`), cited by its hash: the record that cites it
/// fixes every byte of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DocumentRef {
    pub sha256: DocumentId,
    /// Bytes.
    pub size: u64,
    pub media_type: Line<100>,
    pub title: Line<200>,
}
