//! Logs that are not a plain folder, as the auditor reads them.

use bytes::Bytes;
use gongshi::audit::{Source, SourceError};
use gongshi::log::{Resource, TILE_WIDTH, Tile, parse_bundle, parse_tile};
use gongshi::store::{Database, StoreError};
use tokio::runtime::Handle;

/// A database: of a service that is stopped, or a copy.
pub struct DatabaseSource {
    pub database: Database,
    pub runtime: Handle,
}

/// A service or a static mirror, by URL.
pub struct HttpSource {
    client: reqwest::Client,
    base: String,
    runtime: Handle,
    size: u64,
}

impl DatabaseSource {
    fn wait<T>(&self, what: &'static str, read: impl Future<Output = Result<T, StoreError>>) -> Result<T, SourceError> {
        self.runtime.block_on(read).map_err(|error| SourceError::new(what, error))
    }
}

impl Source for DatabaseSource {
    fn checkpoint(&mut self) -> Result<String, SourceError> {
        let head = self.wait("checkpoint", self.database.cosigned_head())?;
        head.map(|(_, note)| note).ok_or_else(|| SourceError::new("checkpoint", "missing"))
    }

    /// Entries by their order, not by their number: a gap must show as one.
    fn bundle(&mut self, index: u64) -> Result<Vec<Bytes>, SourceError> {
        let entries = self.wait("entries", self.database.entries(index * TILE_WIDTH, TILE_WIDTH))?;
        Ok(entries.into_iter().map(Bytes::from).collect())
    }

    fn tile(&mut self, tile: Tile) -> Result<Option<Vec<u8>>, SourceError> {
        self.wait("tiles", self.database.tile(tile.level, tile.index))
    }
}

impl HttpSource {
    /// `base` is the prefix below which `checkpoint` and `tile/…` stand.
    pub fn new(base: &str, runtime: Handle) -> Self {
        Self { client: reqwest::Client::new(), base: base.trim_end_matches('/').to_owned(), runtime, size: 0 }
    }

    fn fetch(&self, path: &str) -> Result<Option<Vec<u8>>, SourceError> {
        let url = format!("{}/{path}", self.base);
        let fetched = self.runtime.block_on(async {
            let response = self.client.get(&url).send().await?;
            if response.status() == reqwest::StatusCode::NOT_FOUND {
                return Ok(None);
            }
            response.error_for_status()?.bytes().await.map(|bytes| Some(bytes.to_vec()))
        });
        fetched.map_err(|error: reqwest::Error| SourceError::new(url, error))
    }

    /// The width of a tile of the tree that the checkpoint is of.
    fn width(&self, tile: Tile) -> u16 {
        let hashes = self.size >> (8 * u32::from(tile.level));
        hashes.saturating_sub(tile.index * TILE_WIDTH).min(TILE_WIDTH) as u16
    }
}

impl Source for HttpSource {
    fn checkpoint(&mut self) -> Result<String, SourceError> {
        let bytes = self.fetch("checkpoint")?.ok_or_else(|| SourceError::new(&self.base, "no checkpoint"))?;
        let note = String::from_utf8(bytes).map_err(|error| SourceError::new("checkpoint", error))?;
        self.size = note.lines().nth(1).and_then(|size| size.parse().ok()).unwrap_or_default();
        Ok(note)
    }

    fn bundle(&mut self, index: u64) -> Result<Vec<Bytes>, SourceError> {
        let tile = Tile { level: 0, index, width: self.width(Tile { level: 0, index, width: 0 }) };
        if tile.width == 0 {
            return Ok(Vec::new());
        }
        let resource = Resource::Entries(tile);
        let Some(bytes) = self.fetch(&format!("tile/{resource}"))? else { return Ok(Vec::new()) };
        parse_bundle(bytes.into(), tile.width).map_err(|error| SourceError::new(resource, error))
    }

    fn tile(&mut self, tile: Tile) -> Result<Option<Vec<u8>>, SourceError> {
        let width = self.width(tile);
        if width == 0 {
            return Ok(None);
        }
        let resource = Resource::Hashes(Tile { width, ..tile });
        let Some(bytes) = self.fetch(&format!("tile/{resource}"))? else { return Ok(None) };
        parse_tile(bytes, width).map(Some).map_err(|error| SourceError::new(resource, error))
    }
}
