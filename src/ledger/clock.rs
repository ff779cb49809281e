//! Whether the log knows what time it is.

use super::{Ledger, LedgerError};
use crate::clock::Doubt;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::MissedTickBehavior;

/// Whoever asks `/readyz` or reads the log of the service is to hear of a wrong clock within a second.
const LOOKED_AT_EVERY: Duration = Duration::from_secs(1);

impl Ledger {
    /// Why the clock can't be trusted; `None` when it can. Looks at the last entry too: with PostgreSQL it may be another
    /// replica's.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn doubt_of_clock(&self) -> Result<Option<Doubt>, LedgerError> {
        // A clock that has jumped need not wait for a store that does not answer.
        if let Err(doubt) = self.clock.look() {
            return Ok(Some(doubt));
        }
        Ok(self.clock.look_after(self.database.last_time().await?).err())
    }
}

/// Looks at the clock for ever, so that a jump is told of when it happens; drop the future to stop.
pub async fn watch_clock(ledger: Arc<Ledger>) {
    let mut rounds = tokio::time::interval(LOOKED_AT_EVERY);
    rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        rounds.tick().await;
        if let Err(error) = ledger.doubt_of_clock().await {
            tracing::debug!(%error, "the last entry's time can't be read");
        }
        ledger.clock.remember();
    }
}
