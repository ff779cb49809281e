//! PostgreSQL: durable whatever the server's defaults are, and given up on soon when it is away.

use super::{StoreError, configured, migrations};
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use sqlx::{Connection, Row};
use std::str::FromStr;
use std::time::{Duration, Instant};

const CONNECTIONS: u32 = 16;
/// Sessions that one read leaves to the next: as many as a page asks beside each other, for a few visitors at once.
pub(super) const READERS_KEPT: usize = 8;
/// How long anybody waits for a connection, a new one or one that others use: beyond this a caller is better told that the
/// service is unavailable than kept.
const CONNECTION_WAIT_MAX: Duration = Duration::from_secs(4);
/// How long a service that starts waits for a server that starts, too.
const START_WAIT_MAX: Duration = Duration::from_secs(30);
const START_PAUSE: Duration = Duration::from_millis(250);

/// Begins a writing transaction, in one round trip. Whoever dies in the middle must not hold the log's head for the hours that TCP
/// takes to notice, and a connection that nobody waits for any more must not wait on for it: see `STATEMENT_TIME_MAX`.
pub(super) const BEGIN: &str =
    "BEGIN; SET LOCAL idle_in_transaction_session_timeout = '60s'; SET LOCAL lock_timeout = '30s'";

/// A server or a database may have `synchronous_commit` off, and would then lose what was acknowledged within the last moments. What is
/// stronger than `on` stays; and what it is now stays, whatever the server is told later. All our statements are short: to compile one
/// takes a hundred times as long as to do it.
const SETTINGS: &str = "SELECT set_config('jit', 'off', false), set_config('synchronous_commit', \
    CASE current_setting('synchronous_commit') WHEN 'off' THEN 'on' ELSE current_setting('synchronous_commit') END, false)";

pub(super) async fn open(url: &str) -> Result<PgPool, StoreError> {
    let options = PgConnectOptions::from_str(url)?.statement_cache_capacity(super::STATEMENTS_CACHED);
    // A pool would only try again and again, and not say why.
    let mut first = first_connection(&options).await.map_err(named)?;
    is_our_session(&mut first, &options).await?;
    is_durable(&mut first).await?;
    let pool = PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(CONNECTION_WAIT_MAX)
        .after_connect(|connection, _| {
            Box::pin(async {
                is_durable(connection).await.map_err(configured)?;
                sqlx::query(SETTINGS).execute(connection).await.map(drop)
            })
        })
        .connect_with(options)
        .await?;
    first.close().await?;
    migrations::of_postgres().run(&pool).await?;
    Ok(pool)
}

async fn first_connection(options: &PgConnectOptions) -> Result<PgConnection, sqlx::Error> {
    let began = Instant::now();
    loop {
        let connecting = tokio::time::timeout(CONNECTION_WAIT_MAX, PgConnection::connect_with(options)).await;
        let error = match connecting.unwrap_or(Err(sqlx::Error::PoolTimedOut)) {
            Ok(connection) => return Ok(connection),
            Err(error) => error,
        };
        if began.elapsed() > START_WAIT_MAX || super::Obstacle::of_database(&error) != super::Obstacle::Away {
            return Err(error);
        }
        tokio::time::sleep(START_PAUSE).await;
    }
}

/// PgBouncer as it is installed does not even know what we say of ourselves.
fn named(error: sqlx::Error) -> StoreError {
    let is_poolers = |error: &sqlx::Error| {
        error.as_database_error().is_some_and(|error| error.message().contains("unsupported startup parameter"))
    };
    if is_poolers(&error) { StoreError::Pooled } else { error.into() }
}

/// A server gives each connection a process of its own. A pooler gives the second what the first has just let go, or the first
/// another one each time.
async fn is_our_session(first: &mut PgConnection, options: &PgConnectOptions) -> Result<(), StoreError> {
    let before = [backend(first).await?, backend(first).await?];
    let mut second = PgConnection::connect_with(options).await?;
    // Where it lends for a statement, it lends for no transaction.
    let refused = |error: sqlx::Error| match error {
        sqlx::Error::Database(_) => StoreError::Pooled,
        error => error.into(),
    };
    sqlx::raw_sql("BEGIN").execute(&mut second).await.map_err(refused)?;
    let (other, after) = (backend(&mut second).await?, backend(first).await?);
    second.close().await?;
    let is_ours = before == [after; 2] && other != after;
    if is_ours { Ok(()) } else { Err(StoreError::Pooled) }
}

/// The process that answers; asked without a prepared statement, which a pooler would lose.
async fn backend(connection: &mut PgConnection) -> Result<i32, sqlx::Error> {
    sqlx::raw_sql("SELECT pg_backend_pid()").fetch_one(connection).await?.try_get(0)
}

/// What no session can set for itself. Without `fsync` nothing is durable, and a power cut may leave a database that can't be
/// read. `full_page_writes` may be off on a file system that never tears a page, which can't be seen from here.
async fn is_durable(connection: &mut PgConnection) -> Result<(), StoreError> {
    let settings = "SELECT current_setting('fsync'), current_setting('full_page_writes')";
    let row = sqlx::query(settings).fetch_one(connection).await?;
    let (fsync, full_page_writes): (String, String) = (row.try_get(0)?, row.try_get(1)?);
    if fsync != "on" {
        return Err(StoreError::NotDurable { setting: "fsync", value: fsync, wanted: "on" });
    }
    if full_page_writes != "on" {
        static TOLD: std::sync::Once = std::sync::Once::new();
        TOLD.call_once(|| {
            tracing::warn!(
                "PostgreSQL 的 full_page_writes 已关闭：除非文件系统保证不写坏半页（如 ZFS），停电可能损坏数据库 · \
                 full_page_writes is off in PostgreSQL: unless its file system never tears a page (as ZFS), a power cut \
                 may damage the database"
            );
        });
    }
    Ok(())
}

/// Whether it takes writes: a standby, or a server that was told not to, does not.
pub(super) async fn is_read_only(pool: &PgPool) -> Result<bool, sqlx::Error> {
    let on: String = sqlx::query_scalar("SELECT current_setting('transaction_read_only')").fetch_one(pool).await?;
    Ok(on == "on")
}
