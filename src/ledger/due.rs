//! The acts that time makes due.

use super::{Ledger, LedgerError};
use crate::field::{Instant, TenderCode};
use crate::sequencer::Rejected;
use crate::store::{StoreError, Value};
use crate::world::Stream;

impl Ledger {
    /// Appends every act that time has made due, and says how many there were. Any replica may do this at any time: the
    /// states decide, so a second proposal of the same act is refused.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn propose_due(&self) -> Result<usize, LedgerError> {
        let mut proposed = 0;
        loop {
            let before = proposed;
            let now = self.clock.now();
            let mut last = (0, String::new());
            loop {
                let sql = "SELECT next_due, code FROM tenders WHERE next_due <= $1 AND (next_due, code) > ($2, $3) \
                           ORDER BY next_due, code LIMIT 100";
                let values = [Value::Integer(now.millis()), Value::Integer(last.0), Value::from(last.1)];
                let rows = self.database.read(sql, &values).await?;
                let Some(row) = rows.last() else { break };
                last = (row.integer(0)?, row.text(1)?.to_owned());
                for row in &rows {
                    let code = row.text(1)?.parse().map_err(|_| StoreError::Unexpected(1))?;
                    proposed += usize::from(self.propose_for(code, now).await?);
                }
            }
            // An act may make the next one due.
            if proposed == before {
                return Ok(proposed);
            }
        }
    }

    async fn propose_for(&self, code: TenderCode, now: Instant) -> Result<bool, LedgerError> {
        let stream = Stream::Tender(code.clone());
        let world = self.states(std::slice::from_ref(&stream)).await?;
        let Some(act) = world.tenders.get(&code).and_then(|tender| tender.due(now)) else { return Ok(false) };
        match self.act_as_service(&stream, &act.into()).await {
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
