//! A log of many records: appended in process, audited from a plain copy, mirrored, and started from.

use super::append::fill;
use super::fixture::Authors;
use super::place::{Folder, open_now};
use super::report::{Measurement, Reporter};
use super::signatures::Limits;
use super::{Scale, audit, mirror, start};

pub(super) async fn measure(
    folder: &Folder,
    scale: Scale,
    limits: &Limits,
    report: &mut Reporter<'_>,
) -> anyhow::Result<()> {
    let (audited, started) = (audit::wanted(report), start::wanted(report, scale));
    let mirrored = mirror::wanted(report);
    if !audited && !mirrored && !started && !report.wants("append_in_process") {
        return Ok(());
    }
    let url = folder.sqlite_url("log");
    let ledger = open_now(&url, folder.path()).await?;
    let authors = Authors::admit(&ledger).await?;
    let time = fill(&ledger, &authors, scale.records).await?;
    let rate = scale.records as f64 / time.as_secs_f64();
    report.row(Measurement::new("append_in_process", rate, "/s").of(Some(limits.single)))?;
    if mirrored {
        mirror::measure(&ledger, folder.path(), report).await?;
    }
    if audited || started {
        let missing = scale.start_records.saturating_sub(*ledger.size().borrow());
        fill(&ledger, &authors, missing).await?;
    }
    if audited {
        audit::measure(&ledger, folder.join("copy"), scale, report).await?;
    }
    ledger.database.close().await;
    if started {
        start::measure(&url, folder, scale, report).await?;
    }
    Ok(())
}
