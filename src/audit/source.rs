//! Where an auditor reads a log from.

use crate::field::DocumentId;
use crate::log::Tile;
use bytes::Bytes;

/// A copy of a log: its checkpoint, and bundles of 256 entries.
pub trait Source: Send {
    /// The signed checkpoint.
    ///
    /// # Errors
    /// It can't be read.
    fn checkpoint(&mut self) -> Result<String, SourceError>;

    /// The entries from `index * 256` on, at most 256, as many as there are; empty behind the end.
    ///
    /// # Errors
    /// They can't be read.
    fn bundle(&mut self, index: u64) -> Result<Vec<Bytes>, SourceError>;

    /// The hashes of a tile, if the copy has it.
    ///
    /// # Errors
    /// It can't be read, or has more or fewer hashes than its path says.
    fn tile(&mut self, tile: Tile) -> Result<Option<Vec<u8>>, SourceError>;

    /// The bytes of an edition of the law that the log adopts, if the copy has them. Nothing is believed of them but that
    /// they have this hash.
    ///
    /// # Errors
    /// They can't be read.
    fn law(&mut self, edition: DocumentId) -> Result<Option<Vec<u8>>, SourceError>;
}

/// A part of the copy can't be read.
#[derive(Debug, thiserror::Error)]
#[error("{what}: {reason}")]
pub struct SourceError {
    pub what: String,
    pub reason: String,
}

impl SourceError {
    pub fn new(what: impl ToString, reason: impl ToString) -> Self {
        Self { what: what.to_string(), reason: reason.to_string() }
    }
}
