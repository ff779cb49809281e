//! The audit itself: entries stream through, signatures are checked in batches on every core.

use super::books::Books;
use super::contested::{self, Contested};
use super::finding::{Lost, Reason, Report};
use super::owed::Owed;
use super::recall::{GENERATION, Recall, RecallError};
use super::source::{Source, SourceError};
use super::workers::{Batch, Parsed, ParsedEntry, Workers};
use crate::act::Place;
use crate::field::Instant;
use crate::identity;
use crate::law::Editions;
use crate::log::{Checkpoint, Edge, Hash, NoteKey, TILE_WIDTH, Tile, first_previous};
use crate::problem::{self, Refusal};
use crate::world::{Act, Stream, World};
use bytes::Bytes;
use std::collections::VecDeque;

/// Called now and then with the number of entries done and the size that the checkpoint claims.
pub type Progress<'a> = &'a mut dyn FnMut(u64, u64);

/// Audits a whole log. `key` pins the log's checkpoint key; without it those that the log itself names are taken,
/// and the report says which.
///
/// # Errors
/// Nothing at all could be read. Everything else is a finding.
pub fn verify(
    source: &mut dyn Source,
    key: Option<&NoteKey>,
    editions: &Editions,
    progress: Progress<'_>,
) -> Result<Report, SourceError> {
    verify_within(GENERATION, source, key, editions, progress)
}

/// As [`verify`], with at most twice so many states of tenders in memory.
///
/// # Errors
/// As [`verify`].
pub fn verify_within(
    states: usize,
    source: &mut dyn Source,
    key: Option<&NoteKey>,
    editions: &Editions,
    progress: Progress<'_>,
) -> Result<Report, SourceError> {
    let note = source.checkpoint()?;
    let claimed = claimed_size(&note);
    let mut audit = Audit::new(editions, Recall::new(claimed, states));
    Workers::with(|workers| {
        let mut next_bundle = 0;
        let mut reading = true;
        let mut in_work: VecDeque<u64> = VecDeque::new();
        let mut batch = Batch::default();
        loop {
            while reading && in_work.len() < workers.bundles_in_flight() {
                if (next_bundle + 1) * TILE_WIDTH > Recall::ENTRIES_MAX {
                    audit.report.add(None, Reason::Unreadable, "more entries than an audit has room for");
                    reading = false;
                    continue;
                }
                match source.bundle(next_bundle) {
                    Ok(entries) if entries.is_empty() => reading = false,
                    Ok(entries) => {
                        // A short one is the end of what there is.
                        reading = entries.len() as u64 == TILE_WIDTH;
                        workers.parse(next_bundle, entries);
                        in_work.push_back(next_bundle);
                        next_bundle += 1;
                    }
                    Err(error) => {
                        audit.report.add(None, Reason::Unreadable, error.to_string());
                        reading = false;
                    }
                }
            }
            let Some(first) = in_work.pop_front() else { break };
            audit.bundle(workers.parsed(first), &mut batch, source);
            if batch.is_full() {
                workers.verify(std::mem::take(&mut batch));
            }
            audit.compare_tiles(source);
            for index in workers.failures() {
                audit.report.add(Some(index), Reason::SignatureMismatch, "the author's signature does not hold");
            }
            progress(audit.next_index, claimed);
        }
        for index in workers.finish(batch) {
            audit.report.add(Some(index), Reason::SignatureMismatch, "the author's signature does not hold");
        }
    });
    audit.finish(&note, key);
    if !audit.report.contested.is_empty() {
        let root = audit.edge.root();
        let changed = contested::count(source, &mut audit.report.contested, root);
        audit.report.findings.extend(changed);
    }
    Ok(audit.report)
}

fn claimed_size(note: &str) -> u64 {
    note.lines().nth(1).and_then(|size| size.parse().ok()).unwrap_or_default()
}

/// What is known after the entries so far.
struct Audit {
    report: Report,
    world: World,
    editions: Editions,
    edge: Edge,
    next_index: u64,
    last_hash: Option<Hash>,
    last_time: Instant,
    recall: Recall,
    owed: Owed,
    books: Books,
}

impl Audit {
    fn new(editions: &Editions, recall: Recall) -> Self {
        Self {
            report: Report {
                origin: String::new(),
                log_keys: Vec::new(),
                checkpoint: String::new(),
                witnesses: Vec::new(),
                entries: 0,
                last_hash: String::new(),
                root: String::new(),
                contested: Vec::new(),
                lost: Vec::new(),
                findings: Vec::new(),
                findings_omitted: 0,
            },
            world: World::new(editions.clone()).with_all_bearings(),
            editions: editions.clone(),
            edge: Edge::new(),
            next_index: 0,
            last_hash: None,
            last_time: Instant::from_millis(0),
            recall,
            owed: Owed::default(),
            books: Books::default(),
        }
    }

    /// Walks one bundle in order and collects its signatures.
    fn bundle(&mut self, bundle: Vec<Parsed>, batch: &mut Batch, source: &mut dyn Source) {
        for parsed in bundle {
            let index = self.next_index;
            self.next_index += 1;
            self.place_in_chain(index, &parsed);
            self.last_hash = Some(parsed.hash);
            let hash = parsed.hash;
            self.recall.entry(hash);
            match parsed.content {
                Ok(entry) => self.entry(index, parsed.bytes, hash, &entry, batch, source),
                Err((reason, detail)) => self.report.add(Some(index), reason, detail),
            }
            self.edge.append(hash);
        }
    }

    fn place_in_chain(&mut self, index: u64, parsed: &Parsed) {
        let Some(link) = &parsed.link else { return };
        if link.index != index {
            self.report.add(Some(index), Reason::IndexWrong, format!("it says it is entry {}", link.index));
        }
        if let Some(last) = self.last_hash.filter(|last| *last != link.previous) {
            let detail = format!("previous is {}, the entry before has {last}", link.previous);
            self.report.add(Some(index), Reason::ChainBroken, detail);
        }
        if link.time < self.last_time {
            let detail = format!("{} is before {}", link.time, self.last_time);
            self.report.add(Some(index), Reason::TimeBackwards, detail);
        }
        self.last_time = self.last_time.max(link.time);
    }

    fn entry(
        &mut self,
        index: u64,
        bytes: Bytes,
        hash: Hash,
        entry: &ParsedEntry,
        batch: &mut Batch,
        source: &mut dyn Source,
    ) {
        let ParsedEntry { header, stream, act, time, .. } = entry;
        let time = *time;
        if index == 0 {
            self.begin(act, entry.previous);
        }
        let Some(key) = self.world.signing_key(&header.kid, act) else {
            self.report.add(Some(index), Reason::KeyUnknown, format!("nobody registered the key {}", header.kid));
            return;
        };
        // Self-signed records bring their key along: it must be the one that the header names.
        if index == 0 && key.key_id() != header.kid {
            self.report.add(Some(index), Reason::KeyUnknown, "not signed by the key that it brings");
            return;
        }
        batch.push(index, bytes, entry, key);
        match self.recall.is_reused(source, index, header) {
            Ok(false) => {}
            Ok(true) => {
                self.report.add(Some(index), Reason::JtiReused, format!("jti {} of key {}", header.jti, header.kid));
            }
            Err(error) => self.not_recalled(&error),
        }
        if let Err(error) = self.bring(stream, act, source) {
            self.not_recalled(&error);
        }
        self.learn_law(act, source);
        let decided = self.world.decide(header, stream, act, time);
        match decided.and_then(|author| self.follows(index, act).map(|()| author)) {
            Ok(author) => {
                let version = self.world.version(stream) + 1;
                Contested::note(&mut self.report.contested, act, &author.id, time);
                let place = Place { index, time, hash, author: author.id, kid: header.kid, version };
                self.world.accept(stream, act, &place);
                self.owed.applied(&self.world, stream, &place);
                self.books.applied(&self.world, stream, &place, &mut self.report);
                self.recall.applied(index, stream);
            }
            Err(refusal) if refusal.problem == &problem::LAW_UNKNOWN => self.not_judged(index, hash, entry, &refusal),
            Err(refusal) => {
                let detail = format!("{} on {stream}: {refusal}", act.kind());
                self.report.add(Some(index), Reason::NotAllowed, detail);
            }
        }
    }

    /// Reads the edition that an act adopts from the copy, unless it is at hand.
    fn learn_law(&mut self, act: &Act, source: &mut dyn Source) {
        let Some(id) = act.adopted_law() else { return };
        let mut unreadable = None;
        self.editions.learn(id, || {
            source.law(id).unwrap_or_else(|error| {
                unreadable = Some(error.to_string());
                None
            })
        });
        if let Some(detail) = unreadable {
            self.report.add(None, Reason::Unreadable, detail);
        }
    }

    /// Says once from where on nothing can be judged; who may sign is followed on, so that signatures can be checked.
    fn not_judged(&mut self, index: u64, hash: Hash, entry: &ParsedEntry, refusal: &Refusal) {
        let ParsedEntry { header, stream, act, time, .. } = entry;
        if act.adopted_law().is_none() {
            return;
        }
        self.report.add(Some(index), Reason::LawUnknown, format!("{refusal}; what rests on it is not judged"));
        let owner = self.world.owner(&header.kid);
        let author = owner.or_else(|| match act {
            Act::Log(identity::Act::Opened(opening)) => Some(opening.operator.clone()),
            _ => None,
        });
        let Some(author) = author else { return };
        let version = self.world.version(stream) + 1;
        let place = Place { index, time: *time, hash, author, kid: header.kid, version };
        self.world.apply(stream, act, &place);
    }

    /// Puts into the world what the decision looks at.
    fn bring(&mut self, stream: &Stream, act: &Act, source: &mut dyn Source) -> Result<(), RecallError> {
        self.recall.make_room(&mut self.world);
        self.recall.bring(stream, &mut self.world, source)?;
        for tie in self.world.ties(stream, act) {
            self.recall.bring(&tie, &mut self.world, source)?;
        }
        Ok(())
    }

    fn not_recalled(&mut self, error: &RecallError) {
        self.report.add(Some(error.index), Reason::Unreadable, error.to_string());
    }

    /// A log that goes on under another name says of which tree.
    fn follows(&mut self, index: u64, act: &Act) -> Result<(), Refusal> {
        match act {
            Act::Log(identity::Act::Continued(continuation)) => continuation.follows(index, self.edge.root()),
            _ => Ok(()),
        }
    }

    /// Entry 0 names the log: its origin, and the key of its checkpoints.
    fn begin(&mut self, act: &Act, previous: Hash) {
        let Act::Log(identity::Act::Opened(opening)) = act else {
            self.report.add(Some(0), Reason::NotAllowed, "a log begins with log.opened");
            return;
        };
        if previous != first_previous(opening.origin.as_str()) {
            self.report.add(Some(0), Reason::ChainBroken, "previous is not the hash of the origin line");
        }
    }

    fn compare_tiles(&mut self, source: &mut dyn Source) {
        for changed in self.edge.changed_tiles() {
            let tile = Tile { level: changed.level, index: changed.index, width: TILE_WIDTH as u16 };
            match source.tile(tile) {
                Ok(Some(stored)) => {
                    // It may have grown further than the entries that were read so far.
                    if !stored.starts_with(&changed.hashes) {
                        let mut ours = changed.hashes.chunks(32).enumerate();
                        let differs = ours.find(|(at, hash)| stored.chunks(32).nth(*at) != Some(hash));
                        let at = differs.map_or(0, |(at, _)| at as u64);
                        let first = (tile.index * TILE_WIDTH + at) << (8 * tile.level);
                        let detail = format!("tile {}/{} differs from the entries", tile.level, tile.index);
                        // A tile of a higher level comes by again and again while it grows.
                        if !self.report.findings.iter().any(|finding| finding.detail == detail) {
                            self.report.add(Some(first), Reason::TileMismatch, detail);
                        }
                    }
                }
                Ok(None) => {}
                Err(error) => self.report.add(None, Reason::Unreadable, error.to_string()),
            }
        }
        self.edge.trim();
    }

    fn finish(&mut self, note: &str, pinned: Option<&NoteKey>) {
        self.report.entries = self.next_index;
        self.report.last_hash = self.last_hash.map(|hash| hash.to_string()).unwrap_or_default();
        let root = self.edge.root();
        self.report.root = root.to_base64();
        // What rests on a law that nobody can interpret here is not judged.
        if self.world.unknown_law().is_none() {
            self.owed.report(self.last_time, &mut self.report);
            self.books.report(&self.world, &mut self.report);
        }
        let log = self.world.log();
        self.report.origin = log.map(|log| log.origin.clone()).unwrap_or_default();
        self.report.lost = log.map(Lost::of).unwrap_or_default();
        let named = log.map(|log| log.checkpoint_keys.clone()).unwrap_or_default();
        let keys = pinned.map_or(named, |key| vec![key.clone()]);
        if keys.is_empty() {
            self.report.add(None, Reason::CheckpointInvalid, "no key to check the checkpoint with");
            return;
        }
        self.report.checkpoint = note.to_owned();
        self.report.log_keys = keys.iter().map(NoteKey::to_string).collect();
        match Checkpoint::open(note, &keys, &self.report.origin) {
            Err(error) => self.report.add(None, Reason::CheckpointInvalid, error.to_string()),
            Ok(checkpoint) if checkpoint.size != self.next_index => {
                let detail = format!("the checkpoint is of {} entries, there are {}", checkpoint.size, self.next_index);
                // The first entry that the checkpoint does not cover, or that is missing.
                let at = checkpoint.size.min(self.next_index);
                self.report.add(Some(at), Reason::SizeMismatch, detail);
            }
            Ok(checkpoint) if checkpoint.root != root => {
                let detail = format!("the checkpoint's root is {}", checkpoint.root.to_base64());
                self.report.add(None, Reason::RootMismatch, detail);
            }
            Ok(_) => {}
        }
        // Signature failures are found out of order.
        self.report.findings.sort_by_key(|finding| finding.index.unwrap_or(u64::MAX));
    }
}

#[cfg(all(test, feature = "shell"))]
mod tests;
