//! What runs in a reader's browser: the verifier in JavaScript under Node.js, and journeys through pages in a real browser.

#![cfg(feature = "shell")]

mod evidence;
mod journeys;
mod module;
#[path = "../evidence/bundle/promised.rs"]
mod promised;
#[path = "../support/mod.rs"]
mod support;

use std::path::{Path, PathBuf};
use std::process::Command;
use support::python::python;

/// The Node.js that scripts/peers installs.
fn node() -> Command {
    Command::new(Path::new(&python()).with_file_name("node"))
}

/// The folder of packages from npm that scripts/peers fills, beside that of Python.
fn peers() -> PathBuf {
    Path::new(&python()).ancestors().nth(3).unwrap().join("node")
}

/// A file beside this one.
fn beside_this(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser").join(name)
}
