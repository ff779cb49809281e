//! What the parameters of a list say: how long a page is, and where it begins.

use super::Problem;
use crate::problem;
use crate::store::Value;

/// The longest page.
pub const PAGE_LIMIT_MAX: u32 = 500;
const PAGE_LIMIT_DEFAULT: u32 = 50;

/// A text that was asked for; one with a NUL, for which PostgreSQL has no place, asks for nothing.
pub fn asked(text: Option<String>) -> Option<Value> {
    text.filter(|text| !text.contains('\0')).map(Value::from)
}

/// The page length asked for.
///
/// # Errors
/// Zero or above [`PAGE_LIMIT_MAX`].
pub fn page_limit(asked: Option<u32>) -> Result<u32, Problem> {
    match asked.unwrap_or(PAGE_LIMIT_DEFAULT) {
        limit @ 1..=PAGE_LIMIT_MAX => Ok(limit),
        _ => Err(Problem::with_detail(
            &problem::BAD_PARAMETER,
            format!("limit 须为 1 至 {PAGE_LIMIT_MAX}"),
            format!("limit is 1 to {PAGE_LIMIT_MAX}"),
        )),
    }
}

/// `bad-parameter`: `after` is nothing that a page gave.
pub fn not_a_cursor() -> Problem {
    let (zh, en) = ("after 不是此前分页给出的游标", "after is not a cursor that a page gave");
    Problem::with_detail(&problem::BAD_PARAMETER, zh, en)
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

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}~{}", self.millis, self.key)
    }
}
