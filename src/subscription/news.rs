//! What an entry of the log newly brings into a search.

use crate::field::Instant;
use crate::search::SearchKind;
use crate::search::projection::ThingChange;
use crate::store::{Row, StoreError};
use serde::{Deserialize, Serialize};

/// A thing that a search finds and did not find before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewThing {
    pub kind: SearchKind,
    /// Code of the tender or organisation, id of the commitment, `<tender>/<id>` of an objection.
    pub key: String,
    pub title: String,
    pub status: String,
}

/// What one entry brings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tidings {
    pub entry: u64,
    pub told: Told,
}

/// As it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// Of the entry.
    pub time: Instant,
    pub things: Vec<NewThing>,
}

impl From<&ThingChange> for NewThing {
    fn from(change: &ThingChange) -> Self {
        let row = &change.after;
        Self { kind: row.kind, key: row.key.clone(), title: row.title.clone(), status: row.status.to_owned() }
    }
}

impl Tidings {
    /// A row of the entry and what is kept.
    ///
    /// # Errors
    /// It was not written by us.
    pub fn of_row(row: &Row) -> Result<Self, StoreError> {
        let told = serde_json::from_str(row.text(1)?).map_err(|_| StoreError::Unexpected(1))?;
        Ok(Self { entry: row.unsigned(0)?, told })
    }
}
