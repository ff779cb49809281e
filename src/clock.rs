//! The time of the shell. The pure core is handed instants; tests hand it their own.

use crate::field::Instant;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// The system's clock, or one that only moves when told to.
#[derive(Clone, Debug)]
pub enum Clock {
    System,
    /// Milliseconds since 1970, set by its owner.
    Manual(Arc<AtomicI64>),
}

impl Clock {
    pub fn manual(start: Instant) -> Self {
        Self::Manual(Arc::new(AtomicI64::new(start.millis())))
    }

    pub fn now(&self) -> Instant {
        match self {
            Self::System => Instant::from_millis(chrono::Utc::now().timestamp_millis()),
            Self::Manual(millis) => Instant::from_millis(millis.load(Ordering::SeqCst)),
        }
    }

    /// Sets a manual clock; the system's clock is not ours to set.
    pub fn set(&self, instant: Instant) {
        if let Self::Manual(millis) = self {
            millis.store(instant.millis(), Ordering::SeqCst);
        }
    }

    pub fn advance_millis(&self, by: i64) {
        self.set(self.now().plus_millis(by));
    }
}
