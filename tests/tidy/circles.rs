//! No circle between the top-level modules of `src`: each can be read, and in time built, without those that need it.
//!
//! A capability's shell rooms (`projection`, `view`, `api`, `page`) know the store and the ledger, which know the pure rest
//! of it: they count as modules of their own.

use crate::source::{Source, sources};
use crate::tree::{Tree, found, none};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

const SHELL: [&str; 4] = ["projection", "view", "api", "page"];

/// Edges that close a circle and are to go, each with what removes it.
const KNOWN: &[(&str, &str, &str)] = &[];

/// Who names whom, and where first.
type Edges<'a> = BTreeMap<(&'a str, &'a str), String>;

/// For each room, the names in it that lead on to a shell room of it.
type Doors<'a> = BTreeMap<&'a str, BTreeMap<&'a str, &'a str>>;

fn check(tree: &Tree, known: &[(&str, &str, &str)]) -> Vec<String> {
    // The program is a crate of its own on top of the library: nothing can name it.
    let sources: Vec<_> = sources(tree).into_iter().filter(|source| source.room() != Some("cli")).collect();
    let doors = doors(&sources);
    let mut all = Edges::new();
    for source in &sources {
        let Some(from) = part(source) else { continue };
        for (to, at) in mentions(&doors, source).into_iter().filter(|(to, _)| *to != from) {
            all.entry((from, to)).or_insert_with(|| source.place(at));
        }
    }
    let stale = known.iter().filter(|(from, to, _)| !all.contains_key(&(*from, *to)) || way(&all, to, from).is_none());
    let mut findings: Vec<_> =
        stale.map(|(from, to, _)| format!("{from} → {to} closes no circle any more: take it off the list")).collect();
    all.retain(|edge, _| !known.iter().any(|(from, to, _)| (*from, *to) == *edge));
    findings.extend(circles(&all));
    findings
}

/// The room of a file, or the shell room of a capability.
fn part<'a>(source: &Source<'a>) -> Option<&'a str> {
    let (room, rest) = source.module.split_first()?;
    let shell = rest.first().filter(|part| SHELL.contains(part));
    Some(shell.map_or(room, |part| &source.path["src/".len()..][..room.len() + 1 + part.len()]))
}

fn doors<'a>(sources: &'a [Source<'a>]) -> Doors<'a> {
    let mut doors = Doors::new();
    for source in sources {
        let Some(room) = source.module.first() else { continue };
        let names = doors.entry(room).or_default();
        if let Some(shell) = source.module.get(1).filter(|part| SHELL.contains(part)) {
            names.extend(part(source).map(|part| (*shell, part)));
        }
    }
    // `pub use api::TenderApi` in a room's `mod.rs`: who names it means the shell room.
    for source in sources.iter().filter(|source| source.module.len() == 1) {
        let names = doors.entry(source.module[0]).or_default();
        for at in 1..source.tokens.len() {
            if source.text(at - 1) == "use"
                && source.text(at + 1) == "::"
                && let Some(shell) = names.get(source.text(at)).copied()
            {
                let listed = if source.text(at + 2) == "{" { elements(source, at + 2) } else { vec![at + 2] };
                names.extend(listed.into_iter().map(|at| (source.text(at), shell)));
            }
        }
    }
    doors
}

/// Each circle once, as the shortest one through some edge.
fn circles(edges: &Edges<'_>) -> BTreeSet<String> {
    let shortest = edges.keys().filter_map(|&(from, to)| way(edges, to, from));
    shortest
        .map(|mut circle| {
            let first = circle.iter().enumerate().min_by_key(|(_, room)| **room).map_or(0, |(at, _)| at);
            circle.rotate_left(first);
            let next = circle.iter().skip(1).chain(circle.first());
            let steps =
                circle.iter().zip(next).map(|(from, to)| format!("\n  {}: {from} → {to}", edges[&(*from, *to)]));
            format!("{}{}", circle.join(" → "), steps.collect::<String>())
        })
        .collect()
}

/// The rooms on the shortest way from one to another, both included.
fn way<'a>(edges: &Edges<'a>, from: &'a str, to: &'a str) -> Option<Vec<&'a str>> {
    let mut before = BTreeMap::from([(from, from)]);
    let mut queue = VecDeque::from([from]);
    while let Some(room) = queue.pop_front() {
        if room == to {
            let mut way = vec![to];
            while way[way.len() - 1] != from {
                way.push(before[way[way.len() - 1]]);
            }
            way.reverse();
            return Some(way);
        }
        for (_, next) in edges.keys().filter(|(start, _)| *start == room) {
            if !before.contains_key(next) {
                before.insert(next, room);
                queue.push_back(next);
            }
        }
    }
    None
}

/// The parts that the paths of a file lead to.
fn mentions<'s>(doors: &Doors<'s>, source: &'s Source<'s>) -> Vec<(&'s str, usize)> {
    let mut names = Vec::new();
    let mut depth = 0;
    let mut inner = Vec::new();
    for at in 0..source.tokens.len() {
        let starts_path = source.text(at + 1) == "::" && (at == 0 || source.text(at - 1) != "::");
        match source.text(at) {
            "mod" if source.text(at + 2) == "{" => inner.push(depth),
            "{" => depth += 1,
            "}" => {
                depth -= 1;
                inner.pop_if(|outside| *outside == depth);
            }
            "crate" if starts_path => follow(source, at + 2, 0, None, &mut names),
            "super" if starts_path => follow(source, at, source.module.len() + inner.len(), None, &mut names),
            _ => {}
        }
    }
    // A room that is imported whole: what is taken out of it shows in the rest of the file.
    let whole: Vec<_> = names.iter().filter(|(_, part, _)| part.is_empty()).map(|(room, ..)| *room).collect();
    for at in 0..source.tokens.len() {
        let starts_path = source.text(at + 1) == "::" && (at == 0 || source.text(at - 1) != "::");
        if starts_path && whole.contains(&source.text(at)) {
            follow(source, at + 2, 0, Some(source.text(at)), &mut names);
        }
    }
    let taken = names.into_iter().filter(|(_, part, _)| !part.is_empty());
    taken.filter_map(|(room, part, at)| Some((*doors.get(room)?.get(part).unwrap_or(&room), at))).collect()
}

/// The room, and the name in it, to which a path or use-tree leads that goes on here, `depth` modules below the root.
fn follow<'s>(
    source: &'s Source<'s>,
    at: usize,
    depth: usize,
    room: Option<&'s str>,
    names: &mut Vec<(&'s str, &'s str, usize)>,
) {
    match (source.text(at), room) {
        ("super", None) if depth > 0 => follow(source, at + 2, depth - 1, None, names),
        ("{", _) => {
            for element in elements(source, at) {
                follow(source, element, depth, room, names);
            }
        }
        ("self", Some(room)) => names.push((room, "", at)),
        (name, Some(room)) => names.push((room, name, at)),
        (name, None) if depth == 1 => names.extend(source.room().map(|room| (room, name, at))),
        (name, None) if depth == 0 && source.text(at + 1) == "::" => follow(source, at + 2, 0, Some(name), names),
        (name, None) if depth == 0 => names.push((name, "", at)),
        _ => {}
    }
}

/// Where each element of a braced list begins.
fn elements(source: &Source<'_>, open: usize) -> Vec<usize> {
    let mut nested = 0;
    let mut starts = Vec::new();
    for at in open..source.tokens.len() {
        match source.text(at) {
            "{" => nested += 1,
            "}" => nested -= 1,
            _ => {}
        }
        match (nested, source.text(at)) {
            (0, _) => break,
            (1, "{" | ",") if source.text(at + 1) != "}" => starts.push(at + 1),
            _ => {}
        }
    }
    starts
}

#[test]
fn no_module_needs_one_that_needs_it() {
    none(&check(&Tree::of_the_repository(), KNOWN));
}

#[test]
fn a_circle_is_found_however_the_path_is_written() {
    for back in [
        "use crate::a::X;",
        "use crate::{c, a::{X, Y}};",
        "use super::{a as other, c};\nfn f() {\n    a::f()\n}",
        "mod inner { fn f() { super::super::a::f() } }",
        "macro_rules! m { () => { $crate::a::f() } }",
        "fn f() {\n    let x = crate::a::X;\n}",
    ] {
        let tree = Tree::sample(&[("a", "\n\nuse crate::b::Z;"), ("b", back), ("c", "")]);
        found(&check(&tree, &[]), &["a → b\n  src/a.rs:3: a → b\n  src/b.rs:"]);
    }
    let deep = Tree::sample(&[("a", "use crate::b::X;"), ("src/b/c/d.rs", "use super::super::super::a::Y;")]);
    found(&check(&deep, &[]), &["a → b"]);
    let long = Tree::sample(&[("a", "use crate::b::X;"), ("b", "use crate::c::X;"), ("c", "use crate::a::X;")]);
    found(&check(&long, &[]), &["a → b → c\n"]);
}

#[test]
fn a_shell_room_counts_as_a_module() {
    let ledger = ("ledger", "use crate::{cap, other};\nfn f(x: cap::State, y: other::X) {}");
    let door = ("src/cap/mod.rs", "mod api;\nmod state;\npub use api::{CapApi, X};\npub use state::State;");
    let state = ("src/cap/state.rs", "pub struct State;");
    let api = ("src/cap/api.rs", "use super::State;\nuse crate::ledger::Ledger;");
    let other = ("other", "");
    found(&check(&Tree::sample(&[ledger, door, state, api, other]), &[]), &[]);

    let pure_names_shell = ("src/cap/state.rs", "use super::api::X;");
    let findings = check(&Tree::sample(&[ledger, door, pure_names_shell, api, other]), &[]);
    found(&findings, &["cap → cap/api\n", "cap → cap/api → ledger\n"]);

    for whole in ["use crate::cap;", "use crate::cap::{self, State};"] {
        let ledger_names_shell = format!("{whole}\nfn f() {{\n    cap::CapApi::new();\n}}");
        let findings = check(&Tree::sample(&[("ledger", &ledger_names_shell), door, state, api, other]), &[]);
        found(
            &findings,
            &["cap/api → ledger\n  src/cap/api.rs:2: cap/api → ledger\n  src/ledger.rs:3: ledger → cap/api"],
        );
    }
}

#[test]
fn what_is_no_circle_is_not_found() {
    let tree = Tree::sample(&[
        ("a", "use crate::b::X;\nuse crate::a::X;"),
        (
            "b",
            "//! crate::a\n/// [`crate::a::X`]\nmod inner { use super::a; }\n#[cfg(test)]\nmod tests { use crate::a; }",
        ),
    ]);
    found(&check(&tree, &[]), &[]);
}

#[test]
fn the_list_of_known_edges_has_no_stale_line() {
    let tree = Tree::sample(&[("a", "use crate::b::X;"), ("b", "use crate::a::X;"), ("c", "use crate::a::X;")]);
    found(&check(&tree, &[("b", "a", "")]), &[]);
    found(&check(&tree, &[("b", "a", ""), ("c", "a", "")]), &["c → a closes no circle"]);
    found(&check(&tree, &[("b", "a", ""), ("b", "c", "")]), &["b → c closes no circle"]);
}
