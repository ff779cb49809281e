//! A PostgreSQL server to measure on: one that is named, or one that is started here and thrown away.

use super::place::Folder;
use anyhow::{Context, bail};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::Duration;

pub(super) struct Postgres {
    url: String,
    /// Ours to stop.
    server: Option<Server>,
    /// Ours to drop on a server that stays.
    schemas: Mutex<Vec<String>>,
}

struct Server(Child);

const NAMED_BY: &str = "GONGSHI_TEST_POSTGRES";
const INSTALLED_IN: &str = "/usr/lib/postgresql";
const START_SECONDS: u64 = 20;

impl Postgres {
    /// # Errors
    /// No server is named and none can be started: why not.
    pub async fn find(url: Option<&str>, folder: &Folder) -> anyhow::Result<Self> {
        let named = url.map(str::to_owned).or_else(|| std::env::var(NAMED_BY).ok());
        if let Some(url) = named {
            return Ok(Self { url, server: None, schemas: Mutex::default() });
        }
        let Some(programs) = programs() else {
            bail!("no server: give --postgres or {NAMED_BY}, or install PostgreSQL");
        };
        start(&programs, &folder.join("postgres")).await
    }

    /// The URL of an empty schema of its own.
    pub async fn new_schema(&self, name: &str) -> anyhow::Result<String> {
        let schema = format!("gongshi_bench_{name}_{}", std::process::id());
        let mut connection = PgConnection::connect(&self.url).await.context("PostgreSQL")?;
        sqlx::query(AssertSqlSafe(format!("CREATE SCHEMA {schema}"))).execute(&mut connection).await?;
        connection.close().await?;
        let join = if self.url.contains('?') { '&' } else { '?' };
        let url = format!("{}{join}options[search_path]={schema}", self.url);
        self.schemas.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(schema);
        Ok(url)
    }

    /// Leaves nothing behind: stops the server that was started here, or drops what was made on one that was not.
    pub async fn stop(mut self) {
        let schemas = std::mem::take(self.schemas.get_mut().unwrap_or_else(std::sync::PoisonError::into_inner));
        if self.server.take().is_some() {
            return;
        }
        let Ok(mut connection) = PgConnection::connect(&self.url).await else { return };
        for schema in schemas {
            let sql = AssertSqlSafe(format!("DROP SCHEMA {schema} CASCADE"));
            if let Err(error) = sqlx::query(sql).execute(&mut connection).await {
                tracing::warn!(%error, %schema, "a benchmark's schema stays");
            }
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // SIGINT is PostgreSQL's fast shutdown: it takes its children along.
        let asked = Command::new("kill").arg("-INT").arg(self.0.id().to_string()).status();
        if !asked.is_ok_and(|status| status.success()) {
            let _ = self.0.kill();
        }
        let _ = self.0.wait();
    }
}

/// The programs of the newest installed version.
fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir(INSTALLED_IN).ok()?.filter_map(|entry| Some(entry.ok()?.path().join("bin")));
    let number = |path: &PathBuf| path.parent()?.file_name()?.to_str()?.parse::<u32>().ok();
    versions.filter(|path| path.join("initdb").exists()).max_by_key(number)
}

/// PostgreSQL refuses to run as root, so root runs it as the user that its package made.
fn command(program: &Path, user: Option<(u32, u32)>) -> Command {
    let mut command = Command::new(program);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).current_dir("/");
    #[cfg(unix)]
    if let Some((user, group)) = user {
        use std::os::unix::process::CommandExt as _;
        command.uid(user).gid(group);
    }
    command
}

#[cfg(unix)]
fn user_to_run_as(folder: &Path) -> anyhow::Result<Option<(u32, u32)>> {
    use std::os::unix::fs::{MetadataExt as _, chown};
    if std::fs::metadata(folder)?.uid() != 0 {
        return Ok(None);
    }
    let users = std::fs::read_to_string("/etc/passwd").context("/etc/passwd")?;
    let line = users.lines().find(|line| line.starts_with("postgres:")).context("root, and no user postgres")?;
    let ids: Vec<u32> = line.split(':').skip(2).take(2).filter_map(|id| id.parse().ok()).collect();
    let [user, group] = ids[..] else { bail!("/etc/passwd: {line}") };
    chown(folder, Some(user), Some(group))?;
    Ok(Some((user, group)))
}

#[cfg(not(unix))]
fn user_to_run_as(_folder: &Path) -> anyhow::Result<Option<(u32, u32)>> {
    Ok(None)
}

async fn start(programs: &Path, folder: &Path) -> anyhow::Result<Postgres> {
    std::fs::create_dir(folder)?;
    let user = user_to_run_as(folder)?;
    let (data, initdb) = (folder.join("data"), programs.join("initdb"));
    let made = command(&initdb, user)
        .arg("-D")
        .arg(&data)
        .args(["-U", "bench", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"])
        .status()
        .with_context(|| initdb.display().to_string())?;
    if !made.success() {
        bail!("{} failed: {made}", initdb.display());
    }
    let port = std::net::TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
    // Everything that durability depends on stays as it is by default.
    let child = command(&programs.join("postgres"), user)
        .arg("-D")
        .arg(&data)
        .arg("-k")
        .arg(folder)
        .args(["-h", "127.0.0.1", "-p", &port.to_string()])
        .spawn()
        .context("postgres")?;
    let server = Server(child);
    let url = format!("postgres://bench@127.0.0.1:{port}/postgres");
    let deadline = tokio::time::Instant::now() + Duration::from_secs(START_SECONDS);
    while let Err(error) = PgConnection::connect(&url).await {
        if tokio::time::Instant::now() > deadline {
            return Err(error).context("the server that was started does not answer");
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(Postgres { url, server: Some(server), schemas: Mutex::default() })
}
