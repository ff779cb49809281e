//! What each entry changed about the things that can be searched: for whoever is to be told of it.

use super::follow::fold;
use crate::field::Instant;
use crate::ledger::{Ledger, LedgerError};
use crate::search::rows::SearchRow;
use crate::store::StoreError;
use crate::world::{ReadEntry, Stream};
use std::collections::{BTreeMap, BTreeSet};

/// A thing as an entry left it, and as it was before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThingChange {
    /// Index of the entry.
    pub entry: u64,
    /// Its time.
    pub time: Instant,
    pub before: Option<SearchRow>,
    pub after: SearchRow,
}

/// What the entries from one on and before another changed, in the order of the entries: a function of the log, whoever asks when, and
/// in whatever pieces.
///
/// # Errors
/// The store can't be read.
pub async fn changes(ledger: &Ledger, from: u64, to: u64) -> Result<Vec<ThingChange>, LedgerError> {
    let entries = ledger.database.entries(from, to - from).await?;
    let mut streams = BTreeSet::new();
    for bytes in &entries {
        let entry = ReadEntry::parse(bytes).map_err(|error| StoreError::Damaged(error.to_string()))?;
        streams.insert(entry.stream);
    }
    let mut changes = Vec::new();
    for stream in &streams {
        changes.extend(of_stream(ledger, stream, from, to).await?);
    }
    changes.sort_by_key(|change| (change.entry, change.after.id));
    Ok(changes)
}

async fn of_stream(ledger: &Ledger, stream: &Stream, from: u64, to: u64) -> Result<Vec<ThingChange>, LedgerError> {
    let mut changes = Vec::new();
    let mut known: Option<BTreeMap<u64, SearchRow>> = None;
    fold(ledger, stream, to, |texts, entry, law| {
        if entry.place.index < from {
            texts.take(&entry.act, &entry.place, law);
            return;
        }
        let by_id = |rows: Vec<SearchRow>| rows.into_iter().map(|row| (row.id, row)).collect::<BTreeMap<_, _>>();
        let mut before = known.take().unwrap_or_else(|| by_id(texts.rows(stream)));
        texts.take(&entry.act, &entry.place, law);
        let after = by_id(texts.rows(stream));
        for row in after.values() {
            let before = before.remove(&row.id);
            if before.as_ref() != Some(row) {
                let (entry, time) = (entry.place.index, entry.place.time);
                changes.push(ThingChange { entry, time, before, after: row.clone() });
            }
        }
        known = Some(after);
    })
    .await?;
    Ok(changes)
}
