//! The verifier of Sigstore, in Python, reads our checkpoints and receipts.

use super::ask;
use super::claims::Inclusion;
use super::cloudflare::Head;
use super::log::{Log, ORIGIN};
use super::mutants::{Mutant, Tally};
use super::texts::{checkpoints, cosigned, open, open_receipt, receipts, signer};
use base64_simd::STANDARD;
use gongshi::log::{Checkpoint, NoteKey, TlogProof};
use serde_json::{Value, json};

/// What Sigstore reads in each text.
pub fn sigstore(key: &NoteKey, texts: impl IntoIterator<Item = Value>) -> Vec<Option<String>> {
    let key = json!({"id": format!("{:08x}", key.id()), "key": faster_hex::hex_string(key.public().as_bytes())});
    let mut input = format!("{key}\n");
    texts.into_iter().for_each(|text| input += &format!("{text}\n"));
    let answers = ask("sigstore_reads.py", &[], &input);
    answers.lines().map(|answer| (answer != "refused").then(|| answer.to_owned())).collect()
}

pub fn head((size, root): Head) -> String {
    format!("{size} {}", faster_hex::hex_string(&root))
}

pub fn checkpoint(bytes: &[u8]) -> Value {
    json!({"checkpoint": STANDARD.encode_to_string(bytes)})
}

pub fn receipt(bytes: &[u8], entry: &[u8]) -> Value {
    json!({"receipt": STANDARD.encode_to_string(bytes), "entry": STANDARD.encode_to_string(entry)})
}

#[test]
fn random_proofs_are_accepted_and_none_of_their_mutants() {
    let signer = signer();
    let key = signer.verifier();
    let (mut texts, mut expected, mut mutants) = (Vec::new(), Vec::new(), Vec::new());
    for size in [1, 2, 3, 7, 255, 256, 257, 700, 1999] {
        let log = Log::of(size, 130, size);
        for index in [0, size / 3, size / 2, size - 1] {
            let proof = log.receipt(index, size, &signer);
            let (root, entry) = (log.root(size), log.entries[index as usize].clone());
            texts.push(checkpoint(cosigned(&proof.checkpoint).as_bytes()));
            expected.push(Some(head((size, *root.as_bytes()))));
            texts.push(receipt(proof.encode().as_bytes(), &entry));
            expected.push(Some(format!("{index} {}", head((size, *root.as_bytes())))));
            mutants.extend(Inclusion { entry, index, size, root, proof: proof.hashes }.mutants());
        }
    }
    assert_eq!(sigstore(key, texts), expected);

    // The log itself signs what they claim.
    let signed = |claim: &Inclusion| {
        let checkpoint = Checkpoint { origin: ORIGIN.into(), size: claim.size, root: claim.root }.sign(&signer);
        let text = TlogProof { index: claim.index, hashes: claim.proof.clone(), checkpoint }.encode();
        Mutant { how: format!("{claim:?}"), bytes: text.into_bytes() }
    };
    let signed: Vec<Mutant> = mutants.iter().map(signed).collect();
    let asked = signed.iter().zip(&mutants).map(|(mutant, claim)| receipt(&mutant.bytes, &claim.entry));
    let answers = sigstore(key, asked);
    let mut tally = Tally::default();
    for ((mutant, claim), theirs) in signed.iter().zip(&mutants).zip(answers) {
        let ours = open_receipt(mutant, &claim.entry, key);
        tally.judge(&mutant.how, theirs, ours.map(|(index, read)| format!("{index} {}", head(read))));
    }
    tally.say("inclusion, sigstore");
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
