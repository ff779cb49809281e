//! The log as bytes: entries, their chain, the Merkle tree over them, and the texts by which others check it.
//!
//! Formats are the standard ones, so that existing witnesses, monitors and verifiers work unchanged: the tree of
//! RFC 6962, and C2SP signed-note, tlog-checkpoint, tlog-tiles, tlog-proof, tlog-cosignature, tlog-witness and
//! tlog-policy. No I/O, no clock.

mod checkpoint;
mod cosignature;
mod edge;
mod entry;
mod hash;
mod note;
mod policy;
mod proof;
mod submission;
mod tile;
mod tree;

pub use checkpoint::{Checkpoint, CheckpointError};
pub use cosignature::{Cosignature, Cosigner, CosignerKey};
pub use edge::{ChangedTile, Edge, EdgeError};
pub use entry::{ENTRY_BYTES_MAX, Entry, EntryError, EntryView, first_previous};
pub use hash::{Hash, HashError};
pub use note::{NoteError, NoteKey, NoteSigner, SignedNote};
pub use policy::{Policy, PolicyError, PolicyFault, PolicyLog, PolicyWitness};
pub use proof::{ProofTextError, TlogProof};
pub use submission::{AddCheckpoint, AddCheckpointError};
pub use tile::{
    Resource, TILE_WIDTH, Tile, TileError, bundle, parse_bundle, parse_tile, tile_hash, tile_node, tiles_between,
    tiles_of_size,
};
pub use tree::{
    NodeId, Plan, ProofError, consistency_plan, empty_root, inclusion_plan, leaf_hash, node_hash, root_plan,
    verify_consistency, verify_inclusion,
};
