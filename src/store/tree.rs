//! Reading the Merkle tree out of its tiles.

use super::{Database, StoreError};
use crate::log::{Edge, Hash, NodeId, Plan, tile_node};
use quick_cache::sync::Cache;
use std::collections::HashMap;
use std::sync::Arc;

/// Makes proofs from stored tiles; full tiles are immutable and cached.
#[derive(Clone)]
pub struct TreeReader {
    database: Database,
    tiles: Arc<TileCache>,
}

/// Hashes of tiles by level and index.
type TileCache = Cache<(u8, u64), Arc<Vec<u8>>>;

/// At most 32 MiB of full tiles: all that proofs in a log of a million records need.
const TILES_CACHED: usize = 4096;
const FULL_TILE_BYTES: usize = 8192;

/// Restores the sequencer's right edge of a tree of this size.
///
/// # Errors
/// A tile is missing or too short.
pub async fn load_edge(database: &Database, size: u64) -> Result<Edge, StoreError> {
    let mut tiles = Vec::new();
    for tile in Edge::tiles_needed(size) {
        if let Some(hashes) = database.tile(tile.level, tile.index).await? {
            tiles.push((tile, hashes));
        }
    }
    Edge::load(size, &tiles).map_err(|error| StoreError::Damaged(error.to_string()))
}

impl TreeReader {
    pub fn new(database: Database) -> Self {
        Self { database, tiles: Arc::new(Cache::new(TILES_CACHED)) }
    }

    /// The hashes of a tile as far as it has grown.
    ///
    /// # Errors
    /// [`StoreError::Database`]
    pub async fn tile(&self, level: u8, index: u64) -> Result<Option<Arc<Vec<u8>>>, StoreError> {
        if let Some(tile) = self.tiles.get(&(level, index)) {
            return Ok(Some(tile));
        }
        let Some(hashes) = self.database.tile(level, index).await?.map(Arc::new) else { return Ok(None) };
        if hashes.len() == FULL_TILE_BYTES {
            self.tiles.insert((level, index), Arc::clone(&hashes));
        }
        Ok(Some(hashes))
    }

    /// The hashes that a plan asks for.
    ///
    /// # Errors
    /// A tile is missing or too short.
    pub async fn resolve(&self, plan: &Plan) -> Result<Vec<Hash>, StoreError> {
        let mut tiles = HashMap::new();
        for node in plan.nodes() {
            let (level, index) = node.tile();
            if let std::collections::hash_map::Entry::Vacant(slot) = tiles.entry((level, index)) {
                slot.insert(self.tile(level, index).await?);
            }
        }
        plan.fold(|node: NodeId| {
            let hashes = tiles.get(&node.tile()).and_then(Option::as_ref);
            let hash = hashes.and_then(|hashes| tile_node(node, hashes));
            hash.ok_or_else(|| StoreError::Damaged(format!("no tile holds {node:?}")))
        })
    }
}
