//! A cosignature is found only under the text and the time that the witness signed.
#![no_main]
use gongshi::log::{Cosigner, SignedNote};
use gongshi::record::PrivateKey;
use std::sync::LazyLock;

static COSIGNER: LazyLock<Cosigner> =
    LazyLock::new(|| Cosigner::new("witness.example/w", PrivateKey::from_seed([2; 32])).unwrap());

libfuzzer_sys::fuzz_target!(|note: &str| {
    let Ok(parsed) = SignedNote::parse(note) else { return };
    for found in parsed.cosignatures([COSIGNER.verifier()]) {
        assert_eq!(format!("{}\n", found.line), COSIGNER.cosign(parsed.text(), found.time));
    }
});
