//! The commands of README.md, run as they stand there.

use super::support;
use gongshi::log::EntryView;
use std::process::{Command, Stdio};

/// The shell blocks of the README that are marked to be run, in order.
fn script() -> String {
    let readme = include_str!("../../README.md");
    let blocks = readme.split("<!-- run -->\n```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    blocks.collect::<Vec<_>>().join("\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_readme_works_as_written() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let service = support::process::spawn(&data, None);
    let work = folder.path().join("work");
    std::fs::create_dir(&work).unwrap();
    let binary = std::path::Path::new(env!("CARGO_BIN_EXE_gongshi")).parent().unwrap();
    let path = format!("{}:{}", binary.display(), std::env::var("PATH").unwrap());
    let output = Command::new("bash")
        .args(["-euo", "pipefail", "-c", &script()])
        .current_dir(&work)
        .env("PATH", path)
        .env("SERVER", &service.base)
        .env("DATA", &data)
        .env("REPOSITORY", env!("CARGO_MANIFEST_DIR"))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let (out, error) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{out}\n{error}");
    assert!(out.contains("\"status\": \"preannounced\""), "{out}");
    assert!(out.contains("\"of_the_bidder\": 8500") && out.contains("\"of_the_centre\": 9000"), "{out}");
    assert!(out.contains("included") && out.contains("All holds"), "{out}");
    drop(service);
    // The rest of what the README says, on the data of the stopped service.
    let run = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_gongshi")).args(arguments).current_dir(&work).output().unwrap();
        (output.status.success(), String::from_utf8(output.stdout).unwrap())
    };
    let data = data.to_str().unwrap();
    assert!(run(&["export", "log", "--data", data, "--out", "copy"]).0);
    let (holds, report) = run(&["verify", "copy", "--json"]);
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    assert!(holds && report["findings"] == serde_json::json!([]) && report["entries"] == 22, "{report}");
    // `gongshi post` says which version of the stream it saw, so that a gap shows.
    let entries = std::fs::read(work.join("copy/tile/entries/000.p/22")).unwrap();
    let entries = gongshi::log::parse_bundle(entries.into(), 22).unwrap();
    let header = |kind: &str| {
        let headers = entries.iter().map(|entry| EntryView::parse(entry).unwrap().record().header().unwrap());
        headers.into_iter().find(|header| header.typ == kind).unwrap()
    };
    assert_eq!(
        ["organisation.registered", "organisation.confirmed", "commitment.accepted"].map(|kind| header(kind).ver),
        [Some(0), Some(1), Some(1)]
    );
    assert!(run(&["export", "bundle", "--data", data, "--tender", "T-1", "--out", "bundle.zip"]).0);
    assert!(run(&["verify", "bundle.zip", "--report", "report.html"]).0 && work.join("report.html").exists());
    assert!(run(&["replay", "--data", data]).0);
    assert!(run(&["verify", data]).0);
    // One byte is enough.
    let bundle = work.join("copy/tile/entries/000.p/22");
    let mut bytes = std::fs::read(&bundle).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&bundle, bytes).unwrap();
    let (holds, report) = run(&["verify", "copy", "--json"]);
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    assert!(!holds && !report["findings"].as_array().unwrap().is_empty());
    // After a theft the log goes on under another name.
    let theft = ["--as", "test.gongshi.example/log-2", "--reason", "检查点私钥泄露"];
    assert!(run(&[&["continue", "--data", data, "--origin", support::ORIGIN], &theft[..]].concat()).0);
    let (holds, report) = run(&["verify", data, "--json"]);
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    assert!(holds && report["origin"] == "test.gongshi.example/log-2", "{report}");
}
