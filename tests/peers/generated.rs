//! A client that a generator made of the API document: with it a stranger goes the whole way of a tender.

use super::support::App;
use super::support::python::python;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_goes_from_registration_to_acceptance_with_a_generated_client() {
    let app = App::start().await;
    let clients = concat!(env!("CARGO_MANIFEST_DIR"), "/target/clients");
    let document = std::fs::read_to_string(format!("{clients}/gongshi.json")).unwrap_or_default();
    let document: Value = serde_json::from_str(&document).unwrap_or_default();
    let served = app.get("/openapi.json").await.body;
    assert!(document == served, "{clients} is not of what is served: run scripts/clients");

    let mut story = Command::new(python())
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/clients/story.py"))
        .env("PYTHONPATH", clients)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut tell = story.stdin.take().unwrap();
    let operator: Value = serde_json::from_str(&app.operator().key.to_json()).unwrap();
    let start = json!({ "base": app.base, "now": app.now().to_string(), "operator": operator });
    writeln!(tell, "{start}").unwrap();
    let mut last = String::new();
    for line in BufReader::new(story.stdout.take().unwrap()).lines() {
        last = line.unwrap();
        if let Ok(days) = last.parse() {
            app.days_pass(days).await;
            writeln!(tell, "{}", app.now()).unwrap();
        }
    }
    assert!(story.wait().unwrap().success() && last == "accepted", "it ended with {last:?}");
    assert_eq!(app.get("/v1/tenders/HNZB-2026-0042").await.body["status"], "closed");
}
