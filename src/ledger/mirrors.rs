//! The mirrors that the service tells its readers of, and how far each is, as far as this process has heard.

use crate::field::Instant;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Mirrors that a service asks and tells of: each is asked in turn, and a page shows all of them.
pub const MIRRORS_MAX: usize = 16;

/// A mirror, and what it said last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MirrorStatus {
    /// Where anybody reads it.
    pub address: String,
    pub answer: Option<MirrorAnswer>,
    /// Since when it has not said how far it is.
    pub failing: Option<Instant>,
}

/// What a mirror's checkpoint, which the log signed, says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MirrorAnswer {
    pub time: Instant,
    /// Entries that it has.
    pub size: u64,
    /// Whether they are the log's.
    pub agrees: bool,
}

/// The mirrors in the order in which they were named.
#[derive(Default)]
pub struct Mirrors(Mutex<Vec<MirrorStatus>>);

impl Mirrors {
    fn statuses_mut(&self) -> MutexGuard<'_, Vec<MirrorStatus>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn statuses(&self) -> Vec<MirrorStatus> {
        self.statuses_mut().clone()
    }

    /// These are told of from now on; nothing is known of them yet.
    pub fn name(&self, addresses: &[String]) {
        let unheard = |address: &String| MirrorStatus { address: address.clone(), answer: None, failing: None };
        *self.statuses_mut() = addresses.iter().take(MIRRORS_MAX).map(unheard).collect();
    }

    /// What asking one of them came to: how many entries it has and whether they are the log's, or nothing.
    pub fn heard(&self, address: &str, now: Instant, answer: Option<(u64, bool)>) {
        let mut statuses = self.statuses_mut();
        let Some(status) = statuses.iter_mut().find(|status| status.address == address) else { return };
        match answer {
            Some((size, agrees)) => {
                status.answer = Some(MirrorAnswer { time: now, size, agrees });
                status.failing = None;
            }
            None => {
                status.failing.get_or_insert(now);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_said_last_stays_while_nobody_answers() {
        let mirrors = Mirrors::default();
        mirrors.name(&["https://m.example".to_owned()]);
        let at = Instant::from_millis;
        mirrors.heard("https://elsewhere.example", at(1), Some((9, true)));
        mirrors.heard("https://m.example", at(2), None);
        assert_eq!((mirrors.statuses()[0].answer, mirrors.statuses()[0].failing), (None, Some(at(2))));
        mirrors.heard("https://m.example", at(3), Some((7, true)));
        mirrors.heard("https://m.example", at(4), None);
        mirrors.heard("https://m.example", at(5), None);
        let status = mirrors.statuses().remove(0);
        assert_eq!(status.answer, Some(MirrorAnswer { time: at(3), size: 7, agrees: true }));
        assert_eq!(status.failing, Some(at(4)));
    }
}
