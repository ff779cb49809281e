//! The acts that time makes due.

use super::{Ledger, LedgerError};
use crate::act::Stream;
use crate::field::Instant;
use crate::sequencer::Rejected;
use crate::store::{StoreError, Value};

/// The next streams on which something may be due, behind a place.
const DUE: &str = "SELECT at, stream FROM due WHERE at <= $1 AND (at, stream) > ($2, $3) ORDER BY at, stream LIMIT 100";

impl Ledger {
    /// Appends every act that time has made due, and says how many there were. Any replica may do this at any time: the
    /// states decide, so a second proposal of the same act is refused.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn propose_due(&self) -> Result<usize, LedgerError> {
        let mut proposed = 0;
        loop {
            let round = self.propose_round().await?;
            proposed += round;
            // An act may make the next one due.
            if round == 0 {
                return Ok(proposed);
            }
        }
    }

    async fn propose_round(&self) -> Result<usize, LedgerError> {
        let now = self.clock.now();
        let mut proposed = 0;
        let mut last = (0, String::new());
        loop {
            let values = [Value::Integer(now.millis()), Value::Integer(last.0), Value::from(last.1)];
            let rows = self.database.read(DUE, &values).await?;
            let Some(row) = rows.last() else { return Ok(proposed) };
            last = (row.integer(0)?, row.text(1)?.to_owned());
            for row in &rows {
                let stream = row.text(1)?.parse().map_err(|_| StoreError::Unexpected(1))?;
                proposed += usize::from(self.propose_for(&stream, now).await?);
            }
        }
    }

    async fn propose_for(&self, stream: &Stream, now: Instant) -> Result<bool, LedgerError> {
        let world = self.states(std::slice::from_ref(stream)).await?;
        let Some(act) = world.due(stream, now) else { return Ok(false) };
        match self.act_as_service(stream, &act).await {
            Ok(_) => Ok(true),
            // Another replica was faster.
            Err(Rejected::Refused(refusal)) => {
                tracing::debug!(%refusal, %stream, "a due act was refused");
                Ok(false)
            }
            Err(Rejected::Unavailable) => Err(StoreError::Damaged("the log is unavailable".into()).into()),
        }
    }
}
