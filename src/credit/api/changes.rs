//! Grades as they change, for whoever follows an organisation or all of them.

use super::super::view::points;
use crate::field::Instant;
use crate::http::{FeedItem, encoded, endpoints_of_changes, word};
use crate::law::Grade;
use crate::store::{Direction, Listing, Row, StoreError, Value};
use schemars::JsonSchema;
use serde::Serialize;

/// A grade that became another one, or the first of an organisation.
#[derive(Serialize, JsonSchema)]
pub struct GradeChangeView {
    /// Pass as `after` to go on behind it.
    cursor: String,
    organisation: String,
    /// Absent for the first one: before it everybody has B, which is neutral.
    #[serde(skip_serializing_if = "Option::is_none")]
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

endpoints_of_changes! {
    /// A page of changes, in the order of the log.
    page GradeChangePage of GradeChangeView;
    GradeChangeApi: "/v1/credit", "super::Tag::Credit";

    /// 信用等级变更: what grades became, of one organisation or of all, in the order of the log.
    list: "listGradeChanges";

    /// The same as lines, to the present end. A stream that breaks off is gone on with by `after`.
    lines: "streamGradeChanges";

    /// The same as server-sent events, as they come. Each has the type `grade` and its cursor as id; whoever reconnects sends
    /// `Last-Event-ID`, as browsers do, and misses nothing.
    events: "followGradeChanges";
}
