//! What the service serves, read over HTTP by the code of others alone.

use super::cloudflare::{self, Files};
use super::sigstore::{checkpoint, head, receipt, sigstore};
use super::support::fixture::{self, act, stream};
use super::support::{App, ORIGIN, audit, mirror};
use std::path::Path;
use tlog_tiles::{
    Hash, HashReader, Tile, TileHashReader, check_record, check_tree, prove_record, prove_tree, record_hash,
    stored_hash_index,
};
use tokio::runtime::Handle;
use tokio::task::block_in_place;

#[tokio::test(flavor = "multi_thread")]
async fn a_served_log_is_read_by_the_code_of_others() {
    let app = App::start().await;
    let cast = app.cast().await;
    let vkey = app.get("/v1/log").await.body["log_key"].as_str().unwrap().to_owned();
    let earlier = app.bytes("/log/checkpoint").await;
    let act = act(fixture::preannouncement(&cast.centre));
    let answer = app.post(&cast.centre, "/v1/tenders", &stream("T-1"), &act).await.accepted();
    let note = app.bytes("/log/checkpoint").await;

    let (size, root) = cloudflare::open(&note, &vkey, ORIGIN).unwrap();
    let (old_size, old_root) = cloudflare::open(&earlier, &vkey, ORIGIN).unwrap();
    assert!(old_size < size);
    // The reader names the tiles that it wants, and believes none before it has their root.
    let fetch = |path: &str| block_in_place(|| Handle::current().block_on(app.bytes(&format!("/log/{path}"))));
    let files = Files(|path: &str| Some(fetch(path)));
    let reader = TileHashReader::new(size, Hash(root), &files);
    let proof = prove_tree(size, old_size, &reader).unwrap();
    check_tree(&proof, size, Hash(root), old_size, Hash(old_root)).unwrap();

    let path = Tile::new(8, 0, 0, size.try_into().unwrap(), true).path();
    let mut bundle = &fetch(&path.replacen("tile/8/data/", "tile/entries/", 1))[..];
    let mut entries = Vec::new();
    while let Some((length, rest)) = bundle.split_first_chunk::<2>() {
        let (entry, rest) = rest.split_at(u16::from_be_bytes(*length).into());
        entries.push(entry);
        bundle = rest;
    }
    let leaves: Vec<u64> = (0..size).map(|index| stored_hash_index(0, index)).collect();
    let hashes: Vec<Hash> = entries.iter().map(|entry| record_hash(entry)).collect();
    assert_eq!(reader.read_hashes(&leaves).unwrap(), hashes);

    let index = answer["index"].as_u64().unwrap();
    let entry = entries[index as usize];
    let text = answer["proof"].as_str().unwrap().as_bytes();
    assert_eq!(cloudflare::open_receipt(text, entry, &vkey, ORIGIN), Some((index, (size, root))));
    check_record(&prove_record(size, index, &reader).unwrap(), size, Hash(root), index, record_hash(entry)).unwrap();

    let head = head((size, root));
    let answers =
        sigstore(&vkey.parse().unwrap(), [checkpoint(&note), receipt(text, entry), receipt(text, entries[0])]);
    assert_eq!(answers, [Some(head.clone()), Some(format!("{index} {head}")), None]);
}

/// Whether all hashes of the leaves can be read, on the word of a root, from the tiles in a folder.
fn readable(folder: &Path, (size, root): cloudflare::Head) -> bool {
    let files = Files(|path: &str| std::fs::read(folder.join(path)).ok());
    let leaves: Vec<u64> = (0..size).map(|index| stored_hash_index(0, index)).collect();
    cloudflare::accepted(|| TileHashReader::new(size, Hash(root), &files).read_hashes(&leaves)).is_some()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tile_that_they_refuse_is_found_by_the_audit() {
    let app = App::start().await;
    app.cast().await;
    let folder = tempfile::tempdir().unwrap();
    mirror(&app, folder.path()).await;
    let vkey = app.get("/v1/log").await.body["log_key"].as_str().unwrap().to_owned();
    let head = cloudflare::open(&std::fs::read(folder.path().join("checkpoint")).unwrap(), &vkey, ORIGIN).unwrap();
    assert!(readable(folder.path(), head) && audit(folder.path()).findings.is_empty());

    let file = folder.path().join(cloudflare::path(&Tile::new(8, 0, 0, head.0.try_into().unwrap(), false)));
    let tile = std::fs::read(&file).unwrap();
    let mut mutants: Vec<Vec<u8>> = (0..tile.len())
        .step_by(29)
        .map(|at| {
            let mut changed = tile.clone();
            changed[at] ^= 1 << (at % 8);
            changed
        })
        .collect();
    let lengths = [0, 1, 31, 32, tile.len() - 32, tile.len() - 1];
    mutants.extend(lengths.map(|length| tile[..length].to_vec()));
    mutants.extend([&[0][..], &[0; 32], &tile].map(|more| [&tile[..], more].concat()));
    mutants.push([&tile[32..], &tile[..32]].concat());
    for mutant in mutants {
        std::fs::write(&file, &mutant).unwrap();
        assert!(!readable(folder.path(), head));
        assert!(!audit(folder.path()).findings.is_empty(), "{} bytes instead of {}", mutant.len(), tile.len());
    }
}
