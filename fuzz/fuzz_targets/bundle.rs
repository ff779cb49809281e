//! A bundle (its width in the first byte, 0 for 256): its entries written again are its bytes.
#![no_main]
use gongshi::log::{bundle, parse_bundle};

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let Some((width, bytes)) = input.split_first() else { return };
    let width = if *width == 0 { 256 } else { u16::from(*width) };
    let Ok(entries) = parse_bundle(bytes::Bytes::copy_from_slice(bytes), width) else { return };
    assert_eq!(entries.len(), usize::from(width));
    assert_eq!(bundle(entries.iter().map(|entry| &entry[..])), bytes);
});
