//! Documents, kept beside the log.

use super::quota::{must_fit, too_many_documents};
use super::{Ledger, LedgerError, UncitedQuota};
use crate::field::{DocumentId, MediaType, OrganisationId};
use crate::problem::{self, Refusal};
use crate::store::{DocumentError, Standing, StoreError, first_citing, is_cited, standing, uncited};
use crate::world::ReadEntry;
use bytes::Bytes;
use futures::{Stream, StreamExt};
use std::io::ErrorKind;
use std::time::Duration;

/// The store has just taken the bytes: when it does not answer this soon, it has gone away.
const LOOK_TIME_MAX: Duration = Duration::from_secs(2);

const REMOVALS_MAX: usize = 3;

/// What became of an upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Filed {
    pub size: u64,
    /// It was here before.
    pub was_here: bool,
}

impl Ledger {
    /// Stores a document as it streams in, unless it is here, and says how many bytes it has. From then on records may cite
    /// it; while none does, it counts for whoever uploaded it.
    ///
    /// # Errors
    /// [`LedgerError::Documents`]: its bytes do not have this hash, are more than `limit_bytes`, or don't come.
    /// [`LedgerError::Refused`]: the quota is used up.
    pub async fn keep_document(
        &self,
        id: DocumentId,
        chunks: impl Stream<Item = std::io::Result<Bytes>> + Send,
        limit_bytes: u64,
        owner: &OrganisationId,
        quota: UncitedQuota,
    ) -> Result<Filed, LedgerError> {
        match standing(&mut self.database.clone(), id).await? {
            Standing::Kept(size) => {
                self.file(id, size, owner, quota).await?;
                return Ok(Filed { size, was_here: true });
            }
            Standing::Going => return Err(going(id).into()),
            Standing::Absent => {}
        }
        let used = uncited(&mut self.database.clone(), owner).await?;
        let mut upload = self.arriving.begin(owner, used, quota)?;
        let counted = chunks.map(move |chunk| {
            let chunk = chunk?;
            upload.grow(chunk.len())?;
            Ok(chunk)
        });
        let size = match self.documents.put(id, counted, limit_bytes).await {
            Err(DocumentError::Stream(error)) if error.kind() == ErrorKind::QuotaExceeded => {
                return Err(too_many_documents(quota, used).into());
            }
            put => put?,
        };
        self.file(id, size, owner, quota).await?;
        Ok(Filed { size, was_here: false })
    }

    /// Takes note of a document whose bytes are here, and of who uploaded it.
    async fn file(
        &self,
        id: DocumentId,
        size: u64,
        owner: &OrganisationId,
        quota: UncitedQuota,
    ) -> Result<(), LedgerError> {
        let now = self.clock.now();
        let (mut write, _) = self.database.begin_at_head().await?;
        let there = standing(&mut write, id).await?;
        // Bytes are removed while the row says so, and by nobody while there is none: what is here now stays.
        let is_here = match there {
            Standing::Kept(_) => Ok(true),
            Standing::Going => Ok(false),
            Standing::Absent => self.has_bytes(id).await,
        };
        if !matches!(is_here, Ok(true)) {
            write.rollback().await;
            return Err(is_here.err().unwrap_or_else(|| going(id).into()));
        }
        if !is_cited(&mut write, &id.to_string()).await? {
            let used = uncited(&mut write, owner).await?;
            if !write.has_uploaded(id, owner).await?
                && let Err(refusal) = must_fit(quota, used, size)
            {
                // Another upload was faster; what no row names would stay for ever.
                if there == Standing::Absent {
                    write.file_going(id, size, now).await?;
                    write.commit().await?;
                    self.remove_document(id).await?;
                } else {
                    write.rollback().await;
                }
                return Err(refusal.into());
            }
            write.file_upload(id, owner, now).await?;
        }
        write.file_document(id, size).await?;
        Ok(write.commit().await?)
    }

    /// Asked while the log's head is held, so not for long.
    async fn has_bytes(&self, id: DocumentId) -> Result<bool, LedgerError> {
        match tokio::time::timeout(LOOK_TIME_MAX, self.documents.size(id)).await {
            Ok(size) => Ok(size?.is_some()),
            Err(_) => Err(StoreError::TimedOut.into()),
        }
    }

    /// Takes an upload back; the document goes with the last one. `false` when there is none that no record cites.
    ///
    /// # Errors
    /// A store fails; then it can be asked for again.
    pub async fn withdraw_document(&self, id: DocumentId, owner: &OrganisationId) -> Result<bool, LedgerError> {
        let (mut write, _) = self.database.begin_at_head().await?;
        if is_cited(&mut write, &id.to_string()).await? || !write.has_uploaded(id, owner).await? {
            write.rollback().await;
            return Ok(false);
        }
        let goes = write.withdraw_upload(id, owner, self.clock.now()).await?;
        write.commit().await?;
        if goes {
            self.remove_document(id).await?;
        }
        Ok(true)
    }

    /// Removes the bytes of a document that was marked as going by the caller. Where somebody brings it again and again
    /// meanwhile, housekeeping ends it.
    pub(super) async fn remove_document(&self, id: DocumentId) -> Result<(), LedgerError> {
        for _ in 0..REMOVALS_MAX {
            self.documents.remove(id).await?;
            let (mut write, _) = self.database.begin_at_head().await?;
            // An upload that ended just now was refused, and has left its bytes.
            if self.has_bytes(id).await? {
                write.rollback().await;
                continue;
            }
            write.forget_document(id).await?;
            return Ok(write.commit().await?);
        }
        Ok(())
    }

    /// Size in bytes of a stored document; `None` when there is no such document.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn document(&self, id: DocumentId) -> Result<Option<u64>, LedgerError> {
        Ok(match standing(&mut self.database.clone(), id).await? {
            Standing::Kept(size) => Some(size),
            Standing::Absent | Standing::Going => None,
        })
    }

    /// The media type of a document, by the word of the record that cited it first; `None` when none has.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn media_type(&self, id: DocumentId) -> Result<Option<MediaType>, LedgerError> {
        let bytes = first_citing(&mut self.database.clone(), &id.to_string()).await?;
        // A row that no record made says nothing.
        let entry = bytes.as_deref().and_then(|bytes| ReadEntry::parse(bytes).ok());
        let documents = entry.as_ref().map(|entry| entry.act.documents()).unwrap_or_default();
        Ok(documents.into_iter().find(|cited| cited.sha256 == id).map(|cited| cited.media_type))
    }
}

/// Between the two nobody may bring it: what removes the bytes would remove those, too.
fn going(id: DocumentId) -> Refusal {
    let zh = format!("文件 {id} 正在移除，请稍后再传");
    Refusal::new(&problem::OVERLOADED, zh, format!("document {id} is being removed: upload it again soon"))
}
