//! Entries and files that an operator could make to set one verifier against another, or to bring it down: both say what
//! is wrong, in the same words, and neither ends in a panic or a traceback.

use super::copy::Copy;
use super::support::Actor;
use super::tampering::{finds, verified, verified_by_python};
use base64_simd::URL_SAFE_NO_PAD as BASE64URL;
use curve25519_dalek::constants::EIGHT_TORSION;
use gongshi::record::{Header, KeyId, PrivateKey, Record};
use gongshi::world::Stream;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::path::Path;

/// Any bytes as header and payload, signed.
fn signed(key: &PrivateKey, header: &str, payload: &[u8]) -> Record {
    let (protected, payload) = (BASE64URL.encode_to_string(header), BASE64URL.encode_to_string(payload));
    let signature = BASE64URL.encode_to_string(key.sign(format!("{protected}.{payload}").as_bytes()));
    Record { protected, payload, signature }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_one_library_reads_and_another_does_not() {
    let copy = Copy::take().await;
    let centre = &copy.cast.centre;
    let header = |typ: &str, stream: &str| {
        let header = copy.app.header(centre, &stream.parse().unwrap(), typ);
        serde_json::to_string(&header).unwrap()
    };
    let plain = header("tender.preannounced", "tender/F-1");
    let organisation = header("key.added", &format!("organisation/{}", centre.id));
    let deep = |depth: usize| format!(r#"{{"a":{}{}}}"#, "[".repeat(depth), "]".repeat(depth));
    let null = |header: &str| header.replace('}', r#","ver":null}"#);
    let records = [
        (plain.replace(r#""EdDSA""#, r#"{"EdDSA":null}"#), "{}".to_owned()),
        (null(&plain), "{}".to_owned()),
        (plain.replace('}', r#","iat":1}"#), "{}".to_owned()),
        (plain.replace('}', r#","v\u0065r":1,"ver":1}"#), "{}".to_owned()),
        (plain.replace('}', r#","ver":1.0}"#), "{}".to_owned()),
        (plain.replace('}', r#","ver":true}"#), "{}".to_owned()),
        (plain.replace('}', &format!(r#","ver":{}}}"#, "9".repeat(900))), "{}".to_owned()),
        (plain.replace("F-1", r"F\ud800"), "{}".to_owned()),
        (plain.replace(&centre.key.key_id().to_string(), "e30"), "{}".to_owned()),
        (deep(500), "{}".to_owned()),
        (plain.clone(), deep(32)),
        (plain.clone(), deep(15_000)),
        (plain.clone(), r#"{"a":"#.repeat(5_000)),
        (plain.clone(), format!(r#"{{"a":{}}}"#, "9".repeat(20_000))),
        (plain.clone(), r#"{"a":NaN}"#.to_owned()),
        (plain.clone(), r#"{"a":-Infinity}"#.to_owned()),
        (plain.clone(), r#"{"a":1e999}"#.to_owned()),
        (plain.clone(), r#"{"a":null}"#.to_owned()),
        (plain.clone(), r#"{"a":1,"\u0061":1}"#.to_owned()),
        (plain.clone(), r#"{"a":"\udc00"}"#.to_owned()),
        (plain.clone(), "\u{feff}{}".to_owned()),
        (plain.clone(), "[]".to_owned()),
        (plain, String::new()),
        (organisation.clone(), r#"{"key":{"kty":"OKP","crv":"Ed25519","x":7},"possession":"x"}"#.to_owned()),
        (organisation.clone(), r#"{"key":{"kty":["OKP"],"crv":{},"x":""},"possession":"x"}"#.to_owned()),
        (organisation.clone(), r#"{"key":{"kty":"oct","k":"AA"},"possession":"x"}"#.to_owned()),
        (organisation, r#"{"key":"x","possession":"x"}"#.to_owned()),
        (header("log.checkpoint_key_added", "log"), r#"{"log_key":7}"#.to_owned()),
        (header("log.continued", "log"), r#"{"origin":[],"log_key":{},"predecessor":1}"#.to_owned()),
    ];
    let mut entries = copy.entries.clone();
    for (header, payload) in &records {
        copy.append(&mut entries, &signed(&centre.key, header, payload.as_bytes()), copy.app.now());
    }
    let folder = copy.rewrite(&entries);
    let first = copy.entries.len() as u64;
    for (ours, report) in [verified(folder.path()), verified_by_python(folder.path())] {
        assert!(!ours);
        let found: Vec<_> =
            report["findings"].as_array().unwrap().iter().map(|f| (&f["index"], &f["reason"])).collect();
        let indexes: Vec<Value> = (first..entries.len() as u64).map(Value::from).collect();
        let reason = Value::from("record-malformed");
        assert_eq!(found, indexes.iter().map(|index| (index, &reason)).collect::<Vec<_>>(), "{report:#}");
    }
}

/// Such keys make signatures that one library accepts and another refuses.
#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_no_point_of_prime_order() {
    let copy = Copy::take().await;
    let enterprise = Actor { id: copy.cast.enterprise.id.clone(), key: PrivateKey::generate() };
    let honest = enterprise.key.public().verifying_key().to_edwards();
    let mut keys: Vec<_> = EIGHT_TORSION.iter().map(|torsion| torsion.compress().to_bytes()).collect();
    keys.push((honest + EIGHT_TORSION[1]).compress().to_bytes());
    keys.push([0xff; 32]);
    for key in keys {
        let x = BASE64URL.encode_to_string(key);
        let kid = KeyId::from_bytes(Sha256::digest(format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#)).into());
        let stream = Stream::of(&enterprise.id);
        let header = Header { kid, ..copy.app.header(&enterprise, &stream, "organisation.registered") };
        let payload = json!({
            "id": enterprise.id,
            "name": "某公司",
            "key": {"kty": "OKP", "crv": "Ed25519", "x": x},
            "roles": ["enterprise"],
        });
        let mut entries = copy.entries.clone();
        let header = serde_json::to_string(&header).unwrap();
        copy.append(&mut entries, &signed(&enterprise.key, &header, payload.to_string().as_bytes()), copy.app.now());
        finds(copy.rewrite(&entries).path(), "key-unknown", Some(copy.entries.len() as u64));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_that_is_nearly_one() {
    let copy = Copy::take().await;
    let last = String::from_utf8(copy.entries.last().unwrap().clone()).unwrap();
    let time = last.split('"').nth(5).unwrap();
    for (from, to) in [
        ("{\"index\":", "{\"index\":99999999999999999999"),
        ("{\"index\":", "{\"index\":٣"),
        (time, "2026-02-30T00:00:00.000Z"),
        (time, "2026-02-03T24:00:00.000Z"),
        (time, "2026-02-03T00:00:60.000Z"),
        (time, "0000-02-03T00:00:00.000Z"),
        ("\"payload\":\"", "\"payload\":\"=="),
        ("\"signature\":\"", "\"signature\":\"AAA"),
        ("}}", "}} "),
    ] {
        let mut entries = copy.entries.clone();
        *entries.last_mut().unwrap() = last.replacen(from, to, 1).into_bytes();
        assert_ne!(entries, copy.entries);
        finds(copy.rewrite(&entries).path(), "entry-malformed", Some(entries.len() as u64 - 1));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_are_none_of_a_log() {
    let copy = Copy::take().await;
    let note = std::fs::read_to_string(copy.folder.path().join("checkpoint")).unwrap();
    let text = note.split_once("\n\n").unwrap().0.to_owned() + "\n";
    let signed = |text: String| copy.signer.sign(&text);
    let lines: Vec<&str> = text.lines().collect();
    let with = |size: &str, root: &str| signed(format!("{}\n{size}\n{root}\n", lines[0]));
    let others = [
        String::new(),
        text.clone(),
        format!("{text}\n"),
        format!("{text}\n— {}\n", lines[0]),
        format!("{text}\n— {} AAAA!\n", lines[0]),
        note.trim_end().to_owned(),
        with("many", lines[2]),
        with("-1", lines[2]),
        with("٣", lines[2]),
        with(&format!("0{}", lines[1]), lines[2]),
        with(&"9".repeat(5_000), lines[2]),
        with(lines[1], "AAAA"),
        with(lines[1], "公示"),
        with(lines[1], &lines[2][..43]),
        signed("\n\n\n".to_owned()),
    ];
    for checkpoint in others {
        let folder = copy.rewrite(&copy.entries);
        std::fs::write(folder.path().join("checkpoint"), &checkpoint).unwrap();
        finds(folder.path(), "checkpoint-invalid", None);
    }
    let bundle = entry_bundle(copy.folder.path());
    let bytes = std::fs::read(&bundle).unwrap();
    for other in [&bytes[..bytes.len() - 1], &bytes[..1], &[], &[&bytes[..], b"\0"].concat()] {
        std::fs::write(&bundle, other).unwrap();
        finds(copy.folder.path(), "unreadable", None);
    }
}

/// The only bundle of a short log.
fn entry_bundle(folder: &Path) -> std::path::PathBuf {
    let mut found = std::fs::read_dir(folder.join("tile/entries/000.p")).unwrap();
    found.next().unwrap().unwrap().path()
}
