//! `serve`: what a new log is called, the file with its options, and what it says of itself.

use super::support::{NAMES, ORIGIN, process};
use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output};

fn serve(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gongshi"));
    command.args(["serve", "--listen", "127.0.0.1:0"]).args(arguments);
    command
}

#[track_caller]
fn refused(output: &Output, wanted: &str) {
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && words.contains(wanted) && !words.contains("panicked"), "{wanted}: {words}");
}

async fn origin_of(base: &str) -> String {
    let text = reqwest::get(format!("{base}/v1/log")).await.unwrap().text().await.unwrap();
    serde_json::from_str::<Value>(&text).unwrap()["origin"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_log_is_named_by_who_begins_it_and_an_old_one_by_itself() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let data = data.to_str().unwrap();
    for named in 0..3 {
        // One of the three is missing.
        let mut given = NAMES.to_vec();
        let missing = given.drain(named * 2..named * 2 + 2).next().unwrap();
        refused(&serve(&[&given[..], &["--data", data]].concat()).output().unwrap(), missing);
    }
    let mut service = process::spawn(Path::new(data), None);
    assert_eq!(origin_of(&service.base).await, ORIGIN);
    service.kill();
    let again = process::started(serve(&["--data", data]));
    assert_eq!(origin_of(&again.base).await, ORIGIN);
    drop(again);
    refused(&serve(&["--data", data, "--origin", "other.example/log"]).output().unwrap(), "other.example/log");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_goes_before_the_environment_and_that_before_the_file() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("gongshi.toml");
    let at = |name: &str| folder.path().join(name).display().to_string();
    let text = format!(
        "data = {:?}\nlisten = \"127.0.0.1:1\"\norigin = \"file.example/log\"\noperator = \"1241010041580000XR\"\n\
         operator-name = \"某中心\"\ntrusted-proxy = [\"10.0.0.0/8\", \"127.0.0.1\"]\naccess-log = true\n",
        at("of-the-file")
    );
    std::fs::write(&file, text).unwrap();
    let config = ["--config", file.to_str().unwrap()];
    // `listen` is given on the command line.
    let service = process::started(serve(&config));
    assert_eq!(origin_of(&service.base).await, "file.example/log");
    assert!(folder.path().join("of-the-file/gongshi.sqlite").exists());
    drop(service);
    let mut command = serve(&config);
    command.env("GONGSHI_DATA", at("of-the-environment")).env("GONGSHI_ORIGIN", "environment.example/log");
    let service = process::started(command);
    assert_eq!(origin_of(&service.base).await, "environment.example/log");
    drop(service);
    let mut command = serve(&["--data", &at("of-the-line"), "--origin", "line.example/log"]);
    command.env("GONGSHI_CONFIG", &file).env("GONGSHI_ORIGIN", "environment.example/log");
    let service = process::started(command);
    assert_eq!(origin_of(&service.base).await, "line.example/log");
    drop(service);
    std::fs::write(&file, "rate-adress = 3\n").unwrap();
    refused(&serve(&config).output().unwrap(), "rate-address");
    refused(&serve(&["--config", &at("none.toml")]).output().unwrap(), "none.toml");
}

#[tokio::test(flavor = "multi_thread")]
async fn its_log_is_json_tells_each_request_and_that_it_stopped() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::tempdir().unwrap();
    let (data, log) = (folder.path().join("data"), folder.path().join("log"));
    let mut command =
        serve(&[&NAMES[..], &["--log-format", "json", "--access-log", "--data", data.to_str().unwrap()]].concat());
    command.stderr(std::fs::File::create(&log).unwrap());
    let mut service = process::started(command);
    origin_of(&service.base).await;
    reqwest::get(format!("{}/v1/tenders?q=secret", service.base)).await.unwrap();
    service.signal("TERM");
    assert_eq!(service.ended().code(), Some(0));
    let text = std::fs::read_to_string(&log).unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of = |message: &str| {
        let said = |line: &&Value| line["message"].as_str().is_some_and(|said| said.starts_with(message));
        lines.iter().filter(said).collect::<Vec<_>>()
    };
    let serving = of("serving");
    assert_eq!(serving[0]["version"], env!("CARGO_PKG_VERSION"));
    let answered = of("answered");
    assert_eq!(answered.len(), 2, "{text}");
    let asked = answered[1];
    assert_eq!(
        (&asked["path"], &asked["status"], &asked["client"]),
        (&"/v1/tenders".into(), &200.into(), &"127.0.0.1".into())
    );
    assert!(asked["milliseconds"].is_u64() && !text.contains("secret"), "{asked}");
    assert_eq!(of("stopping")[0]["signal"], "SIGTERM");
    assert_eq!(lines.last().unwrap()["message"], of("stopped")[0]["message"], "{text}");
}
