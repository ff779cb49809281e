//! `<kind>\n<payload>`: whatever is taken for an act is the same act when it is written and read again.
#![no_main]
use gongshi::world::Act;

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let Some(at) = input.iter().position(|byte| *byte == b'\n') else { return };
    let (Ok(kind), payload) = (std::str::from_utf8(&input[..at]), &input[at + 1..]) else { return };
    let Ok(act) = Act::parse(kind, payload) else { return };
    assert_eq!(act.kind(), kind);
    let (_, _, _) = (act.documents(), act.sealed(), act.codes());
    let written = serde_json::to_vec(&act.to_value()).unwrap();
    assert_eq!(Act::parse(kind, &written).expect("what was taken is taken again"), act);
});
