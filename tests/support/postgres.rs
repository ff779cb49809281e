//! A throw-away PostgreSQL server for the tests of one binary, or the one that GONGSHI_TEST_POSTGRES names.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
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
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let name = format!("gongshi_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::SeqCst));
    let url = server();
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
    let done = if is_root() {
        Command::new("su").args(["postgres", "-s", "/bin/sh", "-c", script]).stdout(Stdio::null()).status()
    } else {
        Command::new("sh").args(["-c", script]).stdout(Stdio::null()).status()
    };
    assert!(done.unwrap().success(), "{script}");
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

    fn control(&self, command: &str) {
        let (bin, at) = (binaries(), self.folder.display());
        run_as_owner(&format!("{}/pg_ctl -D {at}/data -l {at}/server.log -w {command}", bin.display()));
    }

    pub fn start_again(&self) {
        self.control(&format!("-o '{}' start", self.options));
    }

    /// As a crash does: without a last word to anybody, or to the disk.
    pub fn stop(&self) {
        self.control("-m immediate stop");
    }

    /// Sends a signal to all of its processes: `STOP` makes it fall silent, `CONT` wakes it up.
    pub fn signal(&self, signal: &str) {
        let first = format!("$(head -1 {}/data/postmaster.pid)", self.folder.display());
        run_as_owner(&format!("kill -{signal} {first} $(cat /proc/{first}/task/{first}/children)"));
    }
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
