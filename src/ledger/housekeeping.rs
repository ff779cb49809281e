//! What no record has cited for long goes.

use super::quota::UNCITED_MILLIS;
use super::{Ledger, LedgerError};
use crate::field::{DocumentId, Instant};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::MissedTickBehavior;

/// Of a month an hour does not matter; the first time is an hour after the start, when the clock has been looked at for long.
const EVERY: Duration = Duration::from_secs(3600);
/// Whoever began to remove a document and is not done after so long has been killed at it: a removal is one request.
const ABANDONED_MILLIS: i64 = 3600 * 1000;

/// What a round took away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Expired {
    pub documents: usize,
    pub disclosures: usize,
}

/// Takes away what has expired, for ever; drop the future to stop.
pub async fn tidy_for_ever(ledger: Arc<Ledger>) {
    let mut rounds = tokio::time::interval_at(tokio::time::Instant::now() + EVERY, EVERY);
    rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        rounds.tick().await;
        match ledger.expire_uncited().await {
            Ok(expired) if expired == Expired::default() => {}
            Ok(expired) => tracing::info!(?expired, "what no record cites was removed"),
            Err(error) => tracing::error!(%error, "what no record cites was not removed"),
        }
    }
}

impl Ledger {
    /// Takes away documents and disclosures that no record has cited for a month, and what an earlier round did not finish.
    /// Any replica may do so at any time. Nothing is taken away while the clock can't be trusted, nor while the database says
    /// something else than the log, or the log has gone back: then nobody knows what is cited.
    ///
    /// # Errors
    /// A store fails; the next round goes on.
    pub async fn expire_uncited(&self) -> Result<Expired, LedgerError> {
        let Ok(now) = self.clock.look() else { return Ok(Expired::default()) };
        if self.contradiction().is_some() || self.rewound().is_some() {
            return Ok(Expired::default());
        }
        let until = now.plus_millis(-UNCITED_MILLIS);
        let (mut write, _) = self.database.begin_at_head().await?;
        write.settle_cited().await?;
        write.expire_disclosures(until).await?;
        let abandoned = write.take_over_going(now.plus_millis(-ABANDONED_MILLIS), now).await?;
        write.commit().await?;
        let mut expired = Expired::default();
        expired.documents += self.remove_documents(abandoned).await?;
        while let Some(going) = self.expire_uploads(until, now).await? {
            expired.documents += self.remove_documents(going).await?;
        }
        loop {
            let removed = self.remove_keyless(None).await?;
            expired.disclosures += removed;
            if removed == 0 {
                return Ok(expired);
            }
        }
    }

    async fn expire_uploads(&self, until: Instant, now: Instant) -> Result<Option<Vec<DocumentId>>, LedgerError> {
        let (mut write, _) = self.database.begin_at_head().await?;
        let going = write.expire_uploads(until, now).await?;
        write.commit().await?;
        Ok(going)
    }

    async fn remove_documents(&self, going: Vec<DocumentId>) -> Result<usize, LedgerError> {
        for id in &going {
            self.remove_document(*id).await?;
        }
        Ok(going.len())
    }
}
