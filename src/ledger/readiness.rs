//! Whether the log can be written now, for whoever watches it.

use super::{Contradiction, Ledger, LedgerError};
use crate::clock::Doubt;
use crate::highwater::Rewound;
use crate::sequencer::LoadError;
use crate::store::{Obstacle, StoreError};
use std::sync::PoisonError;
use std::time::{Duration, Instant};

/// What keeps records, documents and disclosures from being taken; nothing of it when they are.
#[derive(Debug, Clone, Default)]
pub struct Readiness {
    /// Entries in the log, by its checkpoint; `None` when it can't be read.
    pub size: Option<u64>,
    pub database: Option<Obstacle>,
    pub objects: Option<Obstacle>,
    pub clock: Option<Doubt>,
    /// What the database says and the log does not.
    pub contradiction: Option<Contradiction>,
    /// What others know of the log and the database does not.
    pub rewound: Option<Rewound>,
}

/// Whoever asks has an answer within two seconds: a store that does not answer until then is away.
const PATIENCE: Duration = Duration::from_millis(1500);
/// However often it is asked, the stores are probed no more often than this; sooner only when a write has succeeded after
/// one that failed.
const PROBED_EVERY: Duration = Duration::from_secs(1);

impl Readiness {
    pub fn is_ready(&self) -> bool {
        let can_write =
            self.database.is_none() && self.objects.is_none() && self.contradiction.is_none() && self.rewound.is_none();
        self.size.is_some() && can_write && self.clock.is_none()
    }
}

impl Ledger {
    /// Looks whether the log can be written. A write that has failed shows at once; what has come back, within a second.
    pub async fn readiness(&self) -> Readiness {
        let read = tokio::time::timeout(PATIENCE, async {
            let (_, checkpoint) = self.checkpoint().await?;
            Ok((checkpoint.size, self.doubt_of_clock().await?))
        });
        let (read, ()) = tokio::join!(read, self.probe());
        let (database, objects) = (self.database.obstacle(), self.objects.obstacle());
        let contradiction = self.contradiction();
        let rewound = self.rewound();
        let readiness = Readiness { size: None, database, objects, clock: None, contradiction, rewound };
        match read {
            Ok(Ok((size, clock))) => Readiness { size: Some(size), clock, ..readiness },
            Ok(Err(error)) => {
                tracing::error!(%error, "not ready");
                Readiness { database: Some(obstacle_of(&error)), ..readiness }
            }
            Err(_) => Readiness { database: Some(Obstacle::Away), ..readiness },
        }
    }

    /// Whoever else asks meanwhile is told what is known.
    async fn probe(&self) {
        // Not one or the other: both forget.
        let hope = self.database.take_hope() | self.objects.take_hope();
        let due = {
            let (now, mut last) = (Instant::now(), self.probed.lock().unwrap_or_else(PoisonError::into_inner));
            let due = hope || last.is_none_or(|last| now - last >= PROBED_EVERY);
            if due {
                *last = Some(now);
            }
            due
        };
        if due {
            tokio::join!(self.database.probe(), self.objects.probe());
        }
    }
}

fn obstacle_of(error: &LedgerError) -> Obstacle {
    let store: Option<&StoreError> = match error {
        LedgerError::Store(error) | LedgerError::Load(LoadError::Store(error)) => Some(error),
        _ => None,
    };
    store.and_then(StoreError::obstacle).unwrap_or(Obstacle::Failing)
}
