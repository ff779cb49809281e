//! When something is due: at an hour where a clock decides, on a day where the law counts days.

use super::schema::string_schema;
use super::{Day, Fault, Instant};
use chrono::{DateTime, Days, FixedOffset, NaiveDate, SecondsFormat};
use std::fmt;
use std::str::FromStr;

/// `2026-09-22`, a day in Asia/Shanghai; or `2026-09-22T09:30:00+08:00`, an hour with its zone stated (RFC 3339).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DueTime {
    Day(Day),
    Hour(DateTime<FixedOffset>),
}

impl DueTime {
    /// The day in Asia/Shanghai: what periods of days are counted to.
    pub fn day(self) -> Day {
        match self {
            Self::Day(day) => day,
            Self::Hour(hour) => instant(hour).shanghai_day().into(),
        }
    }

    /// From when on it has come: the hour, or the beginning of the day.
    pub fn comes(self) -> Instant {
        match self {
            Self::Day(day) => Instant::start_of_shanghai_day(day.date()),
            Self::Hour(hour) => instant(hour),
        }
    }

    /// Whether there is no time left until then: none from the hour on, and none after the day.
    pub fn is_over(self, now: Instant) -> bool {
        match self {
            Self::Day(day) => day.date() < now.shanghai_day(),
            Self::Hour(hour) => instant(hour) <= now,
        }
    }

    /// Two hours are compared as such, anything else by the day.
    pub fn is_before(self, other: Self) -> bool {
        match (self, other) {
            (Self::Hour(one), Self::Hour(other)) => one < other,
            (one, other) => one.day() < other.day(),
        }
    }

    /// So many days later, at the same hour; the same, at the end of the calendar.
    #[must_use]
    pub fn plus_days(self, days: u64) -> Self {
        let later = match self {
            Self::Day(day) => day.date().checked_add_days(Days::new(days)).map(|day| Self::Day(day.into())),
            Self::Hour(hour) => hour.checked_add_days(Days::new(days)).map(Self::Hour),
        };
        later.filter(|later| later.to_string().parse() == Ok(*later)).unwrap_or(self)
    }
}

fn instant(hour: DateTime<FixedOffset>) -> Instant {
    Instant::from_millis(hour.timestamp_millis())
}

impl From<NaiveDate> for DueTime {
    fn from(day: NaiveDate) -> Self {
        Self::Day(day.into())
    }
}

impl From<Day> for DueTime {
    fn from(day: Day) -> Self {
        Self::Day(day)
    }
}

impl FromStr for DueTime {
    type Err = Fault;

    fn from_str(text: &str) -> Result<Self, Fault> {
        if text.len() <= DAY_LENGTH {
            return text.parse().map(Self::Day);
        }
        let hour = DateTime::parse_from_rfc3339(text).map_err(|_| Fault::InvalidDate)?;
        // A day that other fields could not have is no hour either.
        let day = text.get(..DAY_LENGTH).ok_or(Fault::InvalidDate)?;
        day.parse::<Day>()?;
        if hour.timestamp_millis() == instant(hour).millis() { Ok(Self::Hour(hour)) } else { Err(Fault::InvalidDate) }
    }
}

const DAY_LENGTH: usize = "2026-09-22".len();

impl fmt::Display for DueTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(day) => day.fmt(f),
            Self::Hour(hour) => f.write_str(&hour.to_rfc3339_opts(SecondsFormat::AutoSi, false)),
        }
    }
}

impl serde::Serialize for DueTime {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for DueTime {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = super::JsonText::deserialize(deserializer)?;
        text.parse().map_err(Fault::into_serde)
    }
}

string_schema!(
    DueTime,
    "day-or-date-time",
    max = 40,
    pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]+)?([Zz]|[-+][0-9]{2}:[0-9]{2}))?$"
);

#[cfg(test)]
mod tests {
    use super::*;

    fn due(text: &str) -> DueTime {
        text.parse().unwrap()
    }

    #[test]
    fn a_day_or_an_hour_with_its_zone() {
        for text in ["2026-09-22", "2026-09-22T09:30:00+08:00", "2026-09-22T01:30:00.500+00:00"] {
            assert_eq!(due(text).to_string(), text);
        }
        assert_eq!(due("2026-09-22T09:30:00+08:00"), due("2026-09-22T01:30:00Z"));
        for bad in [
            "2026-9-22",
            "2026-09-22T09:30",
            "2026-09-22T09:30:00",
            "2026-09-22 上午9点",
            "2026-02-30T09:30:00+08:00",
            "1969-12-31T23:00:00-08:00",
            "9999-12-31T23:00:00-08:00",
            "二〇二六年九月二十二日",
            "",
        ] {
            assert!(bad.parse::<DueTime>().is_err(), "{bad}");
        }
    }

    #[test]
    fn an_hour_is_one_and_a_day_has_all_of_them() {
        let (day, hour) = (due("2026-09-22"), due("2026-09-22T09:30:00+08:00"));
        let at = |text: &str| text.parse::<Instant>().unwrap();
        assert_eq!((day.comes(), hour.comes()), (at("2026-09-21T16:00:00.000Z"), at("2026-09-22T01:30:00.000Z")));
        assert!(!hour.is_over(at("2026-09-22T01:29:59.999Z")) && hour.is_over(at("2026-09-22T01:30:00.000Z")));
        assert!(!day.is_over(at("2026-09-22T15:59:59.999Z")) && day.is_over(at("2026-09-22T16:00:00.000Z")));
        // Half past nine is no other day than the day.
        assert!(!hour.is_before(day) && !day.is_before(hour));
        assert!(hour.is_before(due("2026-09-22T09:30:01+08:00")) && hour.is_before(due("2026-09-23")));
        // In Shanghai it is the next day already.
        assert_eq!(due("2026-09-22T20:00:00Z").day().to_string(), "2026-09-23");
        assert_eq!(hour.plus_days(3).to_string(), "2026-09-25T09:30:00+08:00");
        for last in ["9999-12-31", "9999-12-31T09:30:00+08:00"] {
            assert_eq!(due(last).plus_days(1), due(last));
        }
    }
}
