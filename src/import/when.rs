//! Days and hours as sources write them. What has another form is no time, and nothing is made of a part of it.

use crate::field::{DueTime, Instant, Spaces, narrowed};
use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeZone};

/// The zone of every source that states none: 北京时间.
const SHANGHAI_SECONDS: i32 = 8 * 3600;

/// A day, or the hour of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stated {
    pub day: NaiveDate,
    /// Of Shanghai; 24:00 is none, but the end of the day.
    pub time: Option<NaiveTime>,
}

/// `2026-03-02`, `2026/3/2`, `2026.3.2` or `2026年3月2日`; with `09:30`, `9:30:00` or `9时30分` behind it; or a time of RFC 3339.
pub(super) fn read(text: &str) -> Option<Stated> {
    let text = narrowed(text, Spaces::Plain);
    if let Ok(hour) = DateTime::parse_from_rfc3339(&text) {
        let hour = hour.with_timezone(&zone()?);
        return Some(Stated { day: hour.date_naive(), time: Some(hour.time()) });
    }
    let (day, rest) = day_before(&text)?;
    let rest = rest.trim_start();
    // The end of a day, with a zone or without.
    let clock = rest.strip_prefix('T').unwrap_or(rest).trim_end_matches("+08:00");
    let time = if clock.is_empty() { None } else { Some(clock_time(clock)?) };
    Some(Stated { day, time: time.flatten() })
}

/// The day that a text begins with, and the rest.
fn day_before(text: &str) -> Option<(NaiveDate, &str)> {
    let (year, rest) = number(text, 4..=4)?;
    let mark = rest.chars().next().filter(|mark| "-/.年".contains(*mark))?;
    let (month, rest) = number(rest[mark.len_utf8()..].trim_start(), 1..=2)?;
    let second = if mark == '年' { '月' } else { mark };
    let (day, rest) = number(rest.strip_prefix(second)?.trim_start(), 1..=2)?;
    let rest = if mark == '年' { rest.strip_prefix('日')? } else { rest };
    // 2026-3-21 is not 2026-3-2 and a 1.
    let parted = mark == '年' || rest.is_empty() || rest.starts_with([' ', 'T']);
    let day = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?;
    parted.then_some((day, rest))
}

/// `09:30`, `9:30:00`, `9时30分`, `9时`; `None` within for 24:00.
fn clock_time(text: &str) -> Option<Option<NaiveTime>> {
    let (hour, rest) = number(text, 1..=2)?;
    let (minute, second) = if let Some(rest) = rest.strip_prefix(['时', '点']) {
        let rest = rest.trim_start();
        match rest {
            "" | "整" => (0, 0),
            rest => {
                let (minute, rest) = number(rest, 1..=2)?;
                (minute, if rest == "分" { Some(0) } else { seconds(rest.strip_prefix('分')?.strip_suffix('秒')?) }?)
            }
        }
    } else {
        let (minute, rest) = number(rest.strip_prefix(':')?, 2..=2)?;
        (minute, if rest.is_empty() { 0 } else { seconds(rest.strip_prefix(':')?)? })
    };
    if (hour, minute, second) == (24, 0, 0) {
        return Some(None);
    }
    NaiveTime::from_hms_opt(hour, minute, second).map(Some)
}

fn seconds(text: &str) -> Option<u32> {
    number(text, 1..=2).filter(|(_, rest)| rest.is_empty()).map(|(seconds, _)| seconds)
}

/// The number that a text begins with, of so many digits.
fn number(text: &str, digits: std::ops::RangeInclusive<usize>) -> Option<(u32, &str)> {
    let count = text.bytes().take_while(u8::is_ascii_digit).count();
    let number = text.get(..count).filter(|_| digits.contains(&count))?;
    Some((number.parse().ok()?, &text[count..]))
}

fn zone() -> Option<FixedOffset> {
    FixedOffset::east_opt(SHANGHAI_SECONDS)
}

impl Stated {
    /// The hour where there is one, else another one of that day.
    pub fn instant_or(self, other: NaiveTime) -> Instant {
        shanghai(self.day, self.time.unwrap_or(other))
    }

    /// The last day before it: 00:00 is the end of the day before.
    pub fn last_day(self) -> NaiveDate {
        let before = self.time.filter(|time| *time == NaiveTime::MIN).and_then(|_| self.day.pred_opt());
        before.unwrap_or(self.day)
    }

    /// As it is signed: an hour with its zone, or a day.
    pub fn due(self) -> DueTime {
        let hour = self.time.zip(zone()).and_then(|(time, zone)| {
            zone.from_local_datetime(&NaiveDateTime::new(self.day, time)).single().map(DueTime::Hour)
        });
        hour.unwrap_or_else(|| self.day.into())
    }
}

/// A wall-clock time of a Shanghai day.
pub(super) fn shanghai(day: NaiveDate, time: NaiveTime) -> Instant {
    let minutes = time.signed_duration_since(NaiveTime::MIN);
    Instant::start_of_shanghai_day(day).plus_millis(minutes.num_milliseconds())
}

/// When a day without an hour is taken to begin its business.
pub(super) fn morning() -> NaiveTime {
    NaiveTime::from_hms_opt(9, 0, 0).unwrap_or_default()
}

pub(super) fn noon() -> NaiveTime {
    NaiveTime::from_hms_opt(12, 0, 0).unwrap_or_default()
}

/// Every `2026年8月18日` of a text.
pub(super) fn chinese_days(text: &str) -> Vec<NaiveDate> {
    let compact: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let mut days = Vec::new();
    let mut rest = compact.as_str();
    while let Some(at) = rest.find('年') {
        let digits_before = rest[..at].bytes().rev().take_while(u8::is_ascii_digit).count();
        let year = rest[at - digits_before..at].parse().ok();
        rest = &rest[at + '年'.len_utf8()..];
        let day = year.and_then(|year| {
            let (month, after) = rest.split_once('月')?;
            let (day, _) = after.split_once('日')?;
            NaiveDate::from_ymd_opt(year, month.parse().ok()?, day.parse().ok()?)
        });
        days.extend(day);
    }
    days
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_is_kept_and_a_day_stays_one() {
        for (text, expected) in [
            ("2026-03-02", "2026-03-02"),
            ("2026/3/2", "2026-03-02"),
            ("2026.03.02", "2026-03-02"),
            ("２０２６年３月２日", "2026-03-02"),
            ("2026年03月02日 24时00分", "2026-03-02"),
            ("2026-03-05T24:00:00+08:00", "2026-03-05"),
            ("2026-03-02 9:30", "2026-03-02T09:30:00+08:00"),
            ("2026-03-02T09:30", "2026-03-02T09:30:00+08:00"),
            ("2026-03-02 09:30:05", "2026-03-02T09:30:05+08:00"),
            ("2026年3月2日9时30分", "2026-03-02T09:30:00+08:00"),
            ("2026年3月2日 9 时", ""),
            ("2026年3月2日9点整", "2026-03-02T09:00:00+08:00"),
            ("2026-03-02T01:30:00Z", "2026-03-02T09:30:00+08:00"),
            ("２０２６－０３－０２Ｔ０９：３０：００＋０８：００", "2026-03-02T09:30:00+08:00"),
            ("2026-03-02T20:00:00Z", "2026-03-03T04:00:00+08:00"),
            ("2026年3月2日下午3时", ""),
            ("2026年3月2日至2026年3月5日", ""),
            ("2026-3-211", ""),
            ("2026-02-30", ""),
            ("2026-03-02 25:00", ""),
            ("3月2日", ""),
            ("26-03-02", ""),
            ("45000", ""),
            ("", ""),
        ] {
            let due = read(text).map(|stated| stated.due().to_string()).unwrap_or_default();
            assert_eq!(due, expected, "{text}");
        }
        let last = |text: &str| read(text).unwrap().last_day().to_string();
        assert_eq!((last("2026-03-28 00:00"), last("2026年3月27日24时")), ("2026-03-27".into(), "2026-03-27".into()));
        assert_eq!((last("2026-03-28"), last("2026-03-28 00:01")), ("2026-03-28".into(), "2026-03-28".into()));
        let days = chinese_days("2026年8月18日至 2026年08月21日17时30分，2026年13月1日");
        assert_eq!(days.iter().map(ToString::to_string).collect::<Vec<_>>(), ["2026-08-18", "2026-08-21"]);
        let at = read("2025-06-13").unwrap().instant_or(noon());
        assert_eq!(at.to_string(), "2025-06-13T04:00:00.000Z");
    }
}
