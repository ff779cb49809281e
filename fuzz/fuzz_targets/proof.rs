//! A tlog-proof has one spelling but for its `extra` line, and proves nothing but what the log signed.
#![no_main]
use gongshi::log::{NoteSigner, TlogProof};
use gongshi::record::PrivateKey;
use std::sync::LazyLock;

static SIGNER: LazyLock<NoteSigner> =
    LazyLock::new(|| NoteSigner::new("log.example/zz", PrivateKey::from_seed([1; 32])).unwrap());

libfuzzer_sys::fuzz_target!(|text: &str| {
    let Ok(proof) = TlogProof::parse(text) else { return };
    let written = proof.encode();
    assert_eq!(TlogProof::parse(&written).unwrap(), proof);
    assert!(written == text || text.contains("\nextra "));
    // The seeds are of a tree whose leaves are the numbers 0..size.
    let keys = [SIGNER.verifier().clone()];
    for leaf in [proof.index, proof.index.wrapping_add(1)] {
        if let Ok(checkpoint) = proof.verify(leaf.to_string().as_bytes(), &keys, "log.example/zz") {
            assert!(leaf == proof.index && proof.index < checkpoint.size, "a proof of what is not there");
        }
    }
});
