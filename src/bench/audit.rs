//! A whole audit of a plain copy, in a process of its own: entries a second, and the most memory that it takes.

use super::child::{Task, say};
use super::report::{Measurement, Reporter};
use super::{Scale, signatures};
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
const RUNS: usize = 5;

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
    scale: Scale,
    report: &mut Reporter<'_>,
) -> anyhow::Result<()> {
    export_log(&ledger.database, &copy).await?;
    let task = Task::Audit { copy, key: ledger.identity().checkpoint_keys[0].to_string() };
    let runs = tokio::task::spawn_blocking(move || {
        let mut runs = Vec::new();
        let mut before = signatures::batch_all_cores(scale.loop_time);
        for _ in 0..RUNS {
            let outcome = task.run()?;
            let after = signatures::batch_all_cores(scale.loop_time);
            let rate = outcome.entries as f64 / outcome.time.as_secs_f64();
            runs.push((rate, (before + after) / 2.0, outcome.peak_kib));
            before = after;
        }
        anyhow::Ok(runs)
    });
    let mut runs = runs.await??;
    // What a machine that others use as well reaches differs by a fifth within a minute, so each run has its own limit, measured before
    // and behind it.
    runs.sort_by(|(one, of_one, _), (other, of_other, _)| (one / of_one).total_cmp(&(other / of_other)));
    let (rate, limit, peak_kib) = runs[RUNS / 2];
    report.row(Measurement::new(RATE, rate, "/s").of(Some(limit)))?;
    if peak_kib > 0 {
        report.row(Measurement::new(MEMORY, peak_kib as f64 / 1024.0, "MiB"))?;
    }
    Ok(())
}
