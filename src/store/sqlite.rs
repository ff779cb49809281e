//! SQLite: one file of its owner's, durable at every commit.

use super::{StoreError, configured, migrations};
use crate::private;
use sqlx::Connection;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

const READERS: u32 = 4;
/// How long a writer waits for another process to release the file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
const CACHE_KIB: &str = "-32768";

/// The writing connection, the reading ones, and the file.
pub(super) async fn open(url: &str) -> Result<(SqlitePool, SqlitePool, PathBuf), StoreError> {
    let options = SqliteConnectOptions::from_str(url)?
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        // An acknowledged record must survive a power cut, so every commit reaches the disk.
        .synchronous(SqliteSynchronous::Full)
        // Elsewhere than on macOS it is nothing; there fsync leaves the bytes in the drive's cache.
        .pragma("fullfsync", "1")
        // Entries have one to four KiB: fewer overflow pages than with the default 4,096.
        .page_size(8192)
        .busy_timeout(BUSY_TIMEOUT)
        .statement_cache_capacity(super::STATEMENTS_CACHED)
        .pragma("cache_size", CACHE_KIB)
        .pragma("wal_autocheckpoint", "4000");
    let file = options.get_filename().to_owned();
    if !url.contains(":memory:") {
        close_to_others(&file)?;
    }
    // A pool would only try again and again, and not say why.
    let mut first = SqliteConnection::connect_with(&options).await?;
    is_durable(&mut first).await?;
    let pool = |connections| {
        SqlitePoolOptions::new()
            .max_connections(connections)
            .idle_timeout(None)
            .max_lifetime(None)
            .after_connect(|connection, _| Box::pin(async { is_durable(connection).await.map_err(configured) }))
    };
    // An upsert of many rows may have to be taken back alone, so SQLite keeps the pages that it changes: in a new file each
    // time, unless in memory.
    let writer = pool(1).connect_with(options.clone().pragma("temp_store", "MEMORY")).await?;
    migrations::of_sqlite().run(&writer).await?;
    let reading = options.pragma("query_only", "1").pragma("cache_size", "-8192");
    let readers = pool(READERS).connect_with(reading).await?;
    first.close().await?;
    Ok((writer, readers, file))
}

/// Asked, not assumed: SQLite goes on in another journal mode where the file system can't do better, and says nothing.
async fn is_durable(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    let journal_mode: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&mut *connection).await?;
    if !journal_mode.eq_ignore_ascii_case("wal") {
        return Err(StoreError::NotDurable { setting: "journal_mode", value: journal_mode, wanted: "wal" });
    }
    let synchronous: i64 = sqlx::query_scalar("PRAGMA synchronous").fetch_one(connection).await?;
    if synchronous < FULL {
        return Err(StoreError::NotDurable { setting: "synchronous", value: synchronous.to_string(), wanted: "2" });
    }
    Ok(())
}

/// `PRAGMA synchronous` as a number; 3 is EXTRA.
const FULL: i64 = 2;

/// `-wal` and `-shm` get the mode of the file when SQLite makes them. An earlier build left all three to the umask.
fn close_to_others(file: &Path) -> Result<(), StoreError> {
    let io = |source| StoreError::File { path: file.to_owned(), source };
    if !file.exists() {
        private::file(file, true).map_err(io)?;
    }
    for suffix in ["", "-wal", "-shm"] {
        let mut name = file.as_os_str().to_owned();
        name.push(suffix);
        match private::close(Path::new(&name)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(io(error)),
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_a_power_cut_would_lose_is_refused() {
        let refused = open("sqlite::memory:").await.unwrap_err();
        assert!(matches!(refused, StoreError::NotDurable { setting: "journal_mode", .. }), "{refused}");
        let folder = tempfile::tempdir().unwrap();
        let (writer, readers, _) = open(&format!("sqlite://{}/db", folder.path().display())).await.unwrap();
        for pool in [&writer, &readers] {
            let mut connection = pool.acquire().await.unwrap();
            is_durable(&mut connection).await.unwrap();
            sqlx::query("PRAGMA synchronous = NORMAL").execute(&mut *connection).await.unwrap();
            let refused = is_durable(&mut connection).await.unwrap_err();
            assert!(matches!(refused, StoreError::NotDurable { setting: "synchronous", .. }), "{refused}");
        }
        // A pool opens connections later, too, and looks at each of them.
        let careless = writer.connect_options().as_ref().clone().synchronous(SqliteSynchronous::Off);
        writer.set_connect_options(careless);
        writer.acquire().await.unwrap().close().await.unwrap();
        let later = tokio::time::timeout(Duration::from_millis(500), writer.acquire()).await;
        assert!(!matches!(later, Ok(Ok(_))), "a connection that may lose what it commits");
    }

    #[tokio::test]
    async fn the_file_is_its_owners_alone() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/db", folder.path().display());
        let modes = || {
            let files = std::fs::read_dir(folder.path()).unwrap().map(Result::unwrap);
            files.map(|file| file.metadata().unwrap().permissions().mode() & 0o777).collect::<Vec<_>>()
        };
        // Twice: what an earlier build left open is closed.
        for _ in 0..2 {
            let _pools = open(&url).await.unwrap();
            assert_eq!(modes(), [0o600; 3]);
            for file in std::fs::read_dir(folder.path()).unwrap() {
                std::fs::set_permissions(file.unwrap().path(), std::fs::Permissions::from_mode(0o666)).unwrap();
            }
        }
    }
}
