//! Documents, kept beside the log.

use super::{Ledger, LedgerError};
use crate::field::{DocumentId, OrganisationId};
use crate::store::{DOCUMENTS, Table, Value};
use bytes::Bytes;
use futures::Stream;

impl Ledger {
    /// Stores a document as it streams in, and says how many bytes it has. From then on records may cite it.
    ///
    /// # Errors
    /// [`LedgerError::Documents`]: its bytes do not have this hash, are more than `limit_bytes`, or don't come.
    pub async fn keep_document(
        &self,
        id: DocumentId,
        chunks: impl Stream<Item = std::io::Result<Bytes>> + Send,
        limit_bytes: u64,
        media_type: &str,
        owner: &OrganisationId,
    ) -> Result<u64, LedgerError> {
        let size = self.documents.put(id, chunks, limit_bytes).await?;
        let row = vec![
            Value::from(id.to_string()),
            Value::from(size),
            Value::from(media_type),
            Value::from(owner.as_str()),
            Value::Integer(self.clock.now().millis()),
        ];
        self.put_row(&DOCUMENTS, row).await?;
        Ok(size)
    }

    /// Size in bytes and media type of a stored document; `None` when there is no such document.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn document(&self, id: DocumentId) -> Result<Option<(u64, String)>, LedgerError> {
        let sql = "SELECT size, media_type FROM documents WHERE sha256 = $1";
        let rows = self.database.read(sql, &[Value::from(id.to_string())]).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        Ok(Some((row.unsigned(0)?, row.text(1)?.to_owned())))
    }

    pub(super) async fn put_row(&self, table: &Table, row: Vec<Value>) -> Result<(), LedgerError> {
        let mut write = self.database.begin_write().await?;
        write.put(table, vec![row]).await?;
        Ok(write.commit().await?)
    }
}
