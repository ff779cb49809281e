//! Tools that nobody here wrote, against the running service and against what it publishes.

#![cfg(feature = "shell")]

mod anything;
mod claims;
mod cloudflare;
mod feeds;
mod generated;
mod grammar;
mod jose;
mod log;
mod mutants;
mod nodes;
mod openapi;
mod served;
mod shapes;
mod sigstore;
mod subscriptions;
#[path = "../support/mod.rs"]
mod support;
mod texts;
mod trees;

use std::io::Write;
use std::process::{Command, Stdio};
use support::python::python;

/// What a script beside this file answers to an input.
fn ask(script: &str, arguments: &[&str], input: &str) -> String {
    let path = format!("{}/tests/peers/{script}", env!("CARGO_MANIFEST_DIR"));
    let mut peer =
        Command::new(python()).arg(path).args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdin = peer.stdin.take().unwrap();
    let input = input.to_owned();
    // It may answer before it has read everything.
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = peer.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}
