//! How often records were refused by which rule. No record says it, for a refused one is not in the log: this service counts, and
//! anybody has to take its word for it.

use super::Ledger;
use crate::field::DocumentId;
use crate::store::{RefusedBy, StoreError};
use std::sync::Arc;
use std::time::Duration;

/// On SQLite a post waits for this transaction, some milliseconds; so seldom that it is none in a thousand. A service that is killed
/// loses what it counted since.
const EVERY: Duration = Duration::from_secs(10);

/// Writes away what was counted, for ever; drop the future to stop.
pub async fn count_refusals_for_ever(ledger: Arc<Ledger>) {
    loop {
        tokio::time::sleep(EVERY).await;
        if let Err(error) = ledger.write_refusals().await {
            tracing::warn!(%error, "how often records were refused was not written");
        }
    }
}

impl Ledger {
    /// Writes away what was counted since the last time: all of it or nothing. Where a commit fails nobody knows whether it was
    /// done; then it counts as done, so that a number may be too small and is never too large.
    ///
    /// # Errors
    /// The store fails; unless it was the commit, the next time brings it along.
    pub async fn write_refusals(&self) -> Result<(), StoreError> {
        let counted = self.refusals.so_far();
        if counted.is_empty() {
            return Ok(());
        }
        let row = |((edition, rule), refused): (&(DocumentId, String), &u64)| {
            let (edition, rule) = (edition.to_string(), rule.clone());
            RefusedBy { edition, rule, refused: *refused }
        };
        let mut write = self.database.begin_write().await?;
        write.add_refusals(counted.iter().map(row).collect()).await?;
        self.refusals.leave(&counted);
        write.commit().await
    }
}
