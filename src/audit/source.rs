//! Where an auditor reads a log from.

use crate::field::DocumentId;
use crate::log::{Resource, TILE_WIDTH, Tile, parse_bundle, parse_tile};
use bytes::Bytes;
use std::fs;
use std::path::{Path, PathBuf};

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

/// A plain folder in tlog-tiles layout: `checkpoint`, `tile/<L>/<N>`, `tile/entries/<N>`,
/// `law/<sha256>`.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
}

impl Folder {
    pub fn new(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    fn read(&self, name: &str) -> Result<Option<Vec<u8>>, SourceError> {
        let path = self.path.join(name);
        match fs::read(&path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(SourceError::new(path.display(), error)),
        }
    }

    /// The widest partial resource beside a full one: `<N>.p/<W>`.
    fn widest(&self, resource: Resource) -> Result<Option<(u16, Vec<u8>)>, SourceError> {
        let name = format!("tile/{resource}");
        if let Some(bytes) = self.read(&name)? {
            return Ok(Some((TILE_WIDTH as u16, bytes)));
        }
        let Ok(widths) = fs::read_dir(self.path.join(format!("{name}.p"))) else { return Ok(None) };
        let widths = widths.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u16>().ok());
        let Some(width) = widths.max() else { return Ok(None) };
        Ok(self.read(&format!("{name}.p/{width}"))?.map(|bytes| (width, bytes)))
    }
}

impl Source for Folder {
    fn checkpoint(&mut self) -> Result<String, SourceError> {
        let bytes = self.read("checkpoint")?.ok_or_else(|| SourceError::new("checkpoint", "missing"))?;
        String::from_utf8(bytes).map_err(|error| SourceError::new("checkpoint", error))
    }

    fn bundle(&mut self, index: u64) -> Result<Vec<Bytes>, SourceError> {
        let resource = Resource::Entries(Tile { level: 0, index, width: TILE_WIDTH as u16 });
        let Some((width, bytes)) = self.widest(resource)? else { return Ok(Vec::new()) };
        parse_bundle(bytes.into(), width).map_err(|error| SourceError::new(resource, error))
    }

    fn tile(&mut self, tile: Tile) -> Result<Option<Vec<u8>>, SourceError> {
        let full = Resource::Hashes(Tile { width: TILE_WIDTH as u16, ..tile });
        let Some((width, bytes)) = self.widest(full)? else { return Ok(None) };
        parse_tile(bytes, width).map(Some).map_err(|error| SourceError::new(full, error))
    }

    fn law(&mut self, edition: DocumentId) -> Result<Option<Vec<u8>>, SourceError> {
        self.read(&format!("law/{edition}"))
    }
}
