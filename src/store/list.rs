//! Lists: rows of a table in an order that has an index, those that are asked for, one page at a time.

mod counts;

pub use counts::{CountedFilter, RowCounts};

use super::search::{PAGE_BYTES_MAX, ROWS_SCANNED_MAX};
use super::{Database, Direction, Row, StoreError, Value};
use crate::field::folded;

/// What is listed, and in which order.
pub struct Listing {
    pub table: &'static str,
    /// Begins with those that it is ordered by. Where two tables are joined, each column says whose it is.
    pub columns: &'static str,
    /// Columns that no two rows share: an index has them, alone and behind each column that a filter goes along (which it has
    /// once).
    pub order: &'static [&'static str],
    pub direction: Direction,
}

/// The index of the newest record of the stream that a row is of, for the columns of a listing: `newest_record!("'tender/' || code")`.
/// The index of streams has it at its end. Of whom no record of its own is (the operator, whom the log itself names) it is that which opened
/// the log.
macro_rules! newest_record {
    ($stream:literal) => {
        concat!("COALESCE((SELECT idx FROM entries WHERE stream = ", $stream, " ORDER BY version DESC LIMIT 1), 0)")
    };
}
pub(crate) use newest_record;

/// Which rows are asked for. Columns are names in our own code; values are always bound.
///
/// One equality is answered by an index, the first that is given with [`Self::along`]. Everything else is looked for in so
/// many rows a request: then a page may be short, or empty, and have a next one all the same.
#[derive(Default, Clone)]
pub struct Filter {
    along: Option<(&'static str, Value)>,
    /// Of the first column of the order.
    bounds: [Option<i64>; 2],
    others: Vec<Condition>,
}

/// A condition: SQL with the value that stands behind it, and what ends it.
#[derive(Clone)]
struct Condition {
    operand: Option<(String, Value)>,
    end: &'static str,
}

impl Condition {
    fn new(before: String, value: Value) -> Self {
        Self { operand: Some((before, value)), end: "" }
    }

    /// An operand that is no bare column can't tempt the planner to another index than the one that is gone along.
    fn equals(column: &str, value: Value) -> Self {
        Self::new(format!("{column} || '' = "), value)
    }

    /// A text like a pattern, of which `%` and `_` are themselves but at its ends.
    fn like(column: &str, [before, text, behind]: [&str; 3]) -> Self {
        let escaped = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        let pattern = Value::from(format!("{before}{escaped}{behind}"));
        Self { operand: Some((format!("{column} LIKE "), pattern)), end: " ESCAPE '\\'" }
    }
}

impl Filter {
    /// `column = value`, when there is a value, where an index has the column before those of the order.
    #[must_use]
    pub fn along(mut self, column: &'static str, value: Option<Value>) -> Self {
        match value {
            Some(value) if self.along.is_none() => self.along = Some((column, value)),
            value => self = self.equals(column, value),
        }
        self
    }

    /// `column = value`, of texts, when there is a value.
    #[must_use]
    pub fn equals(mut self, column: &'static str, value: Option<Value>) -> Self {
        self.others.extend(value.map(|value| Condition::equals(column, value)));
        self
    }

    /// The part of the list from one value of the order's first column to another, each where it is given.
    #[must_use]
    pub fn between(self, from: Option<i64>, to: Option<i64>) -> Self {
        Self { bounds: [from, to], ..self }
    }

    /// `column > bound`.
    #[must_use]
    pub fn above(self, column: &'static str, bound: i64) -> Self {
        self.beside(column, ">", Some(bound))
    }

    /// `column <= bound`, when there is one.
    #[must_use]
    pub fn at_most(self, column: &'static str, bound: Option<i64>) -> Self {
        self.beside(column, "<=", bound)
    }

    /// `column >= bound`, when there is one.
    #[must_use]
    pub fn at_least(self, column: &'static str, bound: Option<i64>) -> Self {
        self.beside(column, ">=", bound)
    }

    fn beside(mut self, column: &'static str, operator: &str, bound: Option<i64>) -> Self {
        self.others
            .extend(bound.map(|bound| Condition::new(format!("{column} + 0 {operator} "), Value::Integer(bound))));
        self
    }

    /// A condition without parameters, when it is asked for.
    #[must_use]
    pub fn only(mut self, condition: &'static str, asked: bool) -> Self {
        self.others.extend(asked.then_some(Condition { operand: None, end: condition }));
        self
    }

    /// The column begins with digits, when there are any: of letters, SQLite does not look at the case and PostgreSQL does.
    #[must_use]
    pub fn begins(mut self, column: &'static str, digits: Option<&str>) -> Self {
        self.others.extend(digits.map(|digits| Condition::like(column, ["", digits, "%"])));
        self
    }

    /// The column, which holds texts as [`folded`] makes them, has a text anywhere, whatever the case and width of its
    /// letters, when there is one. A text with a NUL, for which PostgreSQL has no place, asks for nothing.
    #[must_use]
    pub fn contains(mut self, column: &'static str, text: Option<&str>) -> Self {
        let text = text.filter(|text| !text.contains('\0')).map(folded);
        self.others.extend(text.map(|text| Condition::like(column, ["%", &text, "%"])));
        self
    }

    /// There is a row, `rows` with its last operand left out, when there is a value: `bids WHERE tender = tenders.code AND bidder`.
    #[must_use]
    pub fn exists(mut self, rows: &'static str, value: Option<Value>) -> Self {
        let within = |value| (format!("EXISTS (SELECT 1 FROM {rows} = "), value);
        self.others.extend(value.map(|value| Condition { operand: Some(within(value)), end: ")" }));
        self
    }

    /// One page: each row made an item, and the cursor of the place from which the list goes on, if it does. `after` holds the
    /// values of the order's columns at the place where the page before ended; `cursor` makes a text of them.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn page<T>(
        self,
        database: &Database,
        listing: &Listing,
        after: Option<Vec<Value>>,
        limit: u32,
        item: impl Fn(&Row) -> Result<T, StoreError>,
        cursor: impl Fn(&Row) -> Result<String, StoreError>,
    ) -> Result<(Vec<T>, Option<String>), StoreError> {
        let place = self.place(listing, after);
        let stop = if self.others.is_empty() { None } else { place.stop(database, listing).await? };
        let mut query = place;
        query.select(listing.columns, listing);
        if let Some(stop) = &stop {
            let until = if listing.direction == Direction::OldestFirst { "<=" } else { ">=" };
            query.compare(listing, until, stop.values()[..listing.order.len()].to_vec());
        }
        self.others.into_iter().for_each(|condition| query.and(condition));
        // One row more shows whether the list goes on.
        query.ordered(listing, limit + 1);
        let rows = query.rows(database).await?;
        let mut bytes = 0;
        let fits = |row: &&Row| {
            bytes += row.values().iter().map(Value::bytes).sum::<usize>();
            bytes <= PAGE_BYTES_MAX
        };
        // No row is as long as a page.
        let page = &rows[..rows.iter().take(limit as usize).take_while(fits).count()];
        let next = match page.last() {
            Some(last) if page.len() < rows.len() => Some(cursor(last)?),
            _ => stop.as_ref().map(cursor).transpose()?,
        };
        Ok((page.iter().map(item).collect::<Result<_, _>>()?, next))
    }

    fn place(&self, listing: &Listing, after: Option<Vec<Value>>) -> Query {
        let along = self.along.as_ref();
        // All rows have the same value in a column that is gone along.
        let is_ordered_by = |column: &&&str| along.is_none_or(|(along, _)| along != *column);
        let mut query =
            Query { order: listing.order.iter().filter(is_ordered_by).copied().collect(), ..Query::default() };
        if let Some((column, value)) = along {
            query.and(Condition::new(format!("{column} = "), value.clone()));
        }
        for (operator, bound) in [">=", "<="].into_iter().zip(self.bounds) {
            let Some(bound) = bound else { continue };
            query.and(Condition::new(format!("{} {operator} ", listing.order[0]), Value::Integer(bound)));
        }
        if let Some(after) = after {
            query.compare(listing, if listing.direction == Direction::OldestFirst { ">" } else { "<" }, after);
        }
        query
    }
}

/// A statement that grows, with its parameters.
#[derive(Default, Clone)]
struct Query {
    select: String,
    conditions: Vec<String>,
    order: Vec<&'static str>,
    end: String,
    parameters: Vec<Value>,
}

impl Query {
    fn mark(&mut self, value: Value) -> String {
        self.parameters.push(value);
        format!("${}", self.parameters.len())
    }

    fn select(&mut self, columns: &str, listing: &Listing) {
        self.select = format!("SELECT {columns} FROM {}", listing.table);
    }

    fn and(&mut self, condition: Condition) {
        let said = self.said(condition);
        self.conditions.push(said);
    }

    fn said(&mut self, Condition { operand, end }: Condition) -> String {
        operand.map(|(before, value)| before + &self.mark(value)).unwrap_or_default() + end
    }

    fn compare(&mut self, listing: &Listing, operator: &str, values: Vec<Value>) {
        let values = listing.order.iter().zip(values).filter(|(column, _)| self.order.contains(column));
        let values: Vec<Value> = values.map(|(_, value)| value).collect();
        let marks = values.into_iter().map(|value| self.mark(value)).collect::<Vec<_>>().join(", ");
        self.conditions.push(format!("({}) {operator} ({marks})", self.order.join(", ")));
    }

    fn ordered(&mut self, listing: &Listing, limit: u32) {
        let descending = if listing.direction == Direction::NewestFirst { " DESC" } else { "" };
        let order = self.order.iter().map(|column| format!("{column}{descending}")).collect::<Vec<_>>().join(", ");
        self.end = format!(" ORDER BY {order} LIMIT {limit}");
    }

    /// Where a request that looks for something stops looking; `None` when there are not so many rows.
    async fn stop(&self, database: &Database, listing: &Listing) -> Result<Option<Row>, StoreError> {
        let mut query = self.clone();
        query.select(&listing.order.join(", "), listing);
        query.ordered(listing, 1);
        query.end += &format!(" OFFSET {}", ROWS_SCANNED_MAX - 1);
        Ok(query.rows(database).await?.into_iter().next())
    }

    fn statement(self) -> (String, Vec<Value>) {
        let conditions = match self.conditions.is_empty() {
            true => String::new(),
            false => format!(" WHERE {}", self.conditions.join(" AND ")),
        };
        (format!("{}{conditions}{}", self.select, self.end), self.parameters)
    }

    async fn rows(self, database: &Database) -> Result<Vec<Row>, StoreError> {
        let (sql, parameters) = self.statement();
        database.read_built(sql, &parameters).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROWS: usize = 4_500;

    fn status(n: usize) -> &'static str {
        if n.is_multiple_of(3) { "cleared" } else { "waiting" }
    }

    fn title(n: usize) -> String {
        if n.is_multiple_of(1_499) { format!("罕见的第{n}号") } else { format!("寻常的第{n}号") }
    }

    async fn filled(folder: &std::path::Path) -> Database {
        let database = Database::open(&format!("sqlite://{}/db", folder.display())).await.unwrap();
        let mut write = database.begin_write().await.unwrap();
        for n in 0..ROWS {
            let sql = "INSERT INTO tenders (code, title, status, nature, region, centre, unit_name, first_time, last_time, \
                       version) VALUES ($1, $2, $3, 'works', '410100', $4, 'x', $5, 1, 1)";
            // Several have the same time.
            let time = Value::Integer((n / 4) as i64);
            let centre = if n.is_multiple_of(2_000) { "few" } else { "many" };
            let row = [format!("T-{n:05}").into(), title(n).into(), status(n).into(), centre.into(), time];
            write.read(sql, &row).await.unwrap();
        }
        write.commit().await.unwrap();
        database
    }

    /// The pages of a list, and the numbers on all of them.
    async fn walk(
        database: &Database,
        direction: Direction,
        filter: impl Fn() -> Filter,
        limit: u32,
    ) -> (usize, Vec<usize>) {
        let columns = "first_time, code";
        let listing = Listing { table: "tenders", columns, order: &["first_time", "code"], direction };
        let (mut after, mut seen, mut pages) = (None, Vec::new(), 0);
        loop {
            let item = |row: &Row| Ok(row.text(1)?[2..].parse().unwrap());
            let cursor = |row: &Row| Ok(format!("{}~{}", row.integer(0)?, row.text(1)?));
            let page = filter().page(database, &listing, after, limit, item, cursor).await.unwrap();
            pages += 1;
            seen.extend::<Vec<usize>>(page.0);
            let Some(next) = page.1 else { return (pages, seen) };
            let (time, code) = next.split_once('~').unwrap();
            after = Some(vec![Value::Integer(time.parse().unwrap()), code.into()]);
        }
    }

    #[tokio::test]
    async fn pages_find_what_is_asked_for_and_each_looks_at_few_rows() {
        let folder = tempfile::tempdir().unwrap();
        let database = filled(folder.path()).await;
        let some = |text: &str| Some(Value::from(text));
        type Made = (fn(usize) -> bool, Box<dyn Fn() -> Filter>);
        let cases: Vec<Made> = vec![
            (|_| true, Box::new(Filter::default)),
            (|n| status(n) == "cleared", Box::new(move || Filter::default().along("status", some("cleared")))),
            (|_| false, Box::new(move || Filter::default().along("status", some("none")))),
            (|_| false, Box::new(move || Filter::default().equals("nature", some("goods")))),
            (|n| title(n).starts_with("罕"), Box::new(|| Filter::default().contains("title", Some("罕见")))),
            (
                |n| n.is_multiple_of(2_000) && status(n) == "waiting",
                Box::new(move || Filter::default().along("centre", some("few")).along("status", some("waiting"))),
            ),
            (
                |n| title(n).starts_with("罕") && status(n) == "cleared",
                Box::new(move || Filter::default().along("status", some("cleared")).begins("title", Some("罕"))),
            ),
        ];
        for (at, (is_asked, filter)) in cases.into_iter().enumerate() {
            let mut expected: Vec<usize> = (0..ROWS).filter(|n| is_asked(*n)).collect();
            for (direction, limit) in [(Direction::OldestFirst, 500), (Direction::NewestFirst, 77)] {
                let (pages, seen) = walk(&database, direction, &filter, limit).await;
                assert_eq!(seen, expected, "{at} {direction:?}");
                assert!(pages <= seen.len() / limit as usize + ROWS / ROWS_SCANNED_MAX as usize + 1, "{at}: {pages}");
                expected.reverse();
            }
        }
    }
}
