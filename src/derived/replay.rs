//! `gongshi replay`: what differs from the log is made as the log says, in one transaction.

use super::Comparison;
use super::mismatch::{Cure, Discrepancy, Mismatch};
use crate::law::Editions;
use crate::sequencer::LoadError;
use crate::store::{Database, ENTRIES, Rows, SEARCHED, StoreError, Value, Write};
use std::collections::BTreeMap;

/// What a replay did.
#[derive(Debug, Default)]
pub struct Replayed {
    pub entries: u64,
    /// What was repaired, by table.
    pub repaired: BTreeMap<&'static str, Repaired>,
    /// What differs and can't be repaired, because the log does not say what was there.
    pub left: Vec<Mismatch>,
}

/// Rows of one table that were repaired.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Repaired {
    pub missing: u64,
    pub surplus: u64,
    pub changed: u64,
}

/// Why nothing was repaired.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    #[error(transparent)]
    Load(#[from] LoadError),
    /// Nobody knows whether the entries are those that the log signed.
    #[error("the stored checkpoint is not the signed one of these entries")]
    Unsigned,
}

impl From<StoreError> for ReplayError {
    fn from(error: StoreError) -> Self {
        Self::Load(error.into())
    }
}

impl Replayed {
    /// Whether everything was as the log says.
    pub fn changed_nothing(&self) -> bool {
        self.repaired.is_empty() && self.left.is_empty()
    }

    fn count(&mut self, mismatch: &Mismatch) {
        let table = self.repaired.entry(mismatch.table.name).or_default();
        match (&mismatch.what, &mismatch.cure) {
            (Discrepancy::Missing, _) => table.missing += 1,
            (Discrepancy::Surplus, _) | (_, Cure::Delete) => table.surplus += 1,
            (Discrepancy::Changed(_), _) => table.changed += 1,
        }
    }
}

/// Compares every table with the entries and repairs what differs, so that readers see the old or the new tables and nothing
/// between.
///
/// # Errors
/// An entry can't be read or is not where it belongs, the checkpoint is not that of these entries, or the store fails; then
/// nothing has changed.
pub async fn replay(database: &Database, editions: &Editions) -> Result<Replayed, ReplayError> {
    let (mut write, _) = database.begin_at_head().await?;
    let replayed = repair(&mut write, editions).await?;
    write.commit().await?;
    Ok(replayed)
}

/// As [`replay`], in a transaction of the caller's.
pub(super) async fn repair(write: &mut Write, editions: &Editions) -> Result<Replayed, ReplayError> {
    let (mut comparison, mut replayed) = (Comparison::begin(write, editions).await?, Replayed::default());
    let (mut found, mut entries) = (Vec::new(), Vec::new());
    while comparison.step(write, &mut found).await? {
        let mut rows = Rows::default();
        for mismatch in found.drain(..) {
            match &mismatch.cure {
                Cure::None if mismatch.columns().contains(&"checkpoint") => return Err(ReplayError::Unsigned),
                Cure::None => {
                    replayed.left.push(mismatch);
                    continue;
                }
                Cure::Put(row) => rows.put(mismatch.table, row.clone()),
                Cure::Delete if mismatch.table.name == SEARCHED.name => {
                    for id in &mismatch.key {
                        write.forget_thing(id).await?;
                    }
                }
                Cure::Delete => write.delete(mismatch.table, &mismatch.key).await?,
                Cure::Thing(row, words) => write.put_searched(vec![(row.clone(), words.clone())]).await?,
                Cure::ForgetSearched => write.forget_searched().await?,
                Cure::Entry(_) => {}
            }
            replayed.count(&mismatch);
            if let Cure::Entry(row) = mismatch.cure {
                entries.push((mismatch.key, row));
            }
        }
        for (table, rows) in rows.into_tables() {
            write.put(table, rows).await?;
        }
    }
    file_entries(write, entries).await?;
    replayed.entries = comparison.entries();
    Ok(replayed)
}

/// Writes the columns of entries anew. Two of them may stand in each other's place, so all leave theirs first.
async fn file_entries(write: &mut Write, wrong: Vec<(Vec<Value>, Vec<Value>)>) -> Result<(), StoreError> {
    for (key, _) in &wrong {
        let Some(Value::Integer(index)) = key.first() else { continue };
        // No entry has such a version or such a jti.
        let aside = [("version", Value::Integer(-1 - index)), ("jti", Value::Blob(index.to_be_bytes().to_vec()))];
        write.change(&ENTRIES, key, &aside).await?;
    }
    for (key, row) in wrong {
        let named = ENTRIES.columns.iter().map(|column| column.name).zip(row);
        let columns: Vec<_> = named.filter(|(column, _)| *column != "bytes").collect();
        write.change(&ENTRIES, &key, &columns).await?;
    }
    Ok(())
}
