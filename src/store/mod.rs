//! Where the log is kept: SQLite or PostgreSQL, and an object store for documents.
//!
//! One thin layer on which the sequencer and the projections are written once: SQL with `$1` placeholders that both
//! engines understand, bulk statements built from table descriptions, one writing transaction at a time.

mod bulk;
mod cosigned;
mod disclosures;
mod documents;
mod export;
mod fulltext;
mod health;
mod kept;
mod layout;
mod lease;
mod list;
mod log;
mod migrations;
mod objects;
mod postgres;
mod probe;
mod refusals;
mod room;
mod rows;
mod scan;
mod search;
mod snapshot;
mod sqlite;
mod subscriptions;
mod tables;
mod tree;
mod uncited;
mod value;
mod write;

pub use bulk::TableRows;
pub use cosigned::cosigned;
pub use disclosures::{DisclosureKey, Disclosures};
pub use documents::{DocumentError, Documents};
pub use export::{ExportError, each_resource, export_log};
pub use fulltext::{SEARCH_HEAD, SEARCHED, SearchedWords, SoughtWords};
pub use health::Obstacle;
pub use lease::Lease;
pub(crate) use list::newest_record;
pub use list::{CountedFilter, Filter, Listing, RowCounts};
pub use log::StoredEntry;
pub use objects::{Objects, S3Settings, Served};
pub use refusals::RefusedBy;
pub use rows::{ATTACHMENTS, DUE, Projected, Rows};
pub use scan::{Scan, keys_list};
pub use search::{Direction, EntryFilter, FILED, Filing, Found, PAGE_BYTES_MAX, ROWS_SCANNED_MAX};
pub use snapshot::{Reads, Snapshot};
pub use subscriptions::{NOT_DUE, SUBSCRIPTION_NEWS, SUBSCRIPTIONS, SendingLane, SubscriptionCounts, SubscriptionHead};
pub use tables::{COSIGNED, DISCLOSURES, DOCUMENTS, ENTRIES, ERASURES, HEAD, LAW, TILES, UPLOADS};
pub use tree::{TreeReader, load_edge};
pub use uncited::{
    ErasedDisclosure, HeldDisclosure, Keyless, Standing, Uncited, UncitedDocument, erased_disclosure, first_citing,
    held_disclosures, is_cited, keyless, standing, uncited, uncited_disclosures, uncited_documents,
};
pub use value::{Column, Kind, Row, Table, Value, padded_list};
pub use write::{Asked, Write};

use futures::FutureExt;
use health::Health;
use kept::Kept;
use layout::Layouts;
use sqlx::Postgres;
use sqlx::pool::PoolConnection;
use sqlx::postgres::PgPool;
use sqlx::sqlite::SqlitePool;
use std::path::PathBuf;
use std::sync::Arc;

/// A database that holds one log. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Database {
    pub pools: Pools,
    /// Of the last writing transaction.
    kept: Arc<Kept>,
    /// Of the last reads outside any transaction.
    kept_readers: Arc<Kept>,
    layouts: Arc<Layouts>,
    health: Arc<Health>,
}

/// Connections to one of the two engines.
#[derive(Clone, Debug)]
pub enum Pools {
    /// Embedded: one file, one writing connection, a few reading ones.
    Sqlite { writer: SqlitePool, readers: SqlitePool, file: PathBuf },
    /// PostgreSQL 15 or later; any number of processes may write to one log.
    Postgres(PgPool),
}

/// What went wrong in the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    #[error("migration: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    #[error("{}: {source}", path.display())]
    File { path: PathBuf, source: std::io::Error },
    /// The database would acknowledge what it may lose.
    #[error(
        "数据库设置 {setting} = {value}：停电会丢失已确认的记录，故不启动；请设为 {wanted} · \
         the database has {setting} = {value}: a power cut would lose acknowledged records; set it to {wanted}"
    )]
    NotDurable { setting: &'static str, value: String, wanted: &'static str },
    /// A pooler lends a connection for a transaction only, and what is prepared, locked or held goes with the session.
    #[error(
        "数据库连接经由按事务或语句复用的连接池（PgBouncer 的 transaction、statement 模式），故不启动：预备语句与会话锁会失效；请直连 \
         PostgreSQL，或设 pool_mode = session、ignore_startup_parameters = extra_float_digits · the connection comes from a \
         pooler that lends it for a transaction or a statement (PgBouncer), so prepared statements and locks of the session \
         would be lost; connect to PostgreSQL itself, or set pool_mode = session and \
         ignore_startup_parameters = extra_float_digits"
    )]
    Pooled,
    /// A statement took too long; whether it was done is unknown.
    #[error("the database did not answer in time")]
    TimedOut,
    /// An earlier statement of this transaction has failed.
    #[error("the transaction is over")]
    Over,
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

/// Bulk statements come in a few sizes a table; all of them stay prepared.
const STATEMENTS_CACHED: usize = 512;

/// An error of ours where the driver wants one of its own.
fn configured(error: StoreError) -> sqlx::Error {
    sqlx::Error::Configuration(Box::new(error))
}

impl Database {
    /// Opens `sqlite://FILE` (created when absent) or `postgres://…` and brings its schema up to date.
    ///
    /// # Errors
    /// No connection, one that would lose what it acknowledges, or a migration failed.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        let pools = if url.starts_with("postgres") {
            Pools::Postgres(postgres::open(url).await?)
        } else {
            let (writer, readers, file) = sqlite::open(url).await?;
            Pools::Sqlite { writer, readers, file }
        };
        Ok(Self {
            pools,
            kept: Arc::new(Kept::new(1)),
            kept_readers: Arc::new(Kept::new(postgres::READERS_KEPT)),
            layouts: Arc::default(),
            health: Arc::new(Health::new("the database")),
        })
    }

    /// Rows of a query outside any transaction of ours.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn read<'a>(&'a self, sql: &'static str, parameters: &'a [Value]) -> bulk::Rows<'a> {
        self.read_built(sql.to_owned(), parameters)
    }

    /// As [`Self::read`], for a query put together at run time from parts that are all ours.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn read_built<'a>(&'a self, sql: String, parameters: &'a [Value]) -> bulk::Rows<'a> {
        match &self.pools {
            Pools::Sqlite { readers, .. } => bulk::sqlite_rows(readers, sql, parameters),
            Pools::Postgres(pool) => self.read_postgres(pool, sql, parameters).boxed(),
        }
    }

    async fn read_postgres(&self, pool: &PgPool, sql: String, parameters: &[Value]) -> Result<Vec<Row>, StoreError> {
        if let Some(session) = self.kept_readers.take() {
            match self.read_in(session, sql.clone(), parameters).await {
                // It went away meanwhile, and the pool has others.
                Err(StoreError::Database(error)) if Obstacle::of_database(&error) == Obstacle::Away => {}
                read => return read,
            }
        }
        self.read_in(pool.acquire().await?, sql, parameters).await
    }

    /// Keeps the session when all went well; else the pool sees what is to become of it.
    async fn read_in(
        &self,
        mut session: PoolConnection<Postgres>,
        sql: String,
        parameters: &[Value],
    ) -> Result<Vec<Row>, StoreError> {
        let rows = write::in_time(bulk::postgres_rows(&mut *session, sql, parameters)).await?;
        self.kept_readers.put(session);
        Ok(rows)
    }

    /// Begins the one writing transaction. Who changes what the log stands on takes the head's lock as well:
    /// [`Self::begin_at_head`].
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn begin_write(&self) -> Result<Write, StoreError> {
        Write::begin(self).await
    }

    /// As [`Self::begin_write`] and [`Write::lock_head`], in one way to the server and back.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn begin_at_head(&self) -> Result<(Write, Option<Row>), StoreError> {
        Write::begin_at_head(self).await
    }

    /// As [`Self::begin_at_head`], with what is asked then: on PostgreSQL in the same message.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn begin_at_head_asking(&self, asked: Asked) -> Result<(Write, Option<Row>, Vec<Row>), StoreError> {
        Write::begin_at_head_asking(self, asked).await
    }

    /// Waits until every connection is closed: SQLite then folds its write-ahead log into the file.
    pub async fn close(&self) {
        match &self.pools {
            Pools::Sqlite { writer, readers, .. } => {
                readers.close().await;
                writer.close().await;
            }
            Pools::Postgres(pool) => {
                self.kept.close();
                self.kept_readers.close();
                pool.close().await;
            }
        }
    }
}
