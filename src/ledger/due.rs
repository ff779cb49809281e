//! The acts that time makes due, and those that other acts oblige the service to.

use super::{Ledger, LedgerError};
use crate::act::Stream;
use crate::field::Instant;
use crate::sequencer::Rejected;
use crate::store::StoreError;
use crate::world::Act;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::time::MissedTickBehavior;

/// How often time-driven acts are looked for. The first time is one such while after the start: by then the witnesses have
/// been asked, and have said if the clock is wrong.
const DUE_EVERY: Duration = Duration::from_secs(5);

/// Appends what time makes due, for ever; drop the future to stop.
pub async fn propose_for_ever(ledger: Arc<Ledger>) {
    let mut rounds = tokio::time::interval_at(tokio::time::Instant::now() + DUE_EVERY, DUE_EVERY);
    rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        rounds.tick().await;
        if let Err(error) = ledger.propose_due().await {
            tracing::error!(%error, "due acts were not proposed");
        }
    }
}

impl Ledger {
    /// Appends every act that time has made due, and says how many there were. Any replica may do this at any time: the
    /// states decide, so a second proposal of the same act is refused. While the clock can't be trusted there are none.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn propose_due(&self) -> Result<usize, LedgerError> {
        let mut proposed = 0;
        loop {
            let round = self.propose_round().await? + self.propose_owed().await? + self.start_clocks().await?;
            proposed += round;
            // An act may make the next one due.
            if round == 0 {
                return Ok(proposed);
            }
        }
    }

    async fn propose_round(&self) -> Result<usize, LedgerError> {
        let Ok(now) = self.clock.look() else { return Ok(0) };
        let mut proposed = 0;
        let mut last = (0, String::new());
        loop {
            let due = self.database.due(now, &last).await?;
            let Some(furthest) = due.last() else { return Ok(proposed) };
            last.clone_from(furthest);
            for (_, named) in &due {
                // A row that no stream made must not hold up the others.
                let Ok(stream) = named.parse() else {
                    tracing::error!(row = named, "due.stream names no stream");
                    continue;
                };
                proposed += usize::from(self.propose_for(&stream, now).await?);
            }
        }
    }

    /// Begins the streams that accepted entries oblige the service to.
    async fn propose_owed(&self) -> Result<usize, LedgerError> {
        if self.clock.look().is_err() {
            return Ok(0);
        }
        // What is appended from now on is looked at in the next round.
        let (size, first) = (self.size_now().await?, self.owed_from.load(Ordering::Relaxed));
        let (mut proposed, mut left, mut last) = (0, None, (0, String::new()));
        loop {
            let owed = self.database.owed(first, &last).await?;
            let Some(furthest) = owed.last() else { break };
            last.clone_from(furthest);
            for (index, named) in &owed {
                // A row that no entry made must not hold up the others.
                let Ok(stream) = named.parse() else {
                    tracing::error!(row = named, "entailed.stream names no stream");
                    continue;
                };
                if self.begin_owed(&stream).await? {
                    proposed += 1;
                } else {
                    left = left.or(Some(*index));
                }
            }
        }
        self.owed_from.store(left.unwrap_or(size).max(first), Ordering::Relaxed);
        Ok(proposed)
    }

    async fn begin_owed(&self, stream: &Stream) -> Result<bool, LedgerError> {
        let mut grounds = vec![stream.clone()];
        let act = loop {
            let (act, looked_at) = self.states(&grounds).await?.owed(stream);
            let before = grounds.len();
            grounds.extend(looked_at);
            grounds.sort_unstable();
            grounds.dedup();
            if grounds.len() == before {
                break act;
            }
        };
        match act {
            Some(act) => self.propose(stream, &act).await,
            None => {
                tracing::error!(%stream, "an entry obliges the service to begin it, and nothing says how");
                Ok(false)
            }
        }
    }

    async fn propose_for(&self, stream: &Stream, now: Instant) -> Result<bool, LedgerError> {
        let world = self.states(std::slice::from_ref(stream)).await?;
        let Some(act) = world.due(stream, now) else { return Ok(false) };
        self.propose(stream, &act).await
    }

    pub(super) async fn propose(&self, stream: &Stream, act: &Act) -> Result<bool, LedgerError> {
        match self.act_as_service(stream, act).await {
            Ok(_) => Ok(true),
            // Another replica was faster.
            Err(Rejected::Refused(refusal)) => {
                tracing::debug!(%refusal, %stream, "a due act was refused");
                Ok(false)
            }
            Err(Rejected::Clock(_)) => Ok(false),
            Err(Rejected::Unavailable) => Err(StoreError::Damaged("the log is unavailable".into()).into()),
        }
    }
}
