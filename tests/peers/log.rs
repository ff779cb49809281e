//! A log of ours in memory: its entries, and its tiles as the service stores them.

use gongshi::log::{
    Checkpoint, Edge, Hash, NodeId, NoteSigner, Plan, Resource, TlogProof, consistency_plan, inclusion_plan, leaf_hash,
    root_plan, tile_node,
};
use std::collections::BTreeMap;
use std::convert::Infallible;

pub const ORIGIN: &str = "log.gongshi.example/公示";

#[derive(Default)]
pub struct Log {
    pub entries: Vec<Vec<u8>>,
    edge: Edge,
    tiles: BTreeMap<(u8, u64), Vec<u8>>,
}

impl Log {
    /// Entries of many lengths, sequenced in batches.
    pub fn of(size: u64, batch: u64, seed: u64) -> Self {
        let mut log = Self::default();
        while log.size() < size {
            log.grow(batch.min(size - log.size()), seed);
        }
        log
    }

    pub fn grow(&mut self, by: u64, seed: u64) {
        for _ in 0..by {
            let entry = format!("{seed}/{}", self.size()).repeat((self.size() ^ seed) as usize % 5).into_bytes();
            self.edge.append(leaf_hash(&entry));
            self.entries.push(entry);
        }
        for tile in self.edge.changed_tiles() {
            self.tiles.insert((tile.level, tile.index), tile.hashes);
        }
        self.edge.trim();
    }

    pub fn size(&self) -> u64 {
        self.entries.len() as u64
    }

    pub fn head(&mut self) -> Hash {
        self.edge.root()
    }

    fn fold(&self, plan: &Plan) -> Vec<Hash> {
        let node = |node: NodeId| Ok::<_, Infallible>(tile_node(node, &self.tiles[&node.tile()]).unwrap());
        plan.fold(node).unwrap_or_else(|never| match never {})
    }

    pub fn root(&self, size: u64) -> Hash {
        self.fold(&root_plan(size))[0]
    }

    pub fn inclusion(&self, index: u64, size: u64) -> Vec<Hash> {
        self.fold(&inclusion_plan(index, size).unwrap())
    }

    pub fn consistency(&self, old: u64, new: u64) -> Vec<Hash> {
        self.fold(&consistency_plan(old, new).unwrap())
    }

    pub fn receipt(&self, index: u64, size: u64, signer: &NoteSigner) -> TlogProof {
        let checkpoint = Checkpoint { origin: ORIGIN.into(), size, root: self.root(size) }.sign(signer);
        TlogProof { index, hashes: self.inclusion(index, size), checkpoint }
    }

    /// What a server of static files would answer to this path; a wider tile serves a narrower one's path.
    pub fn file(&self, path: &str) -> Option<Vec<u8>> {
        let Resource::Hashes(tile) = path.strip_prefix("tile/")?.parse().ok()? else { return None };
        Some(self.tiles.get(&(tile.level, tile.index))?.get(..usize::from(tile.width) * 32)?.to_vec())
    }
}
