//! The index in the database: how it follows the log, and what it is asked.

mod answer;
mod changes;
mod follow;
mod found;
mod matching;
mod snippet;

use super::SearchKind;
use crate::field::Instant;
use crate::store::{Database, StoreError, Value, keys_list};
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
        let windows = times(database, &of_kind(things, SearchKind::Tender), |marks| {
            format!(
                "SELECT window_until, code FROM tenders WHERE window_until IS NOT NULL AND (code) IN (VALUES {marks})"
            )
        })
        .await?;
        let answers = times(database, &of_kind(things, SearchKind::Objection), |marks| {
            format!(
                "SELECT answer_due, tender || '/' || id FROM objections WHERE answer_due IS NOT NULL AND (tender, id) IN \
                 (VALUES {marks})"
            )
        })
        .await?;
        Ok(Self { windows, answers })
    }
}

fn of_kind(things: &[FoundThing], kind: SearchKind) -> Vec<&FoundThing> {
    things.iter().filter(|thing| thing.kind == kind).collect()
}

fn key_of(thing: &FoundThing) -> Vec<Value> {
    match thing.kind {
        SearchKind::Objection => {
            let (tender, id) = thing.key.split_once('/').unwrap_or((&thing.key, ""));
            vec![Value::from(tender), Value::from(id)]
        }
        SearchKind::Tender | SearchKind::Commitment | SearchKind::Organisation => vec![Value::from(thing.key.as_str())],
    }
}

/// A time of each of some things of one kind, by their keys. The statement is given the keys, and says the time and the key of each that
/// has one: one statement, however many there are.
async fn times(
    database: &Database,
    things: &[&FoundThing],
    statement: impl Fn(&str) -> String,
) -> Result<HashMap<String, Instant>, StoreError> {
    let mut times = HashMap::new();
    for some in things.chunks(KEYS_AT_A_TIME) {
        let (marks, values) = keys_list(some.iter().map(|thing| key_of(thing)).collect());
        for row in &database.read_built(statement(&marks), &values).await? {
            times.insert(row.text(1)?.to_owned(), Instant::from_millis(row.integer(0)?));
        }
    }
    Ok(times)
}

/// When the newest record about each thing was written, by the entry with which it began.
#[derive(Debug, Default)]
pub struct LastTimes(HashMap<u64, Instant>);

/// The time of the newest record and the key of each, where the key is among some.
fn newest(kind: SearchKind, marks: &str) -> String {
    match kind {
        SearchKind::Tender => format!("SELECT last_time, code FROM tenders WHERE (code) IN (VALUES {marks})"),
        SearchKind::Objection => {
            format!("SELECT changed, tender || '/' || id FROM objections WHERE (tender, id) IN (VALUES {marks})")
        }
        SearchKind::Commitment => format!("SELECT last_time, id FROM commitments WHERE (id) IN (VALUES {marks})"),
        SearchKind::Organisation => format!(
            "SELECT (SELECT time FROM entries WHERE stream = 'organisation/' || id ORDER BY version DESC LIMIT 1), id \
             FROM organisations WHERE (id) IN (VALUES {marks})"
        ),
    }
}

impl LastTimes {
    /// # Errors
    /// The store can't be read.
    pub async fn of(database: &Database, things: &[FoundThing]) -> Result<Self, StoreError> {
        let mut found = HashMap::new();
        for kind in [SearchKind::Tender, SearchKind::Objection, SearchKind::Organisation, SearchKind::Commitment] {
            let of_kind = of_kind(things, kind);
            let times = times(database, &of_kind, |marks| newest(kind, marks)).await?;
            found.extend(of_kind.iter().filter_map(|thing| Some((thing.id, *times.get(&thing.key)?))));
        }
        Ok(Self(found))
    }

    /// When a thing last changed. The tables know each that the index has, but for what was read in between.
    pub fn last(&self, thing: &FoundThing) -> Instant {
        self.0.get(&thing.id).copied().unwrap_or(thing.time).max(thing.time)
    }
}
