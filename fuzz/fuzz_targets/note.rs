//! A signed note: its text stands in it, and only the text that was signed opens under the key.
#![no_main]
use gongshi::log::{NoteSigner, SignedNote};
use gongshi::record::PrivateKey;
use std::sync::LazyLock;

static SIGNER: LazyLock<NoteSigner> =
    LazyLock::new(|| NoteSigner::new("log.example/zz", PrivateKey::from_seed([1; 32])).unwrap());

libfuzzer_sys::fuzz_target!(|note: &str| {
    let Ok(parsed) = SignedNote::parse(note) else { return };
    let text = parsed.text();
    assert!(text.ends_with('\n') && note.starts_with(text) && note[text.len()..].starts_with("\n— "));
    assert!(parsed.signers().count() >= 1);
    let keys = [SIGNER.verifier().clone()];
    if let Ok(opened) = parsed.open(&keys) {
        // Ed25519 signatures are a function of key and text.
        assert_eq!(opened, text);
        assert!(SIGNER.sign(text).ends_with(&parsed.lines_by(&keys)) || parsed.lines_by(&keys).lines().count() > 1);
    }
});
