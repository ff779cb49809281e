//! A client that a generator made of the API document: with it a stranger goes the whole way of a tender.

use super::support::App;
use super::support::python::python;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

fn beside_this(name: &str) -> String {
    format!("{}/tests/clients/{name}", env!("CARGO_MANIFEST_DIR"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_goes_from_registration_to_acceptance_with_a_generated_client() {
    let app = App::start().await;
    let folder = tempfile::tempdir().unwrap();
    let generator = Path::new(&python()).with_file_name("openapi-python-client");
    // It calls ruff, which pip put beside it.
    let path = format!("{}:{}", generator.parent().unwrap().display(), std::env::var("PATH").unwrap());
    let output = Command::new(generator)
        .args(["generate", "--url", &format!("{}/openapi.json", app.base), "--meta", "none", "--fail-on-warning"])
        .args(["--config", &beside_this("python.yaml"), "--output-path"])
        .arg(folder.path().join("gongshi_client"))
        .env("PATH", path)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));

    let mut story = Command::new(python())
        .arg(beside_this("story.py"))
        .env("PYTHONPATH", folder.path())
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
