//! Bars as they come, begin, are disputed and end, for whoever follows an organisation or the list.

use super::super::{BarChange, BarStatus};
use crate::field::Instant;
use crate::http::{FeedItem, encoded, endpoints_of_changes, word};
use crate::store::{Direction, Listing, Row, StoreError, Value};
use schemars::JsonSchema;
use serde::Serialize;
use std::str::FromStr;

/// What became of a bar.
#[derive(Serialize, JsonSchema)]
pub struct BarChangeView {
    /// Pass as `after` to go on behind it.
    cursor: String,
    organisation: String,
    change: BarChange,
    change_zh: String,
    change_en: String,
    /// Time alone did it, and no record: `entry` is then that of the bar.
    by_time: bool,
    /// When (UTC).
    time: String,
    /// The same as a day in Asia/Shanghai.
    day: String,
    entry: u64,
    record: String,
    /// The bar, in `/v1/organisations/{organisation}/access`.
    bar: String,
    /// The entry that entered it.
    bar_entry: u64,
    /// Where the bar stood before; absent when it was entered.
    #[serde(skip_serializing_if = "Option::is_none")]
    was: Option<BarStatus>,
    status: BarStatus,
    /// Whether any bar was in force before it, and after it.
    barred_before: bool,
    barred: bool,
    /// What the organisation's access was then.
    access: String,
}

impl FeedItem for BarChangeView {
    const LISTING: Listing = Listing {
        table: "bar_changes",
        columns: "at, entry, change, organisation, bar, bar_entry, was, status, barred_before, barred",
        order: &["at", "entry", "change"],
        direction: Direction::OldestFirst,
    };
    const PREFIX: &'static str = "access";
    const IS_BY_TIME: bool = true;
    const EVENT: &'static str = "bar";

    fn of_row(row: &Row) -> Result<Self, StoreError> {
        let (millis, entry, change) = (row.integer(0)?, row.unsigned(1)?, word::<BarChange>(row, 2)?);
        let (at, organisation, words) = (Instant::from_millis(millis), row.text(3)?.to_owned(), change.words());
        let was = row.optional_text(6)?.is_some().then(|| word(row, 6)).transpose()?;
        Ok(Self {
            cursor: format!("{millis}~{entry}~{}", change.name()),
            change,
            change_zh: words.zh,
            change_en: words.en,
            by_time: change.is_by_time(),
            time: at.to_string(),
            day: at.shanghai_day().to_string(),
            entry,
            record: format!("/v1/records/{entry}"),
            bar: row.text(4)?.to_owned(),
            bar_entry: row.unsigned(5)?,
            was,
            status: word(row, 7)?,
            barred_before: row.integer(8)? == 1,
            barred: row.integer(9)? == 1,
            access: format!("/v1/organisations/{}/access?at={at}", encoded(&organisation)),
            organisation,
        })
    }

    fn cursor(&self) -> &str {
        &self.cursor
    }

    fn place(cursor: &str) -> Option<Vec<Value>> {
        let mut parts = cursor.split('~');
        let (millis, entry) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        let change = BarChange::from_str(parts.next()?).ok()?;
        let place = vec![Value::Integer(millis), Value::Integer(entry), Value::from(change.name())];
        parts.next().is_none().then_some(place)
    }
}

endpoints_of_changes! {
    /// A page of changes, in the order in which they took effect.
    page BarChangePage of BarChangeView;
    BarChangeApi: "/v1/access", "super::Tag::Access";

    /// 禁入变更: what became of bars, of one organisation or of all, in the order in which it took effect. A bar that begins or
    /// ends by time alone is told as well, once the log has gone past that midnight or two minutes after it. Of one that was
    /// repaired nothing is told any more, but that it was. What grades make of access is told by `/v1/credit/changes`.
    list: "listBarChanges";

    /// The same as lines, to the present end. A stream that breaks off is gone on with by `after`.
    lines: "streamBarChanges";

    /// The same as server-sent events, as they come. Each has the type `bar` and its cursor as id; whoever reconnects sends
    /// `Last-Event-ID`, as browsers do, and misses nothing.
    events: "followBarChanges";
}
