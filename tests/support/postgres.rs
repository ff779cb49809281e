//! A throw-away PostgreSQL server for the tests of one binary, or the one that GONGSHI_TEST_POSTGRES names.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use std::{fs, thread};

/// `postgres://…` of the server, without a database name.
fn server() -> &'static str {
    static SERVER: OnceLock<String> = OnceLock::new();
    SERVER.get_or_init(|| match std::env::var("GONGSHI_TEST_POSTGRES") {
        Ok(url) => url.trim_end_matches('/').to_owned(),
        Err(_) => Cluster::start("").url,
    })
}

/// A new, empty database; its URL.
pub fn fresh_database() -> String {
    new_database(server())
}

fn new_database(url: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let name = format!("gongshi_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::SeqCst));
    let sql = format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'");
    let done =
        Command::new(binaries().join("psql")).args(["-q", "-d", &format!("{url}/postgres"), "-c", &sql]).status();
    assert!(done.unwrap().success(), "psql could not create {name}");
    format!("{url}/{name}")
}

/// Where the server keeps its files.
pub fn data_directory() -> PathBuf {
    let url = format!("{}/postgres", server());
    let output = Command::new(binaries().join("psql")).args(["-At", "-d", &url, "-c", "SHOW data_directory"]).output();
    PathBuf::from(String::from_utf8(output.unwrap().stdout).unwrap().trim())
}

/// The newest server programs of the Debian packages.
fn binaries() -> PathBuf {
    let installed = fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let mut versions: Vec<_> = installed.map(|entry| entry.unwrap().path().join("bin")).collect();
    versions.sort();
    versions.into_iter().rfind(|bin| bin.join("initdb").exists()).expect("run scripts/test: it installs PostgreSQL")
}

fn is_root() -> bool {
    String::from_utf8(Command::new("id").arg("-u").output().unwrap().stdout).unwrap().trim() == "0"
}

/// PostgreSQL refuses to run as root, so root runs it as its own user.
fn run_as_owner(script: &str) {
    assert!(is_done_by_owner(script), "{script}");
}

fn is_done_by_owner(script: &str) -> bool {
    let done = if is_root() {
        Command::new("su").args(["postgres", "-s", "/bin/sh", "-c", script]).stdout(Stdio::null()).status()
    } else {
        Command::new("sh").args(["-c", script]).stdout(Stdio::null()).status()
    };
    done.unwrap().success()
}

/// A server of its own for a test that stops it, or that wants other settings.
pub struct Cluster {
    folder: PathBuf,
    options: String,
    /// `postgres://…` without a database name.
    url: String,
}

impl Cluster {
    /// `settings` as `postgres` takes them: `-c name=value …`
    pub fn start(settings: &str) -> Self {
        let folder = tempfile::Builder::new().prefix("gongshi-pg-").tempdir().unwrap().keep();
        if is_root() {
            assert!(Command::new("chown").arg("postgres").arg(&folder).status().unwrap().success());
        }
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let at = folder.display();
        run_as_owner(&format!(
            "{}/initdb -D {at}/data -U postgres --auth=trust -E UTF8 --locale=C.UTF-8 >{at}/init.log",
            binaries().display()
        ));
        let options = format!(
            "-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={at} -c max_connections=200 {settings}"
        );
        let cluster = Self { options, url: format!("postgres://postgres@127.0.0.1:{port}"), folder: folder.clone() };
        cluster.start_again();
        stop_when_we_are_gone(&folder);
        cluster
    }

    /// The URL of its one database.
    pub fn url(&self) -> String {
        format!("{}/postgres", self.url)
    }

    /// As [`fresh_database`], of this server.
    pub fn new_database(&self) -> String {
        new_database(&self.url)
    }

    fn control(&self, command: &str) -> bool {
        let (bin, at) = (binaries(), self.folder.display());
        is_done_by_owner(&format!("{}/pg_ctl -D {at}/data -l {at}/server.log -w {command}", bin.display()))
    }

    /// After a kill its memory is free only once the last of its processes has missed it.
    pub fn start_again(&self) {
        let start = format!("-o '{}' start 2>>{}/start.log", self.options, self.folder.display());
        let started = (0..START_ATTEMPTS).any(|attempt| {
            thread::sleep(if attempt == 0 { Duration::ZERO } else { BETWEEN_ATTEMPTS });
            self.control(&start)
        });
        assert!(started, "{}", fs::read_to_string(self.folder.join("server.log")).unwrap_or_default());
    }

    /// As a crash does: without a last word to anybody, or to the disk.
    pub fn stop(&self) {
        assert!(self.control("-m immediate stop"), "it does not stop");
    }

    /// kill -9 of the server itself.
    pub fn kill(&self) {
        let pid = fs::read_to_string(self.folder.join("data/postmaster.pid")).unwrap();
        assert!(kill(pid.lines().next().unwrap()), "{pid}");
    }

    /// Sends a signal to all of its processes: `STOP` makes it fall silent, `CONT` wakes it up.
    pub fn signal(&self, signal: &str) {
        let first = format!("$(head -1 {}/data/postmaster.pid)", self.folder.display());
        run_as_owner(&format!("kill -{signal} {first} $(cat /proc/{first}/task/{first}/children)"));
    }
}

/// PgBouncer of the Debian package before a server, until it is dropped.
pub struct Pooler {
    folder: PathBuf,
    url: String,
}

impl Pooler {
    /// `settings` as lines of its file.
    pub fn before(cluster: &Cluster, settings: &str) -> Self {
        let program = "/usr/sbin/pgbouncer";
        assert!(Path::new(program).exists(), "run scripts/test: it installs PgBouncer");
        let folder = tempfile::Builder::new().prefix("pooler-").tempdir_in(&cluster.folder).unwrap().keep();
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let at = folder.display();
        let host = cluster.url.rsplit(['@', '/']).next().unwrap().replace(':', " port=");
        let file = format!(
            "[databases]\n* = host={host} user=postgres\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\n\
             unix_socket_dir =\nauth_type = any\nlogfile = {at}/log\npidfile = {at}/pid\n{settings}\n"
        );
        fs::write(folder.join("pgbouncer.ini"), file).unwrap();
        if is_root() {
            assert!(Command::new("chown").args(["-R", "postgres"]).arg(&folder).status().unwrap().success());
        }
        run_as_owner(&format!("{program} -q -d {at}/pgbouncer.ini"));
        Self { url: format!("postgres://postgres@127.0.0.1:{port}"), folder }
    }

    /// The same database, by way of the pooler.
    pub fn url_of(&self, database: &str) -> String {
        format!("{}/{}", self.url, database.rsplit('/').next().unwrap())
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        is_done_by_owner(&format!("kill $(cat {}/pid)", self.folder.display()));
    }
}

const START_ATTEMPTS: usize = 100;
const BETWEEN_ATTEMPTS: Duration = Duration::from_millis(50);

/// kill -9 of one process that serves this database, the n-th of those that there are.
pub fn kill_backend(database: &str, n: usize) {
    let sql = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND datname = current_database() \
               AND pid <> pg_backend_pid() ORDER BY pid";
    let output = Command::new(binaries().join("psql")).args(["-At", "-d", database, "-c", sql]).output().unwrap();
    let listed = String::from_utf8(output.stdout).unwrap();
    let mut backends: Vec<&str> = listed.split_whitespace().collect();
    let count = backends.len().max(1);
    backends.rotate_left(n % count);
    // The pool may have let one go meanwhile.
    assert!(backends.into_iter().any(kill), "nobody is connected: {listed}");
}

fn kill(pid: &str) -> bool {
    Command::new("kill").args(["-9", pid]).stderr(Stdio::null()).status().unwrap().success()
}

/// A test process may end in any way; a small watchdog outlives it and stops the server by its pid file.
fn stop_when_we_are_gone(folder: &Path) {
    let script = format!(
        "while kill -0 {} 2>/dev/null; do sleep 0.5; done; kill -INT $(head -1 {1}/data/postmaster.pid); sleep 3; rm -rf {1}",
        std::process::id(),
        folder.display()
    );
    let mut watchdog = Command::new("sh");
    watchdog.args(["-c", &script]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    // Its own process group: a signal to the tests must not end it first.
    std::os::unix::process::CommandExt::process_group(&mut watchdog, 0);
    let mut watchdog = watchdog.spawn().unwrap();
    // It outlives us by design; should it end early, this thread reaps it.
    thread::spawn(move || watchdog.wait());
}
