//! The service as a process that is started without waiting for it, and killed without asking it.

use anyhow::{Context, bail};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// A start that takes longer has failed: recovery reads no more than a write-ahead log.
const START_MAX: Duration = Duration::from_secs(30);

pub struct Service {
    child: Child,
    log: PathBuf,
}

/// The program; a run of hours may have a copy of its own, which nobody builds anew meanwhile.
pub fn program() -> PathBuf {
    std::env::var_os("GONGSHI_ENDURANCE_PROGRAM").map_or_else(|| env!("CARGO_BIN_EXE_gongshi").into(), PathBuf::from)
}

impl Service {
    pub fn spawn(folder: &Path, database: Option<&str>) -> anyhow::Result<Self> {
        let log = folder.join("service.log");
        let mut command = Command::new(program());
        command.args(["serve", "--listen", "127.0.0.1:0", "--rate-address", "0", "--rate-key", "0"]);
        // Most of what is kept here is cited by nothing.
        command.args(["--uncited-documents", "0", "--uncited-bytes", "0", "--uncited-disclosures", "0"]);
        command.args(super::support::NAMES).arg("--data").arg(folder.join("data"));
        if let Some(url) = database {
            command.args(["--database", url]);
        }
        command.env("RUST_LOG", "warn").kill_on_drop(true);
        command.stdout(Stdio::piped()).stderr(File::create(&log)?);
        Ok(Self { child: command.spawn()?, log })
    }

    /// Its address, once it listens.
    pub async fn listening(&mut self) -> anyhow::Result<String> {
        let output = self.child.stdout.take().context("asked twice")?;
        let mut line = String::new();
        let read = tokio::time::timeout(START_MAX, BufReader::new(output).read_line(&mut line)).await;
        match line.trim().strip_prefix("http://") {
            Some(address) => Ok(format!("http://{address}")),
            None => bail!("it does not start: {read:?}\n{}", self.said()),
        }
    }

    /// What it wrote to its log since its start.
    pub fn said(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    pub fn pid(&self) -> anyhow::Result<u32> {
        self.child.id().context("it is gone")
    }

    pub fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// SIGKILL; returns when it is gone.
    pub async fn kill(mut self) -> anyhow::Result<()> {
        if !self.is_running() {
            bail!("it ended by itself\n{}", self.said());
        }
        Ok(self.child.kill().await?)
    }
}
