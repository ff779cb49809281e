//! The service as a process of its own, for a long time: killed again and again (`kill`), and under a mixed load (`soak`).
//! A plain `cargo test` plays both for some seconds; `scripts/kill` and `scripts/soak` as long as one likes.

mod client;
mod kill;
mod people;
mod service;
mod soak;
#[path = "../support/mod.rs"]
mod support;

use std::process::ExitCode;
use support::Engine;

/// What the environment says, unless that is nothing.
fn wished(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|text| !text.is_empty())
}

fn number(name: &str) -> Option<u64> {
    wished(name).map(|text| text.parse().unwrap_or_else(|_| panic!("{name} is no number: {text}")))
}

fn engines() -> Vec<Engine> {
    match wished("GONGSHI_ENDURANCE_ENGINE").as_deref() {
        None => vec![Engine::Sqlite, Engine::Postgres],
        Some("sqlite") => vec![Engine::Sqlite],
        Some("postgres") => vec![Engine::Postgres],
        Some(other) => panic!("{other} is neither sqlite nor postgres"),
    }
}

/// `cargo test` hands its arguments to every test binary: `--list`, and names of tests that are not ours.
fn is_asked_for(name: &str) -> bool {
    let mut arguments = std::env::args().skip(1);
    arguments.all(|argument| argument != "--list" && (argument.starts_with('-') || name.contains(&*argument)))
}

type Part = fn() -> ExitCode;

fn main() -> ExitCode {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let parts: [(&str, Part); 2] = [("kill", kill::run), ("soak", soak::run)];
    let mut asked = parts.into_iter().filter(|(name, _)| is_asked_for(name));
    let failed = asked.any(|(_, run)| run() != ExitCode::SUCCESS);
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
