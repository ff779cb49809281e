//! What is due on the tenders and objections that a query finds, as a calendar (RFC 5545).

use crate::field::{DueTime, Instant};
use crate::http::Problem;
use crate::ledger::Ledger;
use crate::search::SearchKind;
use crate::search::projection::{DueDates, FoundThing, Search};
use chrono::{DateTime, Utc};
use icalendar::{Calendar, Component, Event, EventLike};
use poem_openapi::ApiResponse;
use poem_openapi::payload::PlainText;

/// Things of which it is told what is due: the newest ones.
const THINGS_MAX: usize = 500;

/// A calendar.
#[derive(ApiResponse)]
pub enum DueCalendar {
    /// An event a date.
    #[oai(status = 200, content_type = "text/calendar; charset=utf-8")]
    Dates(PlainText<String>),
}

fn utc(instant: Instant) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(instant.millis()).unwrap_or_default()
}

struct Due {
    name: &'static str,
    words: &'static str,
    when: DueTime,
}

/// The same id as long as it is the same date of the same thing, so that a reader moves the event and doesn't add another one.
fn event(origin: &str, thing: &FoundThing, due: &Due) -> Event {
    let mut event = Event::new();
    event
        .uid(&format!("{}-{}-{}@{origin}", due.name, thing.kind.name(), thing.id))
        .timestamp(utc(thing.time))
        .summary(&format!("{}：{}", due.words, thing.title))
        .description(&format!("{} · {}", thing.key, thing.path()));
    match due.when {
        DueTime::Day(day) => event.all_day(day.date()),
        DueTime::Hour(hour) => event.starts(hour.with_timezone(&Utc)),
    };
    event.done()
}

fn dues(thing: &FoundThing, dates: &DueDates) -> Vec<Due> {
    let ends = |at: Option<&Instant>| at.map(|at| DueTime::Hour(utc(*at).fixed_offset()));
    let known = match thing.kind {
        SearchKind::Tender => vec![
            ("window", "公示期满 · objections until", ends(dates.windows.get(&thing.key))),
            ("deadline", "投标截止 · bids until", thing.deadline),
            ("opening", "开标 · bids opened", thing.opening),
        ],
        SearchKind::Objection => vec![("answer", "异议答复期限 · answer due", ends(dates.answers.get(&thing.key)))],
        SearchKind::Organisation | SearchKind::Commitment => Vec::new(),
    };
    known.into_iter().filter_map(|(name, words, when)| Some(Due { name, words, when: when? })).collect()
}

impl DueCalendar {
    /// # Errors
    /// The store can't be read.
    pub async fn of(ledger: &Ledger, search: &Search) -> Result<Self, Problem> {
        let things = search.newest(ledger, THINGS_MAX).await?;
        let dates = DueDates::of(&ledger.database, &things).await?;
        let origin = &ledger.identity().origin;
        let mut calendar = Calendar::new();
        calendar.append_property(("PRODID", "-//gongshi//search//ZH")).name("公示");
        for thing in &things {
            calendar.extend(dues(thing, &dates).iter().map(|due| event(origin, thing, due)));
        }
        Ok(Self::Dates(PlainText(calendar.to_string())))
    }
}
