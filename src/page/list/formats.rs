//! The forms in which a list can be had at its own address, with what was asked: a page, and with an ending a CSV, JSON, a feed
//! and a calendar. Each follows from what the list is.

use super::super::endpoint::{file, page};
use super::super::language::Language;
use super::super::query::PageQuery;
use super::super::refusal::Unshown;
use super::super::text::Common;
use super::super::visit::{Names, Views, Visit};
use super::{Cell, List, ListText, filter};
use crate::field::DueTime;
use crate::http::{
    ATOM, CALENDAR, CALENDAR_THINGS_MAX, CSV_ROWS, DueEvent, FEED_ENTRIES_MAX, Feed, FeedEntry, LogView, calendar,
    csv_head, csv_line, encoded,
};
use futures::{StreamExt, stream};
use maud::{Markup, html};
use poem::http::header;
use poem::{Body, Response, Route, get};
use serde::de::DeserializeOwned;
use std::sync::Arc;

/// How addresses of files end.
pub(in crate::page) const ENDINGS: [&str; 4] = [".csv", ".json", ".atom", ".ics"];

/// What a list is asked by as JSON beside its filters: how much of it, as the API is asked.
const PAGING: [&str; 3] = ["limit", "after", "counts"];

/// The last columns of a CSV.
const FOR_PROGRAMS: [ListText; 3] = [ListText::Code, ListText::NewestRecord, ListText::Address];

/// What feeds and calendars say of an item.
pub(in crate::page) struct Dated<T: 'static> {
    /// What it is called among all of the list, in an address.
    pub id: fn(&T) -> String,
    /// When it came into the list, whose order this is.
    pub time: fn(&T) -> String,
    /// When the newest record about it was written, where the list says so.
    pub last_time: Option<fn(&T) -> String>,
    /// What is due on it. A list on which nothing is has no calendar.
    pub dues: &'static [ListDue<T>],
}

/// A date of an item.
pub(in crate::page) struct ListDue<T: 'static> {
    pub name: &'static str,
    pub label: ListText,
    pub when: fn(&T) -> Option<DueTime>,
}

impl<T: DeserializeOwned + Send + Sync + 'static> List<T> {
    /// Its page and its files, at its address and at the same with their endings.
    pub(in crate::page) fn mounted(&'static self, route: Route, language: Language, views: &Arc<Views>) -> Route {
        let path = self.section.path();
        let route = route
            .at(path, get(page(language, views, self.query(), move |visit| self.show(visit))))
            .at(format!("{path}.csv"), get(file(language, views, self.filtered(&[]), move |visit| self.csv(visit))))
            .at(
                format!("{path}.json"),
                get(file(language, views, self.filtered(&PAGING), move |visit| self.json(visit))),
            )
            .at(format!("{path}.atom"), get(file(language, views, self.filtered(&[]), move |visit| self.feed(visit))));
        match self.dated.dues {
            [] => route,
            _ => route.at(
                format!("{path}.ics"),
                get(file(language, views, self.filtered(&[]), move |visit| self.calendar(visit))),
            ),
        }
    }

    /// What a file of it is asked by.
    fn filtered(&self, besides: &[&'static str]) -> PageQuery {
        PageQuery::of(self.filters.iter().map(|filter| filter.name).chain(besides.iter().copied()))
    }

    /// As a file for spreadsheets, as fast as its reader takes it.
    async fn csv(&'static self, visit: Arc<Visit>) -> Result<Response, Unshown> {
        let question = filter::question(&visit, self.filters)?;
        let head = self.columns.iter().chain(&FOR_PROGRAMS).map(|column| visit.say(*column).to_owned());
        let head = csv_head(head);
        // Read before the status is sent.
        let (first, next) = self.lines(&visit, &question, None).await?;
        let rest = stream::try_unfold((next, visit, question), move |(next, visit, question)| async move {
            let Some(after) = next else { return Ok::<_, std::io::Error>(None) };
            let read = self.lines(&visit, &question, Some(&after)).await;
            let (lines, next) = read.map_err(|_| std::io::Error::other("a later page can't be read"))?;
            Ok(Some((lines, (next, visit, question))))
        });
        let whole = stream::iter([Ok(head + &first)]).chain(rest);
        let name = self.section.path().trim_start_matches('/');
        let file = Response::builder()
            .content_type("text/csv; charset=utf-8")
            .header(header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.csv\""))
            .body(Body::from_bytes_stream(whole));
        Ok(file)
    }

    /// The lines of a page, and where the next one begins.
    async fn lines(
        &self,
        visit: &Visit,
        question: &str,
        after: Option<&str>,
    ) -> Result<(String, Option<String>), Unshown> {
        let after = after.map(|after| format!("&after={}", encoded(after))).unwrap_or_default();
        let found = visit.items::<T>(&format!("{}?limit={CSV_ROWS}{question}{after}", self.api)).await?;
        let names = visit.names(found.items.iter().flat_map(self.named)).await;
        let line = |item: &T| csv_line(self.cells(visit, &names, item));
        Ok((found.items.iter().map(line).collect(), found.next))
    }

    /// What the page shows of an item, and by what a program finds it again: its code, its newest record, and its page.
    fn cells(&self, visit: &Visit, names: &Names, item: &T) -> Vec<String> {
        let shown = (self.row)(visit, names, item);
        let page = shown.first().and_then(Cell::link).unwrap_or_default();
        let found_by = [(self.code)(item), (self.last_entry)(item).to_string(), visit.site.address(page)];
        shown.iter().map(Cell::text).chain(found_by).collect()
    }

    /// A page of it as the API answers it.
    async fn json(&'static self, visit: Arc<Visit>) -> Result<Response, Unshown> {
        let question = filter::question(&visit, self.filters)?;
        let paging = PAGING.into_iter().filter_map(|name| Some((name, visit.asked(name)?)));
        let paging: String = paging.map(|(name, value)| format!("&{name}={}", encoded(value))).collect();
        let path = format!("{}?{}", self.api, format!("{question}{paging}").trim_start_matches('&'));
        let answer = visit.answer(path.trim_end_matches('?')).await?;
        Ok(given("application/json; charset=utf-8", answer))
    }

    /// The newest of it, for programs that look again.
    async fn feed(&'static self, visit: Arc<Visit>) -> Result<Response, Unshown> {
        let question = filter::question(&visit, self.filters)?;
        let found = visit.items::<T>(&format!("{}?limit={FEED_ENTRIES_MAX}{question}", self.api)).await?;
        let names = visit.names(found.items.iter().flat_map(self.named)).await;
        let log: LogView = visit.view("/v1/log").await?;
        let asked = filter::in_words(&visit, self.filters).into_iter().map(|(label, value)| format!("{label} {value}"));
        let title = [visit.say(self.section).to_owned()].into_iter().chain(asked).collect::<Vec<_>>();
        let feed = Feed {
            origin: &log.origin,
            // The two languages of a list are two feeds.
            of: self.address(&visit, "", &question).trim_start_matches('/').to_owned(),
            title: format!("{} · {}", title.join(" · "), visit.say(Common::Name)),
            language: visit.language.tag(),
            address: self.address(&visit, ".atom", &question),
            entries: found
                .items
                .iter()
                .filter_map(|item| self.entry(&visit, &(self.row)(&visit, &names, item), item))
                .collect(),
        };
        Ok(given(ATOM, feed.xml()))
    }

    /// The first cell is what the item is called, with the way to its page; the others say the rest.
    fn entry(&self, visit: &Visit, cells: &[Cell], item: &T) -> Option<FeedEntry> {
        let (first, rest) = cells.split_first()?;
        let rest = self.columns.iter().skip(1).zip(rest).filter(|(_, cell)| !matches!(cell, Cell::Nothing));
        let said =
            rest.map(|(column, cell)| format!("{}{}{}", visit.say(*column), visit.either("：", ": "), cell.text()));
        Some(FeedEntry {
            id: self.name_of(item),
            title: first.text(),
            time: (self.dated.time)(item).parse().ok()?,
            updated: self.dated.last_time.unwrap_or(self.dated.time)(item).parse().ok()?,
            link: first.link()?.to_owned(),
            category: None,
            summary: said.collect::<Vec<_>>().join(visit.either("；", "; ")),
        })
    }

    /// What is due on the newest of it.
    async fn calendar(&'static self, visit: Arc<Visit>) -> Result<Response, Unshown> {
        let question = filter::question(&visit, self.filters)?;
        let found = visit.items::<T>(&format!("{}?limit={CALENDAR_THINGS_MAX}{question}", self.api)).await?;
        let log: LogView = visit.view("/v1/log").await?;
        let names = Default::default();
        let events = found.items.iter().flat_map(|item| {
            let cells = (self.row)(&visit, &names, item);
            self.dues(&visit, &cells, item)
        });
        let of = self.section.path().trim_start_matches('/');
        Ok(given(CALENDAR, calendar(&log.origin, of, events)))
    }

    fn dues(&self, visit: &Visit, cells: &[Cell], item: &T) -> Vec<DueEvent> {
        let Some(first) = cells.first() else { return Vec::new() };
        let event = |due: &ListDue<T>| {
            let when = (due.when)(item)?;
            Some(DueEvent {
                id: format!("{}-{}", due.name, self.name_of(item)),
                time: self.dated.last_time.unwrap_or(self.dated.time)(item).parse().ok()?,
                summary: format!("{}{}{}", visit.say(due.label), visit.either("：", ": "), first.text()),
                address: visit.site.address(first.link().unwrap_or_default()),
                when,
            })
        };
        self.dated.dues.iter().filter_map(event).collect()
    }

    /// What the item is called within the log.
    fn name_of(&self, item: &T) -> String {
        format!("{}/{}", self.section.path().trim_start_matches('/'), (self.dated.id)(item))
    }

    /// The address of a form of it.
    pub(super) fn address(&self, visit: &Visit, ending: &str, question: &str) -> String {
        let path = visit.at(self.section.path());
        format!("{path}{ending}?{}", question.trim_start_matches('&')).trim_end_matches('?').to_owned()
    }

    /// The ways to all of them.
    pub(super) fn files(&self, visit: &Visit, question: &str) -> Markup {
        html! {
            p.files {
                (visit.say(ListText::TheSameAs)) " "
                a href=(self.address(visit, ".csv", question)) { "CSV" } " · "
                a href=(self.address(visit, ".json", question)) { "JSON" }
                " · " a href=(self.address(visit, ".atom", question)) { (visit.say(ListText::Feed)) " (Atom)" }
                @if !self.dated.dues.is_empty() {
                    " · " a href=(self.address(visit, ".ics", question)) { (visit.say(ListText::Calendar)) " (iCalendar)" }
                }
            }
        }
    }
}

fn given(media_type: &str, body: impl Into<Body>) -> Response {
    Response::builder().content_type(media_type).body(body)
}
