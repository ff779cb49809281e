//! The newest things that a query finds, as a feed.

use crate::field::Instant;
use crate::http::{FEED_ENTRIES_MAX, Feed, FeedEntry, Problem, encoded};
use crate::ledger::Ledger;
use crate::search::projection::{FoundThing, LastTimes, Search};
use poem_openapi::ApiResponse;
use poem_openapi::payload::PlainText;

/// A feed.
#[derive(ApiResponse)]
pub enum AtomFeed {
    /// The newest things, each with its address.
    #[oai(status = 200, content_type = "application/atom+xml; charset=utf-8")]
    Newest(PlainText<String>),
}

fn entry(thing: &FoundThing, last: Instant) -> FeedEntry {
    let snippet = thing.snippet.as_ref().map(|snippet| snippet.text.as_str());
    let summary = [Some(thing.key.as_str()), Some(thing.status.as_str()), snippet];
    FeedEntry {
        id: format!("{}/{}", thing.kind.name(), encoded(&thing.key)),
        title: thing.title.clone(),
        time: thing.time,
        updated: last,
        link: thing.page(),
        category: Some(thing.kind.name()),
        summary: summary.into_iter().flatten().collect::<Vec<_>>().join(" · "),
    }
}

impl AtomFeed {
    /// `asked` is the query as it stands in an address.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn of(ledger: &Ledger, search: &Search, asked: &str) -> Result<Self, Problem> {
        let things = search.newest(ledger, FEED_ENTRIES_MAX).await?;
        let times = LastTimes::of(&ledger.database, &things).await?;
        let origin = &ledger.identity().origin;
        let feed = Feed {
            origin,
            of: format!("search?{asked}"),
            title: format!("公示检索 · {origin}"),
            language: "zh-CN",
            address: format!("/v1/search.atom?{asked}"),
            entries: things.iter().map(|thing| entry(thing, times.last(thing))).collect(),
        };
        Ok(Self::Newest(PlainText(feed.xml())))
    }
}
