//! The right edge of a growing tree: all that an append needs to remember.

use super::tile::TILE_WIDTH;
use super::{Hash, Tile, empty_root, node_hash};

/// Tree levels in one tile level.
const TILE_HEIGHT: u32 = 8;

/// The hashes near the right edge, level by level. Everything older is in tiles.
#[derive(Debug, Clone, Default)]
pub struct Edge {
    size: u64,
    /// Size at the last [`Edge::trim`]: entries since then can be proven from memory.
    trimmed: u64,
    levels: Vec<Level>,
    /// `ragged[l]`: the hash over the leaves right of the last complete subtree of level `l`; for the current size.
    ragged: Vec<Option<Hash>>,
}

#[derive(Debug, Clone, Default)]
struct Level {
    /// Index of the first node that is kept.
    first: u64,
    hashes: Vec<Hash>,
}

/// A tile that grew: its path, and all its hashes from its start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedTile {
    pub level: u8,
    pub index: u64,
    pub hashes: Vec<u8>,
}

/// A tile does not have the hashes that a tree of this size needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("tile {0:?} is missing or too short")]
pub struct EdgeError(pub Tile);

impl Edge {
    pub fn new() -> Self {
        Self::default()
    }

    /// The partial tiles from which [`Edge::load`] restores the edge of a tree of this size.
    pub fn tiles_needed(size: u64) -> Vec<Tile> {
        let last = |level: u8| Tile::of_size(level, (size >> (TILE_HEIGHT * u32::from(level))) / TILE_WIDTH, size);
        (0..8).filter_map(last).collect()
    }

    /// Restores the edge from the hashes of those tiles.
    ///
    /// # Errors
    /// A tile that is too short.
    pub fn load(size: u64, tiles: &[(Tile, Vec<u8>)]) -> Result<Self, EdgeError> {
        let mut edge = Self { size, trimmed: size, ..Self::default() };
        for wanted in Self::tiles_needed(size) {
            let bytes = tiles
                .iter()
                .find(|(tile, _)| tile.level == wanted.level && tile.index == wanted.index)
                .and_then(|(_, bytes)| bytes.get(..usize::from(wanted.width) * 32))
                .ok_or(EdgeError(wanted))?;
            let mut hashes: Vec<Hash> = bytes.chunks_exact(32).filter_map(|h| Hash::from_slice(h).ok()).collect();
            let mut first = wanted.index * TILE_WIDTH;
            for height in 0..TILE_HEIGHT {
                let level = edge.level_mut(u32::from(wanted.level) * TILE_HEIGHT + height);
                *level = Level { first, hashes: hashes.clone() };
                hashes = hashes.chunks_exact(2).map(|pair| node_hash(&pair[0], &pair[1])).collect();
                first /= 2;
            }
        }
        edge.forget_inner_levels();
        Ok(edge)
    }

    pub fn size(&self) -> u64 {
        self.size
    }

    fn level_mut(&mut self, level: u32) -> &mut Level {
        let level = level as usize;
        if self.levels.len() <= level {
            self.levels.resize_with(level + 1, Level::default);
        }
        &mut self.levels[level]
    }

    fn node(&self, level: u32, index: u64) -> Option<Hash> {
        let level = self.levels.get(level as usize)?;
        level.hashes.get(usize::try_from(index.checked_sub(level.first)?).ok()?).copied()
    }

    pub fn append(&mut self, leaf: Hash) {
        self.ragged.clear();
        let (mut index, mut hash) = (self.size, leaf);
        self.size += 1;
        for level in 0.. {
            let row = self.level_mut(level);
            if row.hashes.is_empty() {
                row.first = index;
            }
            row.hashes.push(hash);
            if index & 1 == 0 {
                break;
            }
            // A complete right child makes its parent complete; the left one is always at hand.
            let Some(left) = self.node(level, index - 1) else { break };
            hash = node_hash(&left, &hash);
            index >>= 1;
        }
    }

    /// Computes the hashes of the incomplete right-hand subtrees once for the current size.
    fn settle(&mut self) {
        if !self.ragged.is_empty() {
            return;
        }
        let mut ragged = None;
        let mut level = 0;
        self.ragged.push(None);
        while self.size >> level > 0 {
            let complete = self.size >> level;
            if complete & 1 == 1 {
                let left = self.node(level, complete - 1);
                ragged = match (left, ragged) {
                    (Some(left), Some(right)) => Some(node_hash(&left, &right)),
                    (left, right) => left.or(right),
                };
            }
            level += 1;
            self.ragged.push(ragged);
        }
    }

    pub fn root(&mut self) -> Hash {
        self.settle();
        self.ragged.last().copied().flatten().unwrap_or_else(empty_root)
    }

    /// The inclusion proof of an entry that was appended since the last [`Edge::trim`], in the tree as it is now;
    /// `None` for an older or later one.
    pub fn inclusion_proof(&mut self, index: u64) -> Option<Vec<Hash>> {
        if index < self.trimmed || index >= self.size {
            return None;
        }
        self.settle();
        let mut proof = Vec::with_capacity(self.ragged.len());
        for level in 0..self.ragged.len() as u32 - 1 {
            let sibling = (index >> level) ^ 1;
            let complete = self.size >> level;
            if sibling < complete {
                proof.push(self.node(level, sibling)?);
            } else if sibling == complete {
                // Absent when the tree ends exactly here: then the node is promoted.
                proof.extend(self.ragged[level as usize]);
            }
        }
        Some(proof)
    }

    /// The tiles that grew since the last [`Edge::trim`].
    pub fn changed_tiles(&self) -> Vec<ChangedTile> {
        let mut changed = Vec::new();
        for (level, row) in self.levels.iter().enumerate().step_by(TILE_HEIGHT as usize) {
            let (before, after) = (self.trimmed >> level, self.size >> level);
            let mut tile = before / TILE_WIDTH;
            while before < after && tile * TILE_WIDTH < after {
                let start = (tile * TILE_WIDTH).saturating_sub(row.first) as usize;
                let end = (after.min((tile + 1) * TILE_WIDTH) - row.first) as usize;
                let hashes = row.hashes[start..end].iter().flat_map(|hash| *hash.as_bytes()).collect();
                changed.push(ChangedTile { level: (level as u32 / TILE_HEIGHT) as u8, index: tile, hashes });
                tile += 1;
            }
        }
        changed
    }

    /// Forgets what later appends can't need: all but the current tile of each tile level, and all but the last node
    /// of the levels between.
    pub fn trim(&mut self) {
        self.trimmed = self.size;
        for (level, row) in self.levels.iter_mut().enumerate() {
            let complete = self.size >> level;
            let keep_from = if (level as u32).is_multiple_of(TILE_HEIGHT) {
                complete / TILE_WIDTH * TILE_WIDTH
            } else {
                complete.saturating_sub(1)
            };
            row.forget_before(keep_from);
        }
    }

    fn forget_inner_levels(&mut self) {
        self.trim();
    }
}

impl Level {
    fn forget_before(&mut self, index: u64) {
        let gone = index.saturating_sub(self.first).min(self.hashes.len() as u64);
        self.hashes.drain(..gone as usize);
        self.first += gone;
    }
}

#[cfg(test)]
mod tests {
    use super::super::tree::tests::{leaves, root_of};
    use super::super::verify_inclusion;
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]
        #[test]
        fn grows_as_the_definition_says(batches in prop::collection::vec(1u64..300, 1..8)) {
            let all = leaves(batches.iter().sum());
            let mut edge = Edge::new();
            let mut stored: BTreeMap<(u8, u64), Vec<u8>> = BTreeMap::new();
            for batch in batches {
                let before = edge.size();
                for _ in 0..batch {
                    edge.append(all[edge.size() as usize]);
                }
                let root = root_of(&all[..edge.size() as usize]);
                prop_assert_eq!(edge.root(), root);
                for index in before..edge.size() {
                    let proof = edge.inclusion_proof(index).unwrap();
                    prop_assert_eq!(verify_inclusion(&all[index as usize], index, edge.size(), &proof, &root), Ok(()));
                }
                for tile in edge.changed_tiles() {
                    stored.insert((tile.level, tile.index), tile.hashes);
                }
                edge.trim();
                for tile in super::super::tiles_of_size(edge.size()) {
                    let width = 1usize << (8 * tile.level);
                    let expected: Vec<u8> = (0..u64::from(tile.width))
                        .flat_map(|at| {
                            let start = (tile.index * 256 + at) as usize * width;
                            *root_of(&all[start..start + width]).as_bytes()
                        })
                        .collect();
                    prop_assert_eq!(&stored[&(tile.level, tile.index)], &expected);
                }
                // A process that starts here goes on as if it had never stopped.
                let needed: Vec<_> = Edge::tiles_needed(edge.size())
                    .into_iter()
                    .map(|tile| (tile, stored[&(tile.level, tile.index)].clone()))
                    .collect();
                edge = Edge::load(edge.size(), &needed).unwrap();
                prop_assert_eq!(edge.root(), root);
            }
        }
    }

    #[test]
    fn an_old_entry_is_not_proven_from_memory() {
        let mut edge = Edge::new();
        assert_eq!(edge.root(), empty_root());
        edge.append(Hash::of("a"));
        edge.trim();
        assert_eq!(edge.inclusion_proof(0), None);
        assert_eq!(edge.inclusion_proof(1), None);
        assert!(matches!(Edge::load(1, &[]), Err(EdgeError(tile)) if tile.level == 0));
    }
}
