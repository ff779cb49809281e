//! A part of a log, folded in the order of the log by the same rules as the whole.

use super::contents::Contents;
use super::reach::Lengths;
use crate::audit::{Contested, Reason, Report};
use crate::field::{DocumentId, Instant};
use crate::identity;
use crate::law::Editions;
use crate::log::{Checkpoint, EntryView, Hash, first_previous};
use crate::problem::{self, Refusal};
use crate::record::KeyId;
use crate::world::{Act, ReadEntry, World};
use std::collections::HashSet;
use uuid::Uuid;

/// What is known after the entries so far.
pub(super) struct Replay {
    pub report: Report,
    pub contents: Contents,
    pub world: World,
    /// How many records that can be read there are on each stream.
    pub lengths: Lengths,
    editions: Editions,
    last: Option<Last>,
    seen: HashSet<(KeyId, Uuid)>,
    /// Which key signed what, and when that was sequenced.
    signed: Vec<(KeyId, Instant, u64)>,
}

struct Last {
    index: u64,
    hash: Hash,
    time: Instant,
}

impl Replay {
    pub fn new(editions: &Editions) -> Self {
        Self {
            report: Report::default(),
            contents: Contents::default(),
            world: World::new(editions.clone()),
            lengths: Lengths::new(),
            editions: editions.clone(),
            last: None,
            seen: HashSet::new(),
            signed: Vec::new(),
        }
    }

    fn finds(&mut self, index: u64, reason: Reason, detail: impl Into<String>) {
        self.report.add(Some(index), reason, detail);
    }

    /// Folds the entry that stands at `index` in the bundle; indexes ascend. `document` reads what the bundle has.
    pub fn entry(&mut self, index: u64, bytes: &[u8], document: impl FnOnce(DocumentId) -> Option<Vec<u8>>) {
        self.report.entries += 1;
        let view = match EntryView::parse(bytes) {
            Ok(view) => view,
            Err(error) => return self.finds(index, Reason::EntryMalformed, error.to_string()),
        };
        self.place_in_chain(index, &view);
        match ReadEntry::of_view(view) {
            Ok(entry) => {
                if let Some(edition) = entry.act.adopted_law() {
                    self.editions.learn(edition, || document(edition));
                }
                self.record(index, &entry);
            }
            Err(error) => self.finds(index, Reason::RecordMalformed, error.to_string()),
        }
    }

    /// The chain shows between neighbours only.
    fn place_in_chain(&mut self, index: u64, view: &EntryView<'_>) {
        if view.index != index {
            self.finds(index, Reason::IndexWrong, format!("it says it is entry {}", view.index));
        }
        if let Some(last) = self.last.take() {
            if last.index + 1 == index && last.hash != view.previous {
                let detail = format!("previous is {}, the entry before has {}", view.previous, last.hash);
                self.finds(index, Reason::ChainBroken, detail);
            }
            if view.time < last.time {
                self.finds(index, Reason::TimeBackwards, format!("{} is before {}", view.time, last.time));
            }
        }
        self.last = Some(Last { index, hash: view.hash(), time: view.time });
        self.report.last_hash = view.hash().to_string();
    }

    fn record(&mut self, index: u64, entry: &ReadEntry<'_>) {
        let ReadEntry { view, header, stream, act, .. } = entry;
        self.contents.take(index, view.time, header, act);
        *self.lengths.entry(stream.clone()).or_default() += 1;
        if index == 0 {
            self.begin(act, view.previous);
        }
        let Some(key) = self.world.signing_key(&header.kid, act).filter(|key| key.key_id() == header.kid) else {
            return self.finds(index, Reason::KeyUnknown, format!("no record here brings the key {}", header.kid));
        };
        if view.record().verify(&key).is_err() {
            self.finds(index, Reason::SignatureMismatch, "the author's signature does not hold");
        }
        if !self.seen.insert((header.kid, header.jti)) {
            self.finds(index, Reason::JtiReused, format!("jti {} of key {}", header.jti, header.kid));
        }
        let decided = self.world.decide(header, stream, act, view.time);
        match decided.and_then(|author| follows(index, act).map(|()| author)) {
            Ok(author) => {
                Contested::note(&mut self.report.contested, act, &author.id, view.time);
                self.signed.push((header.kid, view.time, index));
                let place = entry.place(author.id, self.world.version(stream) + 1);
                self.world.apply(stream, act, &place);
            }
            Err(refusal) => {
                let reason =
                    if refusal.problem == &problem::LAW_UNKNOWN { Reason::LawUnknown } else { Reason::NotAllowed };
                self.finds(index, reason, format!("{} on {stream}: {refusal}", act.kind()));
            }
        }
    }

    /// Once all entries are folded: which of them a stolen key may have signed.
    pub fn count_contested(&mut self) {
        for contested in &mut self.report.contested {
            self.signed.iter().for_each(|(kid, time, index)| contested.count(*kid, *time, *index));
        }
    }

    fn begin(&mut self, act: &Act, previous: Hash) {
        let Act::Log(identity::Act::Opened(opening)) = act else {
            return self.finds(0, Reason::NotAllowed, "a log begins with log.opened");
        };
        if previous != first_previous(opening.origin.as_str()) {
            self.finds(0, Reason::ChainBroken, "previous is not the hash of the origin line");
        }
    }
}

/// A continuation names the tree before it. Its root needs the whole log; its size does not.
fn follows(index: u64, act: &Act) -> Result<(), Refusal> {
    let Act::Log(identity::Act::Continued(continuation)) = act else { return Ok(()) };
    let last = Checkpoint::of_note(continuation.predecessor.as_str()).ok();
    // Without the right size, no root is right.
    let root = last.filter(|last| last.size == index).map_or(Hash::of([]), |last| last.root);
    continuation.follows(index, root)
}
