//! A whole audit of a plain copy, in a process of its own: entries a second, and the most memory that it takes.

use super::child::{Task, say};
use super::report::{Reporter, Row};
use super::signatures::Limits;
use crate::audit::{Folder, verify};
use crate::law::Editions;
use crate::ledger::Ledger;
use crate::log::NoteKey;
use crate::store::export_log;
use anyhow::bail;
use std::io::Write;
use std::path::{Path, PathBuf};

const RATE: &str = "verify_offline";
const MEMORY: &str = "verify_offline_rss_mib";
const RUNS: usize = 3;

pub(super) fn wanted(report: &Reporter<'_>) -> bool {
    report.wants(RATE) || report.wants(MEMORY)
}

/// The child: audits, and complains when anything is wrong with an honest log.
pub(super) fn audit_and_say(copy: &Path, key: &str, out: &mut impl Write) -> anyhow::Result<()> {
    let key: NoteKey = key.parse()?;
    let report = verify(&mut Folder::new(copy), Some(&key), &Editions::built_in(), &mut |_, _| {})?;
    if let Some(finding) = report.findings.first() {
        bail!("the audit of an honest log finds: {finding}");
    }
    say(report.entries, out)
}

pub(super) async fn measure(
    ledger: &Ledger,
    copy: PathBuf,
    limits: &Limits,
    report: &mut Reporter<'_>,
) -> anyhow::Result<()> {
    export_log(&ledger.database, &copy).await?;
    let task = Task::Audit { copy, key: ledger.identity().checkpoint_keys[0].to_string() };
    let runs = tokio::task::spawn_blocking(move || (0..RUNS).map(|_| task.run()).collect::<Result<Vec<_>, _>>());
    let mut runs = runs.await??;
    runs.sort_unstable();
    let outcome = runs[RUNS / 2];
    let rate = outcome.entries as f64 / outcome.time.as_secs_f64();
    report.row(Row::new(RATE, rate, "/s").of(Some(limits.batch_all_cores)))?;
    if outcome.peak_kib > 0 {
        report.row(Row::new(MEMORY, outcome.peak_kib as f64 / 1024.0, "MiB"))?;
    }
    Ok(())
}
