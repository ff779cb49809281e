//! A log as a plain folder in tlog-tiles layout, that any static web server can serve.

use super::{Database, StoreError};
use crate::law::{EDITIONS_PATH, edition_path, editions_list};
use crate::log::{Resource, TILE_WIDTH, bundle, tiles_of_size};
use std::path::{Path, PathBuf};

/// Why a log was not exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("{}: {source}", path.display())]
    Io { path: PathBuf, source: std::io::Error },
}

/// Writes checkpoint, tiles, entry bundles and editions of the law below `out`, and says how many entries there are. The
/// checkpoint comes last: whoever reads it finds every tile that it needs.
///
/// # Errors
/// See [`ExportError`].
pub async fn export_log(database: &Database, out: &Path) -> Result<u64, ExportError> {
    let (size, checkpoint) = database.cosigned_head().await?.ok_or_else(|| damaged("no log head"))?;
    each_resource(database, size, |resource, bytes| write(&out.join(format!("tile/{resource}")), &bytes)).await?;
    let editions = database.editions().await?;
    for id in &editions {
        let bytes = database.edition(*id).await?.ok_or_else(|| damaged("an edition of the law is missing"))?;
        write(&out.join(edition_path(*id)), &bytes)?;
    }
    write(&out.join(EDITIONS_PATH), editions_list(&editions).as_bytes())?;
    write(&out.join("checkpoint"), checkpoint.as_bytes())?;
    Ok(size)
}

/// Hands over every tile and entry bundle of the log's first `size` entries, in the order of their names' levels.
///
/// # Errors
/// A tile is missing or too short, the store fails, or `take` does.
pub async fn each_resource<E: From<StoreError>>(
    database: &Database,
    size: u64,
    mut take: impl FnMut(Resource, Vec<u8>) -> Result<(), E>,
) -> Result<(), E> {
    for tile in tiles_of_size(size) {
        let mut hashes = database.tile(tile.level, tile.index).await?.ok_or_else(|| damaged("a tile is missing"))?;
        let length = usize::from(tile.width) * 32;
        if hashes.len() < length {
            return Err(damaged("a tile is too short").into());
        }
        // It may have grown since the head was read.
        hashes.truncate(length);
        take(Resource::Hashes(tile), hashes)?;
        if tile.level == 0 {
            let entries = database.entries(tile.index * TILE_WIDTH, tile.width.into()).await?;
            take(Resource::Entries(tile), bundle(entries.iter().map(Vec::as_slice)))?;
        }
    }
    Ok(())
}

fn damaged(what: &str) -> StoreError {
    StoreError::Damaged(what.to_owned())
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), ExportError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(path, bytes))
        .map_err(|source| ExportError::Io { path: path.to_owned(), source })
}
