//! A point in time: UTC, whole milliseconds. The pure core never reads a clock; it is handed one of these.

use chrono::{DateTime, Datelike, NaiveDate, Timelike, Utc};
use std::fmt;
use std::str::FromStr;

/// Milliseconds since 1970-01-01T00:00:00Z, between the years 1970 and 9999.
///
/// Its only text form is `2026-11-23T03:04:05.123Z` (24 bytes): entries are hashed as bytes, so there must be one
/// spelling of each instant.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(i64);

/// The text is not an instant in the one accepted spelling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an instant of the form 2026-11-23T03:04:05.123Z")]
pub struct InstantError;

/// 9999-12-31T23:59:59.999Z.
const LATEST_MILLIS: i64 = 253_402_300_799_999;

/// China Standard Time; there has been no daylight saving since 1991, so legal days need no zone database.
const SHANGHAI_OFFSET_MILLIS: i64 = 8 * 3_600_000;

impl Instant {
    /// Clamps into 1970–9999: a clock outside that range is broken, and no entry can carry its time.
    pub fn from_millis(millis: i64) -> Self {
        Self(millis.clamp(0, LATEST_MILLIS))
    }

    pub fn from_seconds(seconds: i64) -> Self {
        Self::from_millis(seconds.saturating_mul(1000))
    }

    pub fn millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970, rounded down.
    pub fn seconds(self) -> i64 {
        self.0 / 1000
    }

    #[must_use]
    pub fn plus_millis(self, millis: i64) -> Self {
        Self::from_millis(self.0.saturating_add(millis))
    }

    /// The calendar day in Asia/Shanghai: legal periods are counted in these days.
    pub fn shanghai_day(self) -> NaiveDate {
        utc(self.0 + SHANGHAI_OFFSET_MILLIS).date_naive()
    }

    /// The first instant of a day in Asia/Shanghai.
    pub fn start_of_shanghai_day(day: NaiveDate) -> Self {
        Self::from_millis(day.and_time(chrono::NaiveTime::MIN).and_utc().timestamp_millis() - SHANGHAI_OFFSET_MILLIS)
    }

    /// Wall-clock text in Asia/Shanghai for people: `2026-11-23 11:04:05`.
    pub fn shanghai_text(self) -> String {
        utc(self.0 + SHANGHAI_OFFSET_MILLIS).format("%Y-%m-%d %H:%M:%S").to_string()
    }
}

fn utc(millis: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(millis).expect("clamped to the years 1970–9999")
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let t = utc(self.0);
        write!(
            f,
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
            t.year(),
            t.month(),
            t.day(),
            t.hour(),
            t.minute(),
            t.second(),
            self.0 % 1000
        )
    }
}

impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Instant {
    type Err = InstantError;

    fn from_str(text: &str) -> Result<Self, InstantError> {
        let bytes = text.as_bytes();
        let shape_holds = bytes.len() == 24
            && bytes.iter().enumerate().all(|(at, byte)| match at {
                4 | 7 => *byte == b'-',
                10 => *byte == b'T',
                13 | 16 => *byte == b':',
                19 => *byte == b'.',
                23 => *byte == b'Z',
                _ => byte.is_ascii_digit(),
            });
        if !shape_holds {
            return Err(InstantError);
        }
        let number = |from: usize, to: usize| bytes[from..to].iter().fold(0u32, |n, b| n * 10 + u32::from(b - b'0'));
        let time = NaiveDate::from_ymd_opt(number(0, 4) as i32, number(5, 7), number(8, 10))
            .and_then(|day| day.and_hms_milli_opt(number(11, 13), number(14, 16), number(17, 19), number(20, 23)))
            .ok_or(InstantError)?;
        match time.and_utc().timestamp_millis() {
            millis @ 0..=LATEST_MILLIS => Ok(Self(millis)),
            _ => Err(InstantError),
        }
    }
}

impl serde::Serialize for Instant {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Instant {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = super::JsonText::deserialize(deserializer)?;
        text.parse().map_err(|_| super::Fault::InvalidInstant.into_serde())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn has_one_spelling() {
        let text = "2026-11-23T03:04:05.123Z";
        let instant: Instant = text.parse().unwrap();
        assert_eq!(instant.to_string(), text);
        for other in [
            "2026-11-23T03:04:05Z",
            "2026-11-23T03:04:05.123+00:00",
            "2026-02-30T03:04:05.123Z",
            "2026-11-23t03:04:05.123z",
            "1969-12-31T23:59:59.999Z",
            "2026-11-23T24:00:00.000Z",
            "2026-11-23T03:04:60.000Z",
        ] {
            assert_eq!(other.parse::<Instant>(), Err(InstantError), "{other}");
        }
    }

    #[test]
    fn legal_days_are_those_of_shanghai() {
        // Business dates are days in Asia/Shanghai, eight hours ahead: at 16:30Z it is the next day already.
        let instant: Instant = "2026-05-08T16:30:00.000Z".parse().unwrap();
        assert_eq!(instant.shanghai_day(), NaiveDate::from_ymd_opt(2026, 5, 9).unwrap());
        let start = Instant::start_of_shanghai_day(instant.shanghai_day());
        assert_eq!(start.to_string(), "2026-05-08T16:00:00.000Z");
    }
}
