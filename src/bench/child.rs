//! What is measured in a process of its own, because its memory counts: this program again.

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// A process that finds this variable does what it says, says what came of it in numbers, and ends.
const TASK: &str = "GONGSHI_BENCH_TASK";

/// What a child does.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) enum Task {
    /// Opens a log and serves until it answers.
    Start { url: String, folder: PathBuf },
    /// Audits a plain copy under a key.
    Audit { copy: PathBuf, key: String },
}

/// What a child said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Outcome {
    /// From the start of the process to its word.
    pub time: Duration,
    /// Entries that it dealt with.
    pub entries: u64,
    /// The most memory that it had resident; 0 where the system does not tell.
    pub peak_kib: u64,
}

impl Task {
    /// The task of this process, if it is a child.
    pub fn asked() -> Option<Self> {
        serde_json::from_str(&std::env::var(TASK).ok()?).ok()
    }

    /// Runs a child to its end.
    pub fn run(&self) -> anyhow::Result<Outcome> {
        let began = Instant::now();
        let mut child = Command::new(std::env::current_exe()?)
            .arg("bench")
            .env(TASK, serde_json::to_string(self)?)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut said = String::new();
        let output = child.stdout.take().context("the child's output")?;
        BufReader::new(output).read_line(&mut said)?;
        let time = began.elapsed();
        child.wait()?;
        let numbers: Vec<u64> = said.split_whitespace().filter_map(|number| number.parse().ok()).collect();
        match numbers[..] {
            [entries, peak_kib] => Ok(Outcome { time, entries, peak_kib }),
            _ => bail!("{self:?} says: {said:?}"),
        }
    }
}

/// The child's word.
pub(super) fn say(entries: u64, out: &mut impl Write) -> anyhow::Result<()> {
    writeln!(out, "{entries} {}", peak_kib().unwrap_or_default())?;
    Ok(out.flush()?)
}

/// The most memory that this process has had resident.
fn peak_kib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}
