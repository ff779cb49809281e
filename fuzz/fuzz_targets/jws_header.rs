//! What is taken for a header says the same when it is written anew.
#![no_main]
use gongshi::record::Header;

libfuzzer_sys::fuzz_target!(|json: &[u8]| {
    let Ok(header) = Header::parse(json) else { return };
    let written = serde_json::to_vec(&header).unwrap();
    assert_eq!(Header::parse(&written).unwrap(), header);
    for text in [&header.aud, &header.typ, &header.sub] {
        assert!(!text.is_empty() && !text.contains(char::is_control));
    }
});
