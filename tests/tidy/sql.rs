//! SQL stands where it is looked for: in `store`, the sequencer, `derived`, and a capability's `projection` and `api`. What only one
//! engine understands stands in `store` alone.

use crate::source::{Source, sources};
use crate::tree::{Tree, found, none};

/// Other files with statements, and why.
const SELECTING: &[(&str, &str)] = &[
    ("src/bench/deposits/plain.rs", "measures what a plain ledger takes"),
    ("src/bench/search.rs", "measures what a plain scan takes"),
    ("src/bundle/select.rs", "follows what entries name through the tables of capabilities"),
];

/// Files outside of `store` with what only one engine understands, and why.
const ONE_ENGINE: &[(&str, &str)] = &[
    ("src/bench/commits.rs", "measures what each engine can do at best"),
    ("src/bench/deposits/plain.rs", "locks a row as a plain ledger would"),
];

const STATEMENTS: [&str; 4] = ["SELECT ", "INSERT INTO ", "UPDATE ", "DELETE FROM "];

/// As written in SQL: another case is prose.
const DIALECT: [&str; 8] =
    ["PRAGMA ", "pg_", " FOR UPDATE", "SKIP LOCKED", "sqlite_", "INSERT OR ", "AUTOINCREMENT", "ILIKE "];

fn check(tree: &Tree, known: &[&str], one_engine: &[&str]) -> Vec<String> {
    let sources = sources(tree);
    let outside = |source: &&Source<'_>| source.room() != Some("store");
    let statements = sources.iter().filter(outside).filter(|source| {
        let ours = matches!(source.room(), Some("sequencer" | "derived"))
            || matches!(source.module.last(), Some(&("projection" | "api")));
        !ours
    });
    let mut findings = compare(statements, &STATEMENTS, known, "SQL");
    findings.extend(compare(sources.iter().filter(outside), &DIALECT, one_engine, "one engine's words"));
    findings
}

/// What has such words in a literal and isn't listed, and what is listed and has none.
fn compare<'a>(
    sources: impl Iterator<Item = &'a Source<'a>>,
    words: &[&str],
    listed: &[&str],
    what: &str,
) -> Vec<String> {
    let says =
        |token: &str| (token.starts_with('"') || token.starts_with('r')) && words.iter().any(|w| token.contains(w));
    let found: Vec<_> = sources
        .filter_map(|source| source.tokens.iter().position(|token| says(&token.text)).map(|at| (source, at)))
        .collect();
    let new = found.iter().filter(|(source, _)| !listed.contains(&source.path));
    let stale = listed.iter().filter(|path| !found.iter().any(|(source, _)| source.path == **path));
    let new = new.map(|(source, at)| format!("{} has {what}", source.place(*at)));
    new.chain(stale.map(|path| format!("{path} has no {what} any more: take it off the list"))).collect()
}

#[test]
fn sql_stands_where_it_is_looked_for() {
    let [selecting, one_engine] =
        [SELECTING, ONE_ENGINE].map(|listed| listed.iter().map(|(path, _)| *path).collect::<Vec<_>>());
    none(&check(&Tree::of_the_repository(), &selecting, &one_engine));
}

#[test]
fn sql_elsewhere_is_found() {
    let query = r#"const Q: &str = "SELECT 1 FROM x";"#;
    let tree = Tree::sample(&[
        ("a", query),
        (
            "b",
            r#"// "SELECT 1"
            const Q: &str = "Select one";"#,
        ),
        ("store", r#"const Q: &str = "SELECT pg_lock()";"#),
        ("src/c/api.rs", query),
        ("src/c/projection.rs", r#"const Q: &str = "SELECT x FOR UPDATE";"#),
        ("d", query),
        ("e", ""),
    ]);
    let findings = check(&tree, &["src/d.rs", "src/e.rs"], &["src/d.rs"]);
    found(
        &findings,
        &[
            "src/a.rs:1 has SQL",
            "src/e.rs has no SQL any more",
            "src/c/projection.rs:1 has one engine's words",
            "src/d.rs has no one engine's words",
        ],
    );
}
