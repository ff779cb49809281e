//! Lists: a limit, a cursor, and filters that become SQL.

use super::Problem;
use crate::problem;
use crate::store::{Database, Row, StoreError, Value};

/// The longest page.
pub const PAGE_LIMIT_MAX: u32 = 500;
const PAGE_LIMIT_DEFAULT: u32 = 50;

/// `WHERE` conditions and their parameters. Columns are names in our own code; values are always bound.
#[derive(Default)]
pub struct Filter {
    conditions: Vec<String>,
    parameters: Vec<Value>,
}

impl Filter {
    fn mark(&mut self, value: Value) -> String {
        self.parameters.push(value);
        format!("${}", self.parameters.len())
    }

    /// `column = value`, when there is a value.
    #[must_use]
    pub fn equals(mut self, column: &'static str, value: Option<Value>) -> Self {
        if let Some(value) = value {
            let mark = self.mark(value);
            self.conditions.push(format!("{column} = {mark}"));
        }
        self
    }

    /// A condition without parameters, when it is asked for.
    #[must_use]
    pub fn only(mut self, condition: &'static str, asked: bool) -> Self {
        if asked {
            self.conditions.push(condition.to_owned());
        }
        self
    }

    /// `column LIKE text%` or `%text%`; the text's own wildcards are escaped.
    #[must_use]
    pub fn like(mut self, column: &'static str, text: Option<&str>, anywhere: bool) -> Self {
        if let Some(text) = text {
            let escaped = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
            let pattern = if anywhere { format!("%{escaped}%") } else { format!("{escaped}%") };
            let mark = self.mark(Value::from(pattern));
            self.conditions.push(format!("{column} LIKE {mark} ESCAPE '\\'"));
        }
        self
    }

    /// Rows behind the cursor, in descending order of `(time, key)`.
    #[must_use]
    pub fn before(mut self, time: &'static str, key: &'static str, cursor: Option<&Cursor>) -> Self {
        if let Some(cursor) = cursor {
            let (millis, name) =
                (self.mark(Value::Integer(cursor.millis)), self.mark(Value::from(cursor.key.as_str())));
            self.conditions.push(format!("({time}, {key}) < ({millis}, {name})"));
        }
        self
    }

    /// Rows behind a key, in ascending order of it.
    #[must_use]
    pub fn after(mut self, column: &'static str, value: Option<Value>) -> Self {
        if let Some(value) = value {
            let mark = self.mark(value);
            self.conditions.push(format!("{column} > {mark}"));
        }
        self
    }

    /// Rows before a key, for descending order of it.
    #[must_use]
    pub fn below(mut self, column: &'static str, value: Value) -> Self {
        let mark = self.mark(value);
        self.conditions.push(format!("{column} < {mark}"));
        self
    }

    /// Rows behind a pair of keys, in ascending order of both.
    #[must_use]
    pub fn after_pair(mut self, first: &'static str, second: &'static str, a: Value, b: Value) -> Self {
        let (a, b) = (self.mark(a), self.mark(b));
        self.conditions.push(format!("({first}, {second}) > ({a}, {b})"));
        self
    }

    /// The whole query: `select` with the conditions, the order, and one row more than the page to see whether it goes
    /// on.
    pub fn query(self, select: &str, order: &str, limit: u32) -> (String, Vec<Value>) {
        let conditions = match self.conditions.is_empty() {
            true => String::new(),
            false => format!(" WHERE {}", self.conditions.join(" AND ")),
        };
        (format!("{select}{conditions} ORDER BY {order} LIMIT {}", limit + 1), self.parameters)
    }

    /// One page of the query: each row made an item, and the cursor of the last one when the list goes on.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn page<T>(
        self,
        database: &Database,
        (select, order): (&str, &str),
        limit: u32,
        item: impl Fn(&Row) -> Result<T, StoreError>,
        cursor: impl Fn(&Row) -> Result<String, StoreError>,
    ) -> Result<(Vec<T>, Option<String>), StoreError> {
        let (sql, parameters) = self.query(select, order, limit);
        let rows = database.read_built(sql, &parameters).await?;
        let page = &rows[..rows.len().min(limit as usize)];
        let next = page.last().filter(|_| rows.len() > page.len()).map(cursor).transpose()?;
        Ok((page.iter().map(item).collect::<Result<_, _>>()?, next))
    }
}

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

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}~{}", self.millis, self.key)
    }
}
