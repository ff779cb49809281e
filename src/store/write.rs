//! The writing transaction: one at a time, durable when it is committed, and gone with its connection when it fails.

use super::bulk::TableRows;
use super::health::Health;
use super::kept::Kept;
use super::layout::Layouts;
use super::{Database, Pools, Row, StoreError, Table, Value, bulk, padded_list, postgres};
use futures::FutureExt;
use sqlx::pool::PoolConnection;
use sqlx::{AssertSqlSafe, Executor, Postgres, Sqlite};
use std::sync::Arc;
use std::time::Duration;

/// The writing transaction, which holds the log's head. Dropped without [`Write::commit`], it leaves nothing behind.
///
/// Begun and ended by statements of ours, not by the driver's transactions: SQLite takes a transaction back by itself
/// where the disk is full, and the driver would go on counting one that is over. After any failure the connection goes,
/// for nobody knows what state it is in; and nothing more can be done with the transaction.
pub struct Write {
    /// `None` once it has failed.
    session: Option<Session>,
    kept: Arc<Kept>,
    layouts: Arc<Layouts>,
    health: Arc<Health>,
    /// How much was put, about.
    bytes: usize,
}

enum Session {
    Sqlite(PoolConnection<Sqlite>),
    Postgres(PoolConnection<Postgres>),
}

impl Session {
    async fn begin(&mut self, postgres: &str) -> Result<Vec<Vec<Row>>, StoreError> {
        match self {
            Self::Sqlite(connection) => {
                in_time(sqlx::query("BEGIN IMMEDIATE").execute(&mut **connection)).await.map(|_| Vec::new())
            }
            Self::Postgres(connection) => in_time(bulk::postgres_rows_of_each(connection, postgres)).await,
        }
    }
}

/// The longest that one statement, or a wait for the log's head, may take. A server that went away without a word would
/// keep the only writer for as long as TCP takes to notice.
pub(super) const STATEMENT_TIME_MAX: Duration = Duration::from_secs(30);

/// Rows that a column of bytes finds, to be asked with the head's lock.
pub struct Asked {
    /// `SELECT … WHERE column`.
    pub sql: &'static str,
    pub keys: Vec<Vec<u8>>,
}

impl Asked {
    fn with_parameters(self) -> (String, Vec<Value>) {
        let (marks, keys) = padded_list(self.keys.into_iter().map(Value::Blob).collect());
        (format!("{} IN ({marks})", self.sql), keys)
    }

    /// Without parameters, which several statements in one message can't have.
    fn in_itself(&self) -> String {
        let keys = self.keys.iter().map(|key| format!("decode('{}', 'hex')", faster_hex::hex_string(key)));
        format!("{} IN ({})", self.sql, keys.collect::<Vec<_>>().join(", "))
    }
}

fn first(rows: Option<Vec<Row>>) -> Option<Row> {
    rows.into_iter().flatten().next()
}

const HEAD: &str = "SELECT size, last_hash, last_time, origin, checkpoint FROM log_head WHERE id = 1";

/// Gives up on a statement that takes too long.
pub(super) async fn in_time<T, E: Into<StoreError>>(
    statement: impl Future<Output = Result<T, E>>,
) -> Result<T, StoreError> {
    match tokio::time::timeout(STATEMENT_TIME_MAX, statement).await {
        Ok(done) => done.map_err(Into::into),
        Err(_) => Err(StoreError::TimedOut),
    }
}

impl Write {
    pub(super) async fn begin(database: &Database) -> Result<Self, StoreError> {
        Self::begin_by(database, postgres::BEGIN.to_owned()).boxed().await.map(|(write, _)| write)
    }

    /// Begins with the lock of the log's head, and its row.
    pub(super) async fn begin_at_head(database: &Database) -> Result<(Self, Option<Row>), StoreError> {
        let (mut write, mut found) =
            Self::begin_by(database, format!("{}; {HEAD} FOR UPDATE", postgres::BEGIN)).await?;
        let row = if write.is_sqlite() { write.lock_head().await? } else { first(found.pop()) };
        Ok((write, row))
    }

    /// As [`Self::begin_at_head`], and what was asked under the lock.
    pub(super) async fn begin_at_head_asking(
        database: &Database,
        asked: Asked,
    ) -> Result<(Self, Option<Row>, Vec<Row>), StoreError> {
        if let Pools::Sqlite { .. } = &database.pools {
            let (mut write, row) = Self::begin_at_head(database).await?;
            let (sql, keys) = asked.with_parameters();
            let rows = write.read(&sql, &keys).await?;
            return Ok((write, row, rows));
        }
        // Each statement of a message sees what was committed before it began: the second one, all before the lock.
        let both = format!("{}; {HEAD} FOR UPDATE; {}", postgres::BEGIN, asked.in_itself());
        let (write, mut found) = Self::begin_by(database, both).await?;
        let rows = found.pop().unwrap_or_default();
        Ok((write, first(found.pop()), rows))
    }

    /// On PostgreSQL by these statements, in one message, with what each of them finds.
    async fn begin_by(database: &Database, postgres: String) -> Result<(Self, Vec<Vec<Row>>), StoreError> {
        let (kept, layouts) = (Arc::clone(&database.kept), Arc::clone(&database.layouts));
        let mut write = Self { session: None, kept, layouts, health: Arc::clone(&database.health), bytes: 0 };
        if let Some(connection) = write.kept.take() {
            let connection = write.session.insert(Session::Postgres(connection));
            match connection.begin(&postgres).await {
                Ok(rows) => return Ok((write, rows)),
                // Nothing is lost: it went away meanwhile, and the pool has others.
                Err(_) => write.discard(),
            }
        }
        let session = match &database.pools {
            Pools::Sqlite { writer, .. } => writer.acquire().await.map(Session::Sqlite),
            Pools::Postgres(pool) => pool.acquire().await.map(Session::Postgres),
        };
        let session = write.judged(session.map_err(StoreError::from))?;
        let begun = write.session.insert(session).begin(&postgres).await;
        let rows = write.judged(begun)?;
        Ok((write, rows))
    }

    /// Whether it is one of SQLite's.
    pub(super) fn is_sqlite(&self) -> bool {
        matches!(self.session, Some(Session::Sqlite(_)))
    }

    fn session(&mut self) -> Result<&mut Session, StoreError> {
        self.session.as_mut().ok_or(StoreError::Over)
    }

    /// Lets the session go when something has failed, and takes note of what that says about the store.
    fn judged<T>(&mut self, done: Result<T, StoreError>) -> Result<T, StoreError> {
        if let Err(error) = &done {
            self.discard();
            if let Some(obstacle) = error.obstacle() {
                self.health.failed(obstacle, self.bytes);
            }
        }
        done
    }

    fn discard(&mut self) {
        match self.session.take() {
            Some(Session::Sqlite(mut connection)) => connection.close_on_drop(),
            Some(Session::Postgres(mut connection)) => connection.close_on_drop(),
            None => {}
        }
    }

    /// Ends the transaction.
    async fn end(&mut self, how: &'static str) -> Result<(), StoreError> {
        let done = match self.session()? {
            Session::Sqlite(connection) => in_time(sqlx::query(how).execute(&mut **connection)).await.map(drop),
            Session::Postgres(connection) => in_time(connection.execute(sqlx::raw_sql(how))).await.map(drop),
        };
        self.judged(done)
    }

    async fn rows(&mut self, sqlite: String, postgres: String, parameters: &[Value]) -> Result<Vec<Row>, StoreError> {
        let done = match self.session()? {
            Session::Sqlite(connection) => in_time(bulk::sqlite_rows(&mut **connection, sqlite, parameters)).await,
            Session::Postgres(connection) => {
                in_time(bulk::postgres_rows(&mut **connection, postgres, parameters)).await
            }
        };
        self.judged(done)
    }

    /// The log's head row, locked against every other writer until the transaction ends.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn lock_head(&mut self) -> Result<Option<Row>, StoreError> {
        // BEGIN IMMEDIATE holds the whole file already.
        let rows = self.rows(HEAD.to_owned(), format!("{HEAD} FOR UPDATE"), &[]).await?;
        Ok(rows.into_iter().next())
    }

    /// # Errors
    /// See [`StoreError`].
    pub async fn read(&mut self, sql: &str, parameters: &[Value]) -> Result<Vec<Row>, StoreError> {
        self.rows(sql.to_owned(), sql.to_owned(), parameters).await
    }

    /// Inserts rows, or replaces those that have the same key. No key may stand twice in `rows`.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn put(&mut self, table: &'static Table, rows: Vec<Vec<Value>>) -> Result<(), StoreError> {
        self.put_all(vec![TableRows::put(table, rows)]).await
    }

    /// Inserts rows of which none is there yet.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn append(&mut self, table: &'static Table, rows: Vec<Vec<Value>>) -> Result<(), StoreError> {
        self.put_all(vec![TableRows::append(table, rows)]).await
    }

    /// Rows for several tables, each of which is named once, together: PostgreSQL is asked once.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn put_all(&mut self, mut all: Vec<TableRows>) -> Result<(), StoreError> {
        all.retain(|rows| !rows.is_empty());
        for rows in &all {
            // SQLite would not mind.
            debug_assert!(rows.are_told_apart(), "a key of {} stands twice", rows.table_name());
            self.bytes += rows.bytes();
        }
        let layouts = Arc::clone(&self.layouts);
        let done = match self.session()? {
            Session::Sqlite(connection) => in_time(bulk::sqlite_put(connection, all)).await,
            Session::Postgres(connection) => in_time(bulk::postgres_put(connection, &layouts, all)).await,
        };
        self.judged(done)
    }

    /// Creates the head of a new log, unless another process has just done so.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn create_head(&mut self, row: Vec<Value>) -> Result<(), StoreError> {
        let sql = "INSERT INTO log_head (id, size, last_hash, last_time, origin, checkpoint) \
                   VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO NOTHING";
        self.read(sql, &row).await.map(drop)
    }

    /// Changes columns of the row with this key.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn change(&mut self, table: &Table, key: &[Value], set: &[(&str, Value)]) -> Result<(), StoreError> {
        let columns: Vec<_> = (1..).zip(set).map(|(at, (column, _))| format!("{column} = ${at}")).collect();
        let sql = format!("UPDATE {} SET {} WHERE {}", table.name, columns.join(", "), is_key(table, set.len()));
        let values: Vec<Value> = set.iter().map(|(_, value)| value.clone()).chain(key.iter().cloned()).collect();
        self.read(&sql, &values).await.map(drop)
    }

    /// Deletes the row with this key.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn delete(&mut self, table: &Table, key: &[Value]) -> Result<(), StoreError> {
        let sql = format!("DELETE FROM {} WHERE {}", table.name, is_key(table, 0));
        self.read(&sql, key).await.map(drop)
    }

    /// Deletes every row of a table, however long that takes.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn empty(&mut self, table: &Table) -> Result<(), StoreError> {
        let sql = AssertSqlSafe(format!("DELETE FROM {}", table.name));
        let done = match self.session()? {
            Session::Sqlite(connection) => sqlx::query(sql).execute(&mut **connection).await.map(drop),
            Session::Postgres(connection) => sqlx::query(sql).execute(&mut **connection).await.map(drop),
        };
        self.judged(done.map_err(StoreError::from))
    }

    /// Returns once the transaction is durable.
    ///
    /// # Errors
    /// See [`StoreError`]; whether it was committed is then unknown.
    pub async fn commit(mut self) -> Result<(), StoreError> {
        self.end("COMMIT").await?;
        self.health.wrote(self.bytes);
        // Only now: a future that is dropped while it waits must not give back a connection in a transaction.
        if let Some(Session::Postgres(connection)) = self.session.take() {
            self.kept.put(connection);
        }
        Ok(())
    }

    /// Takes back what was done. Dropping does so too, but costs a connection.
    pub async fn rollback(mut self) {
        if self.end("ROLLBACK").await.is_ok() {
            self.session = None;
        }
    }
}

impl Database {
    /// Whether there is a row with this key.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn has(&self, table: &Table, key: &[Value]) -> Result<bool, StoreError> {
        let sql = format!("SELECT {} FROM {} WHERE {}", table.key.join(", "), table.name, is_key(table, 0));
        Ok(!self.read_built(sql, key).await?.is_empty())
    }
}

/// The condition that a row has a key, whose values are bound after `before` others.
fn is_key(table: &Table, before: usize) -> String {
    let parts = (before + 1..).zip(table.key).map(|(at, column)| format!("{column} = ${at}"));
    parts.collect::<Vec<_>>().join(" AND ")
}

impl Drop for Write {
    fn drop(&mut self) {
        self.discard();
    }
}
