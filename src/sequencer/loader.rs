//! Streams read back from the log into a [`World`].

use crate::act::Place;
use crate::calendar::Calendar;
use crate::field::OrganisationId;
use crate::log::EntryView;
use crate::record::KeyId;
use crate::store::{Database, Row, StoreError, Value, Write};
use crate::world::{Act, Stream, World};

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
}

/// An entry with everything that folding it needs.
#[derive(Debug)]
pub struct ReadEntry {
    pub stream: Stream,
    pub act: Act,
    pub place: Place,
}

impl ReadEntry {
    /// Reads an entry that the log accepted before.
    ///
    /// # Errors
    /// [`LoadError::Entry`]
    pub fn parse(bytes: &[u8], author: OrganisationId, version: u64) -> Result<Self, LoadError> {
        let fail = |index: u64, reason: String| LoadError::Entry { index, reason };
        let view = EntryView::parse(bytes).map_err(|error| fail(0, error.to_string()))?;
        let record = view.record();
        let header = record.header().map_err(|error| fail(view.index, error.to_string()))?;
        let payload = record.payload_bytes().map_err(|error| fail(view.index, error.to_string()))?;
        let act = Act::parse(&header.typ, &payload).map_err(|error| fail(view.index, error.to_string()))?;
        let stream =
            header.sub.parse().map_err(|error: crate::problem::Refusal| fail(view.index, error.to_string()))?;
        let place = Place { index: view.index, time: view.time, hash: view.hash(), author, kid: header.kid, version };
        Ok(Self { stream, act, place })
    }

    fn of_row(row: &Row) -> Result<Self, LoadError> {
        let author = row.text(1)?.parse().map_err(|_| StoreError::Unexpected(1))?;
        Self::parse(row.blob(0)?, author, row.unsigned(2)?)
    }
}

/// `$1, $2, …`, the last value repeated up to a power of two: few different statements, all of them prepared.
pub(super) fn padded_list(mut values: Vec<Value>) -> (String, Vec<Value>) {
    if let Some(last) = values.last().cloned() {
        values.resize(values.len().next_power_of_two(), last);
    }
    let marks = (1..=values.len()).map(|at| format!("${at}")).collect::<Vec<_>>().join(", ");
    (marks, values)
}

fn streams_query(streams: &[Stream]) -> (String, Vec<Value>) {
    let (marks, values) = padded_list(streams.iter().map(|stream| Value::from(stream.to_string())).collect());
    (format!("SELECT bytes, author, version FROM entries WHERE stream IN ({marks}) ORDER BY idx"), values)
}

fn fold(world: &mut World, rows: &[Row], calendar: &Calendar) -> Result<(), LoadError> {
    for row in rows {
        let entry = ReadEntry::of_row(row)?;
        world.apply(&entry.stream, &entry.act, &entry.place, calendar);
    }
    Ok(())
}

/// Reads streams for a reader: the states of these streams in a world of their own.
///
/// # Errors
/// See [`LoadError`].
pub async fn load_streams(database: &Database, streams: &[Stream], calendar: &Calendar) -> Result<World, LoadError> {
    let mut world = World::default();
    let (sql, values) = streams_query(&[&[Stream::Log], streams].concat());
    fold(&mut world, &database.read_built(sql, &values).await?, calendar)?;
    Ok(world)
}

/// Reads one stream's entries, oldest first.
///
/// # Errors
/// See [`LoadError`].
pub async fn read_stream(database: &Database, stream: &Stream) -> Result<Vec<ReadEntry>, LoadError> {
    let (sql, values) = streams_query(std::slice::from_ref(stream));
    database.read_built(sql, &values).await?.iter().map(ReadEntry::of_row).collect()
}

/// Reads the log's own state, and with it the operator's organisation: that one begins in the log's stream.
async fn load_log(write: &mut Write, world: &mut World, calendar: &Calendar) -> Result<(), LoadError> {
    let (sql, values) = streams_query(&[Stream::Log]);
    fold(world, &write.read(&sql, &values).await?, calendar)?;
    let Some(operator) = world.log.as_ref().map(|log| log.operator.clone()) else { return Ok(()) };
    let (sql, values) = streams_query(&[Stream::Organisation(operator)]);
    fold(world, &write.read(&sql, &values).await?, calendar)
}

/// Reads into the sequencer's world what it lacks, inside the writing transaction; the log's own state always.
pub(super) async fn load_missing(
    write: &mut Write,
    world: &mut World,
    kids: Vec<KeyId>,
    streams: Vec<Stream>,
    calendar: &Calendar,
) -> Result<(), LoadError> {
    if world.log.is_none() {
        load_log(write, world, calendar).await?;
    }
    let unknown: Vec<Value> = kids
        .iter()
        .filter(|kid| !world.key_owners.contains_key(*kid))
        .map(|kid| Value::Blob(kid.as_bytes().to_vec()))
        .collect();
    if !unknown.is_empty() {
        let (marks, values) = padded_list(unknown);
        let sql = format!("SELECT kid, organisation FROM keys WHERE kid IN ({marks})");
        for row in write.read(&sql, &values).await? {
            let kid = row.blob(0)?.try_into().map_err(|_| StoreError::Unexpected(0))?;
            let owner = row.text(1)?.parse().map_err(|_| StoreError::Unexpected(1))?;
            world.key_owners.insert(KeyId::from_bytes(kid), owner);
        }
    }
    let owners = kids.iter().filter_map(|kid| world.key_owners.get(kid)).cloned().map(Stream::Organisation);
    let mut wanted: Vec<Stream> = owners.chain(streams).filter(|stream| !world.holds(stream)).collect();
    wanted.sort_by_cached_key(ToString::to_string);
    wanted.dedup();
    if wanted.is_empty() {
        return Ok(());
    }
    let (sql, values) = streams_query(&wanted);
    fold(world, &write.read(&sql, &values).await?, calendar)
}
