//! A type describes itself once: to serde, from which schemars takes its JSON Schema. So nothing derives poem-openapi's ways beside
//! it, and what serde may leave out is optional in the schema too.

use crate::source::{Source, sources};
use crate::tree::{Tree, found, none};

/// What poem-openapi would describe, read and write by itself.
const SECOND_WAYS: [&str; 5] = ["Object", "Enum", "Union", "NewType", "Multipart"];

fn check(tree: &Tree) -> Vec<String> {
    let sources = sources(tree);
    sources.iter().flat_map(|source| derives(source).flat_map(|at| faults(source, at))).collect()
}

/// Where something is derived.
fn derives<'a>(source: &'a Source<'_>) -> impl Iterator<Item = usize> + 'a {
    (0..source.tokens.len()).filter(|at| source.text(*at) == "derive" && source.text(at + 1) == "(")
}

fn faults(source: &Source<'_>, derive: usize) -> Vec<String> {
    let end = end_of(source, derive + 1);
    let names = || (derive + 2..end).map(|at| source.text(at));
    let second = names().filter(|name| SECOND_WAYS.contains(name));
    let mut faults: Vec<_> = second.map(|name| format!("{} derives {name}", source.place(derive))).collect();
    if names().any(|name| name == "JsonSchema") && names().any(|name| name == "Serialize") {
        faults.extend(left_out(source, end));
    }
    faults
}

/// Members of the type behind a place that serde may leave out, while the schema says that they are always there. What is an
/// `Option` is optional in any case.
fn left_out(source: &Source<'_>, from: usize) -> Vec<String> {
    let Some(open) = (from..source.tokens.len()).find(|at| matches!(source.text(*at), "{" | ";")) else {
        return Vec::new();
    };
    let attributes =
        (open..end_of(source, open)).filter(|at| source.text(*at) == "serde" && source.text(at + 1) == "(");
    let missing = attributes.filter(|at| {
        let says: Vec<_> = (at + 2..end_of(source, at + 1)).map(|at| source.text(at)).collect();
        let leaves_out = says.contains(&"skip_serializing_if") && !says.contains(&"\"Option::is_none\"");
        leaves_out && !says.contains(&"default")
    });
    missing.map(|at| format!("{} may be left out and has no default", source.place(at))).collect()
}

/// Where the bracket is closed that stands here.
fn end_of(source: &Source<'_>, open: usize) -> usize {
    let mut depth = 0_usize;
    for at in open..source.tokens.len() {
        match source.text(at) {
            "{" | "(" | "[" => depth += 1,
            "}" | ")" | "]" => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return at;
        }
    }
    source.tokens.len()
}

#[test]
fn types_describe_themselves_once() {
    none(&check(&Tree::of_the_repository()));
}

#[test]
fn a_second_description_and_what_is_left_out_without_a_word_are_found() {
    let tree = Tree::sample(&[
        (
            "a",
            "#[derive(Serialize, Object)]\npub struct View;\n#[derive(Debug, poem_openapi::Enum)]\npub enum Word { A }",
        ),
        (
            "b",
            "#[derive(Serialize, JsonSchema)]\npub struct View {\n\
             #[serde(skip_serializing_if = \"Vec::is_empty\")]\nitems: Vec<u8>,\n\
             #[serde(default, skip_serializing_if = \"Vec::is_empty\")]\nothers: Vec<u8>,\n\
             #[serde(skip_serializing_if = \"Option::is_none\")]\nnext: Option<u8>,\n}\n\
             #[derive(Serialize)]\nstruct Kept { #[serde(skip_serializing_if = \"Vec::is_empty\")] items: Vec<u8> }\n\
             fn f() { let object = Value::Object(map); }",
        ),
    ]);
    let wanted =
        ["src/a.rs:1 derives Object", "src/a.rs:3 derives Enum", "src/b.rs:3 may be left out and has no default"];
    found(&check(&tree), &wanted);
}
