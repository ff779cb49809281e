//! What an audit remembers of every entry, in a few dozen bytes: so that the states of a million tenders need not be in
//! memory, and no `jti` is taken twice.
//!
//! States that were not touched for long are dropped. When a tender is acted on again its state is folded anew from its
//! entries, which are read from the copy once more and compared with the hashes that were verified the first time: a copy
//! that changes in between is found out.

use super::source::Source;
use crate::act::Place;
use crate::calendar::Calendar;
use crate::field::TenderCode;
use crate::log::{EntryView, Hash, TILE_WIDTH, leaf_hash};
use crate::record::{Header, jws};
use crate::tender::Tender;
use crate::world::{Act, Stream, World};
use bytes::Bytes;
use hashbrown::HashTable;
use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher, RandomState};

/// Entries by 64-bit marks of what identifies them, under a key that is drawn for this audit alone.
struct Index {
    table: HashTable<u32>,
    /// By entry.
    marks: Vec<u64>,
}

impl Index {
    fn new(entries: usize) -> Self {
        Self { table: HashTable::with_capacity(entries), marks: Vec::with_capacity(entries) }
    }

    fn find(&self, mark: u64) -> Option<u32> {
        self.table.find(mark, |at| self.marks[*at as usize] == mark).copied()
    }

    /// Puts an entry in the place of the one before with the same mark, which it returns.
    fn put(&mut self, mark: u64, at: u32) -> Option<u32> {
        let marks = &self.marks;
        if let Some(last) = self.table.find_mut(mark, |at| marks[*at as usize] == mark) {
            return Some(std::mem::replace(last, at));
        }
        self.table.insert_unique(mark, at, |at| marks[*at as usize]);
        None
    }
}

/// Why a state can't be folded again.
#[derive(Debug, thiserror::Error)]
#[error("entry {index} can't be read again: {reason}")]
pub(super) struct RecallError {
    pub index: u64,
    pub reason: String,
}

/// The memory of an audit.
pub(super) struct Recall {
    key: RandomState,
    /// The first 192 bits of each entry's hash.
    hashes: Vec<[u8; HASH_BYTES]>,
    records: Index,
    tenders: Index,
    /// By entry: the one before that acted on the same tender.
    before: Vec<u32>,
    /// States that were not touched since the last generation began.
    old: HashMap<TenderCode, Box<Tender>>,
    generation: usize,
    bundles: VecDeque<(u64, Vec<Bytes>)>,
}

/// Enough that whoever writes two entries can't give them the same, either.
const HASH_BYTES: usize = 24;
/// Of an entry that has none before it.
const NONE: u32 = u32::MAX;
/// States at hand are between one and two times as many.
pub(super) const GENERATION: usize = 2048;
/// Bundles that were read again and are kept for a moment.
const BUNDLES_KEPT: usize = 4;
/// Room is taken ahead for as many entries as the checkpoint claims, within reason.
const CLAIMED_MAX: u64 = 1 << 24;

impl Recall {
    /// For a log that is said to have so many entries.
    pub fn new(claimed: u64, generation: usize) -> Self {
        let entries = claimed.min(CLAIMED_MAX) as usize;
        Self {
            key: RandomState::new(),
            hashes: Vec::with_capacity(entries),
            records: Index::new(entries),
            tenders: Index::new(entries),
            before: Vec::with_capacity(entries),
            old: HashMap::new(),
            generation,
            bundles: VecDeque::new(),
        }
    }

    /// Entries that it has room for.
    pub const ENTRIES_MAX: u64 = NONE as u64;

    /// Takes note of the next entry.
    pub fn entry(&mut self, hash: Hash) {
        let (first, _) = hash.as_bytes().split_first_chunk().expect("a hash has more bytes");
        self.hashes.push(*first);
        self.records.marks.push(0);
        self.tenders.marks.push(0);
        self.before.push(NONE);
    }

    /// Whether a record of the same key used this `jti` before; takes note of it.
    ///
    /// # Errors
    /// The record that may have used it can't be read again.
    pub fn is_reused(&mut self, source: &mut dyn Source, index: u64, header: &Header) -> Result<bool, RecallError> {
        let mark = self.key.hash_one((header.kid.as_bytes(), header.jti.as_bytes()));
        self.records.marks[index as usize] = mark;
        match self.records.put(mark, index as u32) {
            None => Ok(false),
            Some(other) => {
                let other = self.header(source, u64::from(other))?;
                Ok((other.kid, other.jti) == (header.kid, header.jti))
            }
        }
    }

    fn header(&mut self, source: &mut dyn Source, index: u64) -> Result<Header, RecallError> {
        let bytes = self.read(source, index)?;
        let header = EntryView::parse(&bytes).ok().and_then(|view| jws::header(view.protected).ok());
        header.ok_or_else(|| RecallError { index, reason: "it has no header".to_owned() })
    }

    fn mark(&self, code: &TenderCode) -> u64 {
        self.key.hash_one(code.as_str())
    }

    /// An act on a tender was applied.
    pub fn applied(&mut self, index: u64, code: &TenderCode) {
        let mark = self.mark(code);
        self.tenders.marks[index as usize] = mark;
        self.before[index as usize] = self.tenders.put(mark, index as u32).unwrap_or(NONE);
    }

    /// Puts the state of a tender into the world, if it has one, and drops others when there are many.
    ///
    /// # Errors
    /// An entry of it can't be read again.
    pub fn bring(
        &mut self,
        code: &TenderCode,
        world: &mut World,
        source: &mut dyn Source,
        calendar: &Calendar,
    ) -> Result<(), RecallError> {
        if world.tenders.contains_key(code) {
            return Ok(());
        }
        if world.tenders.len() >= self.generation {
            self.old = std::mem::take(&mut world.tenders);
        }
        if let Some(state) = self.old.remove(code) {
            world.tenders.insert(code.clone(), state);
            return Ok(());
        }
        let mut indexes = Vec::new();
        let mut next = self.tenders.find(self.mark(code)).unwrap_or(NONE);
        while next != NONE {
            indexes.push(u64::from(next));
            next = self.before[next as usize];
        }
        for (version, index) in indexes.into_iter().rev().enumerate() {
            let bytes = self.read(source, index)?;
            fold(&bytes, code, version as u64 + 1, world, calendar)
                .ok_or_else(|| RecallError { index, reason: format!("it is no act on the tender {code}") })?;
        }
        Ok(())
    }

    /// An entry that was read before, as it was then.
    fn read(&mut self, source: &mut dyn Source, index: u64) -> Result<Bytes, RecallError> {
        let (bundle, at) = (index / TILE_WIDTH, (index % TILE_WIDTH) as usize);
        if !self.bundles.iter().any(|(kept, _)| *kept == bundle) {
            let entries = source.bundle(bundle).map_err(|error| RecallError { index, reason: error.to_string() })?;
            self.bundles.truncate(BUNDLES_KEPT - 1);
            self.bundles.push_front((bundle, entries));
        }
        let entries = self.bundles.iter().find(|(kept, _)| *kept == bundle).map(|(_, entries)| entries);
        let entry = entries.and_then(|entries| entries.get(at)).cloned();
        let known = |bytes: &Bytes| leaf_hash(bytes).as_bytes()[..HASH_BYTES] == self.hashes[index as usize];
        entry.filter(known).ok_or_else(|| RecallError { index, reason: "it is another than before".to_owned() })
    }
}

/// Applies an entry that was allowed before.
fn fold(bytes: &[u8], code: &TenderCode, version: u64, world: &mut World, calendar: &Calendar) -> Option<()> {
    let view = EntryView::parse(bytes).ok()?;
    let header = jws::header(view.protected).ok()?;
    let stream: Stream = header.sub.parse().ok()?;
    let act = Act::parse(&header.typ, &jws::payload(view.payload).ok()?).ok()?;
    let author = world.owner(&header.kid)?;
    let place = Place { index: view.index, time: view.time, hash: view.hash(), author, kid: header.kid, version };
    let is_own = matches!(&stream, Stream::Tender(own) if own == code);
    is_own.then(|| world.apply(&stream, &act, &place, calendar))
}
