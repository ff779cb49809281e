//! Checkpoints with the lines of witnesses: a few, newest first.

use super::{COSIGNED, Reads, StoreError, Value, Write};

/// Each with its size.
///
/// # Errors
/// See [`StoreError`].
pub async fn cosigned(reads: &mut impl Reads) -> Result<Vec<(u64, String)>, StoreError> {
    let rows = reads.rows("SELECT size, note FROM cosigned ORDER BY size DESC", &[]).await?;
    rows.iter().map(|row| Ok((row.unsigned(0)?, row.text(1)?.to_owned()))).collect()
}

impl Write {
    /// Keeps a note in the place of the one of its size.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn put_cosigned(&mut self, size: u64, note: &str) -> Result<(), StoreError> {
        self.put(&COSIGNED, vec![vec![Value::from(size), Value::from(note)]]).await
    }

    /// Forgets the notes of smaller trees.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn forget_cosigned_below(&mut self, size: u64) -> Result<(), StoreError> {
        self.read("DELETE FROM cosigned WHERE size < $1", &[Value::from(size)]).await.map(drop)
    }
}
