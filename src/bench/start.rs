//! Start-up over a large log, in a process of its own: how long until it answers, and how much memory it takes.

use super::Scale;
use super::child::{Outcome, Task, say};
use super::ingest::Service;
use super::load::{Load, Requests, drive};
use super::place::{Folder, open};
use super::report::{Measurement, Reporter};
use crate::clock::Clock;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

const RUNS: usize = 3;

/// The child: opens the log, serves, asks itself whether it is ready, and says how much memory that took.
pub(super) async fn start_and_say(url: &str, folder: &Path, out: &mut impl Write) -> anyhow::Result<()> {
    let ledger = open(url, folder, Clock::System).await?;
    let service = Service::start(Arc::clone(&ledger)).await?;
    let mut ready = Requests::default();
    ready.push(b"GET /readyz HTTP/1.1\r\nhost: localhost\r\n\r\n");
    let load = Load { clients: 1, warm_up: Duration::ZERO, time: Duration::from_secs(60), status: 200 };
    drive(service.address, Arc::new(ready), load).await?;
    say(*ledger.size().borrow(), out)?;
    service.stop().await
}

fn rss_name(scale: Scale) -> String {
    format!("{}_rss_mib", scale.start_name)
}

pub(super) fn wanted(report: &Reporter<'_>, scale: Scale) -> bool {
    report.wants(scale.start_name) || report.wants(&rss_name(scale))
}

pub(super) async fn measure(url: &str, folder: &Folder, scale: Scale, report: &mut Reporter<'_>) -> anyhow::Result<()> {
    let task = Task::Start { url: url.to_owned(), folder: folder.path().to_owned() };
    let runs = tokio::task::spawn_blocking(move || (0..RUNS).map(|_| task.run()).collect::<Result<Vec<_>, _>>());
    let mut runs = runs.await??;
    runs.sort_unstable();
    let Outcome { time, entries, peak_kib } = runs[RUNS / 2];
    anyhow::ensure!(entries >= scale.start_records, "the log that was started has {entries} entries");
    report.row(Measurement::new(scale.start_name, time.as_secs_f64(), "s"))?;
    if peak_kib > 0 {
        report.row(Measurement::new(rss_name(scale), peak_kib as f64 / 1024.0, "MiB"))?;
    }
    Ok(())
}
