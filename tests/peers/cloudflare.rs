//! Cloudflare's crates `signed_note` and `tlog_tiles`, as a reader of a log uses them.

use signed_note::{Note, StandardVerifier, Verifier, VerifierList};
use std::panic::{AssertUnwindSafe, catch_unwind};
use tlog_tiles::{Checkpoint, Error, Hash, RecordProof, Tile, TileReader, check_record, record_hash};

/// What a checkpoint says: size and root.
pub type Head = (u64, [u8; 32]);

/// Some of its functions panic where they should refuse.
pub fn accepted<T, E>(judge: impl FnOnce() -> Result<T, E>) -> Option<T> {
    catch_unwind(AssertUnwindSafe(judge)).ok()?.ok()
}

/// Opens a checkpoint of this origin that this vkey signed.
pub fn open(note: &[u8], vkey: &str, origin: &str) -> Option<Head> {
    let note = Note::from_bytes(note).ok()?;
    let verifier = StandardVerifier::new(vkey).ok()?;
    note.verify(&VerifierList::new(vec![Box::new(verifier)])).ok()?;
    let checkpoint = Checkpoint::from_bytes(note.text()).ok()?;
    (checkpoint.origin() == origin).then(|| (checkpoint.size(), checkpoint.hash().0))
}

/// Opens a C2SP tlog-proof, for which the crates have the parts but not the frame.
pub fn open_receipt(text: &[u8], entry: &[u8], vkey: &str, origin: &str) -> Option<(u64, Head)> {
    let (head, note) = std::str::from_utf8(text).ok()?.split_once("\n\n")?;
    let mut lines = head.strip_prefix("c2sp.org/tlog-proof@v1\n")?.split('\n');
    let digits = lines.next()?.strip_prefix("index ")?;
    let index = digits.parse().ok().filter(|index: &u64| index.to_string() == digits)?;
    let proof: RecordProof = lines.map(Hash::parse_hash).collect::<Result<_, _>>().ok()?;
    let (size, root) = open(note.as_bytes(), vkey, origin)?;
    accepted(|| check_record(&proof, size, Hash(root), index, record_hash(entry)))?;
    Some((index, (size, root)))
}

/// Name and id of a verifier key.
pub fn vkey(text: &str) -> Option<(String, u32)> {
    let key = StandardVerifier::new(text).ok()?;
    Some((key.name().to_owned(), key.key_id()))
}

/// The crate keeps the paths of Go, with the height of the tiles: `tile/8/<L>/…` and `tile/8/data/…`.
fn to_go(path: &str) -> String {
    match path.strip_prefix("entries/") {
        Some(rest) => format!("tile/8/data/{rest}"),
        None => format!("tile/8/{path}"),
    }
}

/// Level (`None` for entries), index and width of a path below `tile/`.
pub fn tile(path: &str) -> Option<(Option<u8>, u64, u32)> {
    let tile = accepted(|| Tile::from_path(&to_go(path)))?;
    Some(((!tile.is_data()).then(|| tile.level()), tile.level_index(), tile.width()))
}

/// The path of C2SP tlog-tiles.
pub fn path(tile: &Tile) -> String {
    tile.path().replacen("tile/8/", "tile/", 1)
}

/// The files of a log.
pub struct Files<F>(pub F);

impl<F: Fn(&str) -> Option<Vec<u8>>> TileReader for Files<F> {
    fn height(&self) -> u8 {
        8
    }

    fn read_tiles(&self, tiles: &[Tile]) -> Result<Vec<Vec<u8>>, Error> {
        tiles.iter().map(|tile| self.0(&path(tile)).ok_or(Error::InvalidTile)).collect()
    }

    fn save_tiles(&self, _: &[Tile], _: &[Vec<u8>]) {}
}
