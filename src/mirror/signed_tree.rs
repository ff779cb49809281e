//! A tree whose root is signed, read from a place that nobody trusts: every hash and every entry is compared with what
//! the root commits to before anybody sees it.

use super::{FetchError, LogClient};
use crate::log::{
    Checkpoint, Edge, Hash, NodeId, Resource, TILE_WIDTH, Tile, leaf_hash, parse_bundle, root_plan, tile_hash,
    tile_node,
};
use bytes::Bytes;
use futures::future::try_join_all;
use quick_cache::sync::Cache;
use std::collections::HashMap;

/// A place of tiles: level and index.
type Place = (u8, u64);

/// The tree of one checkpoint.
pub struct SignedTree {
    client: LogClient,
    checkpoint: Checkpoint,
    /// The partial tiles, which together make the root.
    edge: HashMap<Place, Bytes>,
    /// Full tiles above the lowest level: one of them speaks for 65,536 entries or more.
    full: Cache<Place, Bytes>,
}

/// 256 entries, or fewer at the end of the log, as the tree commits to them.
#[derive(Debug, Clone)]
pub struct Bundle {
    /// As tlog-tiles spells it.
    pub bytes: Bytes,
    pub entries: Vec<Bytes>,
    /// Their leaf hashes: the tile of the lowest level.
    pub hashes: Bytes,
}

/// What the tree says of a bundle that was not read yet.
pub struct Expected {
    tile: Tile,
    hashes: Commitment,
}

enum Commitment {
    /// The hash over a full tile.
    Joined(Hash),
    /// The partial tile itself.
    Partial(Bytes),
}

/// The tree can't be read, or what was read is not what was signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    #[error(transparent)]
    Fetch(FetchError),
    #[error("the checkpoint of {size} entries commits to tile/{resource}, which is not there")]
    Missing { resource: Resource, size: u64 },
    #[error("tile/{resource} can't be read")]
    Malformed { resource: Resource },
    #[error("the tiles at the edge of the tree of {size} entries do not make the root that was signed")]
    Root { size: u64 },
    #[error("tile/{resource} is not the one that was signed")]
    Tile { resource: Resource },
    #[error("entry {index} is not the one that was signed")]
    Entry { index: u64 },
}

/// Enough for several requests at a time anywhere in the tree: 512 KiB.
const TILES_CACHED: usize = 64;

impl SignedTree {
    /// The tree of a checkpoint whose signature holds. Reads its edge.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn open(client: &LogClient, checkpoint: &Checkpoint) -> Result<Self, ReadError> {
        let size = checkpoint.size;
        let read =
            async |tile: Tile| Ok(((tile.level, tile.index), fetch(client, Resource::Hashes(tile), size).await?));
        let edge: HashMap<Place, Bytes> =
            try_join_all(Edge::tiles_needed(size).into_iter().map(read)).await?.into_iter().collect();
        let root = root_plan(size).fold(|node| edge.get(&node.tile()).and_then(|tile| tile_node(node, tile)).ok_or(()));
        if root.as_deref() != Ok(&[checkpoint.root]) {
            return Err(ReadError::Root { size });
        }
        let full = Cache::new(TILES_CACHED);
        Ok(Self { client: client.clone(), checkpoint: checkpoint.clone(), edge, full })
    }

    pub fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The root that this tree had when it was of `size` entries: a log that has only grown signed that one.
    ///
    /// # Errors
    /// See [`ReadError`]; [`ReadError::Root`] when it is larger than the tree.
    pub async fn root_at(&self, size: u64) -> Result<Hash, ReadError> {
        if size > self.checkpoint.size {
            return Err(ReadError::Root { size });
        }
        let plan = root_plan(size);
        let mut tiles = HashMap::new();
        for (level, index) in plan.nodes().map(NodeId::tile) {
            if let std::collections::hash_map::Entry::Vacant(slot) = tiles.entry((level, index)) {
                let tile = Tile::of_size(level, index, self.checkpoint.size).ok_or(ReadError::Root { size })?;
                slot.insert(self.tile(tile).await?);
            }
        }
        let node = |node: NodeId| tiles.get(&node.tile()).and_then(|tile| tile_node(node, tile));
        let root = plan.fold(|id| node(id).ok_or(ReadError::Root { size }))?;
        root.into_iter().next().ok_or(ReadError::Root { size })
    }

    /// The hashes of a tile of this tree.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn tile(&self, tile: Tile) -> Result<Bytes, ReadError> {
        // Up to a tile that is known, and down again: each tile speaks for those below it.
        let mut below = Vec::new();
        let mut place = (tile.level, tile.index);
        let mut known = loop {
            if let Some(known) = self.edge.get(&place).cloned().or_else(|| self.full.get(&place)) {
                break known;
            }
            if Tile::of_size(place.0, place.1, self.checkpoint.size).is_none() {
                return Err(self.missing(Resource::Hashes(tile)));
            }
            below.push(place);
            place = (place.0 + 1, place.1 / TILE_WIDTH);
        };
        while let Some(place) = below.pop() {
            let expected = hash_at(&known, place.1 % TILE_WIDTH);
            known = if place.0 == 0 {
                self.full_tile(place, expected).await?
            } else {
                self.full.get_or_insert_async(&place, self.full_tile(place, expected)).await?
            };
        }
        Ok(known)
    }

    async fn full_tile(&self, (level, index): Place, expected: Option<Hash>) -> Result<Bytes, ReadError> {
        let resource = Resource::Hashes(Tile { level, index, width: TILE_WIDTH as u16 });
        let hashes = fetch(&self.client, resource, self.checkpoint.size).await?;
        if expected.is_some() && tile_hash(&hashes) == expected {
            Ok(hashes)
        } else {
            Err(ReadError::Tile { resource })
        }
    }

    fn missing(&self, resource: Resource) -> ReadError {
        ReadError::Missing { resource, size: self.checkpoint.size }
    }

    /// What the tree commits to at a place of 256 entries; the entries themselves are not fetched.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn expected(&self, index: u64) -> Result<Expected, ReadError> {
        let entries = |width| Resource::Entries(Tile { level: 0, index, width });
        let tile =
            Tile::of_size(0, index, self.checkpoint.size).ok_or_else(|| self.missing(entries(TILE_WIDTH as u16)))?;
        let hashes = if tile.is_full() {
            let above = Tile::of_size(1, index / TILE_WIDTH, self.checkpoint.size);
            let above = self.tile(above.ok_or_else(|| self.missing(entries(tile.width)))?).await?;
            let joined = hash_at(&above, index % TILE_WIDTH);
            Commitment::Joined(joined.ok_or_else(|| self.missing(entries(tile.width)))?)
        } else {
            Commitment::Partial(self.tile(tile).await?)
        };
        Ok(Expected { tile, hashes })
    }

    /// Fetches the entries that are expected.
    ///
    /// # Errors
    /// See [`ReadError`]; [`ReadError::Entry`] names the first that is another.
    pub async fn bundle(&self, expected: &Expected) -> Result<Bundle, ReadError> {
        let resource = Resource::Entries(expected.tile);
        let bytes = fetch(&self.client, resource, self.checkpoint.size).await?;
        let bundle = Bundle::read(bytes, expected.tile).ok_or(ReadError::Malformed { resource })?;
        if expected.is(&bundle) {
            return Ok(bundle);
        }
        let signed = self.tile(expected.tile).await?;
        let differs = signed.chunks(32).zip(bundle.hashes.chunks(32)).position(|(signed, read)| signed != read);
        let index = expected.tile.index * TILE_WIDTH + differs.unwrap_or_default() as u64;
        Err(ReadError::Entry { index })
    }
}

async fn fetch(client: &LogClient, resource: Resource, size: u64) -> Result<Bytes, ReadError> {
    client.resource(resource).await.map_err(|error| match error {
        FetchError::Missing { .. } => ReadError::Missing { resource, size },
        FetchError::Malformed { .. } => ReadError::Malformed { resource },
        error @ (FetchError::Refused { .. } | FetchError::Unreachable { .. }) => ReadError::Fetch(error),
    })
}

fn hash_at(hashes: &[u8], index: u64) -> Option<Hash> {
    hashes.chunks(32).nth(index as usize).and_then(|hash| Hash::from_slice(hash).ok())
}

impl Bundle {
    fn read(bytes: Bytes, tile: Tile) -> Option<Self> {
        let entries = parse_bundle(bytes.clone(), tile.width).ok()?;
        let mut hashes = Vec::with_capacity(entries.len() * 32);
        entries.iter().for_each(|entry| hashes.extend_from_slice(leaf_hash(entry).as_bytes()));
        Some(Self { bytes, entries, hashes: hashes.into() })
    }
}

impl Expected {
    pub fn tile(&self) -> Tile {
        self.tile
    }

    /// The bundle in these bytes, if it is the expected one.
    pub fn bundle(&self, bytes: Bytes) -> Option<Bundle> {
        Bundle::read(bytes, self.tile).filter(|bundle| self.is(bundle))
    }

    fn is(&self, bundle: &Bundle) -> bool {
        match &self.hashes {
            Commitment::Joined(hash) => tile_hash(&bundle.hashes).as_ref() == Some(hash),
            Commitment::Partial(tile) => *tile == bundle.hashes,
        }
    }
}
