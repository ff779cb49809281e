//! How much an organisation may leave here that no record cites, and for how long.
//!
//! A document or a disclosure that a record cites is counted for nobody: it stays as long as the log.

use super::{Ledger, LedgerError};
use crate::field::{Instant, OrganisationId};
use crate::problem::{self, Refusal};
use crate::store::{Uncited, UncitedDocument, uncited, uncited_disclosures, uncited_documents};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What no record cites goes after a month: a record that was meant to cite it would have come by then.
pub const UNCITED_MILLIS: i64 = 30 * 24 * 3600 * 1000;

/// What one organisation may have here that no record cites. Zero means no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UncitedQuota {
    pub documents: u64,
    /// Of these documents, decoded.
    pub bytes: u64,
    pub disclosures: u64,
}

impl UncitedQuota {
    /// For whoever runs the service, and for what it files itself.
    pub const NONE: Self = Self { documents: 0, bytes: 0, disclosures: 0 };
}

impl Default for UncitedQuota {
    fn default() -> Self {
        Self {
            // As many as one field of a record cites.
            documents: 100,
            // Two documents at their limit: a set of drawings, and what goes with it.
            bytes: 512 << 20,
            // Candidates and contacts of some tenders that are being written.
            disclosures: 200,
        }
    }
}

fn is_within(used: u64, max: u64) -> bool {
    max == 0 || used <= max
}

/// # Errors
/// There is no room for one more document of this size.
pub(super) fn must_fit(quota: UncitedQuota, used: Uncited, size: u64) -> Result<(), Refusal> {
    let fits = is_within(used.documents + 1, quota.documents) && is_within(used.bytes + size, quota.bytes);
    if fits { Ok(()) } else { Err(too_many_documents(quota, used)) }
}

/// # Errors
/// There is no room for one more disclosure.
pub(super) fn must_fit_disclosure(quota: UncitedQuota, used: Uncited) -> Result<(), Refusal> {
    if is_within(used.disclosures + 1, quota.disclosures) {
        return Ok(());
    }
    let (used, max) = (used.disclosures, quota.disclosures);
    Err(exhausted(
        format!("未被任何记录引用的披露至多 {max} 份，本主体已有 {used} 份"),
        format!("at most {max} disclosures that no record holds; this organisation has {used}"),
    ))
}

pub(super) fn too_many_documents(quota: UncitedQuota, used: Uncited) -> Refusal {
    let of = |max: u64| if max == 0 { "∞".to_owned() } else { max.to_string() };
    let (documents, bytes) = (of(quota.documents), of(quota.bytes));
    exhausted(
        format!(
            "未被任何记录引用的文件至多 {documents} 份、{bytes} 字节，本主体已有 {} 份、{} 字节，此文件放不下",
            used.documents, used.bytes
        ),
        format!(
            "at most {documents} documents of {bytes} bytes together that no record cites; this organisation has {} of {} bytes, and there is no room for this one",
            used.documents, used.bytes
        ),
    )
}

fn exhausted(zh: String, en: String) -> Refusal {
    let days = UNCITED_MILLIS / (24 * 3600 * 1000);
    let zh = format!("{zh}。请以记录引用、撤回（DELETE），或待其满 {days} 日自行移除；用量见 /v1/uncited");
    let en =
        format!("{en}: cite them, take them back (DELETE) or wait until they go after {days} days; see /v1/uncited");
    Refusal::new(&problem::QUOTA_EXHAUSTED, zh, en)
}

/// What an organisation has here that no record cites, in full.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UncitedList {
    pub used: Uncited,
    pub documents: Vec<UncitedDocument>,
    /// Digests, with when each was uploaded.
    pub disclosures: Vec<(String, Instant)>,
}

impl Ledger {
    /// What an organisation has here that no record cites.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn uncited(&self, owner: &OrganisationId) -> Result<UncitedList, LedgerError> {
        let mut reads = self.database.snapshot().await?;
        Ok(UncitedList {
            used: uncited(&mut reads, owner).await?,
            documents: uncited_documents(&mut reads, owner).await?,
            disclosures: uncited_disclosures(&mut reads, owner).await?,
        })
    }
}

/// Uploads of one organisation at a time: each holds up to 25 MiB of memory.
const ARRIVING_MAX: u64 = 8;

/// What organisations are sending at this moment: it counts as if it were here already.
#[derive(Default)]
pub(super) struct Arriving(Mutex<HashMap<OrganisationId, Sending>>);

#[derive(Debug, Clone, Copy, Default)]
struct Sending {
    documents: u64,
    bytes: u64,
}

/// One upload under way; it ends when dropped.
pub(super) struct Upload {
    arriving: Arc<Arriving>,
    owner: OrganisationId,
    /// What was here when it began.
    used: Uncited,
    quota: UncitedQuota,
    bytes: u64,
}

impl Arriving {
    /// # Errors
    /// With what is on its way already, nothing more fits.
    pub fn begin(
        self: &Arc<Self>,
        owner: &OrganisationId,
        used: Uncited,
        quota: UncitedQuota,
    ) -> Result<Upload, Refusal> {
        let mut sending = self.sending();
        let own = sending.get(owner).copied().unwrap_or_default();
        if own.documents >= ARRIVING_MAX {
            let zh = format!("同时上传至多 {ARRIVING_MAX} 份文件，请稍后再试");
            let en = format!("at most {ARRIVING_MAX} documents are uploaded at a time: try again soon");
            return Err(Refusal::new(&problem::RATE_LIMITED, zh, en));
        }
        let (documents, bytes) = (used.documents + own.documents, used.bytes + own.bytes);
        must_fit(quota, Uncited { documents, bytes, ..used }, 0)?;
        sending.entry(owner.clone()).or_default().documents += 1;
        Ok(Upload { arriving: Arc::clone(self), owner: owner.clone(), used, quota, bytes: 0 })
    }

    /// What is counted stays right whatever panicked: each change is one assignment.
    fn sending(&self) -> MutexGuard<'_, HashMap<OrganisationId, Sending>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Upload {
    /// Counts bytes that have come, decoded.
    ///
    /// # Errors
    /// [`std::io::ErrorKind::QuotaExceeded`]
    pub fn grow(&mut self, bytes: usize) -> std::io::Result<()> {
        let mut sending = self.arriving.sending();
        let own = sending.entry(self.owner.clone()).or_default();
        (own.bytes, self.bytes) = (own.bytes + bytes as u64, self.bytes + bytes as u64);
        let fits = is_within(self.used.bytes + own.bytes, self.quota.bytes);
        if fits { Ok(()) } else { Err(std::io::ErrorKind::QuotaExceeded.into()) }
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        let mut sending = self.arriving.sending();
        if let Some(own) = sending.get_mut(&self.owner) {
            (own.documents, own.bytes) = (own.documents - 1, own.bytes - self.bytes);
            // The table must not grow with everybody who ever sent something.
            if own.documents == 0 {
                sending.remove(&self.owner);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUOTA: UncitedQuota = UncitedQuota { documents: 3, bytes: 100, disclosures: 2 };

    fn owner(id: &str) -> OrganisationId {
        id.parse().unwrap()
    }

    #[test]
    fn what_is_on_its_way_counts_and_ends() {
        let arriving = Arc::new(Arriving::default());
        let (first, second) = (owner("91410100MA0000015B"), owner("11410100005260004Y"));
        let used = Uncited { documents: 1, bytes: 60, disclosures: 0 };
        let mut one = arriving.begin(&first, used, QUOTA).unwrap();
        let mut two = arriving.begin(&first, used, QUOTA).unwrap();
        assert_eq!(arriving.begin(&first, used, QUOTA).err().unwrap().problem.code, "quota-exhausted");
        one.grow(30).unwrap();
        assert_eq!(two.grow(11).unwrap_err().kind(), std::io::ErrorKind::QuotaExceeded);
        arriving.begin(&second, Uncited::default(), QUOTA).unwrap().grow(100).unwrap();
        drop(two);
        one.grow(10).unwrap();
        drop(one);
        assert!(arriving.sending().is_empty());
    }

    #[test]
    fn nobody_holds_all_memory_by_sending_slowly() {
        let arriving = Arc::new(Arriving::default());
        let begin = || arriving.begin(&owner("91410100MA0000015B"), Uncited::default(), UncitedQuota::NONE);
        let all: Vec<_> = (0..ARRIVING_MAX).map(|_| begin().unwrap()).collect();
        assert_eq!(begin().err().unwrap().problem.code, "rate-limited");
        drop(all);
        begin().unwrap().grow(usize::MAX >> 1).unwrap();
    }
}
