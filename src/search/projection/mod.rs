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
