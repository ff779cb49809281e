//! `gongshi replay`: the projections dropped and folded again from the entries.

use super::loader::{COLUMNS, LoadError, LoadedEntry};
use super::rows::{History, rows_of, tables};
use crate::law::Editions;
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
pub async fn replay(database: &Database, editions: &Editions) -> Result<u64, LoadError> {
    let mut write = database.begin_write().await?;
    write.lock_head().await?;
    for table in tables() {
        write.empty(table).await?;
    }
    let mut world = World::new(editions.clone());
    let mut done = 0;
    loop {
        let sql = format!("{COLUMNS} WHERE idx >= $1 AND idx < $2 ORDER BY idx");
        let read = write.read(&sql, &[Value::from(done), Value::from(done + CHUNK)]).await?;
        if read.is_empty() {
            break;
        }
        let (mut touched, mut history) = (HashSet::new(), History::default());
        for row in &read {
            let LoadedEntry { stream, act, place } = LoadedEntry::of_row(row)?;
            history.take(&world, &stream, &act, place.index);
            world.apply(&stream, &act, &place);
            if act.adopted_law().is_some() {
                // What is due now may be due at another time.
                touched.extend(world.due_streams());
            }
            touched.extend(act.founds());
            touched.insert(stream);
        }
        let mut rows = rows_of(&world, &touched);
        history.put(&mut rows);
        for (table, rows) in rows.into_tables() {
            write.put(table, rows).await?;
        }
        done += read.len() as u64;
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
