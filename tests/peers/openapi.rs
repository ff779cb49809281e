//! A fuzzer that reads nothing but the OpenAPI document.

use super::support::App;
use super::support::fixture::{self, act, stream};
use super::support::python::python;
use serde_json::{Value, json};
use std::process::Command;

/// What follows from each schema: its edges, and what lies beyond them.
#[tokio::test(flavor = "multi_thread")]
async fn the_api_survives_the_edges_of_its_schemas() {
    survives(&["--phases", "examples,coverage"]).await;
}

/// Random requests, and sequences of them.
#[tokio::test(flavor = "multi_thread")]
async fn the_api_survives_random_requests() {
    // The fuzzer itself takes most of the time: its own choice of 100 would be a quarter of an hour.
    survives(&["--phases", "fuzzing,stateful", "--max-examples", "2"]).await;
}

async fn survives(phases: &[&str]) {
    let app = App::start().await;
    let cast = app.cast().await;
    app.post(&cast.centre, "/v1/tenders", &stream("T-1"), &act(fixture::preannouncement(&cast.centre)))
        .await
        .accepted();
    let token = app.token(&cast.supervisor);
    let schemathesis = std::path::Path::new(&python()).with_file_name("schemathesis");
    // It leaves its examples in the folder that it runs in.
    let folder = tempfile::tempdir().unwrap();
    // Half a minute for each of its many long polls is too long; tests/surface has some. Of the methods that nothing has, one at each
    // path: all go the same way.
    // A payee's code is asked for as the code of any organisation: here it is one, so that what is behind it is asked for, too.
    let settings = format!(
        "[parameters]\n\"query.wait\" = 0\n\"path.payee\" = \"{}\"\n[phases.coverage]\nunexpected-methods = [\"PATCH\"]\n",
        cast.centre.id
    );
    std::fs::write(folder.path().join("schemathesis.toml"), settings).unwrap();
    let key: Value = serde_json::from_str(&cast.centre.key.to_json()).unwrap();
    // The log's clock stands still; each run asks something else.
    let run = chrono::Utc::now().timestamp();
    let signs =
        json!({ "key": key, "origin": app.ledger.origin().to_string(), "now": app.now().millis() / 1000, "run": run });
    let output = Command::new(schemathesis)
        .current_dir(&folder)
        // It reads all of the environment twice for each request.
        .env_clear()
        .env("PATH", std::env::var("PATH").unwrap())
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("SCHEMATHESIS_HOOKS", concat!(env!("CARGO_MANIFEST_DIR"), "/tests/peers/signs.py"))
        .env("GONGSHI_SIGNS", signs.to_string())
        .args(["run", &format!("{}/openapi.yaml", app.base), "--url", &app.base])
        .args([
            "--checks",
            "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance",
        ])
        // It has no generator for NDJSON; tests/surface/bulk.rs posts in bulk.
        .args(["--exclude-operation-id", "postRecords"])
        // Endless answers, which tests/surface/feed.rs, tests/access and tests/credit follow.
        .args(
            ["followRecords", "followBarChanges", "followGradeChanges"]
                .map(|id| format!("--exclude-operation-id={id}")),
        )
        // Two of its workers now and then trip over each other.
        .args(["--workers", "1", "--seed", "1", "--no-color"])
        .args(phases)
        .args(["--request-timeout", "40", "--header", &format!("Authorization: Bearer {token}")])
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "run {run}: {text}\n{}", String::from_utf8_lossy(&output.stderr));
}
