//! The projection rows that a batch leaves behind.

use crate::commitment;
use crate::organisation::{self, Organisation};
use crate::store::{Column, Table, Value};
use crate::template;
use crate::tender::{self, Tender};
use crate::world::{Stream, World};
use std::collections::{BTreeMap, HashSet};

/// Rows to upsert, by table. A projection row is a function of one stream's state alone, so it does not matter in how
/// many batches that state came about, and replay gives the same rows.
#[derive(Default)]
pub struct Rows(BTreeMap<&'static str, (&'static Table, Vec<Vec<Value>>)>);

impl Rows {
    pub fn put(&mut self, table: &'static Table, row: Vec<Value>) {
        debug_assert_eq!(row.len(), table.columns.len(), "{}", table.name);
        self.0.entry(table.name).or_insert_with(|| (table, Vec::new())).1.push(row);
    }

    /// Which other streams the decisions on this one looked at.
    pub fn reads(&mut self, stream: &Stream, reads: impl Iterator<Item = Stream>) {
        for read in reads {
            self.put(&READS, vec![Value::from(stream.to_string()), Value::from(read.to_string())]);
        }
    }

    /// The rows of every stream that was touched.
    pub fn of_streams(world: &World, touched: &HashSet<Stream>) -> Self {
        let mut rows = Self::default();
        for stream in touched {
            match stream {
                // The log's first record makes the operator's organisation; no row may stand twice in one statement.
                Stream::Log => {
                    let operator = world.log.as_ref().and_then(|log| world.organisations.get(&log.operator));
                    let own = |operator: &&Organisation| touched.contains(&Stream::Organisation(operator.id.clone()));
                    rows.organisation(operator.filter(|operator| !own(operator)));
                }
                Stream::Organisation(id) => rows.organisation(world.organisations.get(id)),
                Stream::Tender(code) => rows.tender(code, world.tenders.get(code).map(|tender| &**tender)),
                Stream::Commitment(id) => {
                    if let Some(commitment) = world.commitments.get(id) {
                        commitment::project(id, commitment, &mut rows);
                    }
                }
                Stream::Template(id) => {
                    if let Some(template) = world.templates.get(id) {
                        template::project(id, template, &mut rows);
                    }
                }
            }
        }
        rows
    }

    fn organisation(&mut self, state: Option<&Organisation>) {
        if let Some(organisation) = state {
            organisation::project(organisation, self);
        }
    }

    fn tender(&mut self, code: &crate::field::TenderCode, state: Option<&Tender>) {
        if let Some(tender) = state {
            tender::project(code, tender, self);
        }
    }

    pub fn into_tables(self) -> impl Iterator<Item = (&'static Table, Vec<Vec<Value>>)> {
        self.0.into_values()
    }
}

/// One row for each stream that decisions on another looked at: whoever replays that one needs it, too.
static READS: Table =
    Table { name: "stream_reads", columns: &[Column::text("stream"), Column::text("read")], key: &["stream", "read"] };

/// Every projection table, for `gongshi replay`.
pub fn tables() -> impl Iterator<Item = &'static Table> {
    let capabilities = [organisation::TABLES, tender::TABLES, template::TABLES, commitment::TABLES];
    std::iter::once(&READS).chain(capabilities.into_iter().flatten().copied())
}
