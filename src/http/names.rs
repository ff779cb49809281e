//! How records and streams are called, as the API document says it.

use super::schema::parameters;
use crate::world::{Act, PREFIXES};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// The `typ` of a record.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RecordKind(pub String);

impl JsonSchema for RecordKind {
    fn schema_name() -> Cow<'static, str> {
        "RecordKind".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let kinds: Vec<&str> = Act::kinds().collect();
        json_schema!({ "type": "string", "description": "The `typ` of a record.", "enum": kinds })
    }
}

/// What a record acts on, as its `sub` says it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StreamName(pub String);

impl JsonSchema for StreamName {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "StreamName".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let prefixes: Vec<&str> = PREFIXES.iter().copied().filter(|prefix| *prefix != "log").collect();
        let pattern = format!("^(log|({})/.+)$", prefixes.join("|"));
        json_schema!({ "type": "string", "format": "stream", "maxLength": STREAM_CHARS_MAX, "pattern": pattern })
    }
}

/// FORMAT.md §2: of a header's `sub`.
const STREAM_CHARS_MAX: usize = 256;

parameters! { RecordKind, StreamName }
