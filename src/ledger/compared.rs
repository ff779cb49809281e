//! Whether the database still says what the log says: the service compares itself, at start and for ever.

use super::{Ledger, LedgerError};
use crate::derived::{Comparison, Mismatch};
use crate::problem::{self, Refusal};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

/// A start waits so long for the first comparison; of a long log it goes on while the service serves.
pub const START_PATIENCE: Duration = Duration::from_secs(2);
/// Between two comparisons: whoever writes to a database under a running service is found within the hour.
const EVERY: Duration = Duration::from_secs(3600);
/// After one that has found something, or that failed: it may have been repaired meanwhile.
const AGAIN_AFTER: Duration = Duration::from_secs(60);
/// After each step the comparison rests so many times as long as that took: it takes a twentieth of one processor.
const RESTS: u32 = 19;
/// Mismatches that are told of in the log of the service; `gongshi verify` names all.
const TOLD_MAX: usize = 10;

/// That the database says something else than the log.
#[derive(Debug, Clone)]
pub struct Contradiction {
    /// The first row that differs.
    pub first: Arc<Mismatch>,
    /// How many there are.
    pub rows: u64,
}

impl Contradiction {
    pub fn refusal(&self) -> Refusal {
        let Self { first, rows } = self;
        Refusal::new(
            &problem::STORE_CONTRADICTS,
            format!("{}；共 {rows} 行。请停止服务，以 gongshi verify 核对，再以 gongshi replay 修复", first.zh()),
            format!(
                "{}; {rows} rows in all. Stop the service, look with gongshi verify, repair with gongshi replay",
                first.en()
            ),
        )
    }
}

impl Ledger {
    /// What the last comparison found; while it says something, nothing is written to the log.
    pub fn contradiction(&self) -> Option<Contradiction> {
        self.contradiction.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Compares the whole database with the log; `rests` times as long as it works it lets others work.
    ///
    /// # Errors
    /// The store can't be read, or what it holds is no log.
    pub async fn compare(&self, rests: u32) -> Result<(), LedgerError> {
        let mut comparison = Comparison::begin(&mut self.database.snapshot().await?, &self.editions).await?;
        let (mut found, mut first, mut rows) = (Vec::new(), None, 0);
        loop {
            let began = std::time::Instant::now();
            let goes_on = comparison.step(&mut self.database.snapshot().await?, &mut found).await?;
            for mismatch in found.drain(..).filter(Mismatch::is_of_the_log) {
                rows += 1;
                if rows <= TOLD_MAX as u64 {
                    tracing::error!(%mismatch, "the database contradicts the log");
                }
                let first = Arc::clone(first.get_or_insert_with(|| Arc::new(mismatch)));
                self.found(Some(Contradiction { first, rows }));
            }
            if !goes_on {
                break;
            }
            tokio::time::sleep(began.elapsed() * rests).await;
        }
        if rows == 0 {
            self.found(None);
        }
        Ok(())
    }

    fn found(&self, contradiction: Option<Contradiction>) {
        *self.contradiction.write().unwrap_or_else(PoisonError::into_inner) = contradiction;
    }
}

/// Compares the database with the log again and again; drop the future to stop. `first` is told when that was done once.
pub async fn compare_for_ever(ledger: Arc<Ledger>, first: tokio::sync::oneshot::Sender<()>) {
    let mut first = Some(first);
    loop {
        let rests = if first.is_some() { 0 } else { RESTS };
        let compared = ledger.compare(rests).await;
        if let Err(error) = &compared {
            tracing::error!(%error, "the database can't be compared with the log");
        }
        // Whoever waited for it may have gone.
        drop(first.take());
        let clean = compared.is_ok() && ledger.contradiction().is_none();
        tokio::time::sleep(if clean { EVERY } else { AGAIN_AFTER }).await;
    }
}
