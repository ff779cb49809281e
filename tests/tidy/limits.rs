//! A file is short enough to be read at once. (A function too: clippy counts its lines.)

use crate::tree::{Tree, found, none};

const LINES_MAX: usize = 450;

/// Longer files, and why each is one.
const LONG: &[(&str, &str)] = &[];

fn check(tree: &Tree, long: &[(&str, &str)]) -> Vec<String> {
    let mut findings = Vec::new();
    for file in tree.files.iter().filter(|file| file.path.ends_with(".rs")) {
        let lines = file.text.lines().count();
        let listed = long.iter().any(|(path, _)| *path == file.path);
        match lines > LINES_MAX {
            true if !listed => findings.push(format!("{} has {lines} lines: split it by meaning", file.path)),
            false if listed => findings.push(format!("{} has {lines} lines: take it off the list", file.path)),
            _ => {}
        }
    }
    let gone = long.iter().filter(|(path, _)| !tree.files.iter().any(|file| file.path == *path));
    findings.extend(gone.map(|(path, _)| format!("{path} is gone: take it off the list")));
    findings
}

#[test]
fn files_are_short() {
    none(&check(&Tree::of_the_repository(), LONG));
}

#[test]
fn a_long_file_is_found() {
    let long = "\n".repeat(LINES_MAX + 1);
    let tree = Tree::sample(&[("a", &long), ("b", &long[1..]), ("c", &long), ("d", "")]);
    let findings = check(&tree, &[("src/c.rs", ""), ("src/d.rs", ""), ("src/e.rs", "")]);
    found(&findings, &["src/a.rs has 451", "src/d.rs has 0 lines: take it off", "src/e.rs is gone"]);
}
