//! Whether the database still says what the log says: the service compares itself, at start and for ever.

use super::{Ledger, LedgerError};
use crate::derived::{Comparison, Mismatch};
use crate::problem::{self, Bilingual, Refusal};
use crate::sequencer::LoadError;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

/// A start waits so long for the first comparison; of a long log it goes on while the service serves.
pub const START_PATIENCE: Duration = Duration::from_secs(1);
/// Between two comparisons: whoever writes to a database under a running service is found within the hour.
const EVERY: Duration = Duration::from_secs(3600);
/// After one that has found something, or that failed: it may have been repaired meanwhile.
const AGAIN_AFTER: Duration = Duration::from_secs(60);
/// After each step the comparison rests so many times as long as that took: it takes a twentieth of one processor.
const RESTS: u32 = 19;
/// Mismatches that are told of in the log of the service; `gongshi verify` names all.
const TOLD_MAX: u64 = 10;

/// That the database says something else than the log.
#[derive(Debug, Clone)]
pub enum Contradiction {
    /// Rows beside the entries do.
    Rows {
        first: Arc<Mismatch>,
        /// How many there are.
        count: u64,
    },
    /// The entries themselves are not those of a log.
    Entries { index: u64, reason: String },
}

impl Contradiction {
    pub fn reason(&self) -> Bilingual {
        match self {
            Self::Rows { first, count } => Bilingual {
                zh: format!("{}；共 {count} 行", first.zh()),
                en: format!("{}; {count} rows in all", first.en()),
            },
            Self::Entries { index, reason } => Bilingual {
                zh: format!("条目 {index} 不是日志所写（{reason}）"),
                en: format!("entry {index} is not what the log wrote ({reason})"),
            },
        }
    }

    /// What whoever runs the service does about it.
    pub fn cure(&self) -> Bilingual {
        let (zh, en) = match self {
            Self::Rows { .. } => (
                "请停止服务，以 gongshi verify 核对，以 gongshi replay 修复",
                "stop the service, look with gongshi verify, repair with gongshi replay",
            ),
            Self::Entries { .. } => (
                "请停止服务，以 gongshi verify 核对，从副本恢复",
                "stop the service, look with gongshi verify, restore it from a copy",
            ),
        };
        Bilingual { zh: zh.to_owned(), en: en.to_owned() }
    }

    pub fn refusal(&self) -> Refusal {
        let (reason, cure) = (self.reason(), self.cure());
        let zh = format!("{}。{}", reason.zh, cure.zh);
        Refusal::new(&problem::STORE_CONTRADICTS, zh, format!("{}: {}", reason.en, cure.en))
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
    /// The store can't be read: then nobody knows.
    pub async fn compare(&self, rests: u32) -> Result<(), LedgerError> {
        match self.compare_rows(rests).await {
            Err(LedgerError::Load(LoadError::Entry { index, reason })) => {
                tracing::error!(index, reason, "the entries are not those of a log");
                self.found(Some(Contradiction::Entries { index, reason }));
                Ok(())
            }
            Ok(0) => {
                self.found(None);
                Ok(())
            }
            Ok(_) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// How many rows differ.
    async fn compare_rows(&self, rests: u32) -> Result<u64, LedgerError> {
        let mut comparison = Comparison::begin(&mut self.database.snapshot().await?, &self.editions).await?;
        let (mut found, mut first, mut count) = (Vec::new(), None, 0);
        loop {
            let began = std::time::Instant::now();
            let goes_on = comparison.step(&mut self.database.snapshot().await?, &mut found).await?;
            for mismatch in found.drain(..).filter(Mismatch::is_of_the_log) {
                count += 1;
                if count <= TOLD_MAX {
                    tracing::error!(%mismatch, "the database contradicts the log");
                }
                let first = Arc::clone(first.get_or_insert_with(|| Arc::new(mismatch)));
                self.found(Some(Contradiction::Rows { first, count }));
            }
            if !goes_on {
                break;
            }
            tokio::time::sleep(began.elapsed() * rests).await;
        }
        Ok(count)
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
