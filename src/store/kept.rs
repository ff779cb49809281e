//! Connections to PostgreSQL that one statement leaves to the next.

use sqlx::Postgres;
use sqlx::pool::PoolConnection;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::runtime::Handle;

/// The last few sessions, for whoever follows at once, the last one first: the pool would ask the server twice whether each is still
/// there, and lend the one that nobody has used for longest, whose backend has none of the plans and pages at hand.
#[derive(Debug)]
pub(super) struct Kept {
    max: usize,
    /// `None` when the pool waits for every connection.
    sessions: Mutex<Option<Vec<Session>>>,
}

/// One, and when it was used last.
type Session = (PoolConnection<Postgres>, Instant);

/// How long a server that answered is taken to be there still.
const KEPT_TIME_MAX: Duration = Duration::from_secs(1);

impl Kept {
    pub fn new(max: usize) -> Self {
        Self { max, sessions: Mutex::new(Some(Vec::new())) }
    }

    fn sessions(&self) -> MutexGuard<'_, Option<Vec<Session>>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Those that were not used for long go back to the pool.
    pub fn take(&self) -> Option<PoolConnection<Postgres>> {
        let mut sessions = self.sessions();
        let sessions = sessions.as_mut()?;
        sessions.retain(|(_, since)| since.elapsed() < KEPT_TIME_MAX);
        sessions.pop().map(|(connection, _)| connection)
    }

    /// Where there are as many already, the oldest goes back to the pool.
    pub fn put(&self, connection: PoolConnection<Postgres>) {
        let mut sessions = self.sessions();
        let Some(sessions) = sessions.as_mut() else { return };
        if sessions.len() == self.max {
            sessions.remove(0);
        }
        sessions.push((connection, Instant::now()));
    }

    pub fn close(&self) {
        *self.sessions() = None;
    }
}

/// Where no runtime is left, as at the end of an audit, the pool can't take anything back: it would panic.
impl Drop for Kept {
    fn drop(&mut self) {
        let sessions = self.sessions.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        if Handle::try_current().is_err() {
            sessions.into_iter().flatten().for_each(|(session, _)| drop(session.leak()));
        }
    }
}
