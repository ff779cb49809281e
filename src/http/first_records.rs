//! The first records of a stream, as its view shows them; all of them are at `/v1/records?stream=…`.

use super::RecordKind;
use super::paging::{VIEW_BYTES_MAX, VIEW_ITEMS_MAX, encoded};
use crate::act::Place;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};

/// A record of a stream.
// Pages take these out of a view before they read it: our reader refuses a value that it would pass over unread.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
pub struct StreamRecord {
    pub index: u64,
    pub time: String,
    pub kind: RecordKind,
    pub author: String,
    /// The stream's version after it.
    pub version: u64,
    pub entry_hash: String,
    #[schemars(with = "serde_json::Value")]
    pub payload: Box<RawValue>,
}

/// As many of them as a view has room for.
#[derive(Default)]
pub struct FirstRecords {
    records: Vec<StreamRecord>,
    bytes: usize,
    is_full: bool,
}

/// What a record takes beside its payload.
const BYTES_BESIDE: usize = 300;

impl FirstRecords {
    /// Takes the next record, unless one before it found no room.
    pub fn take(&mut self, kind: &str, payload: &serde_json::Value, place: &Place) {
        let Some(payload) = self.has_room().then(|| to_raw_value(payload).ok()).flatten() else { return };
        self.bytes += payload.get().len() + BYTES_BESIDE;
        self.is_full = self.bytes > VIEW_BYTES_MAX && !self.records.is_empty();
        if self.is_full {
            return;
        }
        self.records.push(StreamRecord {
            index: place.index,
            time: place.time.to_string(),
            kind: RecordKind(kind.to_owned()),
            author: place.author.to_string(),
            version: place.version,
            entry_hash: place.hash.to_string(),
            payload,
        });
    }

    /// Whether another record can be taken; before its payload is made.
    pub fn has_room(&self) -> bool {
        !self.is_full && self.records.len() < VIEW_ITEMS_MAX
    }

    pub fn bytes(&self) -> usize {
        self.bytes
    }

    pub fn records(&self) -> &[StreamRecord] {
        &self.records
    }

    /// Where the rest of them is read, when there are more.
    pub fn rest(&self, stream: &crate::act::Stream, version: u64) -> Option<String> {
        let last = self.records.last().filter(|last| last.version < version)?;
        Some(format!("/v1/records?stream={}&after={}", encoded(stream.as_str()), last.index))
    }
}
