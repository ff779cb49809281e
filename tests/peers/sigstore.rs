//! The verifier of Sigstore, in Python, reads our checkpoints and receipts.

use super::ask;
use super::cloudflare::Head;
use super::log::Log;
use super::mutants::{Mutant, Tally};
use super::texts::{checkpoints, cosigned, open, open_receipt, receipts, signer};
use base64_simd::STANDARD;
use gongshi::log::NoteKey;
use serde_json::{Value, json};

/// What Sigstore reads in each text.
pub fn sigstore(key: &NoteKey, texts: impl IntoIterator<Item = Value>) -> Vec<Option<String>> {
    let key = json!({"id": format!("{:08x}", key.id()), "key": hex::encode(key.public().as_bytes())});
    let mut input = format!("{key}\n");
    texts.into_iter().for_each(|text| input += &format!("{text}\n"));
    let answers = ask("sigstore_reads.py", &[], &input);
    answers.lines().map(|answer| (answer != "refused").then(|| answer.to_owned())).collect()
}

pub fn head((size, root): Head) -> String {
    format!("{size} {}", hex::encode(root))
}

pub fn checkpoint(bytes: &[u8]) -> Value {
    json!({"checkpoint": STANDARD.encode_to_string(bytes)})
}

pub fn receipt(bytes: &[u8], entry: &[u8]) -> Value {
    json!({"receipt": STANDARD.encode_to_string(bytes), "entry": STANDARD.encode_to_string(entry)})
}

#[test]
fn random_receipts_are_accepted() {
    let signer = signer();
    let mut texts = Vec::new();
    let mut expected = Vec::new();
    for size in [1, 2, 3, 7, 255, 256, 257, 700, 1999] {
        let log = Log::of(size, 130, size);
        for index in [0, size / 3, size / 2, size - 1] {
            let proof = log.receipt(index, size, &signer);
            let head = head((size, *log.root(size).as_bytes()));
            texts.push(checkpoint(cosigned(&proof.checkpoint).as_bytes()));
            expected.push(Some(head.clone()));
            texts.push(receipt(proof.encode().as_bytes(), &log.entries[index as usize]));
            expected.push(Some(format!("{index} {head}")));
        }
    }
    assert_eq!(sigstore(signer.verifier(), texts), expected);
}

#[test]
fn mutants_of_checkpoints_and_receipts() {
    let key = signer().verifier().clone();
    let (note, notes) = checkpoints();
    let (entry, text, receipts) = receipts();
    let texts = [checkpoint(note.as_bytes()), receipt(text.as_bytes(), &entry)];
    assert!(sigstore(&key, texts).iter().all(Option::is_some));

    let judge = |what: &str, mutants: &[Mutant], asked: Vec<Value>, ours: &dyn Fn(&Mutant) -> Option<String>| {
        let answers = sigstore(&key, asked);
        assert_eq!(answers.len(), mutants.len());
        let mut tally = Tally::default();
        for (mutant, theirs) in mutants.iter().zip(answers) {
            tally.judge(&mutant.how, theirs, ours(mutant));
        }
        tally.say(what);
    };
    let asked = notes.iter().map(|mutant| checkpoint(&mutant.bytes)).collect();
    judge("checkpoint, sigstore", &notes, asked, &|mutant| open(mutant, &key).map(head));
    let asked = receipts.iter().map(|mutant| receipt(&mutant.bytes, &entry)).collect();
    judge("receipt, sigstore", &receipts, asked, &|mutant| {
        open_receipt(mutant, &entry, &key).map(|(index, read)| format!("{index} {}", head(read)))
    });
}
