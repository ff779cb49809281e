//! Streams folded again, some at a time: their rows, their history, and what time makes due on them.

use super::entries::Walk;
use super::mismatch::{Cure, Discrepancy, Mismatch};
use super::rows::{Unexplained, compare, compare_cured};
use crate::act::Stream;
use crate::field::DocumentId;
use crate::law::Editions;
use crate::search::{SearchRow, Texts};
use crate::sequencer::{History, LoadError, LoadedEntry, rows_of};
use crate::store::{DOCUMENTS, Reads, Row, SEARCHED, StoreError, Value};
use crate::world::{Act, ReadEntry, World};
use std::collections::{BTreeMap, BTreeSet};

/// Streams that are folded at a time: what they were, and nothing else, is in memory then.
const STREAMS_AT_A_TIME: usize = 64;
/// Entries that are filed under another stream than theirs, and read at a time.
const MOVED_AT_A_TIME: usize = 256;

/// How far the streams have been gone through.
pub(super) struct Streams {
    after: String,
    /// Streams that no entry may be filed under.
    left: BTreeSet<Stream>,
    editions: Editions,
}

/// A few streams' entries, in their order.
type Entries = BTreeMap<u64, LoadedEntry>;

impl Streams {
    /// After the walk.
    pub fn new(walk: &Walk, editions: &Editions) -> Self {
        // The operator is an organisation by the log's first record.
        let operator = walk.world().log().map(|log| Stream::of(&log.operator));
        let left = walk.moved.keys().cloned().chain(operator).collect();
        Self { after: String::new(), left, editions: editions.clone() }
    }

    /// Goes on with the next streams; `false` when there are none.
    ///
    /// # Errors
    /// The store can't be read, or an entry.
    pub async fn step(
        &mut self,
        reads: &mut impl Reads,
        walk: &Walk,
        rows: &mut Unexplained,
        found: &mut Vec<Mismatch>,
    ) -> Result<bool, LoadError> {
        let sql =
            format!("SELECT DISTINCT stream FROM entries WHERE stream > $1 ORDER BY stream LIMIT {STREAMS_AT_A_TIME}");
        let named = reads.rows(&sql, &[Value::from(self.after.as_str())]).await?;
        let wanted: BTreeSet<Stream> = match named.last() {
            Some(last) => {
                last.text(0)?.clone_into(&mut self.after);
                // A name that is none was found beside its entry.
                named.iter().filter_map(|row| row.text(0).ok()?.parse().ok()).collect()
            }
            None if self.left.is_empty() => return Ok(false),
            None => std::mem::take(&mut self.left),
        };
        self.left.retain(|stream| !wanted.contains(stream));
        let entries = read(reads, walk, &wanted).await?;
        self.compare(reads, walk, &wanted, entries, rows, found).await?;
        Ok(true)
    }

    async fn compare(
        &self,
        reads: &mut impl Reads,
        walk: &Walk,
        wanted: &BTreeSet<Stream>,
        entries: Entries,
        rows: &mut Unexplained,
        found: &mut Vec<Mismatch>,
    ) -> Result<(), LoadError> {
        let mut world = World::new(self.editions.clone());
        let (mut history, mut cited) = (History::default(), BTreeMap::new());
        let (mut texts, searched) = (BTreeMap::<Stream, Texts>::new(), searched_up_to(reads).await?);
        // The log's own entries first: they say under which law the others stand.
        for entry in &walk.log {
            if wanted.contains(&Stream::LOG) {
                history.take(&world, &entry.stream, &entry.act, &entry.place);
                cite(&entry.act, &mut cited);
            }
            world.apply(&entry.stream, &entry.act, &entry.place);
        }
        if let Some(edition) = world.unknown_law() {
            return Err(StoreError::Damaged(format!("no edition {edition} of the law")).into());
        }
        let mut supervisors = walk.supervisors().into_iter().peekable();
        let mut successors = walk.successors.iter().cloned().peekable();
        let mut predecessors = walk.predecessors.iter().cloned().peekable();
        for entry in entries.values().filter(|entry| entry.stream != Stream::LOG) {
            // Decisions looked at those of their time, most of which have their streams elsewhere.
            while let Some((_, supervisor)) = supervisors.next_if(|(made, _)| *made < entry.place.index) {
                world.hears_of_supervisor(supervisor);
            }
            while let Some((_, followed, successor)) = successors.next_if(|(begun, ..)| *begun < entry.place.index) {
                world.hears_of_successor(followed, successor);
            }
            while let Some((_, successor, ended)) = predecessors.next_if(|(named, ..)| *named < entry.place.index) {
                world.hears_of_predecessor(successor, ended);
            }
            history.take(&world, &entry.stream, &entry.act, &entry.place);
            cite(&entry.act, &mut cited);
            // The index of texts follows the log behind it.
            if let Some(law) = world.law().filter(|_| entry.place.index < searched) {
                texts.entry(entry.stream.clone()).or_default().take(&entry.act, &entry.place, law);
            }
            world.apply(&entry.stream, &entry.act, &entry.place);
            history.entail(&world, &entry.stream, &entry.place);
        }
        let mut made = rows_of(&world, wanted);
        history.put(&mut made);
        for (table, made) in made.into_tables() {
            rows.explain(table, &made);
            compare(reads, table, made, found).await?;
        }
        searched_things(reads, texts, rows, found).await?;
        Ok(documents(reads, cited, found).await?)
    }
}

/// How far the index of texts knows the log.
///
/// # Errors
/// The store can't be read.
pub(super) async fn searched_up_to(reads: &mut impl Reads) -> Result<u64, StoreError> {
    reads.rows("SELECT size FROM search_head", &[]).await?.first().map_or(Ok(0), |row| row.unsigned(0))
}

/// What is searched is what the records say, as far as the index knows them. Its words nobody can read back; they go with it.
async fn searched_things(
    reads: &mut impl Reads,
    texts: BTreeMap<Stream, Texts>,
    rows: &mut Unexplained,
    found: &mut Vec<Mismatch>,
) -> Result<(), StoreError> {
    let things: Vec<_> = texts.iter().flat_map(|(stream, texts)| texts.rows(stream)).collect();
    let values: Vec<_> = things.iter().map(SearchRow::values).collect();
    rows.explain(&SEARCHED, &values);
    let cured =
        values.into_iter().zip(&things).map(|(row, thing)| (row.clone(), Cure::Thing(row, thing.words()))).collect();
    compare_cured(reads, &SEARCHED, cured, found).await
}

/// The entries of a few streams, whatever they are filed under.
async fn read(reads: &mut impl Reads, walk: &Walk, wanted: &BTreeSet<Stream>) -> Result<Entries, LoadError> {
    let marks = |count: usize| (1..=count).map(|at| format!("${at}")).collect::<Vec<_>>().join(", ");
    let mut rows = Vec::new();
    let names: Vec<Value> = wanted.iter().map(|stream| Value::from(stream.as_str())).collect();
    let sql = format!("SELECT idx, bytes FROM entries WHERE stream IN ({})", marks(names.len()));
    rows.extend(reads.rows(&sql, &names).await?);
    let moved: Vec<Value> =
        wanted.iter().filter_map(|stream| walk.moved.get(stream)).flatten().map(|at| Value::Integer(*at)).collect();
    for moved in moved.chunks(MOVED_AT_A_TIME) {
        let sql = format!("SELECT idx, bytes FROM entries WHERE idx IN ({})", marks(moved.len()));
        rows.extend(reads.rows(&sql, moved).await?);
    }
    let mut read = BTreeMap::new();
    for row in &rows {
        let (index, entry) = parse(row)?;
        // Filed here by mistake.
        if wanted.contains(&entry.stream) {
            read.insert(index, entry);
        }
    }
    let mut entries = Entries::new();
    let mut versions: BTreeMap<Stream, u64> = BTreeMap::new();
    for (index, entry) in read {
        let version = versions.entry(entry.stream.clone()).or_default();
        *version += 1;
        let author = walk.author(&entry.act, &entry.header.kid);
        let author = author.ok_or_else(|| LoadError::Entry { index, reason: "nobody registered its key".into() })?;
        let place = entry.place(author, *version);
        entries.insert(index, LoadedEntry { stream: entry.stream, act: entry.act, place });
    }
    Ok(entries)
}

fn parse(row: &Row) -> Result<(u64, ReadEntry<'_>), LoadError> {
    let entry = ReadEntry::parse(row.blob(1)?);
    let entry = entry
        .map_err(|error| LoadError::Entry { index: row.unsigned(0).unwrap_or_default(), reason: error.to_string() })?;
    Ok((entry.view.index, entry))
}

fn cite(act: &Act, cited: &mut BTreeMap<DocumentId, u64>) {
    cited.extend(act.documents().into_iter().map(|document| (document.sha256, document.size)));
}

/// A record was only accepted while the documents that it cites were there, and from then on they stay.
async fn documents(
    reads: &mut impl Reads,
    cited: BTreeMap<DocumentId, u64>,
    found: &mut Vec<Mismatch>,
) -> Result<(), StoreError> {
    for (id, size) in cited {
        let id = Value::from(id.to_string());
        let stored =
            reads.rows("SELECT size, going FROM documents WHERE sha256 = $1", std::slice::from_ref(&id)).await?;
        let what = match stored.first().map(Row::values) {
            None => Discrepancy::Missing,
            Some([stored, Value::Null]) if *stored == Value::from(size) => continue,
            Some([_, Value::Null]) => Discrepancy::Changed(vec!["size"]),
            Some(_) => Discrepancy::Changed(vec!["going"]),
        };
        found.push(Mismatch { table: &DOCUMENTS, key: vec![id], what, cure: Cure::None });
    }
    Ok(())
}
