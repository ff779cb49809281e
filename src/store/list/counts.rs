//! How many rows of a list there would be with each value of a filter, asked by one statement.

use super::{Condition, Filter, Listing};
use crate::store::{Database, ROWS_SCANNED_MAX, Row, StoreError, Value};
use std::collections::BTreeMap;

/// A filter of few values.
pub struct CountedFilter {
    name: &'static str,
    /// A text, or several with commas around them.
    column: Condition,
    /// Whether what has this text is in the list, as this filter is set.
    lets: Box<dyn Fn(&str) -> bool + Send + Sync>,
}

impl CountedFilter {
    /// One that lets through what has certain texts in a column.
    pub fn new(name: &'static str, column: &'static str, lets: impl Fn(&str) -> bool + Send + Sync + 'static) -> Self {
        Self { name, column: Condition { operand: None, end: column }, lets: Box::new(lets) }
    }

    /// The same, where the column follows from a value: SQL before it and behind it.
    pub fn by(
        name: &'static str,
        (before, value, end): (&str, Value, &'static str),
        lets: impl Fn(&str) -> bool + Send + Sync + 'static,
    ) -> Self {
        Self { name, column: Condition { operand: Some((before.to_owned(), value)), end }, lets: Box::new(lets) }
    }

    /// One that lets through the rows whose column is this value, where there is one.
    pub fn equals(name: &'static str, column: &'static str, asked: Option<&'static str>) -> Self {
        Self::new(name, column, move |value| asked.is_none_or(|asked| asked == value))
    }
}

/// How many rows share each value, most first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowCounts {
    /// There are more rows than were looked at, so there may be more with a value.
    pub is_cut: bool,
    pub filters: Vec<(&'static str, Vec<(String, u64)>)>,
}

impl Filter {
    /// Of the first [`ROWS_SCANNED_MAX`] rows of the list, how many it would have with each value of each counted filter, the
    /// others as they are set. `self` is all that is asked but for the counted filters.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn counts(
        &self,
        database: &Database,
        listing: &Listing,
        counted: &[CountedFilter],
    ) -> Result<RowCounts, StoreError> {
        let mut query = self.place(listing, None);
        let fits: Vec<String> = self.others.iter().map(|condition| query.said(condition.clone())).collect();
        let fits = if fits.is_empty() {
            "1".to_owned()
        } else {
            format!("CASE WHEN {} THEN 1 ELSE 0 END", fits.join(" AND "))
        };
        let column = |filter: &CountedFilter| format!("{} AS of_{}", query.said(filter.column.clone()), filter.name);
        let columns = counted.iter().map(column).collect::<Vec<_>>().join(", ");
        query.select(&format!("{columns}, {fits} AS fits"), listing);
        query.ordered(listing, ROWS_SCANNED_MAX);
        let names = counted.iter().map(|filter| format!("of_{}", filter.name)).collect::<Vec<_>>().join(", ");
        let (looked, parameters) = query.statement();
        let sql = format!("SELECT {names}, SUM(fits), COUNT(*) FROM ({looked}) AS looked GROUP BY {names}");
        let rows = database.read_built(sql, &parameters).await?;
        sums(&rows, counted)
    }
}

fn sums(rows: &[Row], counted: &[CountedFilter]) -> Result<RowCounts, StoreError> {
    let mut counts = vec![BTreeMap::<String, u64>::new(); counted.len()];
    let mut looked = 0;
    for row in rows {
        looked += row.unsigned(counted.len() + 1)?;
        let count = row.unsigned(counted.len())?;
        let texts = (0..counted.len()).map(|at| Ok(row.optional_text(at)?.unwrap_or_default()));
        let texts: Vec<&str> = texts.collect::<Result<_, StoreError>>()?;
        let is_let: Vec<bool> = counted.iter().zip(&texts).map(|(filter, text)| (filter.lets)(text)).collect();
        for (at, counts) in counts.iter_mut().enumerate() {
            let others = is_let.iter().enumerate().all(|(other, is_let)| *is_let || other == at);
            for value in texts[at].split(',').filter(|value| !value.is_empty() && others && count > 0) {
                *counts.entry(value.to_owned()).or_default() += count;
            }
        }
    }
    let filters = counted.iter().zip(counts).map(|(filter, counts)| {
        let mut counts: Vec<_> = counts.into_iter().collect();
        // Stable: of equal counts, values stand in their own order.
        counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        (filter.name, counts)
    });
    Ok(RowCounts { is_cut: looked >= u64::from(ROWS_SCANNED_MAX), filters: filters.collect() })
}
