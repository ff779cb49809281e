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
