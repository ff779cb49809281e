//! The time of the shell. The pure core is handed instants; tests hand it their own.
//!
//! A tool reads the machine's clock as it is. A service that signs what time makes due must first ask whether that clock
//! can be believed ([`Clock::look`]): [`guard`] judges, [`guarded`] keeps the clocks and the judgement together, [`memory`]
//! carries it over a restart.

mod doubt;
mod guard;
mod guarded;
mod memory;
#[cfg(test)]
mod tests;

pub use doubt::{Cause, Doubt};
pub use guard::{TOLERANCE, WITNESS_TOLERANCE};
pub use guarded::Guarded;

use crate::field::Instant;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

/// The system's clock; one that only moves when told to; one that is believed only while it is right; one that is moved on.
#[derive(Clone, Debug)]
pub enum Clock {
    System,
    /// Milliseconds since 1970, set by its owner, who is believed.
    Manual(Arc<AtomicI64>),
    Guarded(Arc<Guarded>),
    /// The system's clock, so many milliseconds ahead: it runs, and its owner moves it on.
    Ahead(Arc<AtomicI64>),
}

impl Clock {
    pub fn manual(start: Instant) -> Self {
        Self::Manual(Arc::new(AtomicI64::new(start.millis())))
    }

    /// The system's clock for a service; `memory` is the file that carries what is known of it over a restart.
    pub fn guarded(tolerance: Duration, memory: PathBuf) -> Self {
        Self::Guarded(Arc::new(Guarded::system(tolerance, memory)))
    }

    /// A guarded clock that only moves when told to: [`Self::advance_millis`] lets time pass, [`Self::set`] makes it jump.
    pub fn guarded_manual(start: Instant, memory: Option<PathBuf>) -> Self {
        Self::Guarded(Arc::new(Guarded::manual(start, memory)))
    }

    /// The system's clock until it is moved on.
    pub fn ahead() -> Self {
        Self::Ahead(Arc::default())
    }

    /// What it shows, right or not.
    pub fn now(&self) -> Instant {
        match self {
            Self::System => system_now(),
            Self::Manual(millis) => Instant::from_millis(millis.load(Ordering::SeqCst)),
            Self::Guarded(guarded) => guarded.reading().wall,
            Self::Ahead(by) => system_now().plus_millis(by.load(Ordering::SeqCst)),
        }
    }

    /// What it shows, if that can be believed at this very moment.
    ///
    /// # Errors
    /// Why not.
    pub fn look(&self) -> Result<Instant, Doubt> {
        match self {
            Self::System | Self::Manual(_) | Self::Ahead(_) => Ok(self.now()),
            Self::Guarded(guarded) => guarded.look(None),
        }
    }

    /// The time of an entry that follows one of time `last`: in a log it never runs back.
    ///
    /// # Errors
    /// The clock can't be believed.
    pub fn look_after(&self, last: Instant) -> Result<Instant, Doubt> {
        let now = match self {
            Self::System | Self::Manual(_) | Self::Ahead(_) => self.now(),
            Self::Guarded(guarded) => guarded.look(Some(last))?,
        };
        Ok(now.max(last))
    }

    /// A witness has just signed that it is `time`.
    pub fn hear(&self, witness: &str, time: Instant) {
        if let Self::Guarded(guarded) = self {
            guarded.hear(witness, time);
        }
    }

    /// Whoever runs the service says that the clock is right as it is now.
    pub fn confirm(&self) {
        if let Self::Guarded(guarded) = self {
            guarded.confirm();
        }
    }

    /// Keeps what is known of the clock for the next start, at most once a minute.
    pub fn remember(&self) {
        if let Self::Guarded(guarded) = self {
            guarded.remember();
        }
    }

    /// Sets a clock that is ours to set, as the system's is not.
    pub fn set(&self, instant: Instant) {
        match self {
            Self::System => {}
            Self::Manual(millis) => millis.store(instant.millis(), Ordering::SeqCst),
            Self::Guarded(guarded) => guarded.set(instant),
            Self::Ahead(by) => by.store(instant.millis() - system_now().millis(), Ordering::SeqCst),
        }
    }

    /// Lets time pass by a manual clock.
    pub fn advance_millis(&self, by: i64) {
        match self {
            Self::System | Self::Manual(_) => self.set(self.now().plus_millis(by)),
            Self::Guarded(guarded) => guarded.advance_millis(by),
            Self::Ahead(ahead) => {
                ahead.fetch_add(by, Ordering::SeqCst);
            }
        }
    }
}

fn system_now() -> Instant {
    Instant::from_millis(chrono::Utc::now().timestamp_millis())
}
