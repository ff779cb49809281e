//! Every script says in one line what it is for, and so does every file that is put elsewhere to run the service.

use crate::tree::{Tree, found, none};

const DEPLOYED: &str = "scripts/deploy/";

fn check(tree: &Tree) -> Vec<String> {
    let scripts =
        tree.files.iter().filter(|file| ["scripts/", ".ci/"].iter().any(|folder| file.path.starts_with(folder)));
    let silent = scripts.filter(|file| {
        let mut lines = file.text.lines();
        // What is deployed is run by others, and begins with the words.
        let runs = file.path.starts_with(DEPLOYED) || lines.next().is_some_and(|line| line.starts_with("#!"));
        let says = lines.next().is_some_and(|line| line.starts_with("# ") || line.starts_with("\"\"\""));
        !(runs && says)
    });
    silent.map(|file| format!("{} doesn't say in its first lines what it is for", file.path)).collect()
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
        ("scripts/deploy/good", "# Is put there.\n"),
        ("scripts/deploy/silent", "[Unit]\n# Is put there.\n"),
    ]);
    found(&check(&tree), &["scripts/silent", "scripts/no-head", "scripts/deploy/silent"]);
}
