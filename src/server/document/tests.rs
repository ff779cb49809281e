use super::*;
use crate::world::Act;
use std::collections::BTreeSet;

#[test]
fn every_kind_that_is_posted_has_an_example_that_is_one() {
    let document: Value = serde_yaml::from_str(include_str!("../../../openapi/gongshi.yaml")).unwrap();
    let mut posted = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        let body = &methods["post"]["requestBody"];
        let Some(kind) = Act::kinds().find(|kind| body["description"] == *kind) else { continue };
        let example = &body["content"]["application/json"]["example"];
        let act =
            Act::parse(kind, example.to_string().as_bytes()).unwrap_or_else(|refusal| panic!("{path}: {refusal}"));
        assert_eq!(act.kind(), kind);
        // Nothing of it is left out or told otherwise.
        assert_eq!(act.to_value(), *example, "{kind}");
        posted.insert(kind);
    }
    assert!(posted.len() >= 50, "{posted:?}");
}

/// To YAML 1.1, which most generators of clients read, these words are true and false, and a schema with such a property is none.
#[test]
fn no_word_of_the_document_is_a_truth_to_older_readers() {
    fn ask(value: &Value) {
        let ask_word = |word: &str| {
            let truths = ["y", "n", "yes", "no", "on", "off"];
            assert!(!truths.contains(&word.to_ascii_lowercase().as_str()), "`{word}` is a truth in YAML 1.1");
        };
        match value {
            Value::String(word) => ask_word(word),
            Value::Array(items) => items.iter().for_each(ask),
            Value::Object(members) => members.iter().for_each(|(name, value)| {
                ask_word(name);
                ask(value);
            }),
            _ => {}
        }
    }
    ask(&serde_yaml::from_str(include_str!("../../../openapi/gongshi.yaml")).unwrap());
}
