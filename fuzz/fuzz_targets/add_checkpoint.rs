//! An add-checkpoint request has one spelling, and a witness of the numbers 0..8 goes on to nothing that the log did not
//! sign.
#![no_main]
use gongshi::log::{AddCheckpoint, Checkpoint, Edge, NoteSigner, SignedNote, leaf_hash};
use gongshi::record::PrivateKey;
use gongshi::witness::judge;
use std::sync::LazyLock;

static SIGNER: LazyLock<NoteSigner> =
    LazyLock::new(|| NoteSigner::new("log.example/zz", PrivateKey::from_seed([1; 32])).unwrap());

static LATEST: LazyLock<Checkpoint> = LazyLock::new(|| {
    let mut edge = Edge::new();
    (0..8).for_each(|n: u64| edge.append(leaf_hash(n.to_string().as_bytes())));
    Checkpoint { origin: "log.example/zz".into(), size: 8, root: edge.root() }
});

libfuzzer_sys::fuzz_target!(|text: &str| {
    let Ok(request) = AddCheckpoint::parse(text) else { return };
    assert_eq!(request.encode(), text);
    let keys = [SIGNER.verifier().clone()];
    if judge(&keys, Some(&LATEST), &request).is_ok() {
        let note = SignedNote::parse(&request.checkpoint).unwrap();
        let next = Checkpoint::open(&request.checkpoint, &keys, "log.example/zz").unwrap();
        assert!(request.old == 8 && next.size >= 8 && note.open(&keys).is_ok());
    }
});
