//! Calendars (iCalendar, RFC 5545): what is due on the things of a list, an event a date.

use crate::field::{DueTime, Instant};
use chrono::{DateTime, Utc};
use icalendar::{Calendar, Component, Event, EventLike};

/// The media type of a calendar.
pub const CALENDAR: &str = "text/calendar; charset=utf-8";

/// Things of which it is told what is due: the newest ones.
pub const CALENDAR_THINGS_MAX: usize = 500;

/// Something that is due.
pub struct DueEvent {
    /// The same as long as it is the same date of the same thing, so that a reader moves the event and doesn't add another one.
    pub id: String,
    /// When the thing came up.
    pub time: Instant,
    /// What is due, and on what.
    pub summary: String,
    /// Where it is read.
    pub description: String,
    pub when: DueTime,
}

fn utc(instant: Instant) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(instant.millis()).unwrap_or_default()
}

/// An instant as a date that something is due at.
pub fn due_at(instant: Instant) -> DueTime {
    DueTime::Hour(utc(instant).fixed_offset())
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
            .description(&due.description);
        match due.when {
            DueTime::Day(day) => event.all_day(day.date()),
            DueTime::Hour(hour) => event.starts(hour.with_timezone(&Utc)),
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
}
