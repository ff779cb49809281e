//! Grades as they change, for whoever follows an organisation or all of them.

use super::super::view::points;
use crate::field::{Instant, OrganisationId};
use crate::http::{
    ChangeEvents, ChangeLines, Changes, FeedItem, Followers, News, Peer, Problem, Typed, encoded, page_limit, word,
};
use crate::law::Grade;
use crate::ledger::Ledger;
use crate::store::{Direction, Listing, Row, StoreError, Value};
use poem::web::Data;
use poem_openapi::param::{Header, Query};
use poem_openapi::{Object, OpenApi};
use serde::Serialize;
use std::sync::Arc;

/// A grade that became another one, or the first of an organisation.
#[derive(Serialize, Object)]
pub struct GradeChangeView {
    /// Pass as `after` to go on behind it.
    cursor: String,
    organisation: String,
    /// Absent for the first one: before it everybody has B, which is neutral.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[oai(skip_serializing_if_is_none)]
    was: Option<Grade>,
    grade: Grade,
    points: String,
    /// What counts up to the end of this day.
    day: String,
    /// When it was graded (UTC).
    time: String,
    /// The entry of the grade.
    entry: u64,
    record: String,
    /// Where the grade is explained.
    credit: String,
}

/// A page of changes, in the order of the log.
#[derive(Serialize, Object)]
pub struct GradeChangePage {
    items: Vec<GradeChangeView>,
    /// Pass as `after` to go on, also when nothing more has changed yet; absent while nothing ever has.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[oai(skip_serializing_if_is_none)]
    next: Option<String>,
    /// There is more already.
    more: bool,
}

impl FeedItem for GradeChangeView {
    const LISTING: Listing = Listing {
        table: "grade_changes",
        columns: "entry, organisation, time, day, was, grade, points",
        order: &["entry"],
        direction: Direction::OldestFirst,
    };
    const PREFIX: &'static str = "credit";
    const IS_BY_TIME: bool = false;
    const EVENT: &'static str = "grade";

    fn of_row(row: &Row) -> Result<Self, StoreError> {
        let (entry, organisation) = (row.unsigned(0)?, row.text(1)?.to_owned());
        let was = row.optional_text(4)?.is_some().then(|| word(row, 4)).transpose()?;
        Ok(Self {
            cursor: entry.to_string(),
            was,
            grade: word(row, 5)?,
            points: points(row.integer(6)?),
            day: row.text(3)?.to_owned(),
            time: Instant::from_millis(row.integer(2)?).to_string(),
            entry,
            record: format!("/v1/records/{entry}"),
            credit: format!("/v1/organisations/{}/credit?at={entry}", encoded(&organisation)),
            organisation,
        })
    }

    fn cursor(&self) -> &str {
        &self.cursor
    }

    fn place(cursor: &str) -> Option<Vec<Value>> {
        Some(vec![Value::Integer(cursor.parse().ok()?)])
    }
}

pub struct GradeChangeApi(pub(super) Arc<Ledger>);

#[OpenApi(prefix_path = "/v1/credit", tag = "super::Tag::Credit")]
impl GradeChangeApi {
    /// 信用等级变更: what grades became, of one organisation or of all, in the order of the log.
    #[oai(path = "/changes", method = "get", operation_id = "listGradeChanges")]
    async fn list(
        &self,
        organisation: Query<Option<OrganisationId>>,
        /// `next` of the page before, or the `cursor` of an item.
        after: Query<Option<String>>,
        #[oai(validator(minimum(value = "1"), maximum(value = "500")))] limit: Query<Option<u32>>,
    ) -> Result<Typed<GradeChangePage>, Problem> {
        let limit = page_limit(limit.0)?;
        let changes = Changes::behind::<GradeChangeView>(&self.0, organisation.0, after.as_deref())?;
        let (items, more) = changes.page::<GradeChangeView>(limit).await?;
        let next = items.last().map(|item| item.cursor.clone()).or(after.0);
        Ok(Typed(GradeChangePage { items, next, more }))
    }

    /// The same as lines, to the present end. A stream that breaks off is gone on with by `after`.
    #[oai(path = "/changes.ndjson", method = "get", operation_id = "streamGradeChanges")]
    async fn lines(
        &self,
        organisation: Query<Option<OrganisationId>>,
        after: Query<Option<String>>,
        followers: Data<&Followers>,
        peer: Data<&Peer>,
    ) -> Result<ChangeLines, Problem> {
        let changes = Changes::behind::<GradeChangeView>(&self.0, organisation.0, after.as_deref())?;
        changes.lines::<GradeChangeView>(&followers, *peer.0).await
    }

    /// The same as server-sent events, as they come. Each has the type `grade` and its cursor as id; whoever reconnects sends
    /// `Last-Event-ID`, as browsers do, and misses nothing.
    #[oai(path = "/changes.sse", method = "get", operation_id = "followGradeChanges")]
    async fn events(
        &self,
        organisation: Query<Option<OrganisationId>>,
        after: Query<Option<String>>,
        /// The id of the last event, in the place of `after`.
        #[oai(name = "Last-Event-ID")]
        last: Header<Option<String>>,
        news: Data<&Arc<News>>,
        followers: Data<&Followers>,
        peer: Data<&Peer>,
    ) -> Result<ChangeEvents<GradeChangeView>, Problem> {
        let after = last.0.or(after.0);
        let changes = Changes::behind::<GradeChangeView>(&self.0, organisation.0, after.as_deref())?;
        changes.events(&news, &followers, *peer.0)
    }
}
