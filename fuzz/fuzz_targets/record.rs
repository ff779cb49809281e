//! A flattened JWS: what is taken is written again as it was understood, with its payload beside it or in it.
#![no_main]
use gongshi::record::Record;

libfuzzer_sys::fuzz_target!(|json: &[u8]| {
    let Ok(record) = Record::parse_json(json) else { return };
    assert_eq!(Record::parse_json(record.to_json().as_bytes()).unwrap(), record);
    let (_, _) = (record.header(), record.signature_bytes());
    let payload = record.payload_bytes().expect("its alphabet was checked");
    if !record.protected.is_empty() && !record.signature.is_empty() {
        assert_eq!(Record::from_detached(&record.detached(), &payload).unwrap(), record);
    }
});
