//! Each kind of tampering makes `gongshi verify` fail, and it names the entry and the reason; and so does scripts/verify.py,
//! which was written from FORMAT.md alone. Mostly the operator itself tampers, and signs a new tree over what it made.

use super::copy::{Copy, entries_of, write_log};
use super::support::fixture::{self, act, stream};
use super::support::python::python;
use super::support::{Actor, ORIGIN, mirror};
use gongshi::log::{Entry, EntryView, NoteSigner, Resource, bundle, tiles_of_size};
use gongshi::organisation::{self, KeyAddition, KeyRevocation, RevocationReason, possession_header};
use gongshi::record::{PrivateKey, Record};
use gongshi::world::Stream;
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;

/// What one of the implementations says: whether all holds, and its report.
fn report(command: &mut Command, folder: &Path) -> (bool, Value) {
    let output = command.arg(folder).output().unwrap();
    (output.status.success(), serde_json::from_slice(&output.stdout).unwrap())
}

pub fn verified(folder: &Path) -> (bool, Value) {
    report(Command::new(env!("CARGO_BIN_EXE_gongshi")).args(["verify", "--json"]), folder)
}

/// The second implementation, which does not know the rules of the domain.
pub fn verified_by_python(folder: &Path) -> (bool, Value) {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/verify.py");
    report(Command::new(python()).arg(script), folder)
}

#[track_caller]
fn names((holds, report): (bool, Value), reason: &str, index: Option<u64>) {
    assert!(!holds);
    let findings = report["findings"].as_array().unwrap();
    let found = findings.iter().any(|finding| finding["reason"] == reason && finding["index"].as_u64() == index);
    assert!(found, "{reason} at {index:?} is not among {findings:#?}");
}

#[track_caller]
pub fn finds(folder: &Path, reason: &str, index: Option<u64>) {
    names(verified(folder), reason, index);
    names(verified_by_python(folder), reason, index);
}

/// The form of the log is sound, but the act was not allowed.
#[track_caller]
fn is_not_allowed(folder: &Path, index: Option<u64>) {
    names(verified(folder), "not-allowed", index);
    assert!(verified_by_python(folder).0);
}

/// A pre-announcement that says it is by `claimed`.
fn disclosure(copy: &Copy, signer: &PrivateKey, claimed: &Actor) -> Record {
    let disclosed = act(fixture::preannouncement(&copy.cast.centre));
    let header = copy.app.header(claimed, &stream("F-1"), "tender.preannounced");
    Record::sign(signer, &header, &serde_json::to_vec(&disclosed.to_value()).unwrap())
}

/// The index at which the next entry is found.
fn next(copy: &Copy) -> Option<u64> {
    Some(copy.entries.len() as u64)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_untouched_copy_holds() {
    let copy = Copy::take().await;
    let (holds, report) = verified(copy.folder.path());
    assert!(holds, "{report:#}");
    assert_eq!((&report["entries"], &report["findings"]), (&json!(copy.entries.len()), &json!([])));
    let rewritten = copy.rewrite(&copy.entries);
    assert!(verified(rewritten.path()).0, "the test's own writer is sound");
    for folder in [copy.folder.path(), rewritten.path()] {
        let (holds, report) = verified_by_python(folder);
        assert!(holds && report["entries"] == json!(copy.entries.len()), "{report:#}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_byte_of_an_entry() {
    let copy = Copy::take().await;
    let mut entries = copy.entries.clone();
    let at = entries[10].iter().position(|byte| *byte == b'"').unwrap() + 100;
    entries[10][at] = if entries[10][at] == b'a' { b'b' } else { b'a' };
    // The tree was not touched.
    let folder = tempfile::tempdir().unwrap();
    mirror(&copy.app, folder.path()).await;
    let tile = tiles_of_size(entries.len() as u64)[0];
    let bytes = bundle(entries.iter().map(Vec::as_slice));
    std::fs::write(folder.path().join(format!("tile/{}", Resource::Entries(tile))), bytes).unwrap();
    finds(folder.path(), "tile-mismatch", Some(10));
    finds(folder.path(), "chain-broken", Some(11));
    finds(folder.path(), "root-mismatch", None);
    // One thing is wrong in the first place; all others may follow from it, and are counted.
    let (_, report) = verified(folder.path());
    let [cause] = report["root_causes"].as_array().unwrap().as_slice() else { panic!("{report:#}") };
    let counted: u64 = cause["follows"].as_object().unwrap().values().map(|count| count.as_u64().unwrap()).sum();
    assert_eq!((&cause["index"], counted + 1), (&json!(10), report["findings"].as_array().unwrap().len() as u64));
    let printed = Command::new(env!("CARGO_BIN_EXE_gongshi")).arg("verify").arg(folder.path()).output().unwrap();
    let printed = String::from_utf8(printed.stdout).unwrap();
    let faults: Vec<_> = printed.lines().filter(|line| line.starts_with('✗')).collect();
    assert!(faults.len() == 1 && faults[0].contains("entry 10") && printed.contains("chain-broken 1"), "{printed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tile_with_hashes_behind_it_or_without_its_last() {
    let copy = Copy::take().await;
    let tile = Resource::Hashes(tiles_of_size(copy.entries.len() as u64)[0]);
    let file = copy.folder.path().join(format!("tile/{tile}"));
    let hashes = std::fs::read(&file).unwrap();
    for other in [&[&hashes[..], &[0; 32]].concat(), &hashes[..hashes.len() - 32], &[]] {
        std::fs::write(&file, other).unwrap();
        finds(copy.folder.path(), "unreadable", None);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_entries_swapped() {
    let copy = Copy::take().await;
    let mut entries = copy.entries.clone();
    entries.swap(11, 12);
    let folder = copy.rewrite(&entries);
    finds(folder.path(), "index-wrong", Some(11));
    finds(folder.path(), "chain-broken", Some(11));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_dropped() {
    let copy = Copy::take().await;
    let mut entries = copy.entries.clone();
    entries.remove(12);
    let folder = copy.rewrite(&entries);
    finds(folder.path(), "index-wrong", Some(12));
    finds(folder.path(), "chain-broken", Some(12));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_checkpoint_of_a_shorter_tree() {
    let copy = Copy::take().await;
    let folder = copy.rewrite(&copy.entries);
    let shorter = copy.rewrite(&copy.entries[..15]);
    std::fs::copy(shorter.path().join("checkpoint"), folder.path().join("checkpoint")).unwrap();
    finds(folder.path(), "size-mismatch", Some(15));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_checkpoint_by_another_key() {
    let copy = Copy::take().await;
    let folder = tempfile::tempdir().unwrap();
    write_log(folder.path(), &copy.entries, &NoteSigner::new(ORIGIN, PrivateKey::generate()).unwrap());
    finds(folder.path(), "checkpoint-invalid", None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forged_author() {
    let copy = Copy::take().await;
    let mut entries = copy.entries.clone();
    // The centre's key id, somebody else's signature.
    copy.append(&mut entries, &disclosure(&copy, &PrivateKey::generate(), &copy.cast.centre), copy.app.now());
    finds(copy.rewrite(&entries).path(), "signature-mismatch", next(&copy));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_author_nobody_registered() {
    let copy = Copy::take().await;
    let nobody = Actor { id: copy.cast.centre.id.clone(), key: PrivateKey::generate() };
    let mut entries = copy.entries.clone();
    copy.append(&mut entries, &disclosure(&copy, &nobody.key, &nobody), copy.app.now());
    finds(copy.rewrite(&entries).path(), "key-unknown", next(&copy));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_may_not_do_it() {
    let copy = Copy::take().await;
    let mut entries = copy.entries.clone();
    let bidder = &copy.cast.enterprise;
    copy.append(&mut entries, &disclosure(&copy, &bidder.key, bidder), copy.app.now());
    is_not_allowed(copy.rewrite(&entries).path(), next(&copy));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_replayed() {
    let copy = Copy::take().await;
    let mut entries = copy.entries.clone();
    let again = EntryView::parse(&copy.entries[8]).unwrap().record();
    copy.append(&mut entries, &again, copy.app.now());
    finds(copy.rewrite(&entries).path(), "jti-reused", next(&copy));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_re_dated_entry() {
    let copy = Copy::take().await;
    let mut entries = copy.entries.clone();
    let view = EntryView::parse(&copy.entries[14]).unwrap();
    let (record, time) = (view.record(), view.time.plus_millis(-86_400_000 * 30));
    entries[14] = Entry { index: 14, time, previous: view.previous, record: &record }.encode();
    let folder = copy.rewrite(&entries);
    finds(folder.path(), "time-backwards", Some(14));
    finds(folder.path(), "chain-broken", Some(15));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_key() {
    let copy = Copy::take().await;
    let (centre, now) = (&copy.cast.centre, copy.app.now());
    let organisation = Stream::of(&centre.id);
    let path = |what: &str| format!("/v1/organisations/{}/{what}", centre.id);
    let new = PrivateKey::generate();
    let possession = Record::sign(&new, &possession_header(new.key_id(), ORIGIN, &organisation, now), b"");
    let addition = KeyAddition { key: new.public().to_jwk(), possession: possession.detached().parse().unwrap() };
    let addition = organisation::Act::from(addition).into();
    copy.app.post(centre, &path("keys"), &organisation, &addition).await.accepted();
    let revocation = KeyRevocation { kid: centre.key.key_id(), reason: RevocationReason::Compromised, effective: now };
    let revocation = organisation::Act::from(revocation).into();
    copy.app.post(centre, &path("key-revocations"), &organisation, &revocation).await.accepted();
    let folder = tempfile::tempdir().unwrap();
    mirror(&copy.app, folder.path()).await;
    assert!(verified(folder.path()).0, "what the key signed before its revocation stays valid");
    let mut entries = entries_of(folder.path(), copy.app.size());
    let index = entries.len() as u64;
    copy.append(&mut entries, &disclosure(&copy, &centre.key, centre), now.plus_millis(1));
    is_not_allowed(copy.rewrite(&entries).path(), Some(index));
}
