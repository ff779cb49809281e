//! Whole tables, some rows at a time.

use super::{Reads, Row, StoreError, Table, Value};

/// Rows that are read by one statement.
const ROWS_AT_A_TIME: usize = 2048;

/// `($1, $2), ($3, $4), …`, the last key repeated up to a power of two: few different statements.
pub fn keys_list(mut keys: Vec<Vec<Value>>) -> (String, Vec<Value>) {
    if let Some(last) = keys.last().cloned() {
        keys.resize(keys.len().next_power_of_two(), last);
    }
    let mut mark = 0;
    let row = |key: &Vec<Value>| {
        let marks = key.iter().map(|_| {
            mark += 1;
            format!("${mark}")
        });
        format!("({})", marks.collect::<Vec<_>>().join(", "))
    };
    let marks = keys.iter().map(row).collect::<Vec<_>>().join(", ");
    (marks, keys.into_iter().flatten().collect())
}

/// Every row of a table, some at a time, by its key.
pub struct Scan {
    table: &'static Table,
    /// What is read of each row, the key first.
    columns: String,
    after: Option<Vec<Value>>,
}

impl Scan {
    /// The key of each row, and behind it these columns.
    pub fn new(table: &'static Table, columns: &[&str]) -> Self {
        Self { table, columns: table.key.iter().chain(columns).copied().collect::<Vec<_>>().join(", "), after: None }
    }

    /// Every column, in the order of the table.
    pub fn whole(table: &'static Table) -> Self {
        debug_assert!(table.columns.iter().zip(table.key).all(|(column, key)| column.name == *key), "{}", table.name);
        Self { table, columns: table.column_names(), after: None }
    }

    /// The next rows; none at the end.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn next(&mut self, reads: &mut impl Reads) -> Result<Vec<Row>, StoreError> {
        let (table, key) = (self.table, self.table.key.join(", "));
        let (condition, values) = match &self.after {
            None => (String::new(), Vec::new()),
            Some(after) => {
                let (marks, values) = keys_list(vec![after.clone()]);
                (format!("WHERE ({key}) > {marks} "), values)
            }
        };
        let columns = &self.columns;
        let sql = format!("SELECT {columns} FROM {} {condition}ORDER BY {key} LIMIT {ROWS_AT_A_TIME}", table.name);
        let rows = reads.rows(&sql, &values).await?;
        if let Some(last) = rows.last() {
            self.after = Some(last.values()[..table.key.len()].to_vec());
        }
        Ok(rows)
    }
}
