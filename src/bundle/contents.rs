//! What stands in the entries that were verified, for the report and for the documents.

use super::timeline::Timeline;
use crate::audit::{Source, SourceError};
use crate::field::{DocumentId, Instant};
use crate::identity;
use crate::log::Tile;
use crate::organisation;
use crate::record::{Header, Jwk, KeyId, PublicKey};
use crate::world::{Act, ReadEntry};
use bytes::Bytes;
use std::collections::{BTreeMap, HashMap};

/// A summary of entries. It lists what they say; whether that is true, the findings tell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contents {
    /// How many records of each kind.
    pub kinds: BTreeMap<&'static str, u64>,
    /// Time of the first and of the last entry.
    pub period: Option<(Instant, Instant)>,
    /// The documents that records cite: at which size, and the first record that does so.
    pub documents: BTreeMap<DocumentId, BTreeMap<u64, u64>>,
    /// Who did what when.
    pub timeline: Timeline,
    /// Who brought a key into the log.
    owners: HashMap<KeyId, Owner>,
    /// Records signed with each key.
    signed: HashMap<KeyId, u64>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Owner {
    id: String,
    name: String,
}

/// A key and how many of the records it signed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Signer {
    /// The organisation; empty when no record here brought the key.
    pub organisation: String,
    pub name: String,
    pub kid: String,
    pub records: u64,
}

impl Contents {
    /// Adds one entry.
    pub(super) fn take(&mut self, index: u64, time: Instant, header: &Header, act: &Act) {
        *self.kinds.entry(act.kind()).or_default() += 1;
        self.period = Some((self.period.map_or(time, |(first, _)| first), time));
        self.timeline.take(index, time, header, act);
        for document in act.documents() {
            let sizes = self.documents.entry(document.sha256).or_default();
            sizes.entry(document.size).or_insert(index);
        }
        match act {
            Act::Log(identity::Act::Opened(opening)) => {
                let owner = Owner { id: opening.operator.to_string(), name: opening.operator_name.to_string() };
                self.brought(&opening.service_key, service_of(&owner));
                self.brought(&opening.operator_key, owner);
            }
            Act::Log(identity::Act::ServiceKeyAdded(addition)) => {
                if let Some(owner) = self.owners.get(&header.kid).map(service_of) {
                    self.brought(&addition.key, owner);
                }
            }
            Act::Organisation(organisation::Act::Registered(registration)) => {
                let owner = Owner { id: registration.id.to_string(), name: registration.name.to_string() };
                self.brought(&registration.key, owner);
            }
            Act::Organisation(organisation::Act::KeyAdded(addition)) => {
                if let Some(owner) = self.owners.get(&header.kid).cloned() {
                    self.brought(&addition.key, owner);
                }
            }
            _ => {}
        }
        *self.signed.entry(header.kid).or_default() += 1;
    }

    fn brought(&mut self, key: &Jwk, owner: Owner) {
        if let Ok(key) = PublicKey::from_jwk(key) {
            self.owners.entry(key.key_id()).or_insert(owner);
        }
    }

    /// Name and code of whoever brought a key.
    pub(super) fn owner(&self, kid: &KeyId) -> Option<(&str, &str)> {
        self.owners.get(kid).map(|owner| (&*owner.name, &*owner.id))
    }

    /// The keys that signed, by organisation.
    pub fn signers(&self) -> Vec<Signer> {
        let signer = |(kid, records): (&KeyId, &u64)| {
            let (organisation, name) =
                self.owners.get(kid).map(|owner| (owner.id.clone(), owner.name.clone())).unwrap_or_default();
            Signer { organisation, name, kid: kid.to_string(), records: *records }
        };
        let mut signers: Vec<_> = self.signed.iter().map(signer).collect();
        signers.sort();
        signers
    }
}

fn service_of(operator: &Owner) -> Owner {
    Owner { id: operator.id.clone(), name: format!("{}（服务 · service）", operator.name) }
}

/// A source of an audit, with an ear on what passes.
pub struct Listening<'a> {
    source: &'a mut dyn Source,
    /// The first bundle that has not passed yet: an audit may read some twice.
    next: u64,
    pub contents: Contents,
}

impl<'a> Listening<'a> {
    pub fn to(source: &'a mut dyn Source) -> Self {
        Self { source, next: 0, contents: Contents::default() }
    }
}

impl Source for Listening<'_> {
    fn checkpoint(&mut self) -> Result<String, SourceError> {
        self.source.checkpoint()
    }

    fn bundle(&mut self, index: u64) -> Result<Vec<Bytes>, SourceError> {
        let entries = self.source.bundle(index)?;
        if index < self.next {
            return Ok(entries);
        }
        self.next = index + 1;
        for entry in &entries {
            // What can't be read is a finding of the audit.
            if let Ok(entry) = ReadEntry::parse(entry) {
                self.contents.take(entry.view.index, entry.view.time, &entry.header, &entry.act);
            }
        }
        Ok(entries)
    }

    fn tile(&mut self, tile: Tile) -> Result<Option<Vec<u8>>, SourceError> {
        self.source.tile(tile)
    }

    fn law(&mut self, edition: DocumentId) -> Result<Option<Vec<u8>>, SourceError> {
        self.source.law(edition)
    }
}
