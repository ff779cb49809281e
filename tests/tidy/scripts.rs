//! Every script says in one line what it is for.

use crate::tree::{Tree, found, none};

fn check(tree: &Tree) -> Vec<String> {
    let scripts =
        tree.files.iter().filter(|file| ["scripts/", ".ci/"].iter().any(|folder| file.path.starts_with(folder)));
    let silent = scripts.filter(|file| {
        let mut lines = file.text.lines();
        let runs = lines.next().is_some_and(|line| line.starts_with("#!"));
        let says = lines.next().is_some_and(|line| line.starts_with("# ") || line.starts_with("\"\"\""));
        !(runs && says)
    });
    silent.map(|file| format!("{} doesn't say in its second line what it is for", file.path)).collect()
}

#[test]
fn every_script_says_what_it_is_for() {
    none(&check(&Tree::of_the_repository()));
}

#[test]
fn a_silent_script_is_found() {
    let tree = Tree::sample(&[
        ("scripts/good", "#!/bin/sh\n# Does this.\n"),
        ("scripts/silent", "#!/bin/sh\nset -e\n"),
        ("scripts/no-head", "set -e\n# Does that."),
    ]);
    found(&check(&tree), &["scripts/silent", "scripts/no-head"]);
}
