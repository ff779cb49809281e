//! Stored rows against those that the log makes.

use super::mismatch::{Cure, Discrepancy, Mismatch};
use crate::store::{Reads, Row, Scan, StoreError, Table, Value, keys_list};
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};

/// Rows that are looked up by one statement.
const ROWS_AT_A_TIME: usize = 256;

/// The columns in which two rows differ.
pub(super) fn differing(table: &Table, expected: &[Value], stored: &[Value]) -> Vec<&'static str> {
    let pairs = expected.iter().zip(stored).zip(table.columns);
    pairs.filter(|((expected, stored), _)| expected != stored).map(|(_, column)| column.name).collect()
}

/// Compares rows that the log makes, each with a key of its own, with those that are stored.
///
/// # Errors
/// The store can't be read.
pub(super) async fn compare(
    reads: &mut impl Reads,
    table: &'static Table,
    expected: Vec<Vec<Value>>,
    found: &mut Vec<Mismatch>,
) -> Result<(), StoreError> {
    let cured = expected.into_iter().map(|row| (row.clone(), Cure::Put(row))).collect();
    compare_cured(reads, table, cured, found).await
}

/// As [`compare`], where more than the row may have to be made right.
///
/// # Errors
/// The store can't be read.
pub(super) async fn compare_cured(
    reads: &mut impl Reads,
    table: &'static Table,
    expected: Vec<(Vec<Value>, Cure)>,
    found: &mut Vec<Mismatch>,
) -> Result<(), StoreError> {
    let mut expected = expected.into_iter().peekable();
    while expected.peek().is_some() {
        let (rows, cures): (Vec<_>, Vec<_>) = expected.by_ref().take(ROWS_AT_A_TIME).unzip();
        let (marks, values) = keys_list(rows.iter().map(|row| table.key_of(row)).collect());
        let (names, key) = (table.column_names(), table.key.join(", "));
        let sql = format!("SELECT {names} FROM {} WHERE ({key}) IN (VALUES {marks})", table.name);
        let stored = reads.rows(&sql, &values).await?;
        let stored: HashMap<Vec<Value>, &Row> = stored.iter().map(|row| (table.key_of(row.values()), row)).collect();
        for (row, cure) in rows.into_iter().zip(cures) {
            let key = table.key_of(&row);
            let what = match stored.get(&key) {
                None => Discrepancy::Missing,
                Some(stored) => match differing(table, &row, stored.values()) {
                    columns if columns.is_empty() => continue,
                    columns => Discrepancy::Changed(columns),
                },
            };
            found.push(Mismatch { table, key, what, cure });
        }
    }
    Ok(())
}

/// The rows that are stored and that the log has not been seen to make, by a mark of their key.
///
/// They are read before the log is folded: such a row is never deleted (uploads are, and are not among these), so what is
/// stored then, and was made by a record, is made by the log whenever it is folded later.
pub(super) struct Unexplained {
    tables: Vec<(&'static Table, HashSet<u64>)>,
    mark: RandomState,
}

impl Unexplained {
    /// # Errors
    /// The store can't be read.
    pub async fn read(
        reads: &mut impl Reads,
        tables: impl Iterator<Item = &'static Table>,
    ) -> Result<Self, StoreError> {
        let mut all = Self { tables: Vec::new(), mark: RandomState::new() };
        for table in tables {
            let (mut scan, mut marks) = (Scan::new(table, &[]), HashSet::new());
            loop {
                let rows = scan.next(reads).await?;
                if rows.is_empty() {
                    break;
                }
                marks.extend(rows.iter().map(|row| all.mark.hash_one(row.values())));
            }
            all.tables.push((table, marks));
        }
        Ok(all)
    }

    /// The log makes these rows.
    pub fn explain(&mut self, table: &Table, rows: &[Vec<Value>]) {
        let Some((_, marks)) = self.tables.iter_mut().find(|(of, _)| of.name == table.name) else { return };
        for row in rows {
            marks.remove(&self.mark.hash_one(&*table.key_of(row)));
        }
    }

    /// The rows that no record made.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn surplus(&self, reads: &mut impl Reads, found: &mut Vec<Mismatch>) -> Result<(), StoreError> {
        for (table, marks) in self.tables.iter().filter(|(_, marks)| !marks.is_empty()) {
            let mut scan = Scan::new(table, &[]);
            loop {
                let rows = scan.next(reads).await?;
                if rows.is_empty() {
                    break;
                }
                let left = rows.iter().filter(|row| marks.contains(&self.mark.hash_one(row.values())));
                found.extend(left.map(|row| Mismatch {
                    table,
                    key: row.values().to_vec(),
                    what: Discrepancy::Surplus,
                    cure: Cure::Delete,
                }));
            }
        }
        Ok(())
    }
}
