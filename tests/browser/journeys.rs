//! Journeys through pages in Debian's Chromium, each in both languages: one file each in `journeys/`, found there by the script.
//!
//! A journey is `async (reader) => …`; what a reader has, `journeys.test.mjs` says. After each the script sees that the browser has
//! complained of nothing and that nobody was asked but the service.

use super::evidence::Evidence;
use super::support::{App, Engine, unlimited};
use super::{beside_this, node, peers};
use gongshi::clock::Clock;
use gongshi::demo;
use gongshi::field::Instant;
use gongshi::search::projection::catch_up;
use std::path::Path;
use std::process::Command;

/// The present of the demo.
const PRESENT: &str = "2026-11-23T02:00:00.000Z";

/// The demo, served.
async fn filled() -> App {
    let present: Instant = PRESENT.parse().unwrap();
    let clock = Clock::manual(present.plus_millis(-demo::DAYS_BACK * 86_400_000));
    let (folder, keys) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let app = App::start_by(clock.clone(), folder, Engine::Sqlite, unlimited(), None).await;
    demo::fill(&app.ledger, &clock, present, keys.path()).await.unwrap();
    catch_up(&app.ledger).await.unwrap();
    app
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_reach_what_they_came_for() {
    let (evidence, demo) = tokio::join!(Evidence::gather(), filled());
    let page = Command::new(env!("CARGO_BIN_EXE_gongshi")).arg("verify-page").output().unwrap();
    assert!(page.status.success(), "{}", String::from_utf8_lossy(&page.stderr));
    std::fs::write(evidence.path().join("verify.html"), page.stdout).unwrap();
    let screenshots = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/screenshots");
    std::fs::create_dir_all(&screenshots).unwrap();
    let output = node()
        .args(["--test", "--test-reporter=tap"])
        .arg(beside_this("journeys.test.mjs"))
        .env("EVIDENCE", evidence.path())
        .env("PEERS", peers())
        .env("SERVICE", &evidence.app.base)
        .env("DEMO", &demo.base)
        .env("SCREENSHOTS", screenshots)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}
