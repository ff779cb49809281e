//! Start-up over a large log, in a process of its own: how long until it answers, and how much memory it takes.

use super::Scale;
use super::ingest::Service;
use super::load::{Load, Requests, drive};
use super::place::{Folder, open};
use super::report::{Reporter, Row};
use crate::clock::Clock;
use anyhow::{Context, bail};
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A process that finds this variable starts the log that it names, says when it answers, and ends.
const STARTS: &str = "GONGSHI_BENCH_START";
const RUNS: usize = 3;

/// Which log to start.
pub(super) struct Start {
    url: String,
    folder: PathBuf,
}

pub(super) fn asked_to_start() -> Option<Start> {
    let asked = std::env::var(STARTS).ok()?;
    let (folder, url) = asked.split_once('\n')?;
    Some(Start { url: url.to_owned(), folder: folder.into() })
}

/// The child: opens the log, serves, asks itself whether it is ready, and says how much memory that took.
pub(super) async fn start_and_say(start: &Start, out: &mut impl Write) -> anyhow::Result<()> {
    let ledger = open(&start.url, &start.folder, Clock::System).await?;
    let service = Service::start(Arc::clone(&ledger)).await?;
    let mut ready = Requests::default();
    ready.push(b"GET /readyz HTTP/1.1\r\nhost: localhost\r\n\r\n");
    let load = Load { clients: 1, warm_up: Duration::ZERO, time: Duration::from_secs(60), status: 200 };
    drive(service.address, Arc::new(ready), load).await?;
    writeln!(out, "{} {}", *ledger.size().borrow(), peak_kib().unwrap_or_default())?;
    out.flush()?;
    service.stop().await
}

/// The most memory that this process has had resident.
fn peak_kib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}

fn rss_name(scale: Scale) -> String {
    format!("{}_rss_mib", scale.start_name)
}

pub(super) fn wanted(report: &Reporter<'_>, scale: Scale) -> bool {
    report.wants(scale.start_name) || report.wants(&rss_name(scale))
}

pub(super) async fn measure(url: &str, folder: &Folder, scale: Scale, report: &mut Reporter<'_>) -> anyhow::Result<()> {
    let asked = format!("{}\n{url}", folder.path().display());
    let runs =
        tokio::task::spawn_blocking(move || (0..RUNS).map(|_| run(&asked, scale)).collect::<Result<Vec<_>, _>>());
    let mut runs = runs.await??;
    runs.sort_unstable();
    let (seconds, kib) = runs[RUNS / 2];
    report.row(Row::new(scale.start_name, seconds.as_secs_f64(), "s"))?;
    if kib > 0 {
        report.row(Row::new(rss_name(scale), kib as f64 / 1024.0, "MiB"))?;
    }
    Ok(())
}

/// From the start of the process to its word that it answers.
fn run(asked: &str, scale: Scale) -> anyhow::Result<(Duration, u64)> {
    let began = Instant::now();
    let mut child = Command::new(std::env::current_exe()?)
        .arg("bench")
        .env(STARTS, asked)
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
        [size, kib] if size >= scale.start_records => Ok((time, kib)),
        _ => bail!("the service that was started says: {said:?}"),
    }
}
