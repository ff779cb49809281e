//! The log walked once: every column beside an entry's bytes, every tile, and who signs with which key.

use super::mismatch::{Cure, Discrepancy, Mismatch};
use super::rows::{compare, differing};
use crate::act::{Place, Role};
use crate::field::{Instant, OrganisationId};
use crate::law::Editions;
use crate::log::{Edge, Hash, TILE_WIDTH};
use crate::organisation::{self, Organisation};
use crate::record::KeyId;
use crate::sequencer::{LoadError, LoadedEntry, entry_row, tile_row};
use crate::store::{ENTRIES, Reads, Row, StoreError, TILES, Value};
use crate::world::{Act, ReadEntry, Stream, World};
use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher, RandomState};

/// Entries that are read at a time: those below one full tile.
const ENTRIES_AT_A_TIME: u64 = TILE_WIDTH;

/// How far the walk has come, and what it keeps of the entries.
pub(super) struct Walk {
    /// The log's own state and those of organisations: they say whose a key is.
    world: World,
    /// The log's own entries: every other stream is folded under the law that they adopt.
    pub log: Vec<LoadedEntry>,
    /// Versions by a mark of the stream.
    versions: HashMap<u64, u64>,
    /// Each entry that began a stream which follows another one: that one, and the stream.
    pub successors: Vec<(u64, Stream, Stream)>,
    /// Each entry by which an organisation named another one as its successor: that one, and itself.
    pub predecessors: Vec<(u64, OrganisationId, OrganisationId)>,
    mark: RandomState,
    edge: Edge,
    last_hash: Option<Hash>,
    pub last_time: Instant,
    /// `idx` of the last row.
    last_row: i64,
    /// Entries that are filed under another stream than theirs, by their own: the `idx` of their rows.
    pub moved: BTreeMap<Stream, Vec<i64>>,
    /// The tiles that are not full yet, by level.
    partial: BTreeMap<u8, Vec<Value>>,
    /// The roots of the trees that somebody will be asked about.
    pub roots: BTreeMap<u64, Option<Hash>>,
}

impl Walk {
    /// `sizes` are those of the trees whose roots are wanted.
    pub fn new(editions: &Editions, sizes: impl Iterator<Item = u64>) -> Self {
        Self {
            world: World::new(editions.clone()),
            log: Vec::new(),
            versions: HashMap::new(),
            successors: Vec::new(),
            predecessors: Vec::new(),
            mark: RandomState::new(),
            edge: Edge::new(),
            last_hash: None,
            last_time: Instant::from_millis(0),
            last_row: -1,
            moved: BTreeMap::new(),
            partial: BTreeMap::new(),
            roots: sizes.map(|size| (size, None)).collect(),
        }
    }

    /// The state of the log, and of every organisation.
    pub fn world(&self) -> &World {
        &self.world
    }

    /// All supervisors, each with the entry that made it one, in that order.
    pub fn supervisors(&self) -> Vec<(u64, Stream)> {
        let first = |organisation: &Organisation| {
            let admitted = organisation.admissions.iter().filter(|admission| admission.role == Role::Supervisor);
            admitted.map(|admission| admission.entry).min().map(|entry| (entry, Stream::of(&organisation.id)))
        };
        let mut supervisors: Vec<_> = self.world.supervisors().filter_map(first).collect();
        supervisors.sort_unstable();
        supervisors
    }

    pub fn size(&self) -> u64 {
        self.edge.size()
    }

    pub fn root(&mut self) -> Hash {
        self.edge.root()
    }

    pub fn last_hash(&self) -> Option<Hash> {
        self.last_hash
    }

    /// Takes the next entries; `false` when there are none.
    ///
    /// # Errors
    /// The store can't be read, or what it holds is no log.
    pub async fn step(&mut self, reads: &mut impl Reads, found: &mut Vec<Mismatch>) -> Result<bool, LoadError> {
        let columns = ENTRIES.column_names();
        let sql = format!("SELECT {columns} FROM entries WHERE idx > $1 ORDER BY idx LIMIT {ENTRIES_AT_A_TIME}");
        let rows = reads.rows(&sql, &[Value::Integer(self.last_row)]).await?;
        for row in &rows {
            self.entry(row, found)?;
        }
        let changed = self.edge.changed_tiles();
        self.edge.trim();
        let mut full = Vec::new();
        for tile in changed {
            let is_full = tile.hashes.len() as u64 == TILE_WIDTH * 32;
            if is_full {
                self.partial.remove(&tile.level);
                full.push(tile_row(tile));
            } else {
                self.partial.insert(tile.level, tile_row(tile));
            }
        }
        compare(reads, &TILES, full, found).await?;
        Ok(!rows.is_empty())
    }

    fn entry(&mut self, row: &Row, found: &mut Vec<Mismatch>) -> Result<(), LoadError> {
        let (stream, expected) = self.take(row.blob(ENTRIES.columns.len() - 1)?)?;
        self.last_row = row.integer(0)?;
        let columns = differing(&ENTRIES, &expected, row.values());
        if columns.contains(&"stream") {
            self.moved.entry(stream).or_default().push(self.last_row);
        }
        if !columns.is_empty() {
            let key = vec![Value::Integer(self.last_row)];
            let what = Discrepancy::Changed(columns);
            found.push(Mismatch { table: &ENTRIES, key, what, cure: Cure::Entry(expected) });
        }
        Ok(())
    }

    /// Takes the bytes of the next entry: its stream, and the row that it must have.
    ///
    /// # Errors
    /// They are not the next entry of this log.
    pub fn take(&mut self, bytes: &[u8]) -> Result<(Stream, Vec<Value>), LoadError> {
        let index = self.edge.size();
        let broken = |reason: &str| LoadError::Entry { index, reason: reason.to_owned() };
        let entry = ReadEntry::parse(bytes).map_err(|error| broken(&error.to_string()))?;
        if entry.view.index != index {
            return Err(broken("it is not there"));
        }
        let hash = entry.hash();
        if self.last_hash.is_some_and(|last| last != entry.view.previous) {
            return Err(broken("it does not follow the entry before"));
        }
        let author = self.author(&entry.act, &entry.header.kid).ok_or_else(|| broken("nobody registered its key"))?;
        let version = self.versions.entry(self.mark.hash_one(&entry.stream)).or_default();
        *version += 1;
        if let Some(followed) = entry.act.follows().filter(|_| *version == 1) {
            self.successors.push((index, followed, entry.stream.clone()));
        }
        if let (Act::Organisation(organisation::Act::Ended(ending)), Some(ended)) = (&entry.act, entry.stream.id()) {
            let named =
                ending.successors.iter().map(|successor| (index, successor.clone(), OrganisationId::clone(&ended)));
            self.predecessors.extend(named);
        }
        let place = Place { index, time: entry.view.time, hash, author, kid: entry.header.kid, version: *version };
        let (jti, digest) = (entry.header.jti, entry.view.record().digest());
        let row = entry_row(&place, &entry.stream, entry.act.kind(), jti, digest, bytes.to_vec());
        (self.last_hash, self.last_time) = (Some(hash), entry.view.time);
        self.edge.append(hash);
        let size = self.edge.size();
        if self.roots.contains_key(&size) {
            let root = self.edge.root();
            self.roots.insert(size, Some(root));
        }
        if matches!(entry.act, Act::Log(_) | Act::Organisation(_)) {
            self.world.apply(&entry.stream, &entry.act, &place);
            if let Act::Log(_) = entry.act {
                self.log.push(LoadedEntry { stream: entry.stream.clone(), act: entry.act, place });
            }
        }
        Ok((entry.stream, row))
    }

    /// Who signed with a key, as far as the walk has come.
    pub fn author(&self, act: &Act, kid: &KeyId) -> Option<OrganisationId> {
        act.signs_in().map(|(_, owner)| owner.clone()).or_else(|| self.world.owner(kid))
    }

    /// Compares the tiles at the edge of the tree, at the end of the walk.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn edge(&self, reads: &mut impl Reads, found: &mut Vec<Mismatch>) -> Result<(), StoreError> {
        compare(reads, &TILES, self.partial.values().cloned().collect(), found).await
    }

    /// Every tile of the tree, by its key.
    pub fn tiles(&self) -> impl Iterator<Item = Vec<Value>> {
        crate::log::tiles_of_size(self.size())
            .into_iter()
            .map(|tile| vec![Value::from(u64::from(tile.level)), Value::from(tile.index)])
    }
}
