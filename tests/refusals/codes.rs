//! A code whose check character fails is a slip until a supervisor has confirmed it, wherever a payload names it.

use gongshi::field::OrganisationId;
use gongshi::world::{Act, World};
use serde_json::{Value, json};

/// Another one for each number: a code but for its check character.
fn irregular(n: usize) -> OrganisationId {
    let mut codes = (0..10).map(|check| format!("91410100MA{n:07}{check}").parse::<OrganisationId>().unwrap());
    codes.find(|code| code.irregularity().is_some()).unwrap()
}

/// Puts such a code wherever the payload names an organisation by its code, or could.
fn misspell(value: &mut Value, name: &str, put: &mut Vec<OrganisationId>) {
    match value {
        Value::String(text) if OrganisationId::regular(text).is_ok_and(|code| code.is_uscc()) => {
            put.push(irregular(put.len()));
            *value = json!(put.last());
        }
        Value::Array(items) => items.iter_mut().for_each(|item| misspell(item, name, put)),
        Value::Object(members) => {
            if matches!(name, "members" | "procuring_unit" | "issuer") {
                members.insert("id".into(), json!("91410100MA0000015B"));
            }
            members.iter_mut().for_each(|(name, member)| misspell(member, name, put));
        }
        _ => {}
    }
}

#[test]
fn every_code_of_every_payload_is_looked_at() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz/seeds/payload");
    let mut kinds = Vec::new();
    for seed in std::fs::read_dir(folder).unwrap() {
        let seed = std::fs::read_to_string(seed.unwrap().path()).unwrap();
        let (kind, payload) = seed.split_once('\n').unwrap();
        let mut payload: Value = serde_json::from_str(payload).unwrap();
        let mut put = Vec::new();
        misspell(&mut payload, "", &mut put);
        // Whose own code it is says `code_as_issued`.
        if put.is_empty() || kind == "organisation.registered" {
            continue;
        }
        let act = Act::parse(kind, payload.to_string().as_bytes()).unwrap();
        let missed: Vec<_> = put.iter().filter(|code| !act.codes().contains(code)).collect();
        assert!(missed.is_empty(), "{kind}: `Payload::codes` has not {missed:?} of {payload}");
        let refusal = World::default().must_know_codes(&act).unwrap_err();
        assert_eq!((refusal.problem.code, refusal.fields.len()), ("check-character", put.len()), "{kind}");
        kinds.push(kind.to_owned());
    }
    assert!(kinds.len() >= 8, "{kinds:?}");
}
