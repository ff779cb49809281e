//! `gongshi replay`: the projections dropped and folded again from the entries.

use super::loader::{LoadError, ReadEntry};
use super::rows::{Rows, tables};
use crate::calendar::Calendar;
use crate::store::{Database, Row, StoreError, Value};
use crate::world::World;
use std::collections::HashSet;

/// Entries that are read at a time.
const CHUNK: u64 = 1024;

/// Rebuilds every projection in one transaction, so that readers see the old or the new tables and nothing between.
/// Returns the number of entries.
///
/// # Errors
/// An entry can't be read, or the store fails; then nothing has changed.
pub async fn replay(database: &Database, calendar: &Calendar) -> Result<u64, LoadError> {
    let mut write = database.begin_write().await?;
    write.lock_head().await?;
    for table in tables() {
        write.empty(table).await?;
    }
    let mut world = World::default();
    let mut done = 0;
    loop {
        let sql = "SELECT bytes, author, version FROM entries WHERE idx >= $1 AND idx < $2 ORDER BY idx";
        let rows = write.read(sql, &[Value::from(done), Value::from(done + CHUNK)]).await?;
        if rows.is_empty() {
            break;
        }
        let mut touched = HashSet::new();
        for row in &rows {
            let author = row.text(1)?.parse().map_err(|_| StoreError::Unexpected(1))?;
            let entry = ReadEntry::parse(row.blob(0)?, author, row.unsigned(2)?)?;
            world.apply(&entry.stream, &entry.act, &entry.place, calendar);
            touched.insert(entry.stream);
        }
        for (table, rows) in Rows::of_streams(&world, &touched).into_tables() {
            write.put(table, rows).await?;
        }
        done += rows.len() as u64;
    }
    write.commit().await?;
    Ok(done)
}

/// Every row of every projection, sorted: equal before and after a replay.
///
/// # Errors
/// The store fails.
pub async fn projections(database: &Database) -> Result<Vec<(&'static str, Vec<Row>)>, StoreError> {
    let mut all = Vec::new();
    for table in tables() {
        let names = table.columns.iter().map(|column| column.name).collect::<Vec<_>>().join(", ");
        let mut rows = database.read_built(format!("SELECT {names} FROM {}", table.name), &[]).await?;
        rows.sort();
        all.push((table.name, rows));
    }
    Ok(all)
}
