//! What a batch leaves behind: rows of its entries and of the tree, of the states that it touched, and history of its acts.
//! Whoever compares the database with the log makes the same rows.

use crate::act::{Bearing, Capability, Fact, Place, Stream};
use crate::field::{Instant, ItemId, OrganisationId};
use crate::law::{Edition, Law};
use crate::log::{ChangedTile, Hash};
use crate::store::{ATTACHMENTS, Column, DUE, Database, Projected, Row, Rows, StoreError, Table, Value};
use crate::world::{Act, State, World, capabilities};
use std::collections::{BTreeSet, HashMap, HashSet};
use uuid::Uuid;

macro_rules! project {
    ($($name:ident: $state:ty,)*) => {
        /// Every table that states are projected to.
        const TABLES: &[&[&Table]] = &[$(<$state as Projected>::TABLES),*];

        /// The rows of one stream's state.
        fn project(stream: &Stream, state: &State, law: Law<'_>, rows: &mut Rows) {
            match state {
                $(State::$name(state) => {
                    if let Some(id) = stream.id::<<$state as Capability>::Id>() {
                        state.rows(&id, law, rows);
                    }
                })*
            }
        }

        /// Of one stream's state, the rows that acts on these parts have changed.
        fn project_parts(stream: &Stream, state: &State, parts: &BTreeSet<ItemId>, law: Law<'_>, rows: &mut Rows) {
            match state {
                $(State::$name(state) => {
                    if let Some(id) = stream.id::<<$state as Capability>::Id>() {
                        state.rows_of_parts(&id, parts, law, rows);
                    }
                })*
            }
        }

        /// The parts of a state that an act changes.
        fn parts(act: &Act) -> Vec<ItemId> {
            match act { $(Act::$name(act) => <$state as Projected>::parts(act),)* }
        }

        /// The rows that an act leaves behind for ever.
        fn leave(world: &World, stream: &Stream, act: &Act, place: &Place, rows: &mut Rows) {
            match act {
                $(Act::$name(act) => {
                    if let Some(id) = stream.id::<<$state as Capability>::Id>() {
                        <$state as Projected>::history(world.get::<$state>(&id), &id, act, place, rows);
                    }
                })*
            }
        }
    };
}

capabilities!(project);

/// The streams that a batch has touched, and the parts of their states.
#[derive(Default)]
pub struct Touched(HashMap<Stream, BTreeSet<ItemId>>);

impl Touched {
    pub fn insert(&mut self, stream: Stream) {
        self.0.entry(stream).or_default();
    }

    pub fn take(&mut self, stream: &Stream, act: &Act) {
        self.0.entry(stream.clone()).or_default().extend(parts(act));
    }
}

/// The rows that a batch has changed.
pub fn rows_of_touched(world: &World, touched: &Touched) -> Rows {
    let mut rows = Rows::default();
    let Some(law) = world.law() else { return rows };
    for (stream, parts) in &touched.0 {
        let Some(state) = world.state(stream) else { continue };
        project_parts(stream, state, parts, law, &mut rows);
        if state.falls_due() {
            rows.due(stream, state.next_due(law));
        }
    }
    rows
}

/// All rows of these streams.
pub fn rows_of<'a>(world: &World, touched: impl IntoIterator<Item = &'a Stream>) -> Rows {
    let mut rows = Rows::default();
    let Some(law) = world.law() else { return rows };
    for stream in touched {
        let Some(state) = world.state(stream) else { continue };
        project(stream, state, law, &mut rows);
        if state.falls_due() {
            rows.due(stream, state.next_due(law));
        }
    }
    rows
}

/// What was looked at for a decision, whom an act concerned or disputes, and what it cites: a function of the accepted acts, not of the states that
/// they led to.
#[derive(Default)]
pub struct History {
    reads: HashSet<(Stream, Stream)>,
    bearings: Vec<(u64, Bearing)>,
    citations: HashSet<(String, u64)>,
    entailed: HashSet<(u64, Stream)>,
    disputes: Vec<Vec<Value>>,
    left: Rows,
}

impl History {
    /// Takes note of an act that was accepted and is not applied yet.
    pub fn take(&mut self, world: &World, stream: &Stream, act: &Act, place: &Place) {
        let index = place.index;
        leave(world, stream, act, place, &mut self.left);
        self.reads.extend(world.ties(stream, act).into_iter().map(|read| (stream.clone(), read)));
        self.bearings.extend(world.bears_on(stream, act).into_iter().map(|bearing| (index, bearing)));
        let dispute = |disputed: OrganisationId| {
            vec![Value::from(disputed.as_str()), Value::from(place.author.as_str()), Value::from(index)]
        };
        self.disputes.extend(world.disputes(stream, act, &place.author).into_iter().map(dispute));
        let documents = act.documents().into_iter().map(|document| document.sha256.to_string());
        let cited = documents.chain(act.sealed().into_iter().map(|sealed| sealed.sealed));
        self.citations.extend(cited.map(|cited| (cited, index)));
    }

    /// Takes note of what an act obliges the service to, once it is applied.
    pub fn entail(&mut self, world: &World, stream: &Stream, place: &Place) {
        self.entailed.extend(world.entails(stream, place).into_iter().map(|begun| (place.index, begun)));
    }

    pub fn put(self, rows: &mut Rows) {
        for (stream, read) in self.reads {
            rows.put(&READS, vec![Value::from(stream.as_str()), Value::from(read.as_str())]);
        }
        for (index, Bearing { subject, fact, undoes }) in self.bearings {
            let said = (fact != Fact::Concerned).then(|| serde_json::to_string(&fact).unwrap_or_default());
            let (said, undoes) = (said.map_or(Value::Null, Value::from), undoes.map_or(Value::Null, Value::from));
            rows.add(&BEARINGS, vec![Value::from(subject.as_str()), Value::from(index), said, undoes]);
        }
        for (cited, index) in self.citations {
            rows.add(&CITATIONS, vec![Value::from(cited), Value::from(index)]);
        }
        for row in self.disputes {
            rows.add(&DISPUTES, row);
        }
        for (index, stream) in self.entailed {
            rows.add(&ENTAILED, vec![Value::from(index), Value::from(stream.as_str())]);
        }
        rows.extend(self.left);
    }
}

/// One row for each stream that decisions on another looked at: whoever replays that one needs it, too.
static READS: Table =
    Table { name: "stream_reads", columns: &[Column::text("stream"), Column::text("read")], key: &["stream", "read"] };

/// One row for each entry that bears on a subject: what it says of it, if anything, and the entry that it takes back.
static BEARINGS: Table = Table {
    name: "bearings",
    columns: &[Column::text("subject"), Column::integer("idx"), Column::text("fact"), Column::integer("undoes")],
    key: &["subject", "idx"],
};

/// One row for each document that an entry cites, by its hash, and each sealed value that it holds, by its digest: neither of
/// them expires, and the first entry that holds a value says whose it is.
static CITATIONS: Table =
    Table { name: "citations", columns: &[Column::text("cited"), Column::integer("idx")], key: &["cited", "idx"] };

/// One row for each stream that an entry obliges the service to begin, whether it has or not.
static ENTAILED: Table =
    Table { name: "entailed", columns: &[Column::integer("idx"), Column::text("stream")], key: &["idx", "stream"] };

/// One row for each organisation whose conduct the author of an entry disputes.
static DISPUTES: Table = Table {
    name: "disputes",
    columns: &[Column::text("disputed"), Column::text("disputant"), Column::integer("idx")],
    key: &["disputed", "disputant", "idx"],
};

/// A row of `entries`; `digest` is the record's.
pub fn entry_row(
    place: &Place,
    stream: &Stream,
    kind: &str,
    jti: Uuid,
    digest: [u8; 32],
    bytes: Vec<u8>,
) -> Vec<Value> {
    vec![
        Value::from(place.index),
        Value::Integer(place.time.millis()),
        Value::from(stream.as_str()),
        Value::from(place.version),
        Value::from(kind),
        Value::from(place.author.as_str()),
        Value::from(place.kid.as_bytes().to_vec()),
        Value::from(jti.as_bytes().to_vec()),
        Value::from(digest.to_vec()),
        Value::Blob(bytes),
    ]
}

/// The row of `log_head` after so many entries.
pub fn head_row(size: u64, last_hash: Hash, last_time: Instant, origin: &str, checkpoint: &str) -> Vec<Value> {
    vec![
        Value::Integer(1),
        Value::from(size),
        Value::from(last_hash.as_bytes().to_vec()),
        Value::Integer(last_time.millis()),
        Value::from(origin),
        Value::from(checkpoint),
    ]
}

/// A row of `tiles`.
pub fn tile_row(tile: ChangedTile) -> Vec<Value> {
    vec![Value::from(u64::from(tile.level)), Value::from(tile.index), Value::Blob(tile.hashes)]
}

/// A row of `law`.
pub fn edition_row(edition: &Edition) -> Vec<Value> {
    vec![Value::from(edition.id.to_string()), Value::from(edition.bytes().to_vec())]
}

/// Every table whose rows are computed from the entries.
pub fn projected() -> impl Iterator<Item = &'static Table> {
    [&READS, &BEARINGS, &CITATIONS, &ENTAILED, &DISPUTES, &DUE, &ATTACHMENTS]
        .into_iter()
        .chain(TABLES.iter().copied().flatten().copied())
}

/// Every row of those tables, sorted.
///
/// # Errors
/// The store fails.
pub async fn projections(database: &Database) -> Result<Vec<(&'static str, Vec<Row>)>, StoreError> {
    let mut all = Vec::new();
    for table in projected() {
        let sql = format!("SELECT {} FROM {}", table.column_names(), table.name);
        let mut rows = database.read_built(sql, &[]).await?;
        rows.sort();
        all.push((table.name, rows));
    }
    Ok(all)
}
