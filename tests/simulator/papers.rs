//! Documents of a run: which are here, and which must be gone.

use super::fault::{Fault, fault};
use bytes::Bytes;
use futures::stream;
use gongshi::field::{DocumentId, Instant, OrganisationId};
use gongshi::ledger::{Ledger, UNCITED_MILLIS, UncitedQuota};
use gongshi::log::Hash;
use std::collections::{BTreeMap, BTreeSet};

/// What was uploaded, and when.
#[derive(Default)]
pub struct Papers(BTreeMap<DocumentId, (Bytes, Instant)>);

impl Papers {
    pub async fn upload(&mut self, ledger: &Ledger, bytes: Bytes, owner: &OrganisationId) -> Result<DocumentId, Fault> {
        let id = DocumentId::from(Hash::of(&bytes));
        let chunks = stream::iter([Ok(bytes.clone())]);
        let kept = ledger.keep_document(id, chunks, bytes.len() as u64, owner, UncitedQuota::NONE).await;
        kept.map_err(|e| fault("document", e))?;
        self.0.insert(id, (bytes, ledger.clock.now()));
        Ok(id)
    }

    pub fn size(&self, id: &DocumentId) -> Option<u64> {
        self.0.get(id).map(|(bytes, _)| bytes.len() as u64)
    }

    /// A service takes away what has expired: just what no entry cites, and a month has passed. It is brought again.
    pub async fn expire(
        &mut self,
        ledger: &Ledger,
        cited: &BTreeSet<DocumentId>,
        owner: &OrganisationId,
    ) -> Result<usize, Fault> {
        let now = ledger.clock.look().map(|now| now.plus_millis(-UNCITED_MILLIS));
        let is_over = |at: &Instant| now.as_ref().is_ok_and(|until| at <= until);
        let over: Vec<DocumentId> =
            self.0.iter().filter(|(id, (_, at))| !cited.contains(id) && is_over(at)).map(|(id, _)| *id).collect();
        let expired = ledger.expire_uncited().await.map_err(|e| fault("expiry", e))?;
        if expired.documents != over.len() {
            return Err(fault("expiry", format!("{expired:?}, but {} are over: {over:?}", over.len())));
        }
        for id in self.0.keys() {
            let is_here = ledger.document(*id).await.map_err(|e| fault("expiry", e))?.is_some();
            if is_here == over.contains(id) {
                return Err(fault("expiry", format!("{id} is {}", if is_here { "still here" } else { "gone" })));
            }
        }
        for id in &over {
            if let Some((bytes, _)) = self.0.remove(id) {
                self.upload(ledger, bytes, owner).await?;
            }
        }
        Ok(over.len())
    }
}
