//! Streams read back from the log into a [`World`].

use crate::act::{Place, Stream};
use crate::field::{DocumentId, OrganisationId};
use crate::law::{EditionError, Editions};
use crate::record::KeyId;
use crate::store::{Database, Row, StoreError, Value, Write};
use crate::world::{Act, ReadEntry, World};

/// Why stored entries can't be folded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("entry {index} can't be read: {reason}")]
    Entry { index: u64, reason: String },
    #[error("none of the keys at hand signs the checkpoints of {origin}")]
    NoKey { origin: String },
    #[error("the database holds the log of {found}, not of {expected}")]
    Origin { expected: String, found: String },
    #[error("the edition {edition} of the law can't be interpreted: {source}")]
    Law { edition: DocumentId, source: EditionError },
    /// Somebody wrote to the database who is not the log.
    #[error("{what} is not what the entries say: see `gongshi verify`")]
    Forged { what: String },
}

/// What is stored contradicts the entries.
pub(super) fn forged(what: impl Into<String>) -> LoadError {
    LoadError::Forged { what: what.into() }
}

/// An entry with everything that folding it needs.
#[derive(Debug)]
pub struct LoadedEntry {
    pub stream: Stream,
    pub act: Act,
    pub place: Place,
}

impl LoadedEntry {
    /// Reads an entry that the log accepted before.
    ///
    /// # Errors
    /// [`LoadError::Entry`]
    pub fn parse(index: u64, bytes: &[u8], author: OrganisationId, version: u64) -> Result<Self, LoadError> {
        let entry = ReadEntry::parse(bytes);
        let entry = entry.map_err(|error| LoadError::Entry { index, reason: error.to_string() })?;
        let place = entry.place(author, version);
        Ok(Self { stream: entry.stream, act: entry.act, place })
    }

    /// Reads a row of [`COLUMNS`], which must be filed as its record says.
    ///
    /// # Errors
    /// [`LoadError::Entry`], [`LoadError::Forged`]
    pub(super) fn of_row(row: &Row) -> Result<Self, LoadError> {
        let author = row.text(2)?.parse().map_err(|_| StoreError::Unexpected(2))?;
        let (index, version) = (row.unsigned(0)?, row.unsigned(3)?);
        let entry = Self::parse(index, row.blob(1)?, author, version)?;
        if entry.place.index != index {
            return Err(forged(format!("entries.idx of {index}")));
        }
        if row.text(4)? != entry.stream.as_str() {
            return Err(forged(format!("entries.stream of {index}")));
        }
        Ok(entry)
    }
}

/// What [`LoadedEntry::of_row`] reads.
pub(super) const COLUMNS: &str = "SELECT idx, bytes, author, version, stream FROM entries";

/// `$1, $2, …`, the last value repeated up to a power of two: few different statements, all of them prepared.
pub(super) fn padded_list(mut values: Vec<Value>) -> (String, Vec<Value>) {
    if let Some(last) = values.last().cloned() {
        values.resize(values.len().next_power_of_two(), last);
    }
    let marks = (1..=values.len()).map(|at| format!("${at}")).collect::<Vec<_>>().join(", ");
    (marks, values)
}

fn streams_query(streams: &[Stream]) -> (String, Vec<Value>) {
    let (marks, values) = padded_list(streams.iter().map(|stream| Value::from(stream.as_str())).collect());
    (format!("{COLUMNS} WHERE stream IN ({marks}) ORDER BY idx"), values)
}

fn fold(world: &mut World, rows: &[Row]) -> Result<(), LoadError> {
    for row in rows {
        let entry = LoadedEntry::of_row(row)?;
        // One that is hidden leaves a gap, unless it was the last.
        if entry.place.version != world.version(&entry.stream) + 1 {
            return Err(forged(format!("entries.version of {}", entry.place.index)));
        }
        world.apply(&entry.stream, &entry.act, &entry.place);
    }
    Ok(())
}

/// Reads streams for a reader: the states of these streams in a world of their own.
///
/// # Errors
/// See [`LoadError`].
pub async fn load_streams(database: &Database, streams: &[Stream], editions: &Editions) -> Result<World, LoadError> {
    let mut world = World::new(editions.clone());
    // The log's own entries first: they say under which law the others stand.
    for streams in [&[Stream::LOG], streams] {
        let (sql, values) = streams_query(streams);
        if !streams.is_empty() {
            fold(&mut world, &database.read_built(sql, &values).await?)?;
        }
    }
    Ok(world)
}

/// Reads one stream's entries, oldest first.
///
/// # Errors
/// See [`LoadError`].
pub async fn read_stream(database: &Database, stream: &Stream) -> Result<Vec<LoadedEntry>, LoadError> {
    let (sql, values) = streams_query(std::slice::from_ref(stream));
    database.read_built(sql, &values).await?.iter().map(LoadedEntry::of_row).collect()
}

/// Reads every edition that the log has adopted and that is not at hand.
///
/// # Errors
/// One of them can't be interpreted: nothing can be judged then.
pub async fn learn_law(database: &Database, editions: &Editions) -> Result<(), LoadError> {
    for edition in database.editions().await? {
        learn_edition(edition, database, editions).await?;
    }
    Ok(())
}

/// Reads an edition that the log has adopted, unless it is at hand.
///
/// # Errors
/// It is not there or can't be interpreted.
pub(super) async fn learn_edition(
    edition: DocumentId,
    database: &Database,
    editions: &Editions,
) -> Result<(), LoadError> {
    if editions.get(&edition).is_some() {
        return Ok(());
    }
    let bytes = database.edition(edition).await?;
    let bytes = bytes.ok_or_else(|| StoreError::Damaged(format!("no edition {edition} of the law")))?;
    editions.add(&bytes).map(drop).map_err(|source| LoadError::Law { edition, source })
}

/// Reads into the sequencer's world what it lacks, inside the writing transaction; the log's own state always.
pub(super) async fn load_missing(
    write: &mut Write,
    world: &mut World,
    kids: Vec<KeyId>,
    streams: Vec<Stream>,
) -> Result<(), LoadError> {
    if world.log().is_none() {
        let (sql, values) = streams_query(&[Stream::LOG]);
        fold(world, &write.read(&sql, &values).await?)?;
    }
    let unknown: Vec<KeyId> = kids.iter().filter(|kid| !world.knows_owner(kid)).copied().collect();
    if !unknown.is_empty() {
        let named = unknown.iter().map(|kid| Value::Blob(kid.as_bytes().to_vec())).collect();
        let (marks, values) = padded_list(named);
        let sql = format!("SELECT kid, organisation FROM keys WHERE kid IN ({marks})");
        for row in write.read(&sql, &values).await? {
            let kid = row.blob(0)?.try_into().map_err(|_| StoreError::Unexpected(0))?;
            let owner = row.text(1)?.parse().map_err(|_| StoreError::Unexpected(1))?;
            world.owns(owner, KeyId::from_bytes(kid));
        }
    }
    let owners = kids.iter().filter_map(|kid| world.brought_by(kid)).cloned();
    let mut wanted: Vec<Stream> = owners.chain(streams).filter(|stream| !world.holds(stream)).collect();
    wanted.sort_unstable();
    wanted.dedup();
    if !wanted.is_empty() {
        let (sql, values) = streams_query(&wanted);
        fold(world, &write.read(&sql, &values).await?)?;
    }
    // The table only says where to look.
    world.keep_brought(&unknown);
    Ok(())
}
