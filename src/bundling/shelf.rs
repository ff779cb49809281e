//! Which bundles are kept, and which go first.

use super::limits::{KEPT_BYTES_MAX, KEPT_MAX, KEPT_MILLIS, LIMIT};
use super::made::MadeBundle;
use crate::field::Instant;
use std::collections::HashMap;
use std::sync::Arc;

/// The bundles that are kept, by the streams of their subjects.
#[derive(Default)]
pub(super) struct Shelf {
    kept: HashMap<String, Kept>,
    /// Counts who asks.
    asked: u64,
}

struct Kept {
    made: Arc<MadeBundle>,
    /// When it was asked for last, by that count.
    asked: u64,
}

impl Shelf {
    /// The bundle of a subject that has so many entries now; one that is behind is kept no longer.
    pub(super) fn find(&mut self, subject: &str, version: u64, now: Instant) -> Option<Arc<MadeBundle>> {
        self.asked += 1;
        let kept = self.kept.get_mut(subject)?;
        let age = now.millis() - kept.made.created.millis();
        if kept.made.version < version || !(0..KEPT_MILLIS).contains(&age) {
            self.kept.remove(subject);
            return None;
        }
        kept.asked = self.asked;
        Some(Arc::clone(&kept.made))
    }

    pub(super) fn put(&mut self, subject: String, made: Arc<MadeBundle>) {
        self.kept.insert(subject, Kept { made, asked: self.asked });
    }

    /// Makes room for another one: those that nobody has asked for longest go, but none that somebody reads, for its bytes would stay.
    /// `taken` says how many bytes there are. Whether there is room.
    pub(super) fn makes_room(&mut self, taken: impl Fn() -> u64) -> bool {
        loop {
            let has_room = taken() + LIMIT.bytes <= KEPT_BYTES_MAX;
            if has_room && self.kept.len() < KEPT_MAX {
                return true;
            }
            let idle = self.kept.iter().filter(|(_, kept)| Arc::strong_count(&kept.made) == 1);
            let Some(oldest) = idle.min_by_key(|(_, kept)| kept.asked).map(|(subject, _)| subject.clone()) else {
                return false;
            };
            self.kept.remove(&oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::made::Taken;
    use super::*;
    use crate::log::Hash;

    fn at(millis: i64) -> Instant {
        Instant::from_millis(millis)
    }

    /// A bundle of so many bytes, none of which is on the disk.
    fn made(taken: &Arc<Taken>, length: u64, version: u64, created: i64) -> Arc<MadeBundle> {
        let file = tempfile::tempfile().unwrap();
        file.set_len(length).unwrap();
        Arc::new(MadeBundle::new(file, Hash::of(""), (at(created), version), taken).unwrap())
    }

    #[test]
    fn one_is_kept_until_its_subject_says_more_or_it_is_old() {
        let (taken, mut shelf) = (Arc::default(), Shelf::default());
        shelf.put("tender/T".to_owned(), made(&taken, 10, 3, 0));
        assert!(shelf.find("tender/T", 3, at(0)).is_some() && shelf.find("tender/U", 3, at(0)).is_none());
        assert!(shelf.find("tender/T", 3, at(KEPT_MILLIS - 1)).is_some());
        assert!(shelf.find("tender/T", 3, at(KEPT_MILLIS)).is_none());
        assert_eq!(taken.bytes(), 0, "it is gone");
        shelf.put("tender/T".to_owned(), made(&taken, 10, 3, 0));
        assert!(shelf.find("tender/T", 4, at(0)).is_none());
        shelf.put("tender/T".to_owned(), made(&taken, 10, 3, 5));
        assert!(shelf.find("tender/T", 3, at(0)).is_none(), "a clock that went back makes nothing last");
    }

    #[test]
    fn who_is_asked_for_least_goes_first_and_nobody_is_read_away() {
        let (taken, mut shelf): (Arc<Taken>, _) = (Arc::default(), Shelf::default());
        let third = (KEPT_BYTES_MAX - LIMIT.bytes) / 3;
        for subject in ["a", "b", "c"] {
            assert!(shelf.makes_room(|| taken.bytes()));
            shelf.put(subject.to_owned(), made(&taken, third + 1, 1, 0));
        }
        let read = shelf.find("a", 1, at(0)).unwrap();
        shelf.find("b", 1, at(0)).unwrap();
        assert!(shelf.makes_room(|| taken.bytes()));
        let there = |shelf: &Shelf| ["a", "b", "c"].map(|subject| shelf.kept.contains_key(subject));
        assert_eq!(there(&shelf), [true, true, false]);
        // What is read takes its place until it is read.
        let large = made(&taken, KEPT_BYTES_MAX, 1, 0);
        assert!(!shelf.makes_room(|| taken.bytes()));
        assert_eq!(there(&shelf), [true, false, false]);
        drop((read, large));
        assert!(shelf.makes_room(|| taken.bytes()));
    }

    #[test]
    fn there_are_so_many() {
        let (taken, mut shelf): (Arc<Taken>, _) = (Arc::default(), Shelf::default());
        for subject in 0..KEPT_MAX + 5 {
            assert!(shelf.makes_room(|| taken.bytes()));
            shelf.put(subject.to_string(), made(&taken, 1, 1, 0));
        }
        assert_eq!((shelf.kept.len(), taken.bytes()), (KEPT_MAX, KEPT_MAX as u64));
    }
}
