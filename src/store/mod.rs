//! Where the log is kept: SQLite or PostgreSQL, and an object store for documents.
//!
//! One thin layer on which the sequencer and the projections are written once: SQL with `$1` placeholders that both
//! engines understand, bulk statements built from table descriptions, one writing transaction at a time.

mod bulk;
mod disclosures;
mod documents;
mod export;
mod lease;
mod log;
mod objects;
mod rows;
mod tree;
mod value;

pub use disclosures::{DisclosureKey, Disclosures};
pub use documents::{DocumentError, Documents};
pub use export::{ExportError, each_resource, export_log};
pub use lease::Lease;
pub use objects::{Objects, S3Settings, Served};
pub use rows::{DUE, Projected, Rows};
pub use tree::{TreeReader, load_edge};
pub use value::{Column, Kind, Row, Table, Value};

use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions, Postgres};
use sqlx::sqlite::{Sqlite, SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{AssertSqlSafe, Connection, Transaction};
use std::str::FromStr;
use std::time::Duration;

/// A database that holds one log. Cheap to clone.
#[derive(Clone, Debug)]
pub enum Database {
    /// Embedded: one file, one writing connection, a few reading ones.
    Sqlite { writer: SqlitePool, readers: SqlitePool },
    /// PostgreSQL 15 or later; any number of processes may write to one log.
    Postgres(PgPool),
}

/// The writing transaction, which holds the log's head. Dropped without [`Write::commit`], it leaves nothing behind.
pub enum Write {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

/// What went wrong in the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    #[error("migration: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// A stored value is not what its column promises.
    #[error("the database holds an unexpected value in column {0}")]
    Unexpected(usize),
    /// A row was to be written with a value that its column does not hold.
    #[error("a value of another kind than its column")]
    WrongKind,
    /// What is stored contradicts itself.
    #[error("the database is damaged: {0}")]
    Damaged(String),
}

const READERS: u32 = 4;
const POSTGRES_CONNECTIONS: u32 = 16;
/// Bulk statements come in a few sizes a table; all of them stay prepared.
const STATEMENTS_CACHED: usize = 512;
/// How long a writer waits for another process to release the file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
const SQLITE_CACHE_KIB: &str = "-32768";

impl Database {
    /// Opens `sqlite://FILE` (created when absent) or `postgres://…` and brings its schema up to date.
    ///
    /// # Errors
    /// No connection, or a migration failed.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        if url.starts_with("postgres") {
            let options = PgConnectOptions::from_str(url)?.statement_cache_capacity(STATEMENTS_CACHED);
            let pool = PgPoolOptions::new().max_connections(POSTGRES_CONNECTIONS).connect_with(options).await?;
            sqlx::migrate!("migrations/postgres").run(&pool).await?;
            return Ok(Self::Postgres(pool));
        }
        let options = SqliteConnectOptions::from_str(url)?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // An acknowledged record must survive a power cut, so every commit reaches the disk.
            .synchronous(SqliteSynchronous::Full)
            // Entries have one to four KiB: fewer overflow pages than with the default 4,096.
            .page_size(8192)
            .busy_timeout(BUSY_TIMEOUT)
            .statement_cache_capacity(STATEMENTS_CACHED)
            .pragma("cache_size", SQLITE_CACHE_KIB)
            .pragma("wal_autocheckpoint", "4000");
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            // Where the disk is full SQLite rolls back by itself; the driver goes on counting a transaction that is over,
            // and could never begin another on this connection.
            .before_acquire(|connection, _| Box::pin(async { Ok(!connection.is_in_transaction()) }))
            .connect_with(options.clone())
            .await?;
        sqlx::migrate!("migrations/sqlite").run(&writer).await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(options.pragma("query_only", "1").pragma("cache_size", "-8192"))
            .await?;
        Ok(Self::Sqlite { writer, readers })
    }

    /// Rows of a query outside any transaction of ours.
    ///
    /// # Errors
    /// [`StoreError::Database`]
    pub async fn read(&self, sql: &'static str, parameters: &[Value]) -> Result<Vec<Row>, StoreError> {
        match self {
            Self::Sqlite { readers, .. } => bulk::sqlite_rows(readers, sql.into(), parameters).await,
            Self::Postgres(pool) => bulk::postgres_rows(pool, sql.into(), parameters).await,
        }
    }

    /// As [`Self::read`], for a query put together at run time from parts that are all ours.
    ///
    /// # Errors
    /// [`StoreError::Database`]
    pub async fn read_built(&self, sql: String, parameters: &[Value]) -> Result<Vec<Row>, StoreError> {
        match self {
            Self::Sqlite { readers, .. } => bulk::sqlite_rows(readers, sql, parameters).await,
            Self::Postgres(pool) => bulk::postgres_rows(pool, sql, parameters).await,
        }
    }

    /// Begins the one writing transaction. With PostgreSQL the caller takes the head's lock by reading it with
    /// [`Write::lock_head`].
    ///
    /// # Errors
    /// [`StoreError::Database`]
    pub async fn begin_write(&self) -> Result<Write, StoreError> {
        Ok(match self {
            Self::Sqlite { writer, .. } => Write::Sqlite(writer.begin_with("BEGIN IMMEDIATE").await?),
            Self::Postgres(pool) => Write::Postgres(pool.begin().await?),
        })
    }

    /// Waits until every connection is closed: SQLite then folds its write-ahead log into the file.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

const HEAD: &str = "SELECT size, last_hash, last_time, origin, checkpoint FROM log_head WHERE id = 1";

impl Write {
    /// The log's head row, locked against every other writer until the transaction ends.
    ///
    /// # Errors
    /// [`StoreError::Database`]
    pub async fn lock_head(&mut self) -> Result<Option<Row>, StoreError> {
        let rows = match self {
            // BEGIN IMMEDIATE holds the whole file already.
            Self::Sqlite(transaction) => bulk::sqlite_rows(&mut **transaction, HEAD.into(), &[]).await?,
            Self::Postgres(transaction) => {
                bulk::postgres_rows(&mut **transaction, format!("{HEAD} FOR UPDATE"), &[]).await?
            }
        };
        Ok(rows.into_iter().next())
    }

    /// # Errors
    /// [`StoreError::Database`]
    pub async fn read(&mut self, sql: &str, parameters: &[Value]) -> Result<Vec<Row>, StoreError> {
        match self {
            Self::Sqlite(transaction) => bulk::sqlite_rows(&mut **transaction, sql.into(), parameters).await,
            Self::Postgres(transaction) => bulk::postgres_rows(&mut **transaction, sql.into(), parameters).await,
        }
    }

    /// Inserts rows, or replaces those that have the same key. No key may stand twice in `rows`.
    ///
    /// # Errors
    /// [`StoreError::Database`]
    pub async fn put(&mut self, table: &Table, rows: Vec<Vec<Value>>) -> Result<(), StoreError> {
        // SQLite would not mind.
        debug_assert!(table.tells_apart(&rows), "a key of {} stands twice", table.name);
        match self {
            Self::Sqlite(transaction) => bulk::sqlite_put(transaction, table, rows).await,
            Self::Postgres(transaction) => bulk::postgres_put(transaction, table, rows).await,
        }
    }

    /// Creates the head of a new log, unless another process has just done so.
    ///
    /// # Errors
    /// [`StoreError::Database`]
    pub async fn create_head(&mut self, row: Vec<Value>) -> Result<(), StoreError> {
        let sql = "INSERT INTO log_head (id, size, last_hash, last_time, origin, checkpoint) \
                   VALUES (1, $1, $2, $3, $4, $5) ON CONFLICT (id) DO NOTHING";
        match self {
            Self::Sqlite(transaction) => bulk::sqlite_rows(&mut **transaction, sql.into(), &row).await.map(drop),
            Self::Postgres(transaction) => bulk::postgres_rows(&mut **transaction, sql.into(), &row).await.map(drop),
        }
    }

    /// Deletes every row of a table.
    ///
    /// # Errors
    /// [`StoreError::Database`]
    pub async fn empty(&mut self, table: &Table) -> Result<(), StoreError> {
        let sql = AssertSqlSafe(format!("DELETE FROM {}", table.name));
        match self {
            Self::Sqlite(transaction) => sqlx::query(sql).execute(&mut **transaction).await.map(drop)?,
            Self::Postgres(transaction) => sqlx::query(sql).execute(&mut **transaction).await.map(drop)?,
        }
        Ok(())
    }

    /// Returns once the transaction is durable.
    ///
    /// # Errors
    /// [`StoreError::Database`]; whether it was committed is then unknown.
    pub async fn commit(self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(transaction) => transaction.commit().await?,
            Self::Postgres(transaction) => transaction.commit().await?,
        }
        Ok(())
    }
}
