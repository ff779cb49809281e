//! What an audit remembers of every entry, in a few dozen bytes: so that the states of a million tenders need not be in
//! memory, and no `jti` is taken twice.
//!
//! States of tenders and commitments that were not touched for long are dropped. When one is needed again it is folded anew
//! from its entries, which are read from the copy once more and compared with the hashes that were verified the first time: a copy
//! that changes in between is found out.

use super::source::Source;
use crate::log::{EntryView, Hash, TILE_WIDTH, leaf_hash};
use crate::record::{Header, jws};
use crate::world::{ReadEntry, States, Stream, World, is_dropped};
use bytes::Bytes;
use hashbrown::HashTable;
use std::collections::VecDeque;
use std::hash::{BuildHasher, RandomState};

/// Entries by 64-bit marks of what identifies them, under a key that is drawn for this audit alone.
/// The mark alone stands for it: a log whose author could give two things one mark would hide a `jti` that is used again. So this is `std`'s
/// hasher, which is made for that, and no faster one.
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
    /// Streams whose states may be dropped.
    streams: Index,
    /// By entry: the one before that acted on the same stream.
    before: Vec<u32>,
    /// States that were not touched since the last generation began.
    old: States,
    generation: usize,
    bundles: VecDeque<(u64, Vec<Bytes>)>,
}

/// Enough that whoever writes two entries can't give them the same, either.
const HASH_BYTES: usize = 24;
/// Of an entry that has none before it.
const NONE: u32 = u32::MAX;
/// States at hand are between one and two times as many.
pub(super) const GENERATION: usize = 1024;
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
            streams: Index::new(entries),
            before: Vec::with_capacity(entries),
            old: States::new(),
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
        self.streams.marks.push(0);
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

    /// An act on a stream was applied.
    pub fn applied(&mut self, index: u64, stream: &Stream) {
        if is_dropped(stream) {
            let mark = self.key.hash_one(stream);
            self.streams.marks[index as usize] = mark;
            self.before[index as usize] = self.streams.put(mark, index as u32).unwrap_or(NONE);
        }
    }

    /// Begins a new generation of states when there are many; what is needed now is brought afterwards.
    pub fn make_room(&mut self, world: &mut World) {
        if world.passing() >= self.generation {
            self.old = world.drop_passing();
        }
    }

    /// Puts the state of a stream into the world, if it has one.
    ///
    /// # Errors
    /// An entry of it can't be read again.
    pub fn bring(&mut self, stream: &Stream, world: &mut World, source: &mut dyn Source) -> Result<(), RecallError> {
        if !is_dropped(stream) || world.holds(stream) {
            return Ok(());
        }
        if let Some((stream, state)) = self.old.remove_entry(stream) {
            world.restore(stream, state);
            return Ok(());
        }
        let mut indexes = Vec::new();
        let mut next = self.streams.find(self.key.hash_one(stream)).unwrap_or(NONE);
        while next != NONE {
            indexes.push(u64::from(next));
            next = self.before[next as usize];
        }
        for (version, index) in indexes.into_iter().rev().enumerate() {
            let bytes = self.read(source, index)?;
            fold(&bytes, stream, version as u64 + 1, world)
                .ok_or_else(|| RecallError { index, reason: format!("it is no act on {stream}") })?;
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
fn fold(bytes: &[u8], wanted: &Stream, version: u64, world: &mut World) -> Option<()> {
    let entry = ReadEntry::parse(bytes).ok()?;
    let place = entry.place(world.owner(&entry.header.kid)?, version);
    (entry.stream == *wanted).then(|| world.apply(&entry.stream, &entry.act, &place))
}
