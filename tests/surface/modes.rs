//! Who else on the machine may read what the program writes: of its secrets nobody, whatever the umask.

use super::remote::{Remote, below};
use super::support::{NAMES, ORIGIN, process};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Output;
use std::time::Duration;

/// What a careless shell leaves to everybody.
const CARELESS: &str = "umask 0";

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

#[track_caller]
fn private(folder: &Path) {
    for path in below(folder) {
        let wanted = if path.is_dir() { 0o700 } else { 0o600 };
        assert_eq!(mode(&path), wanted, "{}: {:o}", path.display(), mode(&path));
    }
}

fn said(output: &Output) -> String {
    assert!(!output.status.success(), "it ran");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_data_folder_is_its_owners_alone() {
    let published = tempfile::tempdir().unwrap();
    let mut remote = Remote::start(CARELESS, &["--publish", published.path().join("log").to_str().unwrap()]);
    remote.post(1).await.accepted();
    assert_eq!(remote.upload(b"document").await.status, 201);
    assert_eq!(remote.disclose("value").await.status, 200);
    let checkpoint = published.path().join("log/checkpoint");
    super::within(async {
        while !checkpoint.exists() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await;
    // With the write-ahead log, which a kill leaves behind.
    remote.service.kill();
    let data = remote.data();
    private(&data);
    let found = below(&data);
    for name in ["gongshi.sqlite-wal", "keys/operator.jwk", "documents/sha256", "documents/disclosures"] {
        assert!(found.contains(&data.join(name)), "{name} in {found:?}");
    }
    // What is published is for a web server, which runs as somebody else.
    for path in below(&published.path().join("log")) {
        assert_eq!(mode(&path) & 0o004, 0o004, "{}", path.display());
    }
}

/// What an earlier build, or a copy by hand, has left open is closed by the next start.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_open_is_closed_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let arguments = [&NAMES[..], &["--data", data.to_str().unwrap()]].concat();
    process::spawn_after(CARELESS, "serve", &arguments).kill();
    for name in ["", "keys", "documents", "gongshi.sqlite", "gongshi.sqlite-wal", "gongshi.sqlite-shm"] {
        let path = data.join(name);
        fs::set_permissions(&path, fs::Permissions::from_mode(mode(&path) | 0o066)).unwrap();
    }
    process::spawn_after(CARELESS, "serve", &arguments).kill();
    private(&data);
}

#[test]
fn keys_and_witnesses_are_private_too() {
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("key.jwk");
    let made = process::after(CARELESS, "keygen", &[key.to_str().unwrap()]).output().unwrap();
    assert!(made.status.success() && mode(&key) == 0o600, "{:o}", mode(&key));
    let printed: serde_json::Value = serde_json::from_slice(
        &process::after(
            CARELESS,
            "keygen",
            &[folder.path().join("log.jwk").to_str().unwrap(), "--checkpoint-of", ORIGIN],
        )
        .output()
        .unwrap()
        .stdout,
    )
    .unwrap();
    let witness = folder.path().join("witness");
    let arguments = ["--name", "w.example/1", "--data", witness.to_str().unwrap(), "--log"];
    let arguments = [&arguments[..], &[printed["log_key"].as_str().unwrap()]].concat();
    process::spawn_after(CARELESS, "witness", &arguments).kill();
    assert!(witness.join("witness.jwk").exists());
    private(&witness);
}

/// In both languages, with the command that mends it: the key of the log, a key to sign with, the settings of a bucket.
#[test]
fn a_secret_that_others_may_read_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let serve = [&NAMES[..], &["--data", data.to_str().unwrap()]].concat();
    process::spawn_after("umask 022", "serve", &serve).kill();
    let run = |command: &str, arguments: &[&str]| process::after("umask 022", command, arguments).output().unwrap();
    let complains = |output: &Output, file: &Path| {
        let said = said(output);
        let command = format!("chmod 600 {}", file.display());
        assert_eq!(said.matches(&command).count(), 2, "{said}");
        assert!(said.contains("可被他人读取") && said.contains("others may read"), "{said}");
    };
    let key = data.join("keys/log.jwk");
    for open in [0o640, 0o604] {
        fs::set_permissions(&key, fs::Permissions::from_mode(open)).unwrap();
        complains(&run("serve", &serve), &key);
    }
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
    let operator = data.join("keys/operator.jwk");
    fs::set_permissions(&operator, fs::Permissions::from_mode(0o644)).unwrap();
    let sign =
        ["--origin", ORIGIN, "--kind", "log.law_adopted", "--stream", "log", "--key", operator.to_str().unwrap(), "-"];
    complains(&run("sign", &sign), &operator);
    fs::set_permissions(&operator, fs::Permissions::from_mode(0o600)).unwrap();
    let bucket = folder.path().join("bucket.toml");
    fs::write(&bucket, "secret_access_key = \"x\"").unwrap();
    fs::set_permissions(&bucket, fs::Permissions::from_mode(0o644)).unwrap();
    for option in ["--documents", "--publish"] {
        complains(&run("serve", &[&serve[..], &[option, bucket.to_str().unwrap()]].concat()), &bucket);
    }
}
