//! What an organisation has here that no record cites, and how much of it may be.

use super::{Caller, Limits, Problem, Tag, Typed};
use crate::field::{DocumentId, Instant};
use crate::ledger::{Ledger, UNCITED_MILLIS, UncitedList};
use poem_openapi::OpenApi;
use schemars::JsonSchema;
use serde::Serialize;
use std::sync::Arc;

/// What the caller's organisation has here that no record cites. What a record cites counts for nobody and stays.
#[derive(Serialize, JsonSchema)]
pub struct UncitedView {
    documents: Usage,
    /// Of these documents.
    bytes: Usage,
    disclosures: Usage,
    /// Oldest first, 500 at most.
    uncited_documents: Vec<UncitedDocumentView>,
    /// Oldest first, 500 at most.
    uncited_disclosures: Vec<UncitedDisclosureView>,
}

/// How much of a quota is used.
#[derive(Serialize, JsonSchema)]
pub struct Usage {
    used: u64,
    /// Absent where there is no limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    max: Option<u64>,
}

/// A document that no record cites.
#[derive(Serialize, JsonSchema)]
pub struct UncitedDocumentView {
    sha256: DocumentId,
    /// Bytes.
    size: u64,
    /// From then on it may go at any time, unless a record cites it.
    expires: Instant,
}

/// A disclosure whose digest no record holds.
#[derive(Serialize, JsonSchema)]
pub struct UncitedDisclosureView {
    sealed: String,
    /// From then on it may go at any time, unless a record holds its digest.
    expires: Instant,
}

impl Usage {
    fn of(used: u64, max: u64) -> Self {
        Self { used, max: Some(max).filter(|max| *max > 0) }
    }
}

pub struct UncitedApi {
    pub ledger: Arc<Ledger>,
    pub limits: Limits,
}

#[OpenApi(prefix_path = "/v1/uncited", tag = "Tag::Documents")]
impl UncitedApi {
    /// 存放用量: documents and disclosures of the caller's organisation that no record cites, and how many there may be.
    #[oai(path = "/", method = "get", operation_id = "getUncited")]
    async fn get(&self, caller: Caller) -> Result<Typed<UncitedView>, Problem> {
        let UncitedList { used, documents, disclosures } = self.ledger.uncited(&caller.0.id).await?;
        let (quota, expires) = (self.limits.uncited, |stored_at: Instant| stored_at.plus_millis(UNCITED_MILLIS));
        let documents = documents.into_iter().map(|document| UncitedDocumentView {
            sha256: document.id,
            size: document.size,
            expires: expires(document.stored_at),
        });
        let disclosures = disclosures
            .into_iter()
            .map(|(sealed, stored_at)| UncitedDisclosureView { sealed, expires: expires(stored_at) });
        Ok(Typed(UncitedView {
            documents: Usage::of(used.documents, quota.documents),
            bytes: Usage::of(used.bytes, quota.bytes),
            disclosures: Usage::of(used.disclosures, quota.disclosures),
            uncited_documents: documents.collect(),
            uncited_disclosures: disclosures.collect(),
        }))
    }
}
