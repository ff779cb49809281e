//! Checkpoints, receipts, keys and paths: `signed_note` and `tlog_tiles` read ours and we read theirs, and no mutant that
//! they refuse gets past us.

use super::cloudflare;
use super::log::{Log, ORIGIN};
use super::mutants::{self, Mutant, Tally};
use gongshi::log::{
    Checkpoint, Cosigner, Hash, NoteKey, NoteSigner, Resource, SignedNote, TILE_WIDTH, Tile, TlogProof,
};
use gongshi::record::PrivateKey;
use proptest::prelude::*;
use signed_note::{Note, StandardSigner};

pub fn signer() -> NoteSigner {
    NoteSigner::new(ORIGIN, PrivateKey::from_seed([9; 32])).unwrap()
}

/// What we read in a checkpoint.
pub fn open(mutant: &Mutant, key: &NoteKey) -> Option<cloudflare::Head> {
    let checkpoint = Checkpoint::open(mutant.text()?, std::slice::from_ref(key), ORIGIN).ok()?;
    Some((checkpoint.size, *checkpoint.root.as_bytes()))
}

/// What we read in a receipt.
pub fn open_receipt(mutant: &Mutant, entry: &[u8], key: &NoteKey) -> Option<(u64, cloudflare::Head)> {
    let proof = TlogProof::parse(mutant.text()?).ok()?;
    let checkpoint = proof.verify(entry, std::slice::from_ref(key), ORIGIN).ok()?;
    Some((proof.index, (checkpoint.size, *checkpoint.root.as_bytes())))
}

/// A witness's line behind the log's own.
pub fn cosigned(note: &str) -> String {
    let witness = Cosigner::new("witness.example/一", PrivateKey::from_seed([3; 32])).unwrap();
    format!("{note}{}", witness.cosign(SignedNote::parse(note).unwrap().text(), 1_785_718_800))
}

/// A checkpoint as it is published, and every small change to what it says, under a signature that holds: what is
/// refused then is refused for what it says.
pub fn checkpoints() -> (String, Vec<Mutant>) {
    let log = Log::of(300, 100, 1);
    let note = cosigned(&log.receipt(0, 300, &signer()).checkpoint);
    let mut all = mutants::of(&note);
    let text = SignedNote::parse(&note).unwrap().text().to_owned();
    for body in [text.clone(), format!("{text}extension line\n")] {
        let signed = mutants::of(&body).into_iter().filter_map(|mutant| {
            let text = String::from_utf8(mutant.bytes).ok()?;
            Some(Mutant { how: format!("signed, {}", mutant.how), bytes: signer().sign(&text).into_bytes() })
        });
        all.extend(signed);
    }
    (note, all)
}

/// A receipt, its entry, and every small change to the receipt.
pub fn receipts() -> (Vec<u8>, String, Vec<Mutant>) {
    let log = Log::of(300, 100, 1);
    let receipt = log.receipt(258, 300, &signer()).encode();
    let mutants = mutants::of(&receipt);
    (log.entries[258].clone(), receipt, mutants)
}

#[test]
fn mutants_of_a_checkpoint() {
    let (key, vkey) = (signer().verifier().clone(), signer().verifier().to_string());
    let (note, mutants) = checkpoints();
    assert!(cloudflare::open(note.as_bytes(), &vkey, ORIGIN).is_some());
    let mut tally = Tally::default();
    for mutant in &mutants {
        let theirs = cloudflare::open(&mutant.bytes, &vkey, ORIGIN);
        tally.judge(&mutant.how, theirs, open(mutant, &key));
    }
    let others = [(ORIGIN, [8; 32]), ("log.gongshi.example", [9; 32])]
        .map(|(name, seed)| NoteSigner::new(name, PrivateKey::from_seed(seed)).unwrap().verifier().clone());
    let published = Mutant { how: "another key".into(), bytes: note.into_bytes() };
    for other in &others {
        let theirs = cloudflare::open(&published.bytes, &other.to_string(), ORIGIN);
        tally.judge(&published.how, theirs, open(&published, other));
    }
    tally.say("checkpoint, signed_note and tlog_tiles");
}

#[test]
fn mutants_of_a_receipt() {
    let (key, vkey) = (signer().verifier().clone(), signer().verifier().to_string());
    let (entry, receipt, mutants) = receipts();
    assert!(cloudflare::open_receipt(receipt.as_bytes(), &entry, &vkey, ORIGIN).is_some());
    let mut tally = Tally::default();
    for mutant in &mutants {
        let theirs = cloudflare::open_receipt(&mutant.bytes, &entry, &vkey, ORIGIN);
        tally.judge(&mutant.how, theirs, open_receipt(mutant, &entry, &key));
    }
    tally.say("receipt, signed_note and tlog_tiles");
}

#[test]
fn mutants_of_a_verifier_key() {
    let vkey = signer().verifier().to_string();
    assert!(cloudflare::vkey(&vkey).is_some());
    let mut tally = Tally::default();
    for mutant in mutants::of(&vkey) {
        let ours = |text: &str| text.parse::<NoteKey>().ok().map(|key| (key.name().to_owned(), key.id()));
        tally.judge(&mutant.how, mutant.text().and_then(cloudflare::vkey), mutant.text().and_then(ours));
    }
    tally.say("verifier key, signed_note");
}

/// What a path says: level (`None` for entries), index and width.
fn tile(path: &str) -> Option<(Option<u8>, u64, u32)> {
    let resource: Resource = path.parse().ok()?;
    let Tile { level, index, width } = resource.tile();
    Some((matches!(resource, Resource::Hashes(_)).then_some(level), index, width.into()))
}

#[test]
fn mutants_of_tile_paths() {
    let mut tally = Tally::default();
    for path in [
        "0/000",
        "0/000.p/1",
        "1/x001/x234/067.p/255",
        "63/x018/x446/x744/x073/x709/x551/615.p/10",
        "entries/x999/x000/001",
        "entries/000.p/17",
    ] {
        assert_eq!(tile(path), cloudflare::tile(path));
        assert!(tile(path).is_some(), "{path}");
        for mutant in mutants::of(path) {
            let how = format!("{path}: {}", mutant.how);
            tally.judge(how, mutant.text().and_then(cloudflare::tile), mutant.text().and_then(tile));
        }
    }
    tally.say("tile path, tlog_tiles");
}

/// Names as signed-note allows them: anything without white space and plus.
fn names() -> impl Strategy<Value = String> {
    "[^\\s+\\p{Cc}]{1,20}"
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn each_signs_what_the_other_opens(name in names(), seed: [u8; 32], size: u64, root: [u8; 32], more in "([^\\p{Cc}]{1,30}\n){0,2}") {
        let ours = NoteSigner::new(&name, PrivateKey::from_seed(seed)).unwrap();
        let vkey = ours.verifier().to_string();
        let secret = base64_simd::STANDARD.encode_to_string([&[1][..], &seed].concat());
        let theirs = StandardSigner::new(&format!("PRIVATE+KEY+{name}+{:08x}+{secret}", ours.verifier().id())).unwrap();

        let checkpoint = tlog_tiles::Checkpoint::new(&name, size, tlog_tiles::Hash(root), &more).unwrap();
        let mut note = Note::new(&checkpoint.to_bytes(), &[]).unwrap();
        note.add_sigs(&[&theirs]).unwrap();
        let note = String::from_utf8(note.to_bytes()).unwrap();
        let read = Checkpoint::open(&note, &[vkey.parse().unwrap()], &name).unwrap();
        prop_assert_eq!(&read, &Checkpoint { origin: name.clone(), size, root: Hash::from_bytes(root) });

        let signed = read.sign(&ours);
        prop_assert_eq!(cloudflare::open(signed.as_bytes(), &vkey, &name), Some((size, root)));
        if more.is_empty() {
            prop_assert_eq!(signed, note);
        }
    }

    #[test]
    fn each_names_tiles_as_the_other(level in 0u8..64, index: u64, width in 1u16..=TILE_WIDTH as u16) {
        let resources = [Resource::Hashes(Tile { level, index, width }), Resource::Entries(Tile { level: 0, index, width })];
        for (resource, level) in resources.into_iter().zip([Some(level), None]) {
            let path = resource.to_string();
            prop_assert_eq!(cloudflare::tile(&path), Some((level, index, width.into())));
            let theirs = tlog_tiles::Tile::new(8, level.unwrap_or_default(), index, width.into(), level.is_none());
            prop_assert_eq!(cloudflare::path(&theirs).replacen("data/", "entries/", 1), format!("tile/{path}"));
        }
    }
}
