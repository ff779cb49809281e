//! The index, as it follows the log: outside of the way of a write, so nobody who posts waits for it, and each answer says how far
//! it knows the log.

use crate::law::Law;
use crate::ledger::{Ledger, LedgerError};
use crate::search::Texts;
use crate::search::rows::SearchRow;
use crate::sequencer::LoadedEntry;
use crate::store::StoreError;
use crate::world::{ReadEntry, Stream};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Entries after which the index says how far it is. SQLite has one writer, whom who posts waits for: these take it some milliseconds.
const ENTRIES_AT_A_TIME: u64 = 32;
/// Between two looks: who has posted in a burst waits for no index, and who reads waits for this long.
const FOLLOWS_EVERY: Duration = Duration::from_millis(500);
/// After each step it rests so many times as long as that took: of a long log, others come first.
const RESTS: u32 = 2;
/// Entries of a stream that are read at a time: the longest ones make four megabytes of them.
const STREAM_ENTRIES: u32 = 64;

/// Follows the log; drop the future to stop.
pub async fn follow_for_ever(ledger: Arc<Ledger>) {
    loop {
        let began = Instant::now();
        let rest = match step(&ledger, ENTRIES_AT_A_TIME).await {
            Ok(Some(_)) => began.elapsed() * RESTS,
            Ok(None) => FOLLOWS_EVERY,
            Err(error) => {
                tracing::error!(%error, "the index of texts does not follow the log");
                FOLLOWS_EVERY * 10
            }
        };
        tokio::time::sleep(rest).await;
    }
}

/// Brings the index to the present end of the log, and says how many entries it knows.
///
/// # Errors
/// The store can't be read or written.
pub async fn catch_up(ledger: &Ledger) -> Result<u64, LedgerError> {
    catch_up_by(ledger, ENTRIES_AT_A_TIME).await
}

/// The same with so many entries in one transaction, where nobody waits to write.
///
/// # Errors
/// The store can't be read or written.
pub async fn catch_up_by(ledger: &Ledger, entries: u64) -> Result<u64, LedgerError> {
    while step(ledger, entries).await?.is_some() {}
    Ok(ledger.database.searched_up_to().await?)
}

/// Takes the next entries; `None` when there are none.
async fn step(ledger: &Ledger, at_a_time: u64) -> Result<Option<u64>, LedgerError> {
    let known = ledger.database.searched_up_to().await?;
    let entries = ledger.database.entries(known, at_a_time).await?;
    if entries.is_empty() {
        // Of another log, or of one that went back.
        let size = ledger.database.head().await?.map_or(0, |(size, _)| size);
        if known > size {
            let mut write = ledger.database.begin_write().await?;
            write.forget_searched().await?;
            write.commit().await?;
        }
        return Ok(None);
    }
    let mut streams = BTreeSet::new();
    for bytes in &entries {
        let entry = ReadEntry::parse(bytes).map_err(|error| StoreError::Damaged(error.to_string()))?;
        streams.insert(entry.stream);
    }
    let to = known + entries.len() as u64;
    let mut rows = Vec::new();
    for stream in &streams {
        rows.extend(changed_rows(ledger, stream, known, to).await?);
    }
    rows.sort_unstable_by_key(|row| std::cmp::Reverse(row.id));
    let things = rows.iter().map(|row| (row.values(), row.words())).collect();
    let mut write = ledger.database.begin_write().await?;
    // Another replica may have been faster; while this one writes, it waits.
    if write.search_goes_on(known, to).await? {
        write.put_searched(things).await?;
        write.commit().await?;
    } else {
        write.rollback().await;
    }
    Ok(Some(to))
}

/// What entries of a stretch of the log change about one stream: a function of the entries before its end, whoever asks when.
async fn changed_rows(ledger: &Ledger, stream: &Stream, known: u64, to: u64) -> Result<Vec<SearchRow>, LedgerError> {
    let mut before = None;
    let texts = fold(ledger, stream, to, |texts, entry, law| {
        if entry.place.index >= known {
            before.get_or_insert_with(|| texts.rows(stream));
        }
        texts.take(&entry.act, &entry.place, law);
    });
    let mut rows = texts.await?.rows(stream);
    let before: BTreeMap<u64, SearchRow> = before.into_iter().flatten().map(|row| (row.id, row)).collect();
    rows.retain(|row| before.get(&row.id) != Some(row));
    Ok(rows)
}

/// The texts of a stream's entries before `to`, each of which `take` takes into them.
pub(super) async fn fold(
    ledger: &Ledger,
    stream: &Stream,
    to: u64,
    mut take: impl FnMut(&mut Texts, &LoadedEntry, Law<'_>),
) -> Result<Texts, LedgerError> {
    let (mut texts, mut version) = (Texts::default(), 0);
    loop {
        let entries = ledger.stream(stream, version, STREAM_ENTRIES).await?;
        let Some(last) = entries.last() else { break };
        version = last.place.version;
        let adopted = ledger.law_before(last.place.index).await?;
        let Some(law) = Law::new(&adopted) else { break };
        for entry in &entries {
            if entry.place.index >= to {
                return Ok(texts);
            }
            take(&mut texts, entry, law);
        }
    }
    Ok(texts)
}
