//! The tiles and bundles that a larger log needs, and those that it no longer does.

use super::PublishingError;
use crate::ledger::Ledger;
use crate::log::{Resource, TILE_WIDTH, Tile, bundle, tiles_between};
use crate::store::{Objects, Served, StoreError};
use bytes::Bytes;
use futures::{StreamExt, TryStreamExt, stream};

pub(super) const TILE: Served =
    Served { content_type: "application/octet-stream", cache_control: "public, max-age=31536000, immutable" };
/// Requests to the place at a time.
const AT_A_TIME: usize = 16;

/// What stands under a tile's index: its hashes, and the entries too at the lowest level.
fn resources(tile: Tile) -> impl Iterator<Item = Resource> {
    let entries = (tile.level == 0).then_some(Resource::Entries(tile));
    std::iter::once(Resource::Hashes(tile)).chain(entries)
}

/// Writes what a tree of `size` has and one of `published` had not.
pub(super) async fn write(ledger: &Ledger, place: &Objects, published: u64, size: u64) -> Result<(), PublishingError> {
    let wanted = stream::iter(tiles_between(published, size).flat_map(resources).map(Ok::<_, PublishingError>));
    wanted
        .try_for_each_concurrent(AT_A_TIME, |resource| async move {
            let bytes = read(ledger, resource).await?;
            Ok(place.write(&format!("tile/{resource}"), bytes, Some(TILE)).await?)
        })
        .await
}

/// The bytes of a resource; the log may have grown beyond its width.
async fn read(ledger: &Ledger, resource: Resource) -> Result<Bytes, PublishingError> {
    let short = || StoreError::Damaged(format!("tile/{resource} is too short"));
    let (tile, width) = (resource.tile(), usize::from(resource.tile().width));
    Ok(match resource {
        Resource::Hashes(_) => {
            let hashes = ledger.tree.tile(tile.level, tile.index).await?.ok_or_else(short)?;
            Bytes::copy_from_slice(hashes.get(..width * 32).ok_or_else(short)?)
        }
        Resource::Entries(_) => {
            let entries = ledger.database.entries(tile.index * TILE_WIDTH, tile.width.into()).await?;
            if entries.len() != width {
                return Err(short().into());
            }
            bundle(entries.iter().map(Vec::as_slice)).into()
        }
    })
}

/// Removes the partial tiles of what has become full since `published`.
pub(super) async fn remove_outgrown(place: &Objects, published: u64, size: u64) -> Result<(), PublishingError> {
    let full = tiles_between(published, size).filter(|tile| tile.is_full()).flat_map(resources);
    stream::iter(full.map(Ok::<_, PublishingError>))
        .try_for_each_concurrent(AT_A_TIME, |resource| async move {
            let partial = place.names(&format!("tile/{resource}.p")).await?;
            remove(place, partial).await
        })
        .await
}

/// The same for a whole tree, whatever its history.
pub(super) async fn remove_all_outgrown(place: &Objects, size: u64) -> Result<(), PublishingError> {
    let outgrown = |name: &String| {
        let tile = name.strip_prefix("tile/").and_then(|path| path.parse::<Resource>().ok()).map(Resource::tile);
        tile.is_some_and(|tile| !tile.is_full() && size >> (8 * tile.level) >= (tile.index + 1) * TILE_WIDTH)
    };
    let names = place.names("tile").await?;
    remove(place, names.into_iter().filter(outgrown).collect()).await
}

async fn remove(place: &Objects, names: Vec<String>) -> Result<(), PublishingError> {
    stream::iter(names)
        .map(Ok::<_, PublishingError>)
        .try_for_each_concurrent(AT_A_TIME, |name| async move { Ok(place.remove(&name).await?) })
        .await
}
