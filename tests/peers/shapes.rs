//! Records that are nearly right, for the service's reader and for scripts/verify.py: what one of them takes and the other
//! refuses would split honest verifiers for ever (FORMAT.md §10).

use super::anything::Anything;
use super::ask;
use super::grammar::is_object;
use super::nodes::{Node, spellings};
use base64_simd::STANDARD;
use gongshi::field::parse;
use gongshi::record::Header;
use gongshi::world::Act;
use std::collections::BTreeMap;

/// Of the commonest mutants, one in so many is looked at.
const SHARE: usize = 8;

/// The payloads that fuzzing starts from: one of each kind.
fn payloads() -> BTreeMap<String, Node> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz/seeds/payload");
    let payload = |entry: std::io::Result<std::fs::DirEntry>| {
        let seed = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        let (kind, json) = seed.split_once('\n').unwrap();
        assert!(Act::parse(kind, json.as_bytes()).is_ok(), "{kind}");
        (kind.to_owned(), Node::from(&serde_json::from_str::<serde_json::Value>(json).unwrap()))
    };
    std::fs::read_dir(folder).unwrap().map(payload).collect()
}

const HEADER: &str = r#"{"alg":"EdDSA","kid":"kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k","aud":"log.example/zz","typ":"tender.preannounced","sub":"tender/T-1","jti":"6a7c2c1e-3c1b-4e57-9a0f-2f6f0a1c9b11","iat":1795000000,"ver":3}"#;

/// What can't be right whatever the kind of the record and the place in it.
const NEVER: [&str; 10] = [
    "null",
    "a word with null",
    "a member twice",
    "a member twice, null",
    "a null member more",
    "an element null",
    "a bare name",
    "a number as name",
    "not closed",
    "too much white space",
];

#[derive(Default)]
struct Count {
    both_take: usize,
    both_refuse: usize,
    /// Right as JSON, and not what the kind asks for.
    only_they_take: usize,
}

/// Asks scripts/verify.py about all of them at once.
fn theirs(asked: &[(Vec<u8>, Vec<u8>, &str)]) -> Vec<[bool; 3]> {
    let line = |(header, payload, kind): &(Vec<u8>, Vec<u8>, &str)| {
        format!("{} {} {kind}\n", STANDARD.encode_to_string(header), STANDARD.encode_to_string(payload))
    };
    let answers = ask("shapes.py", &[], &asked.iter().map(line).collect::<String>());
    let answers: Vec<_> = answers.lines().map(|line| [0, 1, 2].map(|at| line.as_bytes()[at] == b'y')).collect();
    assert_eq!(answers.len(), asked.len());
    answers
}

#[test]
fn both_verifiers_take_the_same_headers() {
    let header = Node::from(&serde_json::from_str::<serde_json::Value>(HEADER).unwrap());
    let mut mutants: Vec<_> =
        header.mutants().into_iter().map(|(how, node)| (how, node.text("").into_bytes())).collect();
    mutants.extend(spellings(&header));
    let asked: Vec<_> = mutants.iter().map(|(_, bytes)| (bytes.clone(), b"{}".to_vec(), "-")).collect();
    let mut taken = 0;
    for ((how, bytes), [they_take, ..]) in mutants.iter().zip(theirs(&asked)) {
        let ours = Header::parse(bytes);
        assert_eq!(ours.is_ok(), they_take, "{how}: {ours:?}: {}", String::from_utf8_lossy(bytes));
        taken += usize::from(they_take);
    }
    println!("{} headers, both take {taken}", mutants.len());
    assert!(taken > 20 && taken < mutants.len() / 2);
}

#[test]
fn what_we_take_for_a_payload_they_take_and_what_is_json_for_one_is_json_for_the_other() {
    let payloads = payloads();
    let run = usize::try_from(chrono::Utc::now().timestamp()).unwrap();
    let mut mutants = Vec::new();
    for (kind, payload) in &payloads {
        let texts = payload.mutants().into_iter().map(|(how, node)| (how, node.text("").into_bytes()));
        let all = texts.chain(spellings(payload)).map(|(how, bytes)| (kind.as_str(), how, bytes));
        // Of what there is most of, an eighth will do, another one in each run.
        let kept = |(at, (_, how, _)): &(usize, (&str, &str, Vec<u8>))| {
            !["another value", "an end", "nested", "a number", "a byte"].contains(how) || at % SHARE == run % SHARE
        };
        mutants.extend(all.enumerate().filter(kept).map(|(_, mutant)| mutant));
    }
    println!("{} of {} kinds", mutants.len(), payloads.len());
    let asked: Vec<_> = mutants.iter().map(|(kind, _, bytes)| (b"{}".to_vec(), bytes.clone(), *kind)).collect();
    let mut counts: BTreeMap<&str, Count> = BTreeMap::new();
    for ((kind, how, bytes), [_, they_read, they_take]) in mutants.iter().zip(theirs(&asked)) {
        let what = || format!("{kind}, {how}: {}", String::from_utf8_lossy(bytes));
        let object = bytes.trim_ascii_start().starts_with(b"{");
        assert_eq!(object && parse::<Anything>(bytes).is_ok(), they_read, "{}", what());
        assert_eq!(is_object(bytes), they_read, "{}", what());
        let count = counts.entry(*how).or_default();
        match (Act::parse(kind, bytes).is_ok(), they_take) {
            (true, true) => count.both_take += 1,
            (false, false) => count.both_refuse += 1,
            (false, true) => count.only_they_take += 1,
            (true, false) => panic!("only we take {}", what()),
        }
    }
    for (how, Count { both_take, both_refuse, only_they_take }) in &counts {
        println!("{how}: both take {both_take}, both refuse {both_refuse}, only they take {only_they_take}");
    }
    for how in NEVER {
        let Count { both_take, both_refuse, only_they_take } = &counts[how];
        assert!(*both_take + *only_they_take == 0 && *both_refuse > 0, "{how}");
    }
    // What needs the kind is refused by us alone: FORMAT.md §10 says so.
    for how in ["an array for an object", "a word as a member", "a member more", "in an array"] {
        let Count { both_take, only_they_take, .. } = &counts[how];
        assert!(*both_take == 0 && *only_they_take > 0, "{how}");
    }
}
