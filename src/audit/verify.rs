//! The audit itself: entries stream through, signatures are checked in batches on every core.

use super::contested::{self, Contested};
use super::finding::{Reason, Report};
use super::source::{Source, SourceError};
use super::workers::{Batch, Chunk, Parsed, ParsedEntry, Workers};
use crate::act::Place;
use crate::calendar::Calendar;
use crate::field::Instant;
use crate::identity;
use crate::log::{Checkpoint, Edge, Hash, NoteKey, TILE_WIDTH, Tile, first_previous};
use crate::problem::Refusal;
use crate::world::{Act, World};
use bytes::Bytes;
use sha2::{Digest, Sha256};
use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

/// Called now and then with the number of entries done and the size that the checkpoint claims.
pub type Progress<'a> = &'a mut dyn FnMut(u64, u64);

/// Bundles in one chunk of work: large enough for fast batches, small enough to keep memory low.
const BUNDLES_IN_CHUNK: u64 = 8;

/// Audits a whole log. `key` pins the log's checkpoint key; without it those that the log itself names are taken,
/// and the report says which.
///
/// # Errors
/// Nothing at all could be read. Everything else is a finding.
pub fn verify(
    source: &mut dyn Source,
    key: Option<&NoteKey>,
    calendar: &Calendar,
    progress: Progress<'_>,
) -> Result<Report, SourceError> {
    let note = source.checkpoint()?;
    let claimed = claimed_size(&note);
    let mut audit = Audit::new(calendar);
    Workers::with(|workers| {
        let mut next_bundle = 0;
        let mut reading = true;
        let mut in_work: VecDeque<u64> = VecDeque::new();
        loop {
            while reading && in_work.len() < workers.chunks_in_flight() {
                match read_chunk(source, next_bundle) {
                    Ok(entries) if entries.is_empty() => reading = false,
                    Ok(entries) => {
                        // A short chunk is the end of what there is.
                        reading = entries.len() as u64 == BUNDLES_IN_CHUNK * TILE_WIDTH;
                        workers.parse(next_bundle, entries);
                        in_work.push_back(next_bundle);
                        next_bundle += BUNDLES_IN_CHUNK;
                    }
                    Err(error) => {
                        audit.report.add(None, Reason::Unreadable, error.to_string());
                        reading = false;
                    }
                }
            }
            let Some(first) = in_work.pop_front() else { break };
            let batch = audit.chunk(workers.parsed(first));
            workers.verify(batch);
            audit.compare_tiles(source);
            for index in workers.failures() {
                audit.report.add(Some(index), Reason::SignatureMismatch, "the author's signature does not hold");
            }
            progress(audit.next_index, claimed);
        }
        for index in workers.finish() {
            audit.report.add(Some(index), Reason::SignatureMismatch, "the author's signature does not hold");
        }
    });
    audit.finish(&note, key);
    if !audit.report.contested.is_empty() {
        let root = audit.edge.root();
        let changed = contested::count(source, &mut audit.report.contested, root);
        audit.report.findings.extend(changed);
    }
    let Audit { report, world, seen, .. } = audit;
    // Nobody waits until a million states are freed.
    std::thread::spawn(move || drop((world, seen)));
    Ok(report)
}

fn claimed_size(note: &str) -> u64 {
    note.lines().nth(1).and_then(|size| size.parse().ok()).unwrap_or_default()
}

fn read_chunk(source: &mut dyn Source, first_bundle: u64) -> Result<Vec<Bytes>, SourceError> {
    let mut entries = Vec::new();
    for bundle in first_bundle..first_bundle + BUNDLES_IN_CHUNK {
        let more = source.bundle(bundle)?;
        let full = more.len() as u64 == TILE_WIDTH;
        entries.extend(more);
        if !full {
            break;
        }
    }
    Ok(entries)
}

/// What is known after the entries so far.
struct Audit<'a> {
    report: Report,
    world: World,
    calendar: &'a Calendar,
    edge: Edge,
    next_index: u64,
    last_hash: Option<Hash>,
    last_time: Instant,
    /// 128 bits of SHA-256 over `(kid, jti)`: the ids themselves would take three times the memory.
    seen: HashSet<u128>,
}

impl<'a> Audit<'a> {
    fn new(calendar: &'a Calendar) -> Self {
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
                findings: Vec::new(),
                findings_omitted: 0,
            },
            world: World::default(),
            calendar,
            edge: Edge::new(),
            next_index: 0,
            last_hash: None,
            last_time: Instant::from_millis(0),
            seen: HashSet::new(),
        }
    }

    /// Walks one chunk in order and collects its signatures.
    fn chunk(&mut self, chunk: Chunk) -> Batch {
        let mut batch = Batch::new(Arc::clone(&chunk.bytes));
        for (at, parsed) in chunk.entries.into_iter().enumerate() {
            let index = self.next_index;
            self.next_index += 1;
            self.place_in_chain(index, &parsed);
            self.last_hash = Some(parsed.hash);
            let hash = parsed.hash;
            match parsed.content {
                Ok(entry) => self.entry(index, at, hash, entry, &mut batch),
                Err((reason, detail)) => self.report.add(Some(index), reason, detail),
            }
            self.edge.append(hash);
        }
        batch
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

    fn entry(&mut self, index: u64, at: usize, hash: Hash, entry: ParsedEntry, batch: &mut Batch) {
        let ParsedEntry { header, stream, act, time, signature, protected, payload, previous } = entry;
        if index == 0 {
            self.begin(&act, previous);
        }
        let Some(key) = self.world.signing_key(&header.kid, &act) else {
            self.report.add(Some(index), Reason::KeyUnknown, format!("nobody registered the key {}", header.kid));
            return;
        };
        // Self-signed records bring their key along: it must be the one that the header names.
        if index == 0 && key.key_id() != header.kid {
            self.report.add(Some(index), Reason::KeyUnknown, "not signed by the key that it brings");
            return;
        }
        batch.push(index, at, protected, payload, signature, key);
        let mut hasher = Sha256::new();
        hasher.update(header.kid.as_bytes());
        hasher.update(header.jti.as_bytes());
        let digest: [u8; 32] = hasher.finalize().into();
        let (id, _) = digest.split_first_chunk::<16>().expect("32 bytes have a first half");
        if !self.seen.insert(u128::from_be_bytes(*id)) {
            self.report.add(Some(index), Reason::JtiReused, format!("jti {} of key {}", header.jti, header.kid));
        }
        let decided = self.world.decide(&header, &stream, &act, time, self.calendar);
        match decided.and_then(|author| self.follows(index, &act).map(|()| author)) {
            Ok(author) => {
                let version = self.world.version(&stream) + 1;
                self.report.contested.extend(Contested::by(&act, &author.id, time));
                let place = Place { index, time, hash, author: author.id, kid: header.kid, version };
                self.world.apply(&stream, &act, &place, self.calendar);
            }
            Err(refusal) => {
                let detail = format!("{} on {stream}: {refusal}", act.kind());
                self.report.add(Some(index), Reason::NotAllowed, detail);
            }
        }
    }

    /// A log that goes on under another name says of which tree.
    fn follows(&mut self, index: u64, act: &Act) -> Result<(), Refusal> {
        match act {
            Act::Log(identity::Act::Continued(continuation)) => continuation.follows(index, self.edge.root()),
            Act::Log(_) | Act::Organisation(_) | Act::Tender(_) => Ok(()),
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
                    let common = stored.len().min(changed.hashes.len());
                    if stored[..common] != changed.hashes[..common] {
                        let differs = stored.chunks(32).zip(changed.hashes.chunks(32)).position(|(a, b)| a != b);
                        let first = (tile.index * TILE_WIDTH + differs.unwrap_or_default() as u64) << (8 * tile.level);
                        let detail = format!("tile {}/{} differs from the entries", tile.level, tile.index);
                        self.report.add(Some(first), Reason::TileMismatch, detail);
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
        let log = self.world.log.as_ref();
        self.report.origin = log.map(|log| log.origin.clone()).unwrap_or_default();
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
