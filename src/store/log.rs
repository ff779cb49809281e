//! Reading the log's own tables: its head, its entries, its tiles; and where the key of a kid is found.

use super::{Database, StoreError, Value};
use crate::field::{DocumentId, Instant};
use crate::record::{KeyId, PublicKey};

/// Where an entry stands, as the columns beside it say.
#[derive(Debug)]
pub struct StoredEntry {
    pub time: Instant,
    pub stream: String,
    /// Of the stream, with this entry.
    pub version: u64,
    pub bytes: Vec<u8>,
}

impl Database {
    /// The size of the log and its newest checkpoint, a signed note; `None` when there is no log yet.
    ///
    /// # Errors
    /// [`StoreError::Database`]
    pub async fn head(&self) -> Result<Option<(u64, String)>, StoreError> {
        let rows = self.read("SELECT size, checkpoint FROM log_head WHERE id = 1", &[]).await?;
        rows.first().map(|row| Ok((row.unsigned(0)?, row.text(1)?.to_owned()))).transpose()
    }

    /// As [`Self::head`], the note with the cosignatures that there are for it.
    ///
    /// # Errors
    /// [`StoreError::Database`]
    pub async fn cosigned_head(&self) -> Result<Option<(u64, String)>, StoreError> {
        let sql = "SELECT log_head.size, COALESCE(note, checkpoint) FROM log_head \
                   LEFT JOIN cosigned ON cosigned.size = log_head.size WHERE id = 1";
        let rows = self.read(sql, &[]).await?;
        rows.first().map(|row| Ok((row.unsigned(0)?, row.text(1)?.to_owned()))).transpose()
    }

    /// The time of the last entry.
    ///
    /// # Errors
    /// [`StoreError::Database`], or [`StoreError::Damaged`] where there is no log.
    pub async fn last_time(&self) -> Result<Instant, StoreError> {
        let rows = self.read("SELECT last_time FROM log_head WHERE id = 1", &[]).await?;
        let row = rows.first().ok_or_else(|| StoreError::Damaged("no log head".into()))?;
        Ok(Instant::from_millis(row.integer(0)?))
    }

    /// The newest version of a stream, which is how many entries it has; 0 before its first.
    ///
    /// # Errors
    /// [`StoreError::Database`]
    pub async fn stream_version(&self, stream: &str) -> Result<u64, StoreError> {
        let sql = "SELECT version FROM entries WHERE stream = $1 ORDER BY version DESC LIMIT 1";
        let rows = self.read(sql, &[Value::from(stream)]).await?;
        rows.first().map_or(Ok(0), |row| row.unsigned(0))
    }

    /// Where an entry stands, with its bytes.
    ///
    /// # Errors
    /// [`StoreError::Database`]
    pub async fn stored_entry(&self, index: u64) -> Result<Option<StoredEntry>, StoreError> {
        let sql = "SELECT time, stream, version, bytes FROM entries WHERE idx = $1";
        let rows = self.read(sql, &[Value::from(index)]).await?;
        let Some(mut row) = rows.into_iter().next() else { return Ok(None) };
        let (time, stream) = (Instant::from_millis(row.integer(0)?), row.text(1)?.to_owned());
        Ok(Some(StoredEntry { time, stream, version: row.unsigned(2)?, bytes: row.take_blob(3)? }))
    }

    /// The public key of a kid, as the table of keys has it: whoever reads it compares the two.
    ///
    /// # Errors
    /// [`StoreError::Database`]
    pub async fn public_key(&self, kid: &KeyId) -> Result<Option<PublicKey>, StoreError> {
        let sql = "SELECT public FROM keys WHERE kid = $1";
        let rows = self.read(sql, &[Value::Blob(kid.as_bytes().to_vec())]).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let bytes = row.blob(0)?.try_into().map_err(|_| StoreError::Unexpected(0))?;
        PublicKey::from_trusted_bytes(bytes).map(Some).map_err(|_| StoreError::Unexpected(0))
    }

    /// The bytes of the entries from `first` on, at most `count`, by their order; fewer where the log ends.
    ///
    /// # Errors
    /// [`StoreError::Database`]
    pub async fn entries(&self, first: u64, count: u64) -> Result<Vec<Vec<u8>>, StoreError> {
        let sql = "SELECT bytes FROM entries WHERE idx >= $1 AND idx < $2 ORDER BY idx";
        // No index is beyond what a column holds.
        let index = |index: u64| Value::from(index.min(i64::MAX as u64));
        let rows = self.read(sql, &[index(first), index(first.saturating_add(count))]).await?;
        rows.into_iter().map(|mut row| row.take_blob(0)).collect()
    }

    /// The first entry of a time or after it; the size of the log where there is none.
    ///
    /// # Errors
    /// [`StoreError::Database`]
    pub async fn first_entry_from(&self, millis: i64) -> Result<u64, StoreError> {
        // Times never go back along the log.
        let mut first = 0..self.head().await?.map_or(0, |(size, _)| size);
        while !first.is_empty() {
            let middle = first.start.midpoint(first.end);
            let rows = self.read("SELECT time FROM entries WHERE idx = $1", &[Value::from(middle)]).await?;
            let is_before = rows.first().map(|row| row.integer(0)).transpose()?.is_some_and(|time| time < millis);
            first = if is_before { middle + 1..first.end } else { first.start..middle };
        }
        Ok(first.start)
    }

    /// The editions of the law that the log has adopted.
    ///
    /// # Errors
    /// [`StoreError::Database`]
    pub async fn editions(&self) -> Result<Vec<DocumentId>, StoreError> {
        let rows = self.read("SELECT edition FROM law ORDER BY edition", &[]).await?;
        rows.iter().map(|row| row.text(0)?.parse().map_err(|_| StoreError::Unexpected(0))).collect()
    }

    /// The bytes of an edition of the law that the log has adopted.
    ///
    /// # Errors
    /// [`StoreError::Database`]
    pub async fn edition(&self, id: DocumentId) -> Result<Option<Vec<u8>>, StoreError> {
        let rows = self.read("SELECT bytes FROM law WHERE edition = $1", &[Value::from(id.to_string())]).await?;
        rows.into_iter().next().map(|mut row| row.take_blob(0)).transpose()
    }

    /// The hashes of a tile, as far as it has grown.
    ///
    /// # Errors
    /// [`StoreError::Database`]
    pub async fn tile(&self, level: u8, index: u64) -> Result<Option<Vec<u8>>, StoreError> {
        let sql = "SELECT hashes FROM tiles WHERE level = $1 AND idx = $2";
        let rows = self.read(sql, &[Value::from(u64::from(level)), Value::from(index)]).await?;
        rows.into_iter().next().map(|mut row| row.take_blob(0)).transpose()
    }
}
