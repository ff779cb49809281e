//! Entries that somebody else has kept, appended again byte for byte.

use super::entries::Walk;
use super::replay::{ReplayError, Replayed, repair};
use crate::field::DocumentId;
use crate::law::Editions;
use crate::log::{Hash, first_previous};
use crate::sequencer::head_row;
use crate::store::{Database, ENTRIES, HEAD, LAW, StoreError, Value, Write};

/// A log that is brought as far as somebody else has it, in one transaction: it has all of it, or is as it was.
pub struct Growth {
    write: Write,
    walk: Walk,
    editions: Editions,
}

impl Growth {
    /// Walks what is there, and keeps everybody else from writing.
    ///
    /// # Errors
    /// The store can't be read, or what it holds is no log.
    pub async fn begin(database: &Database, editions: &Editions) -> Result<Self, ReplayError> {
        let (mut write, _) = database.begin_at_head().await?;
        let mut walk = Walk::new(editions, std::iter::empty());
        // What differs is repaired at the end.
        while walk.step(&mut write, &mut Vec::new()).await? {}
        Ok(Self { write, walk, editions: editions.clone() })
    }

    /// Entries that there are.
    pub fn size(&self) -> u64 {
        self.walk.size()
    }

    /// The root of the tree over them.
    pub fn root(&mut self) -> Hash {
        self.walk.root()
    }

    /// Appends the next entries.
    ///
    /// # Errors
    /// They are not the next entries of this log, or the store fails.
    pub async fn append(&mut self, entries: &[impl AsRef<[u8]>]) -> Result<(), ReplayError> {
        let mut rows = Vec::with_capacity(entries.len());
        for bytes in entries {
            rows.push(self.walk.take(bytes.as_ref())?.1);
        }
        Ok(self.write.append(&ENTRIES, rows).await?)
    }

    /// An edition of the law, under its hash: whether the log has adopted it is looked at in the end.
    ///
    /// # Errors
    /// The store fails.
    pub async fn law(&mut self, id: DocumentId, bytes: &[u8]) -> Result<(), ReplayError> {
        let row = vec![Value::from(id.to_string()), Value::from(bytes.to_vec())];
        Ok(self.write.put(&LAW, vec![row]).await?)
    }

    /// Makes head, tree and tables as the entries say. The checkpoint is the signed one of exactly these entries, or nothing
    /// has changed.
    ///
    /// # Errors
    /// See [`ReplayError`].
    pub async fn commit(mut self, checkpoint: &str) -> Result<Replayed, ReplayError> {
        let log = self.walk.world().log().ok_or_else(|| StoreError::Damaged("no log.opened".into()))?;
        let last_hash = self.walk.last_hash().unwrap_or_else(|| first_previous(&log.origin));
        let row = head_row(self.walk.size(), last_hash, self.walk.last_time, &log.origin, checkpoint);
        self.write.put(&HEAD, vec![row]).await?;
        let replayed = repair(&mut self.write, &self.editions).await?;
        self.write.commit().await?;
        Ok(replayed)
    }
}
