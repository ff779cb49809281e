//! Records appended in process: all that HTTP adds is left out.

use super::fixture::Authors;
use crate::ledger::Ledger;
use crate::record::Record;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// Submitters at a time: several batches of the sequencer, so that signatures are checked while a batch is written.
const TASKS: usize = 2048;
/// Records that are signed at a time, so that a large log does not need them all in memory.
const SIGNED: u64 = 20_000;

/// Appends all of them, from many tasks; returns when each is durable.
pub(super) async fn append(ledger: &Arc<Ledger>, mut records: Vec<Record>) -> anyhow::Result<()> {
    let share = records.len().div_ceil(TASKS).max(1);
    let mut tasks = JoinSet::new();
    while !records.is_empty() {
        let mine = records.split_off(records.len().saturating_sub(share));
        let ledger = Arc::clone(ledger);
        tasks.spawn(async move {
            for record in mine {
                ledger.submit(ledger.admit(record, None).await?).await?;
            }
            anyhow::Ok(())
        });
    }
    while let Some(done) = tasks.join_next().await {
        done??;
    }
    Ok(())
}

/// Signs and appends that many records; only the appending is timed.
pub(super) async fn fill(ledger: &Arc<Ledger>, authors: &Arc<Authors>, count: u64) -> anyhow::Result<Duration> {
    let mut time = Duration::ZERO;
    let mut done = 0;
    while done < count {
        let some = SIGNED.min(count - done);
        let signer = Arc::clone(authors);
        let records = tokio::task::spawn_blocking(move || signer.sign(some)).await?;
        let began = Instant::now();
        append(ledger, records).await?;
        time += began.elapsed();
        done += some;
    }
    Ok(time)
}
