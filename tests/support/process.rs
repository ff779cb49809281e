//! The service as a process of its own, so that it can really be killed.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A running process; killed when dropped.
pub struct Service {
    child: Child,
    pub base: String,
}

/// Starts `gongshi serve` on a free port and waits until it listens.
pub fn spawn(data: &Path, database: Option<&str>) -> Service {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gongshi"));
    command.args(["serve", "--listen", "127.0.0.1:0", "--rate-address", "0", "--rate-key", "0", "--data"]).arg(data);
    if let Some(url) = database {
        command.args(["--database", url]);
    }
    let mut child = command.args(["--origin", super::ORIGIN]).stdout(Stdio::piped()).spawn().unwrap();
    let mut base = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut base).unwrap();
    assert!(base.starts_with("http://"), "the service did not start");
    Service { child, base: base.trim().to_owned() }
}

impl Service {
    /// kill -9
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
