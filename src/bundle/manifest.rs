//! `bundle.json`: what a bundle says it holds. Nothing is believed of it that the evidence does not show.

use crate::act::Stream;
use crate::field::{CommitmentId, DocumentId, Instant, JsonText, OrganisationId, TenderCode};
use crate::log::{Resource, tiles_of_size};
use serde::de::{Deserializer, Error, MapAccess, Unexpected, Visitor};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;

/// The `format` of bundles that this build writes and reads.
pub const FORMAT: &str = "gongshi-bundle/1";

/// What a bundle is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// One tender's stream.
    Tender(TenderCode),
    /// An organisation's stream, every stream that it signed on, and the tenders that it won.
    Organisation(OrganisationId),
    /// A commitment's stream.
    Commitment(CommitmentId),
    /// The whole log, as tiles.
    All,
}

/// `"all"`, or an object with the one member that it is of.
impl<'de> Deserialize<'de> for Scope {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Wanted;

        impl<'de> Visitor<'de> for Wanted {
            type Value = Scope;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(r#""all", or an object with a tender, an organisation or a commitment"#)
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Scope, E> {
                if text == "all" { Ok(Scope::All) } else { Err(E::invalid_value(Unexpected::Str(text), &self)) }
            }

            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Scope, A::Error> {
                let scope = match members.next_key::<JsonText>()?.as_deref() {
                    Some("tender") => Scope::Tender(members.next_value()?),
                    Some("organisation") => Scope::Organisation(members.next_value()?),
                    Some("commitment") => Scope::Commitment(members.next_value()?),
                    _ => return Err(A::Error::invalid_value(Unexpected::Map, &self)),
                };
                match members.next_key::<JsonText>()? {
                    None => Ok(scope),
                    Some(_) => Err(A::Error::invalid_length(2, &self)),
                }
            }
        }

        deserializer.deserialize_any(Wanted)
    }
}

impl Scope {
    /// The stream that a part of the log is about; the whole log is no part.
    pub fn part(&self) -> Option<Stream> {
        match self {
            Self::Tender(code) => Some(Stream::of(code)),
            Self::Organisation(id) => Some(Stream::of(id)),
            Self::Commitment(id) => Some(Stream::of(id)),
            Self::All => None,
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.part().unwrap_or(Stream::LOG).fmt(f)
    }
}

/// The contents of `bundle.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// [`FORMAT`]
    pub format: String,
    pub scope: Scope,
    /// The log's origin, as its checkpoint says it.
    pub origin: String,
    /// Entries in the checkpoint's tree.
    pub size: u64,
    pub created: Instant,
    /// Indexes of the entries that are here, ascending; empty for the whole log, which has all of them.
    pub entries: Vec<u64>,
    /// Documents that are here.
    pub documents: Vec<DocumentId>,
    /// Documents that the entries cite and the exporter did not have.
    pub documents_missing: Vec<DocumentId>,
}

pub(super) const MANIFEST: &str = "bundle.json";
pub(super) const CHECKPOINT: &str = "checkpoint";
pub(super) const KEYS: &str = "log.vkey";
/// How many entries each stream of a part has, and the note in which the log says so.
pub(super) const STREAMS: &str = "streams";
pub(super) const STREAMS_NOTE: &str = "streams.note";
pub(super) const README: &str = "README.md";
pub(super) const REPORT: &str = "report.html";

pub(super) fn entry_name(index: u64) -> String {
    format!("entries/{index}.json")
}

pub(super) fn proof_name(index: u64) -> String {
    format!("proofs/{index}.tlog-proof")
}

pub(super) fn document_name(id: DocumentId) -> String {
    format!("documents/{id}")
}

impl Manifest {
    /// The entries' order and the size, as far as they can be wrong by themselves.
    pub(super) fn is_sound(&self) -> bool {
        let is_part = self.scope != Scope::All;
        self.format == FORMAT
            && self.entries.is_sorted_by(|a, b| a < b)
            && self.entries.last().is_none_or(|last| *last < self.size)
            && is_part != self.entries.is_empty()
    }

    /// Every member that must be there besides [`README`] and [`REPORT`], which are for people and no evidence. Takes
    /// room for a name every 256 entries of the whole log.
    pub(super) fn members(&self) -> BTreeSet<String> {
        let mut names: BTreeSet<String> = [MANIFEST, CHECKPOINT, KEYS].map(str::to_owned).into();
        names.extend(self.documents.iter().map(|id| document_name(*id)));
        if self.scope != Scope::All {
            names.extend(self.entries.iter().flat_map(|index| [entry_name(*index), proof_name(*index)]));
            return names;
        }
        for tile in tiles_of_size(self.size) {
            names.insert(format!("tile/{}", Resource::Hashes(tile)));
            if tile.level == 0 {
                names.insert(format!("tile/{}", Resource::Entries(tile)));
            }
        }
        names
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::parse;
    use serde_json::{Map, Value};

    fn manifest(scope: &str) -> String {
        let created = "2026-11-23T03:04:05.123Z";
        format!(
            r#"{{"format":"{FORMAT}","scope":{scope},"origin":"log.example","size":3,"created":"{created}","entries":[0,2],"documents":[],"documents_missing":[]}}"#
        )
    }

    #[test]
    fn is_written_in_one_shape() {
        let parts =
            [r#"{"tender":"T-1"}"#, r#"{"organisation":"91410100MA0000015B"}"#, r#"{"commitment":"c-1"}"#, r#""all""#];
        for scope in parts {
            let read: Manifest = parse(manifest(scope).as_bytes()).unwrap();
            assert_eq!(serde_json::to_string(&read).unwrap(), manifest(scope));
        }
        for scope in [
            r#"{"all":null}"#,
            r#"{"all":[]}"#,
            r#"{}"#,
            r#""tender""#,
            "null",
            r#"["all"]"#,
            r#"{"tender":null}"#,
            r#"{"tender":"T-1","organisation":"91410100MA0000015B"}"#,
            r#"{"tender":"T-1","tender":"T-1"}"#,
        ] {
            assert!(parse::<Manifest>(manifest(scope).as_bytes()).is_err(), "{scope}");
        }
        let good = manifest(r#""all""#);
        let members: Vec<Value> =
            serde_json::from_str::<Map<_, _>>(&good).unwrap().into_iter().map(|(_, value)| value).collect();
        assert!(parse::<Manifest>(&serde_json::to_vec(&members).unwrap()).is_err());
        for (from, to) in [("[0,2]", "[0,2.0]"), ("[0,2]", "null"), ("\"size\":3", "\"size\":3e0")] {
            assert!(parse::<Manifest>(good.replace(from, to).as_bytes()).is_err(), "{to}");
        }
    }
}
