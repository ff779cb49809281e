//! When a period ends.

use super::Calendar;
use crate::field::Instant;
use chrono::{Datelike, Days, Months, NaiveDate};

/// A period of the law. 日 is a calendar day, 工作日 a working day; one is never converted into the other (DAY-5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Period {
    Days(u16),
    WorkingDays(u16),
    Months(u16),
    Years(u16),
}

/// What happens when the last day is a day off (DAY-2). Laws word it differently, so it is a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Roll {
    /// To the next working day, from weekends and holidays alike.
    #[default]
    WeekendAndHoliday,
    /// Only from days off by the State Council's arrangement.
    HolidayOnly,
    None,
}

/// The last day of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    pub day: NaiveDate,
    /// It touched a year whose holidays are not published yet, and may still move (DAY-10).
    pub provisional: bool,
}

impl Due {
    /// The period is over at this instant: 24:00 of the last day in Asia/Shanghai (DAY-7).
    pub fn over_at(self) -> Instant {
        Instant::start_of_shanghai_day(self.day.succ_opt().unwrap_or(self.day))
    }
}

impl Calendar {
    /// The last day of a period that begins on `start`. The starting day is not counted (民法典 art. 201); working days need
    /// no roll, months end on the corresponding day or the month's last (民法典 art. 202).
    pub fn end_of(&self, start: NaiveDate, period: Period, roll: Roll) -> Due {
        let plain = match period {
            Period::WorkingDays(count) => return self.nth_working_day(start, count),
            Period::Days(count) => start.checked_add_days(Days::new(count.into())),
            Period::Months(count) => start.checked_add_months(Months::new(count.into())),
            Period::Years(count) => start.checked_add_months(Months::new(u32::from(count) * 12)),
        };
        let last = plain.unwrap_or(NaiveDate::MAX);
        let rolls = |day: &NaiveDate| match roll {
            Roll::WeekendAndHoliday => !self.is_working_day(*day),
            Roll::HolidayOnly => self.is_holiday(*day),
            Roll::None => false,
        };
        let day = last.iter_days().find(|day| !rolls(day)).unwrap_or(last);
        Due { day, provisional: roll != Roll::None && !self.knows(day.year()) }
    }

    fn nth_working_day(&self, start: NaiveDate, count: u16) -> Due {
        let mut day = start;
        let mut left = count;
        while left > 0 {
            let Some(next) = day.succ_opt() else { break };
            day = next;
            left -= u16::from(self.is_working_day(day));
        }
        Due { day, provisional: count > 0 && !self.knows(day.year()) }
    }
}

/// Whether at least `days` lie between the day of issue and the deadline (DAY-8, DAY-9): counted back from the deadline,
/// which is not counted itself, and never rolled.
pub fn spans_at_least(issued: NaiveDate, deadline: NaiveDate, days: u16) -> bool {
    (deadline - issued).num_days() >= i64::from(days)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn calendar() -> Calendar {
        Calendar::parse(include_str!("../law/2026-11/calendar.toml")).unwrap()
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    /// Worked out by hand from the notices of the State Council for 2025 and 2026.
    #[test]
    fn vectors() {
        let calendar = calendar();
        for (start, period, end) in [
            ("2026-04-29", Period::WorkingDays(5), "2026-05-09"),
            ("2026-02-13", Period::WorkingDays(2), "2026-02-24"),
            ("2026-09-18", Period::WorkingDays(7), "2026-09-29"),
            ("2026-09-02", Period::Days(30), "2026-10-08"),
            ("2026-04-02", Period::Days(3), "2026-04-07"),
            ("2026-01-20", Period::WorkingDays(30), "2026-03-09"),
            ("2025-09-26", Period::WorkingDays(5), "2025-10-10"),
            ("2026-04-30", Period::WorkingDays(15), "2026-05-25"),
            // The return of a bid bond, the last day of a 质疑 on a result published on a working Saturday.
            ("2026-04-27", Period::Days(5), "2026-05-06"),
            ("2026-10-10", Period::WorkingDays(7), "2026-10-20"),
            ("2026-01-31", Period::Months(1), "2026-02-28"),
        ] {
            let due = calendar.end_of(day(start), period, Roll::default());
            assert_eq!((due.day, due.provisional), (day(end), false), "{period:?} from {start}");
        }
        assert_eq!(calendar.end_of(day("2026-09-02"), Period::Days(30), Roll::None).day, day("2026-10-02"));
        assert_eq!(calendar.end_of(day("2026-01-31"), Period::Months(1), Roll::None).day, day("2026-02-28"));
        assert_eq!(calendar.end_of(day("2024-02-29"), Period::Years(1), Roll::None).day, day("2025-02-28"));
        // A plain weekend rolls only when the roll says so.
        assert_eq!(calendar.end_of(day("2026-11-18"), Period::Days(3), Roll::HolidayOnly).day, day("2026-11-21"));
        assert_eq!(calendar.end_of(day("2026-11-18"), Period::Days(3), Roll::default()).day, day("2026-11-23"));
    }

    #[test]
    fn unpublished_years() {
        let calendar = calendar();
        let due = |period| calendar.end_of(day("2026-12-28"), period, Roll::default());
        assert_eq!(due(Period::WorkingDays(3)), Due { day: day("2026-12-31"), provisional: false });
        // 1 January is off in any case, and a Friday.
        assert_eq!(due(Period::WorkingDays(4)), Due { day: day("2027-01-04"), provisional: true });
        assert_eq!(due(Period::Days(4)), Due { day: day("2027-01-04"), provisional: true });
    }

    #[test]
    fn a_period_is_over_at_midnight_in_shanghai() {
        let due = Due { day: day("2026-05-09"), provisional: false };
        assert_eq!(due.over_at().to_string(), "2026-05-09T16:00:00.000Z");
        assert!(spans_at_least(day("2026-09-02"), day("2026-09-22"), 20));
        assert!(!spans_at_least(day("2026-09-03"), day("2026-09-22"), 20));
    }

    proptest! {
        #[test]
        fn ends_are_working_days_and_grow_with_the_period(offset in 0u64..4300, count in 1u16..60) {
            let calendar = calendar();
            let start = day("2012-06-01") + Days::new(offset);
            let short = calendar.end_of(start, Period::WorkingDays(count), Roll::default()).day;
            let long = calendar.end_of(start, Period::WorkingDays(count + 1), Roll::default()).day;
            prop_assert!(calendar.is_working_day(short) && start < short && short < long);
            let counted = start.iter_days().skip(1).take_while(|d| *d <= short);
            prop_assert_eq!(counted.filter(|d| calendar.is_working_day(*d)).count(), usize::from(count));
            let rolled = calendar.end_of(start, Period::Days(count), Roll::default()).day;
            prop_assert!(calendar.is_working_day(rolled) && rolled >= start + Days::new(count.into()));
        }
    }
}
