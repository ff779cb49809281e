//! C2SP tlog-tiles: the tree and the entries as static resources.

use super::{Hash, NodeId, node_hash};
use bytes::{Buf, Bytes};
use std::fmt;
use std::str::FromStr;

/// Hashes (or entries) in a full tile.
pub const TILE_WIDTH: u64 = 256;

/// A tile of hashes: level, index within the level, and width (256 when full).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, std::hash::Hash)]
pub struct Tile {
    pub level: u8,
    pub index: u64,
    pub width: u16,
}

/// What a path below `tile/` names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resource {
    /// `<L>/<N>[.p/<W>]`
    Hashes(Tile),
    /// `entries/<N>[.p/<W>]`; the tile's level is 0.
    Entries(Tile),
}

/// The path or the bytes are not those of a tile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TileError {
    #[error("not a tile path of tlog-tiles")]
    Path,
    #[error("not an entry bundle of that width")]
    Bundle,
    #[error("not a tile of that width")]
    Hashes,
}

impl Resource {
    pub fn tile(self) -> Tile {
        match self {
            Self::Hashes(tile) | Self::Entries(tile) => tile,
        }
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tile = self.tile();
        match self {
            Self::Hashes(_) => write!(f, "{}/", tile.level)?,
            Self::Entries(_) => f.write_str("entries/")?,
        }
        let mut groups = vec![tile.index % 1000];
        let mut rest = tile.index / 1000;
        while rest > 0 {
            groups.push(rest % 1000);
            rest /= 1000;
        }
        while let Some(group) = groups.pop() {
            if groups.is_empty() { write!(f, "{group:03}")? } else { write!(f, "x{group:03}/")? }
        }
        if u64::from(tile.width) < TILE_WIDTH { write!(f, ".p/{}", tile.width) } else { Ok(()) }
    }
}

impl FromStr for Resource {
    type Err = TileError;

    fn from_str(path: &str) -> Result<Self, TileError> {
        let (level, rest) = path.split_once('/').ok_or(TileError::Path)?;
        let (index, width) = match rest.split_once(".p/") {
            Some((index, width)) => (index, width.parse().map_err(|_| TileError::Path)?),
            None => (rest, TILE_WIDTH as u16),
        };
        let mut value: u64 = 0;
        for group in index.split('/') {
            let digits: u64 = group.trim_start_matches('x').parse().map_err(|_| TileError::Path)?;
            value = value.checked_mul(1000).and_then(|v| v.checked_add(digits)).ok_or(TileError::Path)?;
        }
        let tile = |level| Tile { level, index: value, width };
        let resource = if level == "entries" {
            Self::Entries(tile(0))
        } else {
            Self::Hashes(tile(level.parse().ok().filter(|level| *level < 64).ok_or(TileError::Path)?))
        };
        // One spelling a resource: whatever prints otherwise was not canonical. This also bounds the width.
        if (1..=TILE_WIDTH as u16).contains(&width) && resource.to_string() == path {
            Ok(resource)
        } else {
            Err(TileError::Path)
        }
    }
}

impl Tile {
    /// The tile at this place in a tree of `size` leaves; `None` when the tree does not reach it.
    pub fn of_size(level: u8, index: u64, size: u64) -> Option<Self> {
        let hashes = size.checked_shr(8 * u32::from(level))?.checked_sub(index.checked_mul(TILE_WIDTH)?)?;
        let width = hashes.min(TILE_WIDTH) as u16;
        (width > 0).then_some(Self { level, index, width })
    }

    pub fn is_full(self) -> bool {
        u64::from(self.width) == TILE_WIDTH
    }
}

/// All tiles of a tree of this size, level by level.
pub fn tiles_of_size(size: u64) -> Vec<Tile> {
    tiles_between(0, size).collect()
}

/// The tiles that are new or wider in a tree that grew from `old` to `size` leaves, level by level. Nothing is allocated:
/// a log that nobody trusts may claim any size.
pub fn tiles_between(old: u64, size: u64) -> impl Iterator<Item = Tile> {
    (0..8u8).flat_map(move |level| {
        let (before, after) = (old >> (8 * level), size >> (8 * level));
        let end = if before < after { after.div_ceil(TILE_WIDTH) } else { 0 };
        (before / TILE_WIDTH..end).filter_map(move |index| Tile::of_size(level, index, size))
    })
}

/// The hash over all hashes of a full tile: what stands for it in the tile above.
pub fn tile_hash(hashes: &[u8]) -> Option<Hash> {
    let half = |half: u64| tile_node(NodeId { level: 7, index: half }, hashes);
    Some(node_hash(&half(0)?, &half(1)?))
}

impl NodeId {
    /// The full-width address of the tile in which this node can be found or computed.
    pub fn tile(self) -> (u8, u64) {
        let height = self.level % 8;
        ((self.level / 8) as u8, self.index >> (8 - height))
    }
}

/// A node computed from the hashes of its tile; `None` when the tile is too short for it.
pub fn tile_node(node: NodeId, hashes: &[u8]) -> Option<Hash> {
    let height = node.level % 8;
    let start = ((node.index << height) % TILE_WIDTH) as usize * 32;
    let mut row: Vec<Hash> = hashes
        .get(start..start + (32 << height))?
        .chunks_exact(32)
        .filter_map(|bytes| Hash::from_slice(bytes).ok())
        .collect();
    while row.len() > 1 {
        row = row.chunks_exact(2).map(|pair| node_hash(&pair[0], &pair[1])).collect();
    }
    row.pop()
}

/// Entries as a bundle: each behind its length as a big-endian `u16`.
pub fn bundle<'a>(entries: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for entry in entries {
        let length = u16::try_from(entry.len()).unwrap_or(u16::MAX);
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(&entry[..usize::from(length)]);
    }
    bytes
}

/// The entries of a bundle of exactly `width` entries.
///
/// # Errors
/// [`TileError::Bundle`] when the bytes end early or late.
pub fn parse_bundle(mut bytes: Bytes, width: u16) -> Result<Vec<Bytes>, TileError> {
    let mut entries = Vec::with_capacity(usize::from(width));
    for _ in 0..width {
        let length = bytes.try_get_u16().map_err(|_| TileError::Bundle)?;
        if bytes.len() < usize::from(length) {
            return Err(TileError::Bundle);
        }
        entries.push(bytes.split_to(length.into()));
    }
    if bytes.is_empty() { Ok(entries) } else { Err(TileError::Bundle) }
}

/// The hashes of a tile of exactly `width` hashes, as they came.
///
/// # Errors
/// [`TileError::Hashes`] when there are more or fewer.
pub fn parse_tile(bytes: Vec<u8>, width: u16) -> Result<Vec<u8>, TileError> {
    if bytes.len() == usize::from(width) * 32 { Ok(bytes) } else { Err(TileError::Hashes) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn paths_are_those_of_the_specification() {
        let hashes = |level, index, width| Resource::Hashes(Tile { level, index, width }).to_string();
        assert_eq!(hashes(0, 1_234_067, 256), "0/x001/x234/067");
        assert_eq!(hashes(1, 0, 1), "1/000.p/1");
        assert_eq!(Resource::Entries(Tile { level: 0, index: 1000, width: 7 }).to_string(), "entries/x001/000.p/7");
        for bad in [
            "0/0",
            "0/x001/67",
            "0/000.p/0",
            "0/000.p/256",
            "0/000.p/01",
            "00/000",
            "64/000",
            "0/x000/001",
            "0/001/002",
            "0/x001",
            "/000",
            "0/",
            "0/000.p/",
            "0/x001/x234/067/",
            "0/99999999999999999999",
            "e/000",
            "0/000.p/-1",
            "0/+00",
            "0/xx01/000",
            "0/x18446744073709551/616",
        ] {
            assert_eq!(bad.parse::<Resource>(), Err(TileError::Path), "{bad}");
        }
    }

    #[test]
    fn a_tree_of_70000_has_the_tiles_of_the_specification() {
        let tiles = tiles_of_size(70_000);
        let at = |level| tiles.iter().filter(move |t| t.level == level);
        assert_eq!((at(0).count(), at(0).next_back().unwrap().width), (274, 112));
        assert_eq!(at(1).map(|t| t.width).collect::<Vec<_>>(), [256, 17]);
        assert_eq!(at(2).map(|t| t.width).collect::<Vec<_>>(), [1]);
        assert_eq!(tiles_of_size(256).iter().map(|t| (t.level, t.width)).collect::<Vec<_>>(), [(0, 256), (1, 1)]);
        assert_eq!(tiles_of_size(0), []);
        let grown = |old, size| tiles_between(old, size).map(|t| (t.level, t.index, t.width)).collect::<Vec<_>>();
        assert_eq!(grown(255, 258), [(0, 0, 256), (0, 1, 2), (1, 0, 1)]);
        assert_eq!(grown(256, 257), [(0, 1, 1)]);
        assert_eq!((grown(9, 9), grown(9, 3)), (vec![], vec![]));
        assert_eq!(tiles_between(1 << 63, u64::MAX).next().unwrap().width, 256);
        assert_eq!(Tile::of_size(8, 0, u64::MAX), None);
    }

    proptest! {
        #[test]
        fn paths_and_bundles_round_trip(level in 0u8..64, index: u64, width in 1u16..=256, texts: Vec<Vec<u8>>) {
            for resource in [Resource::Hashes(Tile { level, index, width }), Resource::Entries(Tile { level: 0, index, width })] {
                prop_assert_eq!(resource.to_string().parse(), Ok(resource));
            }
            let bytes = Bytes::from(bundle(texts.iter().map(Vec::as_slice)));
            prop_assert_eq!(parse_bundle(bytes.clone(), texts.len() as u16).unwrap(), texts.clone());
            prop_assert!(parse_bundle(bytes.clone(), texts.len() as u16 + 1).is_err());
            if !bytes.is_empty() {
                prop_assert!(parse_bundle(bytes.slice(..bytes.len() - 1), texts.len() as u16).is_err());
            }
        }

        #[test]
        fn parsing_never_panics(path in "\\PC{0,40}", bytes: Vec<u8>, width: u16) {
            let _ = path.parse::<Resource>();
            let _ = parse_bundle(bytes.into(), width);
        }
    }
}
