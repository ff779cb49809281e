//! A point in time: UTC, whole milliseconds. The pure core never reads a clock; it is handed one of these.

use chrono::{DateTime, Datelike, NaiveDate, Timelike, Utc};
use std::fmt;
use std::str::FromStr;

/// Milliseconds since 1970-01-01T00:00:00Z, between the years 1970 and 9999.
///
/// Its own text form is `2026-11-23T03:04:05.123Z` (24 bytes), and nothing else is parsed: entries are hashed as bytes, so
/// there must be one spelling of each instant. In a payload, whose bytes are kept as they were signed, any RFC 3339 date-time
/// is read ([`Self::of_rfc3339`]).
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

    /// Reads any date-time of RFC 3339 §5.6 between the years 1970 and 9999: with an offset or `Z`, with a fraction of any
    /// length, of which whole milliseconds count, and letters of either case. A leap second is the last millisecond before
    /// the next one.
    pub fn of_rfc3339(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let (head, tail) = bytes.split_at_checked(19)?;
        let shape_holds = head.iter().enumerate().all(|(at, byte)| match at {
            4 | 7 => *byte == b'-',
            10 => matches!(byte, b'T' | b't'),
            13 | 16 => *byte == b':',
            _ => byte.is_ascii_digit(),
        });
        if !shape_holds {
            return None;
        }
        let day = NaiveDate::from_ymd_opt(number(&head[..4]) as i32, number(&head[5..7]), number(&head[8..10]))?;
        let (hour, minute, second) = (number(&head[11..13]), number(&head[14..16]), number(&head[17..19]));
        let (fraction, zone) = match tail.strip_prefix(b".") {
            Some(rest) => rest.split_at(rest.iter().take_while(|byte| byte.is_ascii_digit()).count()),
            None => (&b"000"[..], tail),
        };
        let milli = fraction.iter().chain(b"00").take(3).fold(0, |milli, digit| milli * 10 + u32::from(digit - b'0'));
        let (second, milli, is_leap) = if second == 60 { (59, 999, true) } else { (second, milli, false) };
        let time = day.and_hms_milli_opt(hour, minute, second, milli).filter(|_| !fraction.is_empty())?;
        let millis = time.and_utc().timestamp_millis() - offset_millis(zone)?;
        let ends_a_day = (millis + 1) % DAY_MILLIS == 0;
        (matches!(millis, 0..=LATEST_MILLIS) && (ends_a_day || !is_leap)).then_some(Self(millis))
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

const DAY_MILLIS: i64 = 24 * 3_600_000;

fn number(digits: &[u8]) -> u32 {
    digits.iter().fold(0, |number, digit| number * 10 + u32::from(digit - b'0'))
}

/// `Z`, or `+hh:mm`.
fn offset_millis(zone: &[u8]) -> Option<i64> {
    let (sign, [h1, h2, b':', m1, m2]) = (match zone {
        [b'Z' | b'z'] => return Some(0),
        [b'+', rest @ ..] => (1, rest),
        [b'-', rest @ ..] => (-1, rest),
        _ => return None,
    }) else {
        return None;
    };
    if ![h1, h2, m1, m2].into_iter().all(u8::is_ascii_digit) {
        return None;
    }
    let (hours, minutes) = (number(&[*h1, *h2]), number(&[*m1, *m2]));
    (hours < 24 && minutes < 60).then_some(sign * i64::from(hours * 60 + minutes) * 60_000)
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
        // A leap second has no spelling of its own.
        if bytes[17] == b'6' { Err(InstantError) } else { Self::of_rfc3339(text).ok_or(InstantError) }
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
        Self::of_rfc3339(&text).ok_or_else(|| super::Fault::InvalidInstant.into_serde())
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

    /// RFC 3339 §5.6 and its examples in §5.8.
    #[test]
    fn payloads_write_times_as_rfc_3339_has_them() {
        let read = |text: &str| Instant::of_rfc3339(text).map(|instant| instant.to_string());
        for (text, instant) in [
            ("2026-11-23T03:04:05Z", "2026-11-23T03:04:05.000Z"),
            ("2026-11-23T11:04:05+08:00", "2026-11-23T03:04:05.000Z"),
            ("2026-11-23T03:04:05-00:00", "2026-11-23T03:04:05.000Z"),
            ("2026-11-23t03:04:05.5z", "2026-11-23T03:04:05.500Z"),
            ("2026-11-23T03:04:05.1239999999999999999999Z", "2026-11-23T03:04:05.123Z"),
            ("2026-11-23T03:04:05.000001+00:00", "2026-11-23T03:04:05.000Z"),
            ("1996-12-19T16:39:57-08:00", "1996-12-20T00:39:57.000Z"),
            ("1990-12-31T23:59:60Z", "1990-12-31T23:59:59.999Z"),
            ("1990-12-31T15:59:60-08:00", "1990-12-31T23:59:59.999Z"),
            ("1970-01-01T08:00:00+08:00", "1970-01-01T00:00:00.000Z"),
        ] {
            assert_eq!(read(text).as_deref(), Some(instant), "{text}");
        }
        for bad in [
            "",
            "2026-11-23",
            "2026-11-23T03:04:05",
            "2026-11-23 03:04:05Z",
            "2026-11-23T03:04Z",
            "2026-11-23T3:04:05Z",
            "2026-11-23T03:04:05.Z",
            "2026-11-23T03:04:05,5Z",
            "2026-11-23T03:04:05+0800",
            "2026-11-23T03:04:05+08",
            "2026-11-23T03:04:05+24:00",
            "2026-11-23T03:04:05+08:60",
            "2026-11-23T03:04:05ZZ",
            "2026-02-30T03:04:05Z",
            "2026-11-23T24:00:00Z",
            "2026-11-23T03:04:60Z",
            "1970-01-01T00:00:00+08:00",
            "10000-01-01T00:00:00Z",
            "2026年11月23日 03:04:05Z",
            "２０２６-11-23T03:04:05Z",
            "1795880143",
        ] {
            assert_eq!(read(bad), None, "{bad}");
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
