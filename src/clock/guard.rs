//! Whether the clock on the wall can be believed. Pure: it is handed what the clocks show.
//!
//! Nothing in a log takes time back: a clock that is a year ahead for seven seconds would close every open window for
//! ever, and the right clock afterwards would refuse every honest record. So the wall clock is held against three others
//! that don't jump with it: the time since the machine started, the log's own last entry, and what witnesses sign.

use super::Doubt;
use super::doubt::Cause;
use crate::field::Instant;
use std::collections::BTreeMap;
use std::time::Duration;

/// How far the clock may be moved by itself. A leap second is one second, and NTP steps by less than one on a machine that
/// it already keeps; a minute is far beyond both, and short enough that no legal window, counted in days, is changed by it.
pub const TOLERANCE: Duration = Duration::from_secs(60);

/// Clocks drift apart by a millisecond in two seconds (500 ppm) at most: that is the most by which Linux lets NTP correct
/// a crystal.
pub(super) const MILLIS_A_MILLI_OF_DRIFT: i64 = 2000;

/// A witness keeps a clock of its own, signs whole seconds, and its answer takes time. What is ahead by more than this is
/// not taken as a cosignature either.
pub const WITNESS_TOLERANCE: Duration = Duration::from_secs(300);

/// The anchor follows the clock this often; more often, the drift of so short a time would be rounded away.
const ANCHORED_EVERY_MILLIS: i64 = 60_000;

/// What the two clocks of a machine show at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    pub wall: Instant,
    /// Since the machine started, with the time that it was suspended.
    pub boottime_millis: i64,
}

impl Reading {
    /// What the wall must show at another moment, and how far it may be from that by drift alone.
    fn at(self, boottime_millis: i64) -> (Instant, i64) {
        let passed = boottime_millis.saturating_sub(self.boottime_millis);
        (self.wall.plus_millis(passed), passed.saturating_abs() / MILLIS_A_MILLI_OF_DRIFT)
    }
}

/// What a witness has said of the time.
#[derive(Clone, Copy, Debug)]
struct Word {
    heard: Reading,
    /// An operator has said that it is wrong; so it stays until it agrees again.
    excused: bool,
}

impl Word {
    fn is_denied_by(&self, now: Reading, tolerance_millis: i64) -> bool {
        let (expected, drift) = self.heard.at(now.boottime_millis);
        apart(now.wall, expected) > tolerance_millis.saturating_add(drift)
    }
}

/// What is known of the time, and what the next look at the clock is judged by.
#[derive(Clone, Debug)]
pub struct Guard {
    tolerance_millis: i64,
    anchor: Option<Reading>,
    last_entry: Option<Instant>,
    /// An operator has said that the clock is right although there is an entry of this time.
    excused_entry: Option<Instant>,
    words: BTreeMap<String, Word>,
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

impl Guard {
    /// With what an earlier run on the same machine knew, if there was one.
    pub fn new(tolerance: Duration, anchor: Option<Reading>, excused_entry: Option<Instant>) -> Self {
        Self { tolerance_millis: millis(tolerance), anchor, last_entry: None, excused_entry, words: BTreeMap::new() }
    }

    /// The last moment at which the wall clock was right, as far as is known.
    pub fn anchor(&self) -> Option<Reading> {
        self.anchor
    }

    pub fn excused_entry(&self) -> Option<Instant> {
        self.excused_entry
    }

    /// The log holds an entry of this time.
    pub fn entry(&mut self, time: Instant) {
        self.last_entry = self.last_entry.max(Some(time));
    }

    /// A witness has just signed that it is `time`.
    pub fn hear(&mut self, witness: &str, time: Instant, now: Reading) {
        let heard = Reading { wall: time, boottime_millis: now.boottime_millis };
        let was_excused = self.words.get(witness).is_some_and(|word| word.excused);
        let mut word = Word { heard, excused: false };
        word.excused = was_excused && word.is_denied_by(now, self.witness_tolerance_millis());
        self.words.insert(witness.to_owned(), word);
    }

    /// Whether the wall clock can be believed at this moment.
    ///
    /// # Errors
    /// Why not.
    pub fn look(&mut self, now: Reading) -> Result<Instant, Doubt> {
        let doubt = |cause, expected| Err(Doubt { cause, wall: now.wall, expected });
        if let Some(anchor) = self.anchor {
            let (expected, drift) = anchor.at(now.boottime_millis);
            if apart(now.wall, expected) > self.tolerance_millis.saturating_add(drift) {
                return doubt(Cause::Jumped, expected);
            }
        }
        if let Some(last) = self.last_entry.filter(|last| Some(*last) > self.excused_entry)
            && last.millis().saturating_sub(now.wall.millis()) > self.tolerance_millis
        {
            return doubt(Cause::BehindLog, last);
        }
        if let Some(expected) = self.denied_by_witnesses(now) {
            // The clock has not moved since, so it was never right: what it is moved to next is judged by the witnesses.
            self.anchor = None;
            return doubt(Cause::Witnesses, expected);
        }
        self.follow(now);
        Ok(now.wall)
    }

    /// Whoever runs the service says that the clock is right as it is now.
    pub fn confirm(&mut self, now: Reading) {
        self.excused_entry = self.excused_entry.max(self.last_entry);
        let tolerance = self.witness_tolerance_millis();
        for word in self.words.values_mut() {
            word.excused |= word.is_denied_by(now, tolerance);
        }
        self.anchor = Some(now);
    }

    /// The anchor follows a clock that is right, but no faster than clocks drift: many small moves are one large move.
    fn follow(&mut self, now: Reading) {
        let Some(anchor) = self.anchor else {
            // Nobody has looked at the log yet: it may know better.
            self.anchor = self.last_entry.map(|_| now);
            return;
        };
        if now.boottime_millis.saturating_sub(anchor.boottime_millis) < ANCHORED_EVERY_MILLIS {
            return;
        }
        let (expected, drift) = anchor.at(now.boottime_millis);
        let moved = now.wall.millis() - expected.millis();
        self.anchor = Some(Reading { wall: expected.plus_millis(moved.clamp(-drift, drift)), ..now });
    }

    fn witness_tolerance_millis(&self) -> i64 {
        self.tolerance_millis.max(millis(WITNESS_TOLERANCE))
    }

    /// What the clock should show by most of the witnesses that have spoken; `None` when half of them agree with it: one
    /// of several may be wrong without stopping the log.
    fn denied_by_witnesses(&self, now: Reading) -> Option<Instant> {
        let tolerance = self.witness_tolerance_millis();
        let (denied, agreed): (Vec<&Word>, Vec<&Word>) =
            self.words.values().filter(|word| !word.excused).partition(|word| word.is_denied_by(now, tolerance));
        if denied.len() <= agreed.len() {
            return None;
        }
        let mut expected: Vec<Instant> = denied.iter().map(|word| word.heard.at(now.boottime_millis).0).collect();
        expected.sort_unstable();
        expected.get(expected.len() / 2).copied()
    }
}

fn apart(a: Instant, b: Instant) -> i64 {
    (a.millis() - b.millis()).abs()
}
