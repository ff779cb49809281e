//! Logs that are not a plain folder, as the auditor reads them.

use bytes::Bytes;
use gongshi::audit::{Source, SourceError};
use gongshi::field::DocumentId;
use gongshi::log::{Resource, TILE_WIDTH, Tile, parse_bundle};
use gongshi::mirror::{FetchError, LogClient};
use gongshi::store::{Database, StoreError};
use tokio::runtime::Handle;

/// A database: of a service that is stopped, or a copy.
pub struct DatabaseSource {
    pub database: Database,
    pub runtime: Handle,
}

/// A service or a static mirror, by URL.
pub struct HttpSource {
    client: LogClient,
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

    fn law(&mut self, edition: DocumentId) -> Result<Option<Vec<u8>>, SourceError> {
        self.wait("law", self.database.edition(edition))
    }
}

impl HttpSource {
    /// The log of a service or a mirror.
    ///
    /// # Errors
    /// Nobody answers there.
    pub fn open(url: &str, runtime: Handle) -> Result<Self, FetchError> {
        let client = runtime.block_on(LogClient::locate(url))?;
        Ok(Self { client, runtime, size: 0 })
    }

    /// A resource, or `None` when it is not there.
    fn fetch(&self, resource: Resource) -> Result<Option<Bytes>, SourceError> {
        match self.runtime.block_on(self.client.resource(resource)) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(FetchError::Missing { .. }) => Ok(None),
            Err(error) => Err(SourceError::new(resource, error)),
        }
    }
}

impl Source for HttpSource {
    fn checkpoint(&mut self) -> Result<String, SourceError> {
        let note = self.runtime.block_on(self.client.checkpoint());
        let note = note.map_err(|error| SourceError::new("checkpoint", error))?;
        self.size = note.lines().nth(1).and_then(|size| size.parse().ok()).unwrap_or_default();
        Ok(note)
    }

    fn bundle(&mut self, index: u64) -> Result<Vec<Bytes>, SourceError> {
        let Some(tile) = Tile::of_size(0, index, self.size) else { return Ok(Vec::new()) };
        let resource = Resource::Entries(tile);
        let Some(bytes) = self.fetch(resource)? else { return Ok(Vec::new()) };
        parse_bundle(bytes, tile.width).map_err(|error| SourceError::new(resource, error))
    }

    fn tile(&mut self, tile: Tile) -> Result<Option<Vec<u8>>, SourceError> {
        let Some(tile) = Tile::of_size(tile.level, tile.index, self.size) else { return Ok(None) };
        Ok(self.fetch(Resource::Hashes(tile))?.map(Vec::from))
    }

    fn law(&mut self, edition: DocumentId) -> Result<Option<Vec<u8>>, SourceError> {
        match self.runtime.block_on(self.client.edition(edition)) {
            Ok(bytes) => Ok(Some(bytes.into())),
            Err(FetchError::Missing { .. }) => Ok(None),
            Err(error) => Err(SourceError::new("law", error)),
        }
    }
}
