//! The table of rooms in ARCHITECTURE.md is the tree: each module of `src` has one row, and each row a module.

use crate::tree::{Tree, found, none};
use std::collections::BTreeMap;

fn check(tree: &Tree) -> Vec<String> {
    let mut rows: BTreeMap<String, usize> = BTreeMap::new();
    for cell in tree.files.iter().filter(|file| file.path == "ARCHITECTURE.md").flat_map(|file| cells(&file.text)) {
        for name in cell.split('`').skip(1).step_by(2) {
            *rows.entry(name.to_owned()).or_default() += 1;
        }
    }
    let modules: BTreeMap<String, usize> = tree
        .sources()
        .filter_map(|file| file.path.trim_start_matches("src/").trim_end_matches(".rs").split('/').next())
        .filter(|name| !matches!(*name, "lib" | "main"))
        .map(|name| (name.to_owned(), 1))
        .collect();
    let missing = modules.keys().filter(|name| !rows.contains_key(*name)).map(|name| format!("`{name}` has no row"));
    let empty = rows.keys().filter(|name| !modules.contains_key(*name)).map(|name| format!("`{name}` has no module"));
    let twice = rows.iter().filter(|(_, rows)| **rows > 1).map(|(name, rows)| format!("`{name}` has {rows} rows"));
    missing.chain(empty).chain(twice).collect()
}

/// The first cells of the table below "The rooms".
fn cells(text: &str) -> impl Iterator<Item = &str> {
    let section = text.split("\n## ").find(|section| section.starts_with("The rooms")).unwrap_or_default();
    section.lines().filter(|line| line.starts_with("| `")).filter_map(|line| line.split('|').nth(1))
}

#[test]
fn the_table_of_rooms_is_the_tree() {
    none(&check(&Tree::of_the_repository()));
}

#[test]
fn a_wrong_table_is_found() {
    let table = "# X\n\n## The rooms\n\n| folder | what |\n|---|---|\n| `a`, `b` | `x` |\n| `b` | y |\n| `gone` | z |\n\n## Z\n| `q` |";
    let tree = Tree::sample(&[("ARCHITECTURE.md", table), ("a", ""), ("src/b/mod.rs", ""), ("c", ""), ("lib", "")]);
    found(&check(&tree), &["`c` has no row", "`gone` has no module", "`b` has 2 rows"]);
}
