//! Several reads that see one state of the database.

use super::{Database, Pools, Row, StoreError, Value, Write, bulk, write};
use sqlx::{Postgres, Sqlite, Transaction};

/// Whoever reads rows.
pub trait Reads: Send {
    /// Rows of a query that is put together from parts that are all ours.
    ///
    /// # Errors
    /// See [`StoreError`].
    fn rows(&mut self, sql: &str, parameters: &[Value]) -> impl Future<Output = Result<Vec<Row>, StoreError>> + Send;
}

/// A transaction that only reads. It holds nobody up; SQLite's write-ahead log grows while it lasts.
pub enum Snapshot {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

impl Database {
    /// The database as it is now.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn snapshot(&self) -> Result<Snapshot, StoreError> {
        Ok(match &self.pools {
            Pools::Sqlite { readers, .. } => Snapshot::Sqlite(readers.begin().await?),
            Pools::Postgres(pool) => {
                let begun = pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
                Snapshot::Postgres(write::in_time(begun).await?)
            }
        })
    }
}

impl Reads for Snapshot {
    async fn rows(&mut self, sql: &str, parameters: &[Value]) -> Result<Vec<Row>, StoreError> {
        match self {
            Self::Sqlite(transaction) => bulk::sqlite_rows(&mut **transaction, sql.into(), parameters).await,
            Self::Postgres(transaction) => {
                write::in_time(bulk::postgres_rows(&mut **transaction, sql.into(), parameters)).await
            }
        }
    }
}

/// Each read by itself: others may write in between.
impl Reads for Database {
    async fn rows(&mut self, sql: &str, parameters: &[Value]) -> Result<Vec<Row>, StoreError> {
        self.read_built(sql.to_owned(), parameters).await
    }
}

impl Reads for Write {
    async fn rows(&mut self, sql: &str, parameters: &[Value]) -> Result<Vec<Row>, StoreError> {
        self.read(sql, parameters).await
    }
}
