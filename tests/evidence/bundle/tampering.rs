//! Each kind of tampering inside a bundle is found.

use super::super::support::ORIGIN;
use super::{DOCUMENT, Story, entry, finds, gongshi, id_of, judged, manifest, members, of_kind, proof, verified};
use gongshi::log::{Checkpoint, EntryView, Hash, NoteSigner};
use gongshi::record::PrivateKey;

#[tokio::test(flavor = "multi_thread")]
async fn tampering_with_a_part_is_found() {
    let story = Story::tell().await;
    let original = members(&story.export(&["--tender", "T-1"]));
    assert!(verified(&story.with(&original, |_| {})).0, "the test's own writer is sound");
    let at = of_kind(&original, "tender.objected");
    // One byte of an entry's signature.
    let path = story.with(&original, |members| {
        let bytes = members.get_mut(&entry(at)).unwrap();
        let byte = bytes.len() - 20;
        bytes[byte] = if bytes[byte] == b'a' { b'b' } else { b'a' };
    });
    finds(&path, "signature-mismatch", Some(at));
    finds(&path, "proof-invalid", Some(at));
    // A proof of another entry, and one that is no proof.
    let path = story.with(&original, |members| drop(members.insert(proof(at), original[&proof(0)].clone())));
    finds(&path, "proof-invalid", Some(at));
    let path = story.with(&original, |members| drop(members.insert(proof(at), b"x".to_vec())));
    finds(&path, "proof-invalid", Some(at));
    let path = story.with(&original, |members| drop(members.remove(&proof(at))));
    finds(&path, "member-missing", Some(at));
    // An entry dropped, one added, two swapped.
    let path = story.with(&original, |members| drop(members.remove(&entry(at))));
    finds(&path, "member-missing", Some(at));
    let left_out = (0..).find(|index| !manifest(&original).entries.contains(index)).unwrap();
    let path = story.with(&original, |members| drop(members.insert(entry(left_out), original[&entry(at)].clone())));
    finds(&path, "member-unknown", Some(left_out));
    let path = story.with(&original, |members| {
        members.insert(entry(0), original[&entry(1)].clone());
        members.insert(entry(1), original[&entry(0)].clone());
    });
    finds(&path, "index-wrong", Some(0));
    finds(&path, "proof-invalid", Some(1));
    // An entry at a second place, by a bundle that says so.
    let mut entries = manifest(&original).entries;
    entries.insert(entries.partition_point(|index| *index < left_out), left_out);
    let path = story.with_entries(&original, entries, |members| {
        members.insert(entry(left_out), original[&entry(at)].clone());
        members.insert(proof(left_out), original[&proof(at)].clone());
    });
    finds(&path, "index-wrong", Some(left_out));
    finds(&path, "proof-invalid", Some(left_out));
    finds(&path, "jti-reused", Some(at.max(left_out)));
    // Documents.
    let name = format!("documents/{}", id_of(DOCUMENT));
    let cites = of_kind(&original, "tender.preannounced");
    let path = story.with(&original, |members| members.get_mut(&name).unwrap()[0] ^= 1);
    finds(&path, "document-mismatch", Some(cites));
    let path = story.with(&original, |members| members.get_mut(&name).unwrap().push(b' '));
    finds(&path, "document-mismatch", Some(cites));
    let path = story.with(&original, |members| {
        members.remove(&name);
    });
    finds(&path, "document-missing", Some(cites));
    let path = story.with(&original, |members| drop(members.insert("documents/more".into(), b"more".to_vec())));
    finds(&path, "member-unknown", None);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_checkpoint_is_found() {
    let story = Story::tell().await;
    let original = members(&story.export(&["--tender", "T-1"]));
    let note = String::from_utf8(original["checkpoint"].clone()).unwrap();
    let said = Checkpoint::of_note(&note).unwrap();
    let path = story.with(&original, |members| {
        let forged = note.replacen(&said.root.to_base64(), &Hash::of("x").to_base64(), 1);
        members.insert("checkpoint".into(), forged.into_bytes());
    });
    finds(&path, "checkpoint-invalid", None);
    finds(&path, "proof-invalid", Some(0));
    // By a stranger's key, in the proofs as well, and the bundle names that key.
    let stranger = NoteSigner::new(ORIGIN, PrivateKey::generate()).unwrap();
    let forged = said.sign(&stranger);
    let path = story.with(&original, |members| {
        for bytes in members.values_mut() {
            if let Ok(text) = std::str::from_utf8(bytes) {
                *bytes = text.replace(&note, &forged).into_bytes();
            }
        }
        members.insert("log.vkey".into(), format!("{}\n", stranger.verifier()).into_bytes());
    });
    finds(&path, "checkpoint-invalid", None);
    finds(&path, "manifest-wrong", None);
    // Of a smaller tree, by the log itself.
    let smaller = Checkpoint { size: said.size - 1, ..said.clone() }.sign(&story.signer());
    let path = story.with(&original, |members| drop(members.insert("checkpoint".into(), smaller.into_bytes())));
    finds(&path, "manifest-wrong", None);
    finds(&path, "proof-invalid", Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_part_leaves_out_shows_where_it_is_needed() {
    let story = Story::tell().await;
    let original = members(&story.export(&["--tender", "T-1"]));
    let without = |index: u64| {
        let entries = manifest(&original).entries.into_iter().filter(|other| *other != index).collect();
        story.with_entries(&original, entries, |members| {
            members.remove(&entry(index));
            members.remove(&proof(index));
        })
    };
    let objected = of_kind(&original, "tender.objected");
    let author = format!("organisation/{}", story.cast.enterprise.id);
    let of_author = |kind: &str| {
        let entries = manifest(&original).entries;
        let headers = entries
            .iter()
            .map(|index| (*index, EntryView::parse(&original[&entry(*index)]).unwrap().record().header().unwrap()));
        headers.into_iter().find(|(_, header)| header.sub == author && header.typ == kind).unwrap().0
    };
    finds(&without(of_author("organisation.registered")), "key-unknown", Some(objected));
    finds(&without(of_author("organisation.confirmed")), "key-unknown", Some(objected));
    finds(&without(of_kind(&original, "tender.preannounced")), "not-allowed", Some(objected));
    finds(&without(0), "not-allowed", Some(1));
}

/// Whoever hands on a part may have taken out what refutes it.
#[tokio::test(flavor = "multi_thread")]
async fn a_part_of_a_part_never_looks_whole() {
    let story = Story::tell().await;
    let original = members(&story.export(&["--tender", "T-1"]));
    let without = |index: u64, statement: bool| {
        let entries = manifest(&original).entries.into_iter().filter(|other| *other != index).collect();
        story.with_entries(&original, entries, |members| {
            members.remove(&entry(index));
            members.remove(&proof(index));
            if !statement {
                members.remove("streams");
                members.remove("streams.note");
            }
        })
    };
    // The last records: nothing that is left needs them.
    let last = *manifest(&original).entries.last().unwrap();
    finds(&without(last, true), "stream-mismatch", None);
    let (status, report) = judged(&without(last, false));
    assert_eq!((status, &report["conclusion"]), (Some(3), &"open".into()), "{report:#}");
    assert!(report["streams"][0]["here"].is_u64() && report["streams"][0]["stated"].is_null());
    // Even untouched: without the statement nobody can tell.
    let bare = story.with(&original, |members| {
        members.remove("streams");
        members.remove("streams.note");
    });
    assert_eq!(judged(&bare).0, Some(3));
    let page = story.folder.path().join("page.html");
    gongshi(&["verify", bare.to_str().unwrap(), "--report", page.to_str().unwrap()]);
    let html = std::fs::read_to_string(&page).unwrap();
    assert!(html.contains("无法判断") && !html.contains("class=\"result holds\""));
    // Half of a statement, one that was changed, one about another bundle.
    for (what, bytes) in [("streams", None), ("streams.note", None), ("streams", Some("log 1\n"))] {
        let path = story.with(&original, |members| match bytes {
            Some(bytes) => drop(members.insert(what.into(), bytes.into())),
            None => drop(members.remove(what)),
        });
        finds(&path, "statement-invalid", None);
    }
    let other = members(&story.export(&["--tender", "T-2"]));
    let path = story.with(&original, |members| {
        for name in ["streams", "streams.note"] {
            members.insert(name.into(), other[name].clone());
        }
    });
    finds(&path, "statement-invalid", None);
    // The whole log needs none, and may have none.
    let all = members(&story.export(&["--all"]));
    assert!(verified(&story.with(&all, |_| {})).0 && !all.contains_key("streams"));
    let path = story.with(&all, |members| drop(members.insert("streams".into(), other["streams"].clone())));
    finds(&path, "member-unknown", None);
}

/// Whoever exports from a copy of the database has no keys to state anything with, and gets none made.
#[tokio::test(flavor = "multi_thread")]
async fn without_keys_nothing_is_stated() {
    let story = Story::tell().await;
    let keys = story.app.folder.path().join("keys");
    std::fs::rename(&keys, keys.with_file_name("elsewhere")).unwrap();
    let bundle = story.export(&["--tender", "T-1"]);
    assert!(!keys.exists() && judged(&bundle).0 == Some(3));
}

#[tokio::test(flavor = "multi_thread")]
async fn tampering_with_a_whole_is_found() {
    let story = Story::tell().await;
    let original = members(&story.export(&["--all"]));
    let entries = original.keys().find(|name| name.starts_with("tile/entries/")).unwrap().clone();
    let hashes = original.keys().find(|name| name.starts_with("tile/0/")).unwrap().clone();
    let path = story.with(&original, |members| {
        let bytes = members.get_mut(&entries).unwrap();
        let byte = bytes.len() - 20;
        bytes[byte] = if bytes[byte] == b'a' { b'b' } else { b'a' };
    });
    finds(&path, "signature-mismatch", Some(story.app.size() - 1));
    finds(&path, "root-mismatch", None);
    let path = story.with(&original, |members| members.get_mut(&hashes).unwrap()[40] ^= 1);
    finds(&path, "tile-mismatch", Some(1));
    let path = story.with(&original, |members| drop(members.remove(&hashes)));
    finds(&path, "member-missing", None);
    let path = story.with(&original, |members| drop(members.remove(&entries)));
    finds(&path, "member-missing", None);
    finds(&path, "checkpoint-invalid", None);
    let name = format!("documents/{}", id_of(DOCUMENT));
    let path = story.with(&original, |members| members.get_mut(&name).unwrap()[0] ^= 1);
    let (holds, report) = verified(&path);
    assert!(!holds && report["findings"][0]["reason"] == "document-mismatch", "{report:#}");
}
