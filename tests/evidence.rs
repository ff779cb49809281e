//! A stranger with a copy of the log: what holds is found to hold, and every kind of tampering is named.

mod support;

use gongshi::audit::Reason;
use gongshi::field::Instant;
use gongshi::log::{
    Checkpoint, Edge, Entry, EntryView, Hash, NoteKey, NoteSigner, Resource, TlogProof, bundle, parse_bundle,
    tiles_of_size, verify_consistency,
};
use gongshi::organisation::{self, KeyAddition, KeyRevocation, RevocationReason, possession_header};
use gongshi::record::{PrivateKey, Record};
use gongshi::world::Stream;
use std::path::Path;
use support::fixture::{self, act, stream};
use support::{Actor, App, Cast, ORIGIN, audit, mirror};

/// A log with some life in it, as a copy, with the key of its checkpoints.
struct Copy {
    app: App,
    cast: Cast,
    folder: tempfile::TempDir,
    entries: Vec<Vec<u8>>,
    signer: NoteSigner,
}

impl Copy {
    async fn take() -> Self {
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
    fn rewrite(&self, entries: &[Vec<u8>]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        write_log(folder.path(), entries, &self.signer);
        folder
    }

    /// Appends a record as the operator could: any time, any author, a chain that is whole.
    fn append(&self, entries: &mut Vec<Vec<u8>>, record: &Record, time: Instant) {
        let previous = Hash::of(entries.last().unwrap());
        entries.push(Entry { index: entries.len() as u64, time, previous, record }.encode());
    }
}

fn entries_of(folder: &Path, size: u64) -> Vec<Vec<u8>> {
    let mut entries = Vec::new();
    for tile in tiles_of_size(size).into_iter().filter(|tile| tile.level == 0) {
        let bytes = std::fs::read(folder.join(format!("tile/{}", Resource::Entries(tile)))).unwrap();
        entries.extend(parse_bundle(bytes.into(), tile.width).unwrap().into_iter().map(Vec::from));
    }
    entries
}

fn write_log(folder: &Path, entries: &[Vec<u8>], signer: &NoteSigner) {
    let mut edge = Edge::new();
    entries.iter().for_each(|entry| edge.append(gongshi::log::leaf_hash(entry)));
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

#[track_caller]
fn finds(folder: &Path, reason: Reason, index: Option<u64>) {
    let report = audit(folder);
    assert!(!report.holds());
    let found = report.findings.iter().any(|finding| finding.reason == reason && finding.index == index);
    assert!(found, "{reason:?} at {index:?} is not among {:#?}", report.findings);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_untouched_copy_holds_and_every_tampering_is_named() {
    let copy = Copy::take().await;
    let report = audit(copy.folder.path());
    assert!(report.holds(), "{:#?}", report.findings);
    assert_eq!(report.entries, copy.entries.len() as u64);
    let rewritten = copy.rewrite(&copy.entries);
    assert!(audit(rewritten.path()).holds(), "the test's own writer is sound");

    // One byte in an entry of the copy; the tree was not touched.
    let mut entries = copy.entries.clone();
    let at = entries[10].iter().position(|byte| *byte == b'"').unwrap() + 100;
    entries[10][at] = if entries[10][at] == b'a' { b'b' } else { b'a' };
    let folder = tempfile::tempdir().unwrap();
    mirror(&copy.app, folder.path()).await;
    let size = entries.len() as u64;
    let bytes = bundle(entries.iter().map(Vec::as_slice));
    let tile = tiles_of_size(size)[0];
    std::fs::write(folder.path().join(format!("tile/{}", Resource::Entries(tile))), bytes).unwrap();
    finds(folder.path(), Reason::TileMismatch, Some(10));
    finds(folder.path(), Reason::RootMismatch, None);

    // Two entries swapped, one dropped: even when the operator signs a new tree over it.
    let mut entries = copy.entries.clone();
    entries.swap(11, 12);
    finds(copy.rewrite(&entries).path(), Reason::IndexWrong, Some(11));
    finds(copy.rewrite(&entries).path(), Reason::ChainBroken, Some(11));
    let mut entries = copy.entries.clone();
    entries.remove(12);
    finds(copy.rewrite(&entries).path(), Reason::IndexWrong, Some(12));
    finds(copy.rewrite(&entries).path(), Reason::ChainBroken, Some(12));

    // A checkpoint of a shorter tree.
    let folder = copy.rewrite(&copy.entries);
    let shorter = copy.rewrite(&copy.entries[..15]);
    std::fs::copy(shorter.path().join("checkpoint"), folder.path().join("checkpoint")).unwrap();
    finds(folder.path(), Reason::SizeMismatch, Some(15));

    // A checkpoint by another key.
    let stranger = NoteSigner::new(ORIGIN, PrivateKey::generate()).unwrap();
    write_log(folder.path(), &copy.entries, &stranger);
    finds(folder.path(), Reason::CheckpointInvalid, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn even_the_operator_cannot_forge_backdate_or_use_a_revoked_key() {
    let copy = Copy::take().await;
    let now = copy.app.now();
    let next = copy.entries.len() as u64;
    let disclosed = act(fixture::preannouncement(&copy.cast.centre));
    let sign = |signer: &PrivateKey, claimed: &Actor, code: &str| {
        let header = copy.app.header(claimed, &stream(code), "tender.preannounced");
        Record::sign(signer, &header, &serde_json::to_vec(&disclosed.to_value()).unwrap())
    };

    // A forged author: the centre's key id, somebody else's signature.
    let mut entries = copy.entries.clone();
    copy.append(&mut entries, &sign(&PrivateKey::generate(), &copy.cast.centre, "F-1"), now);
    finds(copy.rewrite(&entries).path(), Reason::SignatureMismatch, Some(next));

    // An author nobody registered.
    let nobody = Actor { id: copy.cast.centre.id.clone(), key: PrivateKey::generate() };
    let mut entries = copy.entries.clone();
    copy.append(&mut entries, &sign(&nobody.key, &nobody, "F-2"), now);
    finds(copy.rewrite(&entries).path(), Reason::KeyUnknown, Some(next));

    // A role that may not do it.
    let mut entries = copy.entries.clone();
    copy.append(&mut entries, &sign(&copy.cast.enterprise.key, &copy.cast.enterprise, "F-3"), now);
    finds(copy.rewrite(&entries).path(), Reason::NotAllowed, Some(next));

    // The same record twice.
    let mut entries = copy.entries.clone();
    let again = EntryView::parse(&copy.entries[8]).unwrap().record();
    copy.append(&mut entries, &again, now);
    finds(copy.rewrite(&entries).path(), Reason::JtiReused, Some(next));

    // A re-dated entry: its bytes change, so the chain does not fit; with a new chain, time runs backwards.
    let mut entries = copy.entries.clone();
    let view = EntryView::parse(&copy.entries[14]).unwrap();
    let (record, time) = (view.record(), view.time.plus_millis(-86_400_000 * 30));
    entries[14] = Entry { index: 14, time, previous: view.previous, record: &record }.encode();
    finds(copy.rewrite(&entries).path(), Reason::TimeBackwards, Some(14));
    finds(copy.rewrite(&entries).path(), Reason::ChainBroken, Some(15));

    // A key that was rotated out and revoked.
    let centre = Stream::Organisation(copy.cast.centre.id.clone());
    let path = |what: &str| format!("/v1/organisations/{}/{what}", copy.cast.centre.id);
    let new = PrivateKey::generate();
    let possession = Record::sign(&new, &possession_header(new.key_id(), ORIGIN, &copy.cast.centre.id, now), b"");
    let addition = KeyAddition { key: new.public().to_jwk(), possession: possession.detached().parse().unwrap() };
    let addition = organisation::Act::from(addition).into();
    copy.app.post(&copy.cast.centre, &path("keys"), &centre, &addition).await.accepted();
    let kid = copy.cast.centre.key.key_id();
    let revocation = KeyRevocation { kid, reason: RevocationReason::Compromised, effective: now };
    let revocation = organisation::Act::from(revocation).into();
    copy.app.post(&copy.cast.centre, &path("key-revocations"), &centre, &revocation).await.accepted();
    let folder = tempfile::tempdir().unwrap();
    mirror(&copy.app, folder.path()).await;
    assert!(audit(folder.path()).holds(), "what the key signed before its revocation stays valid");
    let mut entries = entries_of(folder.path(), copy.app.size());
    let next = entries.len() as u64;
    copy.append(&mut entries, &sign(&copy.cast.centre.key, &copy.cast.centre, "F-4"), now.plus_millis(1));
    finds(copy.rewrite(&entries).path(), Reason::NotAllowed, Some(next));
}

#[tokio::test(flavor = "multi_thread")]
async fn receipts_prove_offline_and_consistency_holds_between_all_sizes() {
    let app = App::start().await;
    let cast = app.cast().await;
    let log = app.get("/v1/log").await.body;
    let keys = [log["log_key"].as_str().unwrap().parse::<NoteKey>().unwrap()];
    let mut heads = Vec::new();
    for n in 0..12 {
        let disclosed = act(fixture::preannouncement(&cast.centre));
        let receipt = app.post(&cast.centre, "/v1/tenders", &stream(&format!("T-{n}")), &disclosed).await.accepted();
        let index = receipt["index"].as_u64().unwrap();
        let entry = app.bytes(&format!("/v1/records/{index}/entry")).await;
        let proof = TlogProof::parse(receipt["proof"].as_str().unwrap()).unwrap();
        let head = proof.verify(&entry, &keys, ORIGIN).unwrap();
        assert_eq!(receipt["entry_hash"], Hash::of(&entry).to_string());
        heads.push(head);
    }
    for head in &heads {
        // Any receipt can be fetched again, against the newest checkpoint.
        let text = String::from_utf8(app.bytes(&format!("/v1/records/{}/proof", head.size - 1)).await).unwrap();
        let entry = app.bytes(&format!("/v1/records/{}/entry", head.size - 1)).await;
        let newest = TlogProof::parse(&text).unwrap().verify(&entry, &keys, ORIGIN).unwrap();
        let path = format!("/v1/log/consistency?from={}&to={}", head.size, newest.size);
        let answer = app.get(&path).await.body;
        let proof: Vec<Hash> = answer["proof"]
            .as_array()
            .unwrap()
            .iter()
            .map(|hash| Hash::from_base64(hash.as_str().unwrap()).unwrap())
            .collect();
        verify_consistency(head.size, &head.root, newest.size, &newest.root, &proof).unwrap();
    }
    assert_eq!(app.get("/v1/log/consistency?from=5&to=4").await.problem(), "bad-parameter");
    assert_eq!(app.get("/v1/log/consistency?from=5&to=999").await.problem(), "bad-parameter");
}
