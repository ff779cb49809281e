//! What was sequenced lately, for those who wait for some of it: whoever wakes first asks the database, all others memory.

use crate::ledger::Ledger;
use crate::store::{Database, Filing, StoreError};
use std::collections::VecDeque;
use tokio::sync::{Mutex, watch};
use tokio::time::Instant;

/// Entries that are remembered: some seconds of the fastest log. Whoever waits has seen everything up to now.
const ENTRIES_KEPT: u64 = 4096;

/// How the newest entries are filed.
pub struct News {
    database: Database,
    recent: Mutex<Recent>,
}

struct Recent {
    first: u64,
    filed: VecDeque<Filing>,
}

impl Recent {
    fn end(&self) -> u64 {
        self.first + self.filed.len() as u64
    }

    /// Takes in what is new up to this size of the log.
    async fn read_on(&mut self, size: u64, database: &Database) -> Result<(), StoreError> {
        if self.end() < size.saturating_sub(ENTRIES_KEPT) {
            *self = Self { first: size - ENTRIES_KEPT, filed: VecDeque::new() };
        }
        if self.end() < size {
            self.filed.extend(database.filed(self.end()..size).await?);
        }
        let over = self.filed.len().saturating_sub(ENTRIES_KEPT as usize);
        self.filed.drain(..over);
        self.first += over as u64;
        Ok(())
    }

    /// Whether an entry from `first` on is asked for, as far as is known here.
    fn may_have(&self, takes: &impl Fn(&Filing) -> bool, first: u64) -> bool {
        let Some(skipped) = first.checked_sub(self.first) else { return true };
        self.filed.iter().skip(skipped as usize).any(takes)
    }
}

impl News {
    pub fn of(ledger: &Ledger) -> Self {
        let (database, first) = (ledger.database.clone(), *ledger.size().borrow());
        Self { database, recent: Mutex::new(Recent { first, filed: VecDeque::new() }) }
    }

    /// Waits until there may be an entry from `first` on that is taken; `false` when the time is over. Moves `first` over what
    /// is not.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn awaited(
        &self,
        takes: impl Fn(&Filing) -> bool,
        first: &mut u64,
        size: &mut watch::Receiver<u64>,
        deadline: Instant,
    ) -> Result<bool, StoreError> {
        while tokio::time::timeout_at(deadline, size.changed()).await.is_ok_and(|changed| changed.is_ok()) {
            let size = *size.borrow_and_update();
            let mut recent = self.recent.lock().await;
            recent.read_on(size, &self.database).await?;
            if recent.may_have(&takes, *first) {
                return Ok(true);
            }
            *first = size.max(*first);
        }
        Ok(false)
    }
}
