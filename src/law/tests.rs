use super::*;
use proptest::prelude::*;

fn instant(text: &str) -> Instant {
    text.parse().unwrap()
}

/// The first edition with an arrangement for 2027: an invented one, in which the first week of January is off.
pub fn with_2027() -> Arc<Edition> {
    let mut files = Editions::newest().files();
    let calendar = files.get_mut("calendar.toml").unwrap();
    calendar.push_str(
        r#"
[[year]]
year = 2027
notices = []
rest = ["2027-01-01", "2027-01-02", "2027-01-03", "2027-01-04", "2027-01-05", "2027-01-06", "2027-01-07", "2027-01-08"]
work = ["2027-01-09", "2027-01-10"]
"#,
    );
    *files.get_mut("edition.toml").unwrap() = "name = \"2027-test\"\nzh = \"试\"\nen = \"test\"\n".into();
    Arc::new(Edition::parse(&Edition::pack(files.iter().map(|(name, text)| (&**name, &**text)))).unwrap())
}

fn adopted(second_at: &str) -> [InForce; 2] {
    let first = InForce { index: 0, time: instant("2026-06-01T00:00:00.000Z"), edition: Editions::newest() };
    [first, InForce { index: 40, time: instant(second_at), edition: with_2027() }]
}

/// Five working days from Tuesday, 29 December 2026.
fn over_new_year() -> Running {
    Running::new(instant("2026-12-29T01:00:00.000Z"), Period::WorkingDays(5))
}

#[test]
fn a_period_moves_with_the_calendar_while_it_is_open_and_not_when_it_is_over() {
    let first = adopted("2026-12-30T00:00:00.000Z");
    let before = Law::new(&first[..1]).unwrap().end(over_new_year());
    // 30, 31 December; 4, 5, 6 January: 1 January is a holiday in any case.
    assert_eq!(before, End { at: instant("2027-01-06T16:00:00.000Z"), provisional: true });
    let while_open = Law::new(&first).unwrap().end(over_new_year());
    // 30, 31 December; 9, 10, 11 January.
    assert_eq!(while_open, End { at: instant("2027-01-11T16:00:00.000Z"), provisional: false });
    let late = adopted("2027-01-06T16:00:00.000Z");
    assert_eq!(Law::new(&late).unwrap().end(over_new_year()), before);
    let in_time = adopted("2027-01-06T15:59:59.999Z");
    assert_eq!(Law::new(&in_time).unwrap().end(over_new_year()), while_open);
    // A suspension moved its end beyond the adoption.
    let moved = Law::new(&late).unwrap().end(over_new_year().moved(3_600_000));
    assert_eq!(moved.at, instant("2027-01-11T17:00:00.000Z"));
}

#[test]
fn an_entry_is_judged_by_what_was_adopted_before_it() {
    let adopted = adopted("2026-12-30T00:00:00.000Z");
    let law = Law::new(&adopted).unwrap();
    for (index, name) in [(0, "2027-09"), (1, "2027-09"), (40, "2027-09"), (41, "2027-test"), (999, "2027-test")] {
        assert_eq!(law.before(index).edition().name, name, "{index}");
    }
    assert!(Law::new(&[]).is_none());
}

proptest! {
    /// What is over before an adoption ends where it did; what is not ends after it, or where the new calendar says.
    #[test]
    fn adoptions_never_reopen(start in 0i64..40_000, later in 0i64..40_000, days in 0u16..30, working: bool) {
        let minutes = |n: i64| instant("2026-12-10T00:00:00.000Z").plus_millis(n * 60_000);
        let period = if working { Period::WorkingDays(days) } else { Period::Days(days) };
        let mut adopted = adopted("2026-12-30T00:00:00.000Z");
        adopted[1].time = minutes(later);
        let running = Running::new(minutes(start), period);
        let old = Law::new(&adopted[..1]).unwrap().end(running);
        let both = Law::new(&adopted).unwrap().end(running);
        let new = Law::new(&adopted[1..]).unwrap().end(running);
        if adopted[1].time <= running.since || old.at > adopted[1].time {
            prop_assert_eq!(both, new);
        } else {
            prop_assert_eq!(both, old);
        }
    }
}
