//! The index in the database: how it follows the log, and what it is asked.

mod answer;
mod changes;
mod follow;
mod found;
mod matching;
mod snippet;

use super::SearchKind;
use crate::field::Instant;
use crate::store::{Database, Row, StoreError, Value, keys_list};
use std::collections::HashMap;

pub use answer::{COUNTED_MAX, Search, SearchFilters};
pub use changes::{ThingChange, changes};
pub use follow::{catch_up, catch_up_by, follow_for_ever};
pub use found::{Counts, Fit, FoundThing, NothingFound, SearchPlace, Searched, Snippet, Stretch, ValueCounts};
pub use matching::{Matcher, SearchedThing};

/// Things that are looked up by one statement.
const KEYS_AT_A_TIME: usize = 256;

/// When periods of things that were found are over, by their keys: those that run.
#[derive(Debug, Default)]
pub struct DueDates {
    /// Of tenders: objections to what is disclosed.
    pub windows: HashMap<String, Instant>,
    /// Of objections: the answer.
    pub answers: HashMap<String, Instant>,
}

impl DueDates {
    /// # Errors
    /// The store can't be read.
    pub async fn of(database: &Database, things: &[FoundThing]) -> Result<Self, StoreError> {
        let keys = |kind: SearchKind| things.iter().filter(move |thing| thing.kind == kind).map(|thing| &thing.key);
        let tenders: Vec<_> = keys(SearchKind::Tender).map(|code| vec![Value::from(code.as_str())]).collect();
        let objections = keys(SearchKind::Objection).filter_map(|key| key.split_once('/'));
        let objections: Vec<_> = objections.map(|(tender, id)| vec![Value::from(tender), Value::from(id)]).collect();
        let mut dates = Self::default();
        for some in tenders.chunks(KEYS_AT_A_TIME) {
            let (marks, values) = keys_list(some.to_vec());
            let sql = format!(
                "SELECT window_until, code FROM tenders WHERE window_until IS NOT NULL AND (code) IN (VALUES {marks})"
            );
            put(&mut dates.windows, &database.read_built(sql, &values).await?)?;
        }
        for some in objections.chunks(KEYS_AT_A_TIME) {
            let (marks, values) = keys_list(some.to_vec());
            let sql = format!(
                "SELECT answer_due, tender || '/' || id FROM objections WHERE answer_due IS NOT NULL AND (tender, id) IN \
                 (VALUES {marks})"
            );
            put(&mut dates.answers, &database.read_built(sql, &values).await?)?;
        }
        Ok(dates)
    }
}

fn put(dates: &mut HashMap<String, Instant>, rows: &[Row]) -> Result<(), StoreError> {
    for row in rows {
        dates.insert(row.text(1)?.to_owned(), Instant::from_millis(row.integer(0)?));
    }
    Ok(())
}

/// When the newest record about each thing was written, by the entry with which it began.
#[derive(Debug, Default)]
pub struct LastTimes(HashMap<u64, Instant>);

/// The key and the time of the newest record of each, where the key is among some: one statement a kind, however many there are.
fn statement(kind: SearchKind, marks: &str) -> String {
    match kind {
        SearchKind::Tender => format!("SELECT code, last_time FROM tenders WHERE (code) IN (VALUES {marks})"),
        SearchKind::Objection => {
            format!("SELECT tender || '/' || id, changed FROM objections WHERE (tender, id) IN (VALUES {marks})")
        }
        SearchKind::Commitment => format!("SELECT id, last_time FROM commitments WHERE (id) IN (VALUES {marks})"),
        SearchKind::Organisation => format!(
            "SELECT id, (SELECT time FROM entries WHERE stream = 'organisation/' || id ORDER BY version DESC LIMIT 1) \
             FROM organisations WHERE (id) IN (VALUES {marks})"
        ),
    }
}

fn key_of(thing: &FoundThing) -> Vec<Value> {
    match (thing.kind, thing.key.split_once('/')) {
        (SearchKind::Objection, Some((tender, id))) => vec![Value::from(tender), Value::from(id)],
        _ => vec![Value::from(thing.key.as_str())],
    }
}

impl LastTimes {
    /// # Errors
    /// The store can't be read.
    pub async fn of(database: &Database, things: &[FoundThing]) -> Result<Self, StoreError> {
        let mut times = HashMap::new();
        for kind in [SearchKind::Tender, SearchKind::Objection, SearchKind::Organisation, SearchKind::Commitment] {
            let of_kind: Vec<_> = things.iter().filter(|thing| thing.kind == kind).collect();
            for some in of_kind.chunks(KEYS_AT_A_TIME) {
                let (marks, values) = keys_list(some.iter().map(|thing| key_of(thing)).collect());
                let rows = database.read_built(statement(kind, &marks), &values).await?;
                let mut known = HashMap::new();
                for row in &rows {
                    known.insert(row.text(0)?.to_owned(), Instant::from_millis(row.integer(1)?));
                }
                times.extend(some.iter().filter_map(|thing| Some((thing.id, *known.get(&thing.key)?))));
            }
        }
        Ok(Self(times))
    }

    /// When a thing last changed. The tables know each that the index has, but for what was read in between.
    pub fn last(&self, thing: &FoundThing) -> Instant {
        self.0.get(&thing.id).copied().unwrap_or(thing.time).max(thing.time)
    }
}
