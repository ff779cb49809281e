//! What a stolen key may have signed: records that stand in the log, and of which an auditor should know.

use super::finding::{Finding, Reason};
use super::source::Source;
use crate::act::KeyChange;
use crate::field::{Instant, OrganisationId};
use crate::log::{Edge, EntryView, Hash, leaf_hash};
use crate::record::{KeyId, jws};
use crate::world::Act;
use serde::Serialize;

/// A key that was revoked as of a time in the past.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Contested {
    pub kid: KeyId,
    /// Who revoked it.
    pub revoked_by: OrganisationId,
    pub revoked_from: Instant,
    /// Records under it that were sequenced from then on, before its revocation was.
    pub records: u64,
    /// Where the first of them stand.
    pub indexes: Vec<u64>,
}

const INDEXES_MAX: usize = 100;

impl Contested {
    /// What an accepted act contests, if it does.
    fn by(act: &Act, author: &OrganisationId, time: Instant) -> Option<Self> {
        let revoked = act.key_changes().into_iter().find_map(|change| match change {
            KeyChange::Revokes { kid, from } if from < time => Some((kid, from)),
            KeyChange::Revokes { .. } | KeyChange::SignsIn { .. } | KeyChange::Brings { .. } => None,
        });
        let (kid, revoked_from) = revoked?;
        Some(Self { kid, revoked_by: author.clone(), revoked_from, records: 0, indexes: Vec::new() })
    }

    /// Takes note of what an accepted act contests, if it does. A revocation as of an earlier time supersedes one of the same
    /// key.
    pub(crate) fn note(all: &mut Vec<Self>, act: &Act, author: &OrganisationId, time: Instant) {
        let Some(contested) = Self::by(act, author, time) else { return };
        all.retain(|known| known.kid != contested.kid);
        all.push(contested);
    }

    /// Counts the record if it is one that a thief may have signed.
    pub(crate) fn count(&mut self, kid: KeyId, time: Instant, index: u64) {
        if kid != self.kid || time < self.revoked_from {
            return;
        }
        self.records += 1;
        if self.indexes.len() < INDEXES_MAX {
            self.indexes.push(index);
        }
    }
}

/// Goes through the log once more and counts; `root` is that of the first time, which the source must show again.
pub(super) fn count(source: &mut dyn Source, contested: &mut [Contested], root: Hash) -> Option<Finding> {
    let mut edge = Edge::new();
    let mut bundles = 0;
    loop {
        let entries = match source.bundle(bundles) {
            Ok(entries) if entries.is_empty() => break,
            Ok(entries) => entries,
            Err(error) => return Some(Finding::new(None, Reason::Unreadable, error.to_string())),
        };
        for bytes in &entries {
            edge.append(leaf_hash(bytes));
            let Ok(view) = EntryView::parse(bytes) else { continue };
            let Ok(header) = jws::header(view.protected) else { continue };
            contested.iter_mut().for_each(|key| key.count(header.kid, view.time, view.index));
        }
        edge.trim();
        bundles += 1;
    }
    let detail = "the copy was another when it was read again".to_owned();
    (edge.root() != root).then_some(Finding::new(None, Reason::Unreadable, detail))
}
