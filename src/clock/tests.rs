use super::guard::*;
use super::memory::Memory;
use super::{Cause, Clock, Doubt};
use crate::field::Instant;
use proptest::prelude::*;
use std::time::Duration;

const SECOND: i64 = 1000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
const YEAR: i64 = 365 * DAY;

/// A machine that has run for a while, and what its true time is.
#[derive(Clone, Copy)]
struct Machine {
    truth: i64,
    boottime: i64,
}

impl Machine {
    fn new() -> Self {
        let start: Instant = "2026-08-03T01:00:00.000Z".parse().unwrap();
        Self { truth: start.millis(), boottime: 5 * DAY }
    }

    fn pass(&mut self, millis: i64) {
        self.truth += millis;
        self.boottime += millis;
    }

    /// What it shows when its clock is wrong by so much.
    fn off(self, by: i64) -> Reading {
        Reading { wall: self.time(by), boottime_millis: self.boottime }
    }

    fn time(self, by: i64) -> Instant {
        Instant::from_millis(self.truth + by)
    }
}

fn guard() -> Guard {
    Guard::new(TOLERANCE, None, None)
}

/// A guard that has seen the right clock.
fn anchored() -> (Guard, Machine) {
    let (mut guard, machine) = (guard(), Machine::new());
    guard.entry(machine.time(0));
    guard.look(machine.off(0)).unwrap();
    (guard, machine)
}

fn cause(seen: Result<Instant, Doubt>) -> Option<Cause> {
    seen.err().map(|doubt| doubt.cause)
}

#[test]
fn a_clock_that_jumps_is_not_believed_until_it_is_right_again() {
    let jumps = [YEAR, -YEAR, DAY, -DAY, HOUR, -HOUR, 2 * MINUTE, -2 * MINUTE, 61 * SECOND, -61 * SECOND];
    for by in jumps {
        let (mut guard, mut machine) = anchored();
        machine.pass(SECOND);
        let doubt = guard.look(machine.off(by)).unwrap_err();
        assert_eq!(doubt, Doubt { cause: Cause::Jumped, wall: machine.time(by), expected: machine.time(0) });
        // Looking again does not make it right, nor does waiting.
        machine.pass(7 * SECOND);
        assert_eq!(cause(guard.look(machine.off(by))), Some(Cause::Jumped), "{by}");
        assert_eq!(guard.look(machine.off(0)), Ok(machine.time(0)), "{by}");
        // It may be wrong by little still.
        machine.pass(SECOND);
        assert_eq!(guard.look(machine.off(by.signum() * 3 * SECOND)), Ok(machine.time(by.signum() * 3 * SECOND)));
    }
}

#[test]
fn what_happens_to_a_good_clock_stops_nothing() {
    let leap_second = -SECOND;
    for by in [0, leap_second, 1, -1, 500, -500, 59 * SECOND, -59 * SECOND] {
        let (mut guard, mut machine) = anchored();
        machine.pass(SECOND);
        assert_eq!(guard.look(machine.off(by)), Ok(machine.time(by)));
    }
    // A suspended laptop: both clocks have gone on. A crystal that nobody corrects: 100 ppm for a month.
    let (mut guard, mut machine) = anchored();
    machine.pass(3 * DAY);
    assert!(guard.look(machine.off(0)).is_ok());
    for minute in 1..=30 * 24 * 60 {
        machine.pass(MINUTE);
        assert!(guard.look(machine.off(minute * MINUTE / 10_000)).is_ok());
    }
}

#[test]
fn many_small_moves_are_one_large_move() {
    let (mut guard, mut machine) = anchored();
    let mut seconds = 0;
    while guard.look(machine.off(seconds * SECOND)).is_ok() {
        machine.pass(SECOND);
        seconds += 1;
        assert!(seconds < 100, "a clock that runs twice as fast is believed");
    }
    assert!(seconds >= 60);
}

#[test]
fn the_log_can_not_be_ahead_of_the_clock() {
    for (ahead, expected) in [
        (-YEAR, None),
        (0, None),
        (60 * SECOND, None),
        (61 * SECOND, Some(Cause::BehindLog)),
        (YEAR, Some(Cause::BehindLog)),
    ] {
        let (mut guard, mut machine) = (guard(), Machine::new());
        assert!(guard.look(machine.off(0)).is_ok(), "nobody has looked at the log yet");
        guard.entry(machine.time(ahead));
        assert_eq!(cause(guard.look(machine.off(0))), expected, "{ahead}");
        // No anchor was taken from a clock that was wrong: set right, it is believed.
        machine.pass(10 * SECOND);
        assert!(guard.look(machine.off(ahead.max(0))).is_ok());
    }
}

#[test]
fn most_witnesses_are_believed_against_the_clock() {
    // Each line: what the witnesses say the time is, by how much the clock is wrong, and whether it is doubted.
    let table: [(&[i64], i64, bool); 10] = [
        (&[], YEAR, false),
        (&[0], 4 * MINUTE, false),
        (&[0], 6 * MINUTE, true),
        (&[0], -6 * MINUTE, true),
        (&[0, 0, 0], YEAR, true),
        (&[YEAR, 0, 0], 0, false),
        (&[YEAR, 0], 0, false),
        (&[YEAR], 0, true),
        (&[YEAR, -YEAR, 0], 0, true),
        (&[YEAR, YEAR, 0], YEAR, false),
    ];
    for (words, by, doubted) in table {
        let (mut guard, mut machine) = (guard(), Machine::new());
        for (name, said) in words.iter().enumerate() {
            guard.hear(&name.to_string(), machine.time(*said), machine.off(by));
        }
        machine.pass(2 * HOUR);
        assert_eq!(cause(guard.look(machine.off(by))), doubted.then_some(Cause::Witnesses), "{words:?}, {by}");
    }
}

#[test]
fn a_clock_that_was_wrong_from_the_start_is_believed_once_it_is_set_right() {
    let (mut guard, mut machine) = (guard(), Machine::new());
    guard.entry(machine.time(0));
    assert!(guard.look(machine.off(YEAR)).is_ok(), "nobody knows better yet");
    machine.pass(SECOND);
    for name in ["a", "b"] {
        guard.hear(name, machine.time(-SECOND), machine.off(YEAR));
    }
    let doubt = guard.look(machine.off(YEAR)).unwrap_err();
    assert_eq!((doubt.cause, doubt.expected), (Cause::Witnesses, machine.time(-SECOND)));
    machine.pass(DAY);
    assert!(guard.look(machine.off(YEAR)).is_err(), "their word does not grow old");
    assert_eq!(guard.look(machine.off(0)), Ok(machine.time(0)));
    machine.pass(SECOND);
    assert_eq!(cause(guard.look(machine.off(YEAR))), Some(Cause::Jumped));
}

#[test]
fn an_operator_has_the_last_word() {
    // A virtual machine that was stopped for a day by its host, its witness an hour later.
    let (mut guard, mut machine) = anchored();
    guard.hear("a", machine.time(0), machine.off(0));
    machine.truth += DAY;
    assert_eq!(cause(guard.look(machine.off(0))), Some(Cause::Jumped));
    guard.confirm(machine.off(0));
    assert_eq!(guard.look(machine.off(0)), Ok(machine.time(0)), "what it heard before is of a time that stood still");
    machine.pass(HOUR);
    guard.hear("a", machine.time(0), machine.off(0));
    assert!(guard.look(machine.off(0)).is_ok());
    // The next jump is not confirmed with it, nor is the witness excused for ever.
    assert_eq!(cause(guard.look(machine.off(DAY))), Some(Cause::Jumped));
    guard.hear("a", machine.time(DAY), machine.off(0));
    assert_eq!(cause(guard.look(machine.off(0))), Some(Cause::Witnesses));
    guard.confirm(machine.off(0));
    machine.pass(HOUR);
    guard.hear("a", machine.time(DAY), machine.off(0));
    assert!(guard.look(machine.off(0)).is_ok(), "a witness that is wrong stays so");
}

#[test]
fn an_entry_of_the_future_is_excused_and_no_later_one() {
    let (mut guard, machine) = (guard(), Machine::new());
    guard.entry(machine.time(YEAR));
    assert!(guard.look(machine.off(0)).is_err());
    guard.confirm(machine.off(0));
    assert!(guard.look(machine.off(0)).is_ok());
    // What this log writes now has the same time.
    guard.entry(machine.time(YEAR));
    assert!(guard.look(machine.off(0)).is_ok());
    guard.entry(machine.time(YEAR + 1));
    assert_eq!(cause(guard.look(machine.off(0))), Some(Cause::BehindLog));
}

#[test]
fn a_restart_forgets_nothing_on_the_same_machine() {
    let (guard, mut machine) = anchored();
    machine.pass(DAY);
    let mut again = Guard::new(TOLERANCE, guard.anchor(), guard.excused_entry());
    assert_eq!(cause(again.look(machine.off(YEAR))), Some(Cause::Jumped));
    assert!(again.look(machine.off(0)).is_ok());
}

#[test]
fn what_is_remembered_is_of_this_start_of_the_machine() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("clock.json");
    let (guard, machine) = anchored();
    let recall = |boot: &str| Memory::new(file.clone(), boot.to_owned()).recall();
    assert_eq!(recall("a"), (None, None));
    Memory::new(file.clone(), "a".into()).save(guard.anchor(), Some(machine.time(DAY))).unwrap();
    assert_eq!(recall("a"), (guard.anchor(), Some(machine.time(DAY))));
    assert_eq!(recall("b"), (None, Some(machine.time(DAY))), "the time since the machine started began anew");
    std::fs::write(&file, "{").unwrap();
    assert_eq!(recall("a"), (None, None));
}

#[test]
fn the_clocks_of_this_machine_agree() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("clock.json");
    let clock = Clock::guarded(TOLERANCE, file.clone());
    clock.look_after(Instant::from_millis(0)).unwrap();
    clock.remember();
    let kept = std::fs::read_to_string(&file).unwrap();
    std::thread::sleep(Duration::from_millis(20));
    clock.look_after(Instant::from_millis(0)).unwrap();
    clock.remember();
    assert_eq!(std::fs::read_to_string(&file).unwrap(), kept, "not at every look");
    assert!(Clock::guarded(TOLERANCE, file).look().is_ok());
}

#[test]
fn clocks_at_the_ends_of_time_are_judged_too() {
    for wall in [0, i64::MAX] {
        for boottime_millis in [i64::MIN, 0, i64::MAX] {
            let (mut guard, machine) = anchored();
            let now = Reading { wall: Instant::from_millis(wall), boottime_millis };
            guard.hear("a", machine.time(0), now);
            let _ = guard.look(now);
            guard.confirm(now);
            assert!(guard.look(now).is_ok());
        }
    }
}

/// What happens to a machine between two looks.
#[derive(Clone, Debug)]
enum Event {
    Passes(i64),
    Moves(i64),
    Heard(u8, i64),
    Entry(i64),
}

/// A guard and its machine, whose wall clock is off by so much.
struct Watched {
    guard: Guard,
    machine: Machine,
    off: i64,
}

impl Watched {
    fn new() -> Self {
        let (guard, machine) = anchored();
        Self { guard, machine, off: 0 }
    }

    fn now(&self) -> Reading {
        self.machine.off(self.off)
    }

    fn happens(&mut self, event: Event) {
        match event {
            Event::Passes(millis) => self.machine.pass(millis),
            Event::Moves(by) => self.off += by,
            Event::Heard(name, by) => self.guard.hear(&name.to_string(), self.machine.time(by), self.now()),
            Event::Entry(ahead) => self.guard.entry(self.machine.time(ahead)),
        }
    }

    fn look(&mut self) -> Result<Instant, Doubt> {
        self.guard.look(self.now())
    }
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let event = prop_oneof![
        4 => (0..3 * HOUR).prop_map(Event::Passes),
        3 => (-90 * SECOND..90 * SECOND).prop_map(Event::Moves),
        1 => (-YEAR..YEAR).prop_map(Event::Moves),
        1 => (0u8..3, -YEAR..YEAR).prop_map(|(name, off)| Event::Heard(name, off)),
        1 => (-YEAR..2 * MINUTE).prop_map(Event::Entry),
    ];
    prop::collection::vec(event, 0..60)
}

proptest! {
    /// However the clock is moved, the time that is believed is never further from the truth than the tolerance and what
    /// clocks drift: what the time that has passed can't have closed stays open.
    #[test]
    fn what_is_believed_is_nearly_true(events in events()) {
        let mut watched = Watched::new();
        let began = watched.machine.boottime;
        for event in events {
            if matches!(event, Event::Heard(..)) {
                continue;
            }
            watched.happens(event);
            if watched.look().is_ok() {
                let drift = (watched.machine.boottime - began) / MILLIS_A_MILLI_OF_DRIFT;
                prop_assert!(watched.off.abs() <= 60 * SECOND + drift, "{} was believed", watched.off);
            }
        }
    }

    /// A clock that is right is believed at any moment, whatever it was before, unless most witnesses deny it.
    #[test]
    fn the_right_clock_is_believed(events in events()) {
        let mut watched = Watched::new();
        for event in events {
            watched.happens(match event {
                // Honest ones.
                Event::Heard(name, _) => Event::Heard(name, 0),
                Event::Entry(ahead) => Event::Entry(ahead.min(0)),
                event => event,
            });
            let _ = watched.look();
        }
        let Watched { guard, machine, .. } = watched;
        // What was believed may have drifted, and the anchor with it.
        let drifted = 60 * SECOND + (machine.boottime - Machine::new().boottime) / MILLIS_A_MILLI_OF_DRIFT;
        let mut right = (-drifted..=drifted).step_by(7 * SECOND as usize).map(|by| guard.clone().look(machine.off(by)));
        prop_assert!(right.any(|seen| seen.is_ok()));
    }

    /// Whatever is said and however the clocks stand: the operator's word counts, for this moment.
    #[test]
    fn an_operator_can_always_go_on(events in events()) {
        let mut watched = Watched::new();
        for event in events {
            watched.happens(event);
            let _ = watched.look();
        }
        let now = watched.now();
        watched.guard.confirm(now);
        prop_assert_eq!(watched.look(), Ok(watched.machine.time(watched.off)));
        watched.machine.pass(SECOND);
        prop_assert_eq!(watched.look(), Ok(watched.machine.time(watched.off)));
    }
}
