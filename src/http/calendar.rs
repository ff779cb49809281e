//! Calendars (iCalendar, RFC 5545): what is due on the things of a list, an event a date.

use crate::field::{DueTime, Instant};
use chrono::{DateTime, FixedOffset, TimeDelta, Utc};
use icalendar::{Calendar, Component, Event, EventLike};

/// The media type of a calendar.
pub const CALENDAR: &str = "text/calendar; charset=utf-8";

/// Things of which it is told what is due: the newest ones.
pub const CALENDAR_THINGS_MAX: usize = 500;

/// Something that is due.
pub struct DueEvent {
    /// The same as long as it is the same date of the same thing, so that a reader moves the event and doesn't add another one.
    pub id: String,
    /// When the thing last changed, or came up: a reader that has an older date of it takes this one.
    pub time: Instant,
    /// What is due, and on what.
    pub summary: String,
    /// Where it is read.
    pub address: String,
    pub when: DueTime,
}

fn utc(instant: Instant) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(instant.millis()).unwrap_or_default()
}

/// An instant as a date that something is due at.
pub fn due_at(instant: Instant) -> DueTime {
    DueTime::Hour(utc(instant).fixed_offset())
}

/// What ends at midnight in Shanghai (24:00) is shown within the day that ends, and not as the beginning of the next.
fn on_its_day(hour: DateTime<FixedOffset>) -> DateTime<Utc> {
    let instant = Instant::from_millis(hour.timestamp() * 1_000);
    let is_midnight = instant == Instant::start_of_shanghai_day(instant.shanghai_day());
    hour.with_timezone(&Utc) - TimeDelta::minutes(i64::from(is_midnight))
}

/// A calendar of these; `of` says what is listed, for the product's name.
pub fn calendar(origin: &str, of: &str, events: impl IntoIterator<Item = DueEvent>) -> String {
    // Not `Calendar::new`: it has a PRODID of its own, and there is exactly one (RFC 5545 §3.6).
    let mut calendar = Calendar::empty();
    calendar.append_property(("VERSION", "2.0"));
    calendar.append_property(("PRODID", format!("-//gongshi//{of}//ZH").as_str()));
    calendar.append_property(("CALSCALE", "GREGORIAN")).name("公示");
    calendar.extend(events.into_iter().map(|due| {
        let mut event = Event::new();
        event
            .uid(&format!("{}@{origin}", due.id))
            .timestamp(utc(due.time))
            .summary(&due.summary)
            .description(&due.address);
        if due.address.contains("://") {
            event.url(&due.address);
        }
        match due.when {
            DueTime::Day(day) => event.all_day(day.date()),
            DueTime::Hour(hour) => event.starts(on_its_day(hour)),
        };
        event.done()
    }));
    calendar.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_once_stands_once() {
        let text = calendar("log.example", "tenders", []);
        for name in ["VERSION", "PRODID", "CALSCALE"] {
            let lines = text.lines().filter(|line| line.starts_with(&format!("{name}:")));
            assert_eq!(lines.count(), 1, "{name} in {text}");
        }
        assert!(text.contains("PRODID:-//gongshi//tenders//ZH\r\n"), "{text}");
    }

    #[test]
    fn a_period_ends_within_its_day() {
        let ends = |text: &str| on_its_day(DateTime::parse_from_rfc3339(text).unwrap()).to_rfc3339();
        assert_eq!(ends("2026-12-01T00:00:00+08:00"), "2026-11-30T15:59:00+00:00");
        assert_eq!(ends("2026-11-30T16:00:00Z"), "2026-11-30T15:59:00+00:00");
        assert_eq!(ends("2026-11-30T09:30:00+08:00"), "2026-11-30T01:30:00+00:00");
    }
}
