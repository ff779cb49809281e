//! What the parameters of a list say: how long a page is, and where it begins.

use super::{Problem, bad_parameter};
use crate::field::{Day, DueTime};
use crate::store::{Direction, PAGE_BYTES_MAX, Row, StoreError, Value};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// The longest page.
pub const PAGE_LIMIT_MAX: u32 = 500;
const PAGE_LIMIT_DEFAULT: u32 = 50;

/// Items of one kind in the view of one thing: what people look at. The list that the view links to has all of them.
pub const VIEW_ITEMS_MAX: usize = 50;

/// Bytes of all items of one kind in a view: with five kinds of them, it stays below a megabyte.
pub const VIEW_BYTES_MAX: usize = 192 << 10;

/// The first of some items: at most so many, and of so many bytes as JSON, but one at least.
pub fn first_of<T: Serialize>(items: impl Iterator<Item = T>, count: usize, bytes: usize) -> Vec<T> {
    let mut left = bytes;
    let fits = |(at, item): &(usize, T)| {
        let length = serde_json::to_vec(item).map_or(0, |json| json.len());
        let fits = *at == 0 || length <= left;
        left = left.saturating_sub(length);
        fits
    };
    items.take(count).enumerate().take_while(fits).map(|(_, item)| item).collect()
}

/// One page of items that are in memory, and the place of the first one behind it when the list goes on.
pub fn page_of<S, T: Serialize>(
    all: &[S],
    first: usize,
    limit: u32,
    item: impl FnMut(&S) -> T,
) -> (Vec<T>, Option<usize>) {
    let rest = all.get(first..).unwrap_or_default();
    let items = first_of(rest.iter().map(item), limit as usize, PAGE_BYTES_MAX);
    let next = first + items.len();
    (items, (next < all.len()).then_some(next))
}

/// The place behind an id; behind all when there is none such.
pub fn behind<'a>(ids: impl Iterator<Item = &'a str>, after: Option<&str>) -> usize {
    let Some(after) = after else { return 0 };
    let mut ids = ids.enumerate();
    let found = ids.find(|(_, id)| *id == after);
    found.map_or(usize::MAX, |(at, _)| at + 1)
}

/// All but the unreserved characters (RFC 3986 §2.3).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A text as it stands in a path or a query.
pub fn encoded(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// A text that was asked for; one with a NUL, for which PostgreSQL has no place, asks for nothing.
pub fn asked(text: Option<String>) -> Option<Value> {
    text.filter(|text| !text.contains('\0')).map(Value::from)
}

/// When a day that is asked for begins, in milliseconds (Asia/Shanghai).
pub fn begin_of(day: Option<Day>) -> Option<i64> {
    day.map(|day| DueTime::from(day).comes().millis())
}

/// The last millisecond of a day that is asked for (Asia/Shanghai).
pub fn end_of(day: Option<Day>) -> Option<i64> {
    day.map(|day| DueTime::from(day).plus_days(1).comes().millis() - 1)
}

/// The page length asked for.
///
/// # Errors
/// Zero or above [`PAGE_LIMIT_MAX`].
pub fn page_limit(asked: Option<u32>) -> Result<u32, Problem> {
    match asked.unwrap_or(PAGE_LIMIT_DEFAULT) {
        limit @ 1..=PAGE_LIMIT_MAX => Ok(limit),
        _ => {
            let words =
                (format!("应为 1 至 {PAGE_LIMIT_MAX} 的整数"), format!("is an integer of 1 to {PAGE_LIMIT_MAX}"));
            Err(bad_parameter("limit", &words.into()))
        }
    }
}

/// `bad-parameter`: `after` is nothing that a page gave.
pub fn not_a_cursor() -> Problem {
    let words = ("应为此前分页给出的 next（游标），原样带回", "is a cursor: what a page gave as next, unchanged");
    bad_parameter("after", &words.into())
}

/// A cursor that is one value: what follows it is asked for.
///
/// # Errors
/// `bad-parameter`: not a cursor that a page gave.
pub fn cursor<T: FromStr>(after: Option<String>) -> Result<Option<T>, Problem> {
    after.map(|text| text.parse().map_err(|_| not_a_cursor())).transpose()
}

/// Which end of a list comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ListOrder {
    /// The newest one first.
    Newest,
    /// The oldest one first.
    Oldest,
}

super::schema::parameters! { ListOrder }

impl From<ListOrder> for Direction {
    fn from(order: ListOrder) -> Self {
        match order {
            ListOrder::Newest => Self::NewestFirst,
            ListOrder::Oldest => Self::OldestFirst,
        }
    }
}

/// Where a page ended: `<millis>~<key>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    millis: i64,
    key: String,
}

impl Cursor {
    pub fn new(millis: i64, key: &str) -> Self {
        Self { millis, key: key.to_owned() }
    }

    /// Behind a row that begins with its time and its key.
    ///
    /// # Errors
    /// It begins with something else.
    pub fn behind(row: &Row) -> Result<String, StoreError> {
        Ok(Self::new(row.integer(0)?, row.text(1)?).to_string())
    }

    /// # Errors
    /// `bad-parameter`: not a cursor that a page gave.
    pub fn parse(text: Option<String>) -> Result<Option<Self>, Problem> {
        let Some(text) = text else { return Ok(None) };
        let parsed = text.split_once('~').and_then(|(millis, key)| {
            Some(Self { millis: millis.parse().ok()?, key: (!key.contains('\0')).then(|| key.to_owned())? })
        });
        parsed.map(Some).ok_or_else(not_a_cursor)
    }
}

impl From<Cursor> for Vec<Value> {
    fn from(Cursor { millis, key }: Cursor) -> Self {
        vec![Value::Integer(millis), Value::from(key)]
    }
}

impl Cursor {
    /// One of two keys: `<millis>~<tender>/<id>`.
    pub fn of_pair(millis: i64, first: &str, second: &str) -> Self {
        Self { millis, key: format!("{first}/{second}") }
    }

    /// The values of a cursor whose key is `<tender>/<id>`: neither contains a slash.
    ///
    /// # Errors
    /// `bad-parameter`: not a cursor that a page gave.
    pub fn of_two(self) -> Result<Vec<Value>, Problem> {
        let (first, second) = self.key.split_once('/').ok_or_else(not_a_cursor)?;
        Ok(vec![Value::Integer(self.millis), Value::from(first), Value::from(second)])
    }
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}~{}", self.millis, self.key)
    }
}
