//! A log of many records: appended in process, audited from a plain copy, mirrored, and started from.

use super::append::fill;
use super::fixture::Authors;
use super::place::{Folder, open_now};
use super::report::{Reporter, Row};
use super::signatures::Limits;
use super::{Scale, mirror, start};
use crate::audit;
use crate::calendar::Calendar;
use crate::ledger::Ledger;
use crate::store::export_log;
use anyhow::bail;
use std::path::PathBuf;
use std::time::Instant;

pub(super) async fn measure(
    folder: &Folder,
    scale: Scale,
    limits: &Limits,
    report: &mut Reporter<'_>,
) -> anyhow::Result<()> {
    let (audited, started) = (report.wants("verify_offline"), start::wanted(report, scale));
    let mirrored = mirror::wanted(report);
    if !audited && !mirrored && !started && !report.wants("append_in_process") {
        return Ok(());
    }
    let url = folder.sqlite_url("log");
    let ledger = open_now(&url, folder.path()).await?;
    let authors = Authors::admit(&ledger).await?;
    let time = fill(&ledger, &authors, scale.records).await?;
    let rate = scale.records as f64 / time.as_secs_f64();
    report.row(Row::new("append_in_process", rate, "/s").of(Some(limits.single)))?;
    if audited {
        let rate = verify_offline(&ledger, folder.join("copy")).await?;
        report.row(Row::new("verify_offline", rate, "/s").of(Some(limits.batch_all_cores)))?;
    }
    if mirrored {
        mirror::measure(&ledger, folder.path(), report).await?;
    }
    if started {
        let missing = scale.start_records.saturating_sub(*ledger.size().borrow());
        fill(&ledger, &authors, missing).await?;
    }
    ledger.database.close().await;
    if started {
        start::measure(&url, folder, scale, report).await?;
    }
    Ok(())
}

/// Entries a second of a whole audit of a plain copy, which must find nothing wrong.
async fn verify_offline(ledger: &Ledger, copy: PathBuf) -> anyhow::Result<f64> {
    export_log(&ledger.database, &copy).await?;
    let key = ledger.identity().checkpoint_keys[0].clone();
    tokio::task::spawn_blocking(move || {
        let mut source = audit::Folder::new(&copy);
        let began = Instant::now();
        let audited = audit::verify(&mut source, Some(&key), &Calendar::built_in(), &mut |_, _| {})?;
        let time = began.elapsed();
        if let Some(finding) = audited.findings.first() {
            bail!("the audit of an honest log finds: {finding}");
        }
        Ok(audited.entries as f64 / time.as_secs_f64())
    })
    .await?
}
