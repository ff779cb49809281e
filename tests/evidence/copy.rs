//! A copy of a log, and the ways to rewrite it.

use super::support::fixture::{self, act, stream};
use super::support::{App, Cast, ORIGIN, mirror};
use gongshi::field::Instant;
use gongshi::log::{Checkpoint, Edge, Entry, NoteSigner, Resource, bundle, leaf_hash, parse_bundle, tiles_of_size};
use gongshi::record::Record;
use std::path::Path;

/// A log with some life in it, as a copy, with the key of its checkpoints.
pub struct Copy {
    pub app: App,
    pub cast: Cast,
    pub folder: tempfile::TempDir,
    pub entries: Vec<Vec<u8>>,
    pub signer: NoteSigner,
}

impl Copy {
    pub async fn take() -> Self {
        let app = App::start().await;
        let cast = app.cast().await;
        for n in 0..20 {
            let disclosed = act(fixture::preannouncement(&cast.centre));
            app.post(&cast.centre, "/v1/tenders", &stream(&format!("T-{n}")), &disclosed).await.accepted();
        }
        app.days_pass(8).await;
        let folder = tempfile::tempdir().unwrap();
        mirror(&app, folder.path()).await;
        let key = gongshi::record::load_key(&app.folder.path().join("keys/log.jwk")).unwrap();
        let signer = NoteSigner::new(ORIGIN, key).unwrap();
        let entries = entries_of(folder.path(), app.size());
        Self { app, cast, folder, entries, signer }
    }

    /// Writes a log of these entries whose tree and checkpoint are made anew: the operator itself tampers.
    pub fn rewrite(&self, entries: &[Vec<u8>]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        write_log(folder.path(), entries, &self.signer);
        folder
    }

    /// Appends a record as the operator could: any time, any author, a chain that is whole.
    pub fn append(&self, entries: &mut Vec<Vec<u8>>, record: &Record, time: Instant) {
        let previous = leaf_hash(entries.last().unwrap());
        entries.push(Entry { index: entries.len() as u64, time, previous, record }.encode());
    }
}

pub fn entries_of(folder: &Path, size: u64) -> Vec<Vec<u8>> {
    let mut entries = Vec::new();
    for tile in tiles_of_size(size).into_iter().filter(|tile| tile.level == 0) {
        let bytes = std::fs::read(folder.join(format!("tile/{}", Resource::Entries(tile)))).unwrap();
        entries.extend(parse_bundle(bytes.into(), tile.width).unwrap().into_iter().map(Vec::from));
    }
    entries
}

pub fn write_log(folder: &Path, entries: &[Vec<u8>], signer: &NoteSigner) {
    let mut edge = Edge::new();
    entries.iter().for_each(|entry| edge.append(leaf_hash(entry)));
    let size = entries.len() as u64;
    let write = |name: String, bytes: &[u8]| {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    };
    for changed in edge.changed_tiles() {
        let tile =
            tiles_of_size(size).into_iter().find(|t| (t.level, t.index) == (changed.level, changed.index)).unwrap();
        write(format!("tile/{}", Resource::Hashes(tile)), &changed.hashes);
        if tile.level == 0 {
            let range = (tile.index * 256) as usize..((tile.index * 256) as usize + usize::from(tile.width));
            let bytes = bundle(entries[range].iter().map(Vec::as_slice));
            write(format!("tile/{}", Resource::Entries(tile)), &bytes);
        }
    }
    let checkpoint = Checkpoint { origin: ORIGIN.into(), size, root: edge.root() };
    write("checkpoint".into(), checkpoint.sign(signer).as_bytes());
}
