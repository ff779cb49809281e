//! Nothing follows from an indicator: of all rooms, only the server, which has its routes, names `fairness`. So no decision, grade,
//! bar, gate or projection can rest on one.

use crate::source::sources;
use crate::tree::{Tree, found, none};

const ROOM: &str = "fairness";
/// Who puts routes together.
const MAY_NAME_IT: [&str; 1] = ["server"];

fn check(tree: &Tree) -> Vec<String> {
    let sources = sources(tree);
    let others = sources.iter().filter(|source| {
        source.room().is_some_and(|room| room != ROOM && room != "law" && !MAY_NAME_IT.contains(&room))
    });
    let named = others.filter_map(|source| {
        let names = |at: &usize| {
            let before = at.checked_sub(1).map_or("", |before| source.text(before));
            source.text(*at) == ROOM && matches!(before, "::" | "{" | ",")
        };
        (0..source.tokens.len()).find(names).map(|at| format!("{} names {ROOM}", source.place(at)))
    });
    named.collect()
}

#[test]
fn nothing_rests_on_an_indicator() {
    none(&check(&Tree::of_the_repository()));
}

#[test]
fn a_room_that_looks_at_indicators_is_found() {
    let tree = Tree::sample(&[
        ("fairness", "pub struct Indicator;"),
        ("server", "use crate::fairness::FairnessApi;"),
        ("credit", "use crate::fairness::Indicator;"),
        ("src/access/state.rs", "use crate::{field, fairness};"),
        ("evaluation", "// crate::fairness\nfn f(fairness: u8) {}"),
    ]);
    found(&check(&tree), &["src/credit.rs:1 names fairness", "src/access/state.rs:1 names fairness"]);
}
