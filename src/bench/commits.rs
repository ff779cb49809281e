//! The limits that durable commits set: one small row, and it is on the disk.

use super::Scale;
use super::place::Folder;
use super::postgres::Postgres;
use super::report::{Measurement, Reporter};
use crate::field::Instant as LogTime;
use crate::log::Hash;
use crate::sequencer::head_row;
use crate::store::{Database, HEAD};
use std::time::Instant;

pub(super) async fn sqlite(folder: &Folder, scale: Scale, report: &mut Reporter<'_>) -> anyhow::Result<()> {
    if report.wants("sqlite_commit") {
        let rate = rate(&folder.sqlite_url("commits"), scale).await?;
        report.row(Measurement::new("sqlite_commit", rate, "/s"))?;
    }
    Ok(())
}

pub(super) async fn postgres(server: &Postgres, scale: Scale, report: &mut Reporter<'_>) -> anyhow::Result<()> {
    if report.wants("postgres_commit") {
        let rate = rate(&server.new_schema("commits").await?, scale).await?;
        report.row(Measurement::new("postgres_commit", rate, "/s"))?;
    }
    Ok(())
}

async fn rate(url: &str, scale: Scale) -> anyhow::Result<f64> {
    let database = Database::open(url).await?;
    commit(&database, 0).await?;
    let (began, mut done) = (Instant::now(), 0u64);
    while began.elapsed() < scale.loop_time {
        done += 1;
        commit(&database, done).await?;
    }
    let rate = done as f64 / began.elapsed().as_secs_f64();
    database.close().await;
    Ok(rate)
}

/// The log's head: every batch of the sequencer writes at least this row.
async fn commit(database: &Database, number: u64) -> anyhow::Result<()> {
    let mut write = database.begin_write().await?;
    let row = head_row(number, Hash::of([]), LogTime::from_millis(0), "bench", "");
    write.put(&HEAD, vec![row]).await?;
    Ok(write.commit().await?)
}
