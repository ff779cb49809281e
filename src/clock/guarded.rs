//! The clocks and what is known of them, in one hand.

use super::guard::{Guard, Reading, TOLERANCE};
use super::memory::Memory;
use super::{Cause, Doubt, system_now};
use crate::field::Instant;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A clock that is looked at through a [`Guard`].
#[derive(Debug)]
pub struct Guarded {
    /// `None` for the machine's own clocks.
    manual: Option<Mutex<Reading>>,
    state: Mutex<State>,
    memory: Option<Memory>,
}

#[derive(Debug)]
struct State {
    guard: Guard,
    /// What the last look found.
    doubted: Option<Cause>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The name of a manual clock's machine: it never starts again.
const MANUAL_BOOT: &str = "manual";

impl Guarded {
    pub(super) fn system(tolerance: Duration, memory: PathBuf) -> Self {
        Self::new(None, tolerance, this_boot().map(|boot| Memory::new(memory, boot)))
    }

    pub(super) fn manual(start: Instant, memory: Option<PathBuf>) -> Self {
        let reading = Reading { wall: start, boottime_millis: 0 };
        let memory = memory.map(|file| Memory::new(file, MANUAL_BOOT.to_owned()));
        Self::new(Some(Mutex::new(reading)), TOLERANCE, memory)
    }

    fn new(manual: Option<Mutex<Reading>>, tolerance: Duration, memory: Option<Memory>) -> Self {
        let (anchor, excused_entry) = memory.as_ref().map(Memory::recall).unwrap_or_default();
        let state = State { guard: Guard::new(tolerance, anchor, excused_entry), doubted: None };
        Self { manual, state: Mutex::new(state), memory }
    }

    /// What both clocks show at one moment.
    pub(super) fn reading(&self) -> Reading {
        if let Some(manual) = &self.manual {
            return *lock(manual);
        }
        loop {
            let (before, wall, after) = (boottime_millis(), system_now(), boottime_millis());
            // Stopped in between, as a process may be, the two would not belong together.
            if after - before < 1000 {
                return Reading { wall, boottime_millis: after };
            }
        }
    }

    pub(super) fn look(&self, last_entry: Option<Instant>) -> Result<Instant, Doubt> {
        let mut state = lock(&self.state);
        if let Some(last) = last_entry {
            state.guard.entry(last);
        }
        let seen = state.guard.look(self.reading());
        let doubted = seen.err().map(|doubt| doubt.cause);
        // Told of once, not at every look.
        if std::mem::replace(&mut state.doubted, doubted) != doubted {
            match seen {
                Ok(now) => tracing::info!(%now, "the clock can be trusted again"),
                Err(doubt) => tracing::error!(
                    cause = doubt.cause.as_str(), shows = %doubt.wall, expected = %doubt.expected,
                    "read-only: {}; {}", doubt.reason().en, doubt.cure().en
                ),
            }
        }
        seen
    }

    pub(super) fn hear(&self, witness: &str, time: Instant) {
        let mut state = lock(&self.state);
        state.guard.hear(witness, time, self.reading());
    }

    pub(super) fn confirm(&self) {
        let mut state = lock(&self.state);
        let now = self.reading();
        match state.guard.look(now) {
            Ok(_) => tracing::warn!(now = %now.wall, "the clock was confirmed; it was trusted before"),
            Err(doubt) => {
                tracing::warn!(now = %now.wall, expected = %doubt.expected, "the clock was confirmed by who runs the service");
            }
        }
        state.guard.confirm(now);
        state.doubted = None;
        self.save(&state.guard);
    }

    pub(super) fn remember(&self) {
        let guard = lock(&self.state).guard.clone();
        self.save(&guard);
    }

    fn save(&self, guard: &Guard) {
        if let Some(memory) = &self.memory
            && let Err(error) = memory.save(guard.anchor(), guard.excused_entry())
        {
            tracing::warn!(%error, file = %memory.file().display(), "what is known of the clock was not kept");
        }
    }

    pub(super) fn set(&self, wall: Instant) {
        if let Some(manual) = &self.manual {
            lock(manual).wall = wall;
        }
    }

    pub(super) fn advance_millis(&self, by: i64) {
        if let Some(manual) = &self.manual {
            let mut reading = lock(manual);
            *reading = Reading {
                wall: reading.wall.plus_millis(by),
                boottime_millis: reading.boottime_millis.saturating_add(by),
            };
        }
    }
}

/// Since the machine started. On Linux it goes on while the machine is suspended, as the monotonic clock doesn't: a laptop
/// that wakes up has not jumped. rustix asks the kernel and not the C library, which may have been given another clock.
fn boottime_millis() -> i64 {
    #[cfg(target_os = "linux")]
    const CLOCK: rustix::time::ClockId = rustix::time::ClockId::Boottime;
    #[cfg(not(target_os = "linux"))]
    const CLOCK: rustix::time::ClockId = rustix::time::ClockId::Monotonic;
    let time = rustix::time::clock_gettime(CLOCK);
    time.tv_sec.saturating_mul(1000).saturating_add(time.tv_nsec / 1_000_000)
}

/// What tells one start of the machine from another; `None` where nothing does.
fn this_boot() -> Option<String> {
    std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok().map(|id| id.trim().to_owned())
}
