//! The connection that one writing transaction leaves to the next.

use sqlx::Postgres;
use sqlx::pool::PoolConnection;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The session of the last writing transaction on PostgreSQL, for the one that follows at once: the pool would ask the server twice
/// whether it is still there, and each transaction would be another backend's, which has none of the plans and pages at hand.
#[derive(Debug, Default)]
pub(super) struct Kept(Mutex<Slot>);

#[derive(Debug, Default)]
enum Slot {
    #[default]
    Free,
    Taken(PoolConnection<Postgres>, Instant),
    /// The pool waits for every connection.
    Closed,
}

/// How long a server that answered is taken to be there still.
const KEPT_TIME_MAX: Duration = Duration::from_secs(1);

impl Kept {
    fn slot(&self) -> MutexGuard<'_, Slot> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn take(&self) -> Option<PoolConnection<Postgres>> {
        let mut slot = self.slot();
        match std::mem::take(&mut *slot) {
            Slot::Taken(connection, since) => Some(connection).filter(|_| since.elapsed() < KEPT_TIME_MAX),
            Slot::Free => None,
            Slot::Closed => {
                *slot = Slot::Closed;
                None
            }
        }
    }

    /// One that was there goes back to the pool; so does this one when nobody comes any more.
    pub fn put(&self, connection: PoolConnection<Postgres>) {
        let mut slot = self.slot();
        if !matches!(*slot, Slot::Closed) {
            *slot = Slot::Taken(connection, Instant::now());
        }
    }

    pub fn close(&self) {
        *self.slot() = Slot::Closed;
    }
}
