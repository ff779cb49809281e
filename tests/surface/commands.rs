//! The commands of the program that ask a service, in the reader's language, and its output when nobody reads on.

use super::remote::Remote;
use super::support::process;
use serde_json::Value;
use std::io::Write;
use std::process::{Command, Output, Stdio};

/// `gongshi ARGUMENTS`, with something on standard input.
fn run(arguments: &[&str], input: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gongshi"));
    command
        .args(arguments)
        .env("LC_ALL", "C.UTF-8")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // It may have ended without reading.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

#[track_caller]
fn printed(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap().trim().to_owned()
}

#[track_caller]
fn complained(output: &Output) -> String {
    assert!(!output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// A service, and how the operator asks it.
struct Desk {
    remote: Remote,
    server: String,
    key: String,
}

impl Desk {
    fn open() -> Self {
        let remote = Remote::start("umask 022", &[]);
        let (server, key) = (remote.service.base.clone(), remote.data().join("keys/operator.jwk"));
        Self { server, key: key.to_str().unwrap().to_owned(), remote }
    }

    fn asks(&self, command: &str, arguments: &[&str], input: &str) -> Output {
        let account = [command, "--server", &self.server, "--key", &self.key];
        run(&[&account[..], arguments].concat(), input)
    }

    fn file(&self, name: &str, bytes: &[u8]) -> String {
        let path = self.remote.folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_opens_what_only_its_owner_may_see() {
    let desk = Desk::open();
    let token = printed(&desk.asks("token", &[], ""));
    let uncited = |token: &str| reqwest::Client::new().get(format!("{}/v1/uncited", desk.server)).bearer_auth(token);
    assert_eq!(uncited(&token).send().await.unwrap().status(), 200);
    assert_eq!(uncited(&token[1..]).send().await.unwrap().status(), 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_is_uploaded_and_printed_as_it_is_cited() {
    let desk = Desk::open();
    let file = desk.file("合同.txt", "甲乙双方".as_bytes());
    let cited: Value = serde_json::from_str(&printed(&desk.asks("upload", &[&file], ""))).unwrap();
    let cited: gongshi::field::DocumentRef = serde_json::from_value(cited).unwrap();
    assert_eq!((cited.size, cited.media_type.name(), cited.title.as_str()), (12, "text/plain", "合同.txt"));
    let kept = desk.remote.get(&format!("/v1/documents/{}", cited.sha256)).await;
    assert_eq!(kept.body.as_str(), Some("甲乙双方"));
    // What it is can't be guessed, or isn't so.
    let odd = desk.file("odd.exe", b"MZ");
    assert!(complained(&desk.asks("upload", &[&odd], "")).contains("application/pdf"));
    let no_picture = desk.file("no-picture.png", b"%PDF-1.7\n");
    let words = complained(&desk.asks("upload", &[&no_picture], ""));
    assert!(words.contains("refused: ") && words.contains("image/png") && !words.contains('{'), "{words}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_is_sealed_opened_and_erased() {
    let desk = Desk::open();
    let sealed: Value = serde_json::from_str(&printed(&desk.asks("seal", &["name"], "李四\n"))).unwrap();
    let digest = sealed["sealed"].as_str().unwrap();
    let opened: Value = serde_json::from_str(&printed(&desk.asks("open", &[digest], ""))).unwrap();
    assert_eq!(opened, serde_json::json!({"name": "name", "value": "李四"}));
    let erased: Value =
        serde_json::from_str(&printed(&desk.asks("erase", &["--reason", "本人请求", digest], ""))).unwrap();
    assert_eq!((&erased["sealed"], erased["for_all"].as_bool()), (&sealed["sealed"], Some(true)));
    assert!(complained(&desk.asks("open", &[digest], "")).contains("refused: "));
    assert!(complained(&desk.asks("open", &["../readyz"], "")).contains("43 characters"));
}

#[test]
fn a_value_is_sealed_and_opened_without_a_service() {
    let folder = tempfile::tempdir().unwrap();
    let kept = folder.path().join("disclosure");
    let kept = kept.to_str().unwrap();
    let sealed = printed(&run(&["seal", "--keep", kept, "--json", "amount"], r#"{"fen": 100}"#));
    let sealed: Value = serde_json::from_str(&sealed).unwrap();
    let opened = printed(&run(&["open", sealed["sealed"].as_str().unwrap(), kept], ""));
    assert_eq!(opened, r#"{"name":"amount","value":{"fen":100}}"#);
    // The second is no option.
    for other in ["A".repeat(43), format!("-i{}", "A".repeat(41))] {
        assert!(complained(&run(&["open", &other, kept], "")).contains("another digest"), "{other}");
    }
    // Never over what is there.
    assert!(!run(&["seal", "--keep", kept, "name"], "王五").status.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_told_in_the_readers_language() {
    let desk = Desk::open();
    for (locale, wanted) in [("zh_CN.UTF-8", "被拒绝: 没有这个资源"), ("C.UTF-8", "refused: No such resource")]
    {
        let mut erase = Command::new(env!("CARGO_BIN_EXE_gongshi"));
        erase.args(["erase", "--server", &desk.server, "--key", &desk.key, "--reason", "x"]).arg("A".repeat(43));
        let words = complained(&erase.env("LC_ALL", locale).output().unwrap());
        assert!(words.contains(wanted) && !words.contains('{'), "{words}");
    }
}

#[test]
fn a_reader_that_has_had_enough_ends_it_quietly() {
    for command in ["openapi", "config", "law show"] {
        let script = format!("\"$0\" {command} | head -c 1; echo \"|${{PIPESTATUS[0]}}\"");
        let output = Command::new("bash").args(["-c", &script, env!("CARGO_BIN_EXE_gongshi")]).output().unwrap();
        let (out, error) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        // It may have said everything before the reader went.
        assert!(error.is_empty() && (out.ends_with("|141\n") || out.ends_with("|0\n")), "{command}: {out} {error}");
    }
    // Whoever reads nothing at all.
    let mut child = Command::new(env!("CARGO_BIN_EXE_gongshi"))
        .arg("config")
        .stdout(process::closed())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(141));
    let mut error = String::new();
    std::io::Read::read_to_string(&mut child.stderr.take().unwrap(), &mut error).unwrap();
    assert_eq!(error, "");
}
