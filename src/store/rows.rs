//! The rows that a batch leaves behind, and where a capability says which.

use super::{Column, Database, StoreError, Table, TableRows, Value};
use crate::act::{Acts, Capability, Place, Stream};
use crate::field::{Instant, ItemId, TenderCode, folded};
use crate::law::Law;
use std::collections::{BTreeMap, BTreeSet};

/// The tables of a capability: for lists and filters.
pub trait Projected: Capability {
    const TABLES: &'static [&'static Table];

    /// The rows of one stream's state. They are a function of that state and the law, so it does not matter in how many
    /// batches the state came about.
    fn rows(&self, id: &Self::Id, law: Law<'_>, rows: &mut Rows);

    /// The parts of a state that an act changes, where a state has more rows than one would write each time.
    fn parts(_act: &Self::Act) -> Vec<ItemId> {
        Vec::new()
    }

    /// The rows that [`Self::rows`] has of these parts, and those that every act changes.
    fn rows_of_parts(&self, id: &Self::Id, _parts: &BTreeSet<ItemId>, law: Law<'_>, rows: &mut Rows) {
        self.rows(id, law, rows);
    }

    /// The rows that an accepted act leaves behind for ever: a function of it and of the state before it.
    fn history(_state: Option<&Self>, _id: &Self::Id, _act: &Self::Act, _place: &Place, _rows: &mut Rows) {}
}

/// Rows to upsert, by table.
#[derive(Default)]
pub struct Rows(BTreeMap<&'static str, TableOfRows>);

struct TableOfRows {
    table: &'static Table,
    rows: Vec<Vec<Value>>,
    /// None of their keys can be there.
    are_new: bool,
    /// Those that may still be replaced, by their keys.
    latest: BTreeMap<Vec<Value>, Vec<Value>>,
}

impl TableOfRows {
    fn all(self) -> (&'static Table, Vec<Vec<Value>>) {
        let mut rows = self.rows;
        rows.extend(self.latest.into_values());
        (self.table, rows)
    }
}

impl Rows {
    fn of(&mut self, table: &'static Table) -> &mut TableOfRows {
        let none = || TableOfRows { table, rows: Vec::new(), are_new: false, latest: BTreeMap::new() };
        self.0.entry(table.name).or_insert_with(none)
    }

    pub fn put(&mut self, table: &'static Table, row: Vec<Value>) {
        debug_assert_eq!(row.len(), table.columns.len(), "{}", table.name);
        self.of(table).rows.push(row);
    }

    /// Of an entry that is being written: nobody can have put one with the same key.
    pub fn add(&mut self, table: &'static Table, row: Vec<Value>) {
        self.put(table, row);
        self.of(table).are_new = true;
    }

    /// In the place of a row with the same key that was put like this before.
    pub fn put_latest(&mut self, table: &'static Table, row: Vec<Value>) {
        debug_assert_eq!(row.len(), table.columns.len(), "{}", table.name);
        self.of(table).latest.insert(table.key_of(&row), row);
    }

    /// When time makes something due on a stream.
    pub fn due(&mut self, stream: &Stream, at: Option<Instant>) {
        self.put(&DUE, vec![Value::from(stream.as_str()), at.map_or(Value::Null, |at| Value::Integer(at.millis()))]);
    }

    /// The documents that an act names, each once, and the tender that they belong to: for a list of documents. Only capabilities
    /// whose papers are public for ever call it.
    pub fn attach(&mut self, stream: &Stream, act: &impl Acts, place: &Place, tender: Option<&TenderCode>) {
        let mut seen = BTreeSet::new();
        for document in act.documents().into_iter().filter(|document| seen.insert(document.sha256)) {
            self.add(
                &ATTACHMENTS,
                vec![
                    Value::from(place.index),
                    Value::from(document.sha256.to_string()),
                    Value::Integer(place.time.millis()),
                    Value::from(act.kind()),
                    Value::from(stream.prefix()),
                    Value::from(stream.as_str()),
                    tender.map_or(Value::Null, |tender| Value::from(tender.as_str())),
                    Value::from(place.author.as_str()),
                    Value::from(document.title.as_str()),
                    Value::from(folded(document.title.as_str())),
                    Value::from(document.media_type.name()),
                    Value::from(document.size),
                ],
            );
        }
    }

    /// Those of others as well.
    pub fn extend(&mut self, others: Self) {
        for TableOfRows { table, rows, are_new, latest } in others.0.into_values() {
            let of = self.of(table);
            of.rows.extend(rows);
            of.are_new |= are_new;
            of.latest.extend(latest);
        }
    }

    pub fn into_tables(self) -> impl Iterator<Item = (&'static Table, Vec<Vec<Value>>)> {
        self.0.into_values().map(TableOfRows::all)
    }

    /// As they are written with the entries that they are of.
    pub fn into_batch(self) -> impl Iterator<Item = TableRows> {
        self.0.into_values().map(|of| {
            let are_new = of.are_new;
            let (table, rows) = of.all();
            if are_new { TableRows::add(table, rows) } else { TableRows::put(table, rows) }
        })
    }
}

/// One row a stream on which time may make something due: what the scheduler looks at.
pub static DUE: Table =
    Table { name: "due", columns: &[Column::text("stream"), Column::integer("at")], key: &["stream"] };

/// One row for each document that an entry names, of those that are listed.
pub static ATTACHMENTS: Table = Table {
    name: "attachments",
    columns: &[
        Column::integer("entry"),
        Column::text("sha256"),
        Column::integer("cited"),
        Column::text("kind"),
        Column::text("source"),
        Column::text("stream"),
        Column::text("tender"),
        Column::text("author"),
        Column::text("title"),
        Column::text("title_folded"),
        Column::text("media_type"),
        Column::integer("size"),
    ],
    key: &["entry", "sha256"],
};

impl Database {
    /// Streams that entries from `first` on oblige the service to begin, and that have not begun, behind a place in their
    /// order; some of them.
    ///
    /// # Errors
    /// [`StoreError::Database`]
    pub async fn owed(&self, first: u64, behind: &(u64, String)) -> Result<Vec<(u64, String)>, StoreError> {
        let sql = "SELECT idx, stream FROM entailed WHERE idx >= $1 AND (idx, stream) > ($2, $3) AND NOT EXISTS \
             (SELECT 1 FROM entries WHERE entries.stream = entailed.stream) ORDER BY idx, stream LIMIT 100";
        let (index, stream) = behind;
        let values = [Value::from(first), Value::from(*index), Value::from(stream.as_str())];
        let rows = self.read(sql, &values).await?;
        rows.iter().map(|row| Ok((row.unsigned(0)?, row.text(1)?.to_owned()))).collect()
    }

    /// Entries from `first` on of streams of a kind, in their order, with their streams; some of them.
    ///
    /// # Errors
    /// [`StoreError::Database`]
    pub async fn acted_on(&self, prefix: &str, first: u64) -> Result<Vec<(u64, String)>, StoreError> {
        let sql = "SELECT idx, stream FROM entries WHERE idx >= $1 AND stream LIKE $2 ORDER BY idx LIMIT 1000";
        let rows = self.read(sql, &[Value::from(first), Value::from(format!("{prefix}/%"))]).await?;
        rows.iter().map(|row| Ok((row.unsigned(0)?, row.text(1)?.to_owned()))).collect()
    }

    /// The next streams on which something may be due by now, behind a place in their order; some of them.
    ///
    /// # Errors
    /// [`StoreError::Database`]
    pub async fn due(&self, now: Instant, behind: &(i64, String)) -> Result<Vec<(i64, String)>, StoreError> {
        let sql = "SELECT at, stream FROM due WHERE at <= $1 AND (at, stream) > ($2, $3) ORDER BY at, stream LIMIT 100";
        let (at, stream) = behind;
        let values = [Value::Integer(now.millis()), Value::Integer(*at), Value::from(stream.as_str())];
        let rows = self.read(sql, &values).await?;
        rows.iter().map(|row| Ok((row.integer(0)?, row.text(1)?.to_owned()))).collect()
    }
}
