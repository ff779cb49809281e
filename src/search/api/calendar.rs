//! What is due on the tenders and objections that a query finds, as a calendar.

use crate::field::{DueTime, Instant};
use crate::http::{CALENDAR_THINGS_MAX, DueEvent, Problem, Site, calendar, due_at};
use crate::ledger::Ledger;
use crate::search::SearchKind;
use crate::search::projection::{DueDates, FoundThing, LastTimes, Search};
use crate::tender::TenderStatus;
use poem_openapi::ApiResponse;
use poem_openapi::payload::PlainText;

/// A calendar.
#[derive(ApiResponse)]
pub enum DueCalendar {
    /// An event a date.
    #[oai(status = 200, content_type = "text/calendar; charset=utf-8")]
    Dates(PlainText<String>),
}

fn dues(thing: &FoundThing, dates: &DueDates, last: Instant, site: &Site) -> Vec<DueEvent> {
    let ends = |at: Option<&Instant>| at.copied().map(due_at);
    let window = ("window", "公示期满 · objections until", ends(dates.windows.get(&thing.key)));
    let known = match (thing.kind, thing.status.parse::<TenderStatus>()) {
        (SearchKind::Tender, Ok(status)) if status.is_called() => vec![
            window,
            ("deadline", "投标截止 · bids until", thing.deadline),
            ("opening", "开标 · bids opened", thing.opening),
        ],
        (SearchKind::Tender, Ok(status)) if status.is_planned() => vec![
            window,
            ("deadline", "投标截止（计划） · bids until, as planned", thing.deadline),
            ("opening", "开标（计划） · bids opened, as planned", thing.opening),
        ],
        (SearchKind::Tender, _) => vec![window],
        (SearchKind::Objection, _) => {
            vec![("answer", "异议答复期限 · answer due", ends(dates.answers.get(&thing.key)))]
        }
        (SearchKind::Organisation | SearchKind::Commitment, _) => Vec::new(),
    };
    let event = |(name, words, when): (&str, &str, Option<DueTime>)| {
        Some(DueEvent {
            id: format!("{name}-{}-{}", thing.kind.name(), thing.id),
            time: last,
            summary: format!("{words}：{}", thing.title),
            address: site.address(&thing.page()),
            when: when?,
        })
    };
    known.into_iter().filter_map(event).collect()
}

impl DueCalendar {
    /// # Errors
    /// The store can't be read.
    pub async fn of(ledger: &Ledger, search: &Search, site: &Site) -> Result<Self, Problem> {
        let things = search.newest(ledger, CALENDAR_THINGS_MAX).await?;
        let dates = DueDates::of(&ledger.database, &things).await?;
        let times = LastTimes::of(&ledger.database, &things).await?;
        let events = things.iter().flat_map(|thing| dues(thing, &dates, times.last(thing), site));
        Ok(Self::Dates(PlainText(calendar(&ledger.identity().origin, "search", events))))
    }
}
