//! Streams read back from the log into a [`World`].

use super::owners::Owners;
use crate::act::{Place, Role, Stream};
use crate::field::{DocumentId, OrganisationId, TenderCode};
use crate::law::{EditionError, Editions};
use crate::record::KeyId;
use crate::store::{Database, Reads, Row, StoreError, Value, Write, padded_list};
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
    /// The database was put back under a running service.
    #[error("the log of {known} entries that was written here is gone: the database has {size}, or others")]
    Rewound { known: u64, size: u64 },
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

/// Reads rows of [`COLUMNS`]. Each must be filed as its record says, and under the owner of its key.
///
/// # Errors
/// [`LoadError::Entry`], [`LoadError::Forged`]
async fn loaded(reads: &mut impl Reads, owners: &Owners, rows: &[Row]) -> Result<Vec<LoadedEntry>, LoadError> {
    let mut read = Vec::with_capacity(rows.len());
    for row in rows {
        read.push(filed(row)?);
    }
    let owners = owners.of(reads, read.iter().map(|entry| entry.header.kid)).await?;
    let entries = rows.iter().zip(read).map(|(row, entry)| {
        let owner = owners.get(&entry.header.kid).filter(|owner| row.text(2).is_ok_and(|said| said == owner.as_str()));
        let owner = owner.ok_or_else(|| forged(format!("entries.author of {}", entry.view.index)))?;
        let place = entry.place(owner.clone(), row.unsigned(3)?);
        Ok(LoadedEntry { stream: entry.stream, act: entry.act, place })
    });
    entries.collect()
}

/// Reads a row of [`COLUMNS`], whose author is still open.
///
/// # Errors
/// [`LoadError::Entry`], [`LoadError::Forged`]
pub(super) fn filed(row: &Row) -> Result<ReadEntry<'_>, LoadError> {
    let index = row.unsigned(0)?;
    let entry = ReadEntry::parse(row.blob(1)?);
    let entry = entry.map_err(|error| LoadError::Entry { index, reason: error.to_string() })?;
    if entry.view.index != index {
        return Err(forged(format!("entries.idx of {index}")));
    }
    if row.text(4)? != entry.stream.as_str() {
        return Err(forged(format!("entries.stream of {index}")));
    }
    Ok(entry)
}

/// What [`filed`] reads.
pub(super) const COLUMNS: &str = "SELECT idx, bytes, author, version, stream FROM entries";

fn streams_query(streams: &[Stream]) -> (String, Vec<Value>) {
    let (marks, values) = padded_list(streams.iter().map(|stream| Value::from(stream.as_str())).collect());
    (format!("{COLUMNS} WHERE stream IN ({marks}) ORDER BY idx"), values)
}

fn fold(world: &mut World, entries: &[LoadedEntry]) -> Result<(), LoadError> {
    for entry in entries {
        // One that is hidden leaves a gap, unless it was the last.
        if entry.place.version != world.version(&entry.stream) + 1 {
            return Err(forged(format!("entries.version of {}", entry.place.index)));
        }
        world.apply(&entry.stream, &entry.act, &entry.place);
    }
    Ok(())
}

/// Reads these streams' entries, in the log's order.
async fn read(reads: &mut impl Reads, owners: &Owners, streams: &[Stream]) -> Result<Vec<LoadedEntry>, LoadError> {
    if streams.is_empty() {
        return Ok(Vec::new());
    }
    let (sql, values) = streams_query(streams);
    let rows = reads.rows(&sql, &values).await?;
    loaded(reads, owners, &rows).await
}

/// Reads streams for a reader: the states of these streams in a world of their own.
///
/// # Errors
/// See [`LoadError`].
pub async fn load_streams(
    database: &Database,
    owners: &Owners,
    streams: &[Stream],
    editions: &Editions,
) -> Result<World, LoadError> {
    let (mut world, mut reads) = (World::new(editions.clone()), database.clone());
    // The log's own entries first: they say under which law the others stand.
    fold(&mut world, &read(&mut reads, owners, &[Stream::LOG]).await?)?;
    let others: Vec<Stream> = streams.iter().filter(|stream| **stream != Stream::LOG).cloned().collect();
    fold(&mut world, &read(&mut reads, owners, &others).await?)?;
    Ok(world)
}

/// Reads one stream's entries behind a version, oldest first, at most so many.
///
/// # Errors
/// See [`LoadError`].
pub async fn read_stream(
    database: &Database,
    owners: &Owners,
    stream: &Stream,
    after: u64,
    count: u32,
) -> Result<Vec<LoadedEntry>, LoadError> {
    let sql = format!("{COLUMNS} WHERE stream = $1 AND version > $2 ORDER BY version LIMIT {count}");
    let (mut reads, values) = (database.clone(), [Value::from(stream.as_str()), Value::from(after)]);
    let rows = reads.rows(&sql, &values).await?;
    loaded(&mut reads, owners, &rows).await
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
    owners: &Owners,
    world: &mut World,
    kids: Vec<KeyId>,
    streams: Vec<Stream>,
) -> Result<(), LoadError> {
    if world.log().is_none() {
        fold(world, &read(write, owners, &[Stream::LOG]).await?)?;
    }
    let unknown = kids.iter().filter(|kid| !world.knows_owner(kid)).copied();
    for (kid, owner) in owners.of(write, unknown).await? {
        // The service's keys are known by the log's state.
        if world.log().is_none_or(|log| log.service_key(&kid).is_none()) {
            world.owns(owner, kid);
        }
    }
    let signed = kids.iter().filter_map(|kid| world.brought_by(kid)).cloned();
    let mut wanted: Vec<Stream> = signed.chain(streams).filter(|stream| !world.holds(stream)).collect();
    wanted.sort_unstable();
    wanted.dedup();
    fold(world, &read(write, owners, &wanted).await?)
}

/// Reads every stream that follows this one into the sequencer's world.
pub(super) async fn load_successors(
    write: &mut Write,
    owners: &Owners,
    world: &mut World,
    followed: &Stream,
) -> Result<(), LoadError> {
    // Nothing follows what isn't there.
    let Some(first) = followed.id::<TenderCode>().filter(|_| world.holds(followed)) else { return Ok(()) };
    // One that is hidden there is not looked at; an audit looks at all of them.
    let rows = write.read("SELECT code FROM tenders WHERE follows = $1", &[Value::from(first.as_str())]).await?;
    for row in &rows {
        let code: TenderCode = row.text(0)?.parse().map_err(|_| StoreError::Unexpected(0))?;
        world.successors_mut().add(followed.clone(), Stream::of(&code));
    }
    let streams = world.successors().of(followed).cloned().collect();
    load_missing(write, owners, world, Vec::new(), streams).await
}

/// Reads every supervisor into the sequencer's world, once: who becomes one later is at hand.
pub(super) async fn load_supervisors(write: &mut Write, owners: &Owners, world: &mut World) -> Result<(), LoadError> {
    if world.has_all_supervisors() {
        return Ok(());
    }
    let sql = "SELECT id FROM organisations WHERE roles LIKE $1";
    let rows = write.read(sql, &[Value::from(format!("%,{},%", Role::Supervisor.name()))]).await?;
    let supervisors = rows.iter().map(|row| {
        let id: OrganisationId = row.text(0)?.parse().map_err(|_| StoreError::Unexpected(0))?;
        Ok(Stream::of(&id))
    });
    load_missing(write, owners, world, Vec::new(), supervisors.collect::<Result<_, StoreError>>()?).await?;
    world.is_given_all_supervisors();
    Ok(())
}

/// Tells the sequencer's world of all organisations that succeed others, once: who does later is heard of as it comes.
pub(super) async fn load_predecessors(write: &mut Write, world: &mut World) -> Result<(), LoadError> {
    if world.has_all_predecessors() {
        return Ok(());
    }
    // One that is hidden there is not looked at; an audit looks at all of them.
    let rows = write.read("SELECT successor, predecessor FROM successions", &[]).await?;
    let id = |row: &Row, column| row.text(column)?.parse().map_err(|_| StoreError::Unexpected(column));
    let pairs = rows.iter().map(|row| Ok((id(row, 0)?, id(row, 1)?)));
    let pairs: Vec<(OrganisationId, OrganisationId)> = pairs.collect::<Result<_, StoreError>>()?;
    world.is_given_all_predecessors(pairs.into_iter());
    Ok(())
}
