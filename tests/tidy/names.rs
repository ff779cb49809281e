//! One word, one thing: no public type of one top-level module of `src` has the name of another's.

use crate::source::sources;
use crate::tree::{Tree, found, none};
use std::collections::BTreeMap;

/// A name, the rooms that have it, and a word about it.
type Listed<'a> = (&'a str, &'a [&'a str], &'a str);

/// One name for the same thing in several rooms, and what it is.
const SIBLINGS: &[Listed<'_>] = &[
    (
        "Act",
        &[
            "access",
            "commitment",
            "credit",
            "deposit",
            "evaluation",
            "identity",
            "organisation",
            "template",
            "tender",
            "world",
        ],
        "the record kinds of a capability; in `world` those of all",
    ),
    ("Deadline", &["commitment", "tender"], "what the service signs when a due date went by"),
    ("Phase", &["commitment", "tender"], "how far a stream has come"),
];

fn check(tree: &Tree, listed: &[Listed<'_>]) -> Vec<String> {
    let sources = sources(tree);
    let mut names: BTreeMap<&str, BTreeMap<&str, String>> = BTreeMap::new();
    for source in &sources {
        // The program's commands are named after what they run.
        let Some(room) = source.room().filter(|room| *room != "cli") else { continue };
        for at in 0..source.tokens.len() {
            // Not `pub(super)` and the like: the word is not seen from another room.
            let declares = matches!(source.text(at + 1), "struct" | "enum" | "trait" | "type" | "union");
            if source.text(at) == "pub" && declares && source.text(at + 2) != "$" {
                let place = source.place(at);
                names.entry(source.text(at + 2)).or_default().entry(room).or_insert(place);
            }
        }
    }
    let rooms = |name: &str| names.get(name).map(|rooms| rooms.keys().copied().collect::<Vec<_>>()).unwrap_or_default();
    let known = |name: &str| listed.iter().any(|(listed, of, _)| *listed == name && **of == rooms(name));
    let mut findings: Vec<_> = names
        .iter()
        .filter(|(name, places)| places.len() > 1 && !known(name))
        .map(|(name, places)| format!("{name}: {}", places.values().cloned().collect::<Vec<_>>().join(", ")))
        .collect();
    let stale = listed.iter().filter(|(name, of, _)| rooms(name) != **of);
    findings.extend(
        stale.map(|(name, of, _)| format!("{name} is not in {of:?} but in {:?}: correct the list", rooms(name))),
    );
    findings
}

#[test]
fn one_word_means_one_thing() {
    none(&check(&Tree::of_the_repository(), SIBLINGS));
}

#[test]
fn a_word_for_two_things_is_found() {
    let tree = Tree::sample(&[
        ("a", "pub struct Place;\npub enum Act {}\nstruct Own;\npub(crate) struct Other;\npub struct Only<T>(T);"),
        ("b", "pub enum Act {}\npub trait Place {}\npub struct Own;\npub struct Other;\nfn f(x: super::Only) {}"),
        ("c", "pub mod inner;"),
        ("src/c/inner.rs", "acts! {\n    pub enum Act {}\n}"),
    ]);
    found(&check(&tree, &[("Act", &["a", "b", "c"], "")]), &["Place: src/a.rs:1, src/b.rs:2"]);
    found(
        &check(&tree, &[("Act", &["a", "b"], ""), ("Place", &["a", "b"], "")]),
        &["Act: src/a.rs:2, src/b.rs:1, src/c/inner.rs:2", "Act is not in"],
    );
}
