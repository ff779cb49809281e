//! `<kind>\n<payload>`: the service's reader and the grammar that was written from FORMAT.md §10 alone take the same bytes
//! for JSON; what is taken for a header or a payload is an object of that JSON; and serde_json reads all of it.
#![no_main]
use gongshi::field::parse;
use gongshi::record::Header;
use gongshi::world::Act;

#[path = "../../tests/peers/anything.rs"]
mod anything;
#[path = "../../tests/peers/grammar.rs"]
mod grammar;

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let Some(at) = input.iter().position(|byte| *byte == b'\n') else {
        return;
    };
    let (Ok(kind), json) = (std::str::from_utf8(&input[..at]), &input[at + 1..]) else {
        return;
    };
    let is_json = grammar::is_json(json);
    assert_eq!(parse::<anything::Anything>(json).is_ok(), is_json);
    let taken = Act::parse(kind, json).is_ok() || Header::parse(json).is_ok();
    assert!(!taken || grammar::is_object(json));
    assert!(!is_json || serde_json::from_slice::<serde_json::Value>(json).is_ok());
});
