//! A checkpoint's three lines have one spelling.
#![no_main]
use gongshi::log::Checkpoint;

libfuzzer_sys::fuzz_target!(|text: &str| {
    let Ok(read) = Checkpoint::parse(text) else { return };
    let Checkpoint { origin, size, root } = &read;
    let written = format!("{origin}\n{size}\n{}\n", root.to_base64());
    assert!(text.starts_with(&written), "{text:?}");
    assert_eq!(Checkpoint::parse(&written).unwrap(), read);
});
