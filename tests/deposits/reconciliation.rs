//! `gongshi reconcile`: a bank's file against the book of a running log, on both engines; a hostile one changes nothing.

use super::stage::Stage;
use super::support::{App, Engine, START, open_with, unlimited};
use gongshi::clock::Clock;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A stage, and where its database is.
async fn on(engine: Engine) -> (Stage, String) {
    // Another test may have done so.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let (folder, clock) = (tempfile::tempdir().unwrap(), Clock::manual(START.parse().unwrap()));
    let url = engine.database(folder.path());
    let ledger = open_with(folder.path(), url.clone(), clock.clone(), None).await.unwrap();
    let stage = Stage::of(App::serve(folder, ledger, clock, unlimited()).await).await;
    stage.scheme("bid-tendering", "招标投标法实施条例第二十六条").await;
    stage.paid_in("d-1", &stage.cast.enterprise).await;
    stage.app.days_pass(1).await;
    stage.paid_in("d-2", &stage.cast.rival).await;
    (stage, url)
}

/// The lines of a company's account, without what the bank says of balances beside the last column.
fn table(lines: &[(&str, i64, i64, &str, &str)]) -> String {
    let head = "交易日期,借方发生额,贷方发生额,余额,对方户名,对方账号,摘要,回单号\n";
    let yuan = |fen: i64| format!("{}.{:02}", fen / 100, fen % 100);
    let line = |(day, fen, balance, text, reference): &(&str, i64, i64, &str, &str)| {
        let (out, into) = if *fen < 0 { (yuan(-fen), String::new()) } else { (String::new(), yuan(*fen)) };
        format!("{day},{out},{into},{},张三建设,6222000000000001234,{text},{reference}\n", yuan(*balance))
    };
    head.to_owned() + &lines.iter().map(line).collect::<String>()
}

fn reconcile(stage: &Stage, url: &str, file: &Path, more: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gongshi"));
    command.arg("reconcile").arg(file).arg("--data").arg(stage.app.folder.path()).args(["--database", url]);
    let payee = stage.cast.centre.id.to_string();
    let bank: &[&str] = if more.contains(&"--bank") { &[] } else { &["--bank", "icbc"] };
    command.args(["--payee", &payee]).args(bank).args(more).env("LC_ALL", "C.UTF-8").output().unwrap()
}

fn written(stage: &Stage, name: &str, bytes: &[u8]) -> PathBuf {
    let path = stage.app.folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

fn as_json(output: &Output) -> Value {
    let read = serde_json::from_slice(&output.stdout);
    read.unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)))
}

async fn bank_and_book_tie(engine: Engine) {
    let (stage, url) = on(engine).await;
    let (first, second) = (stage.day(-1), stage.day(0));
    // The second receipt is in the book, and at the bank under a reference that is another one; a charge is at the bank alone.
    let mut lines = vec![
        (&*first, 10_000_000, 10_000_000, "投标保证金", "HD-d-1"),
        (&*second, 10_000_000, 20_000_000, "保证金 d-2", "X-1"),
        (&*second, -1_500, 19_998_500, "账户管理费", "X-2"),
    ];
    let file = written(&stage, "ties.csv", table(&lines).as_bytes());
    let output = reconcile(&stage, &url, &file, &["--json"]);
    let read = as_json(&output);
    assert_eq!(output.status.code(), Some(0), "{read}");
    let reasons: Vec<_> = read["matches"].as_array().unwrap().iter().map(|it| &it["reason"]).collect();
    assert_eq!(reasons, ["bank_reference", "notice_reference"], "{read}");
    let items = read["items"].as_array().unwrap();
    assert_eq!(items.len(), 1, "{read}");
    assert_eq!((&items[0]["kind"], &items[0]["bank_over_book_minor"]), (&json!("unbooked_charge"), &json!(-1_500)));
    let last = json!({
        "day": second, "bank_minor": 19_998_500, "book_minor": 20_000_000, "bank_alone_minor": -1_500,
        "book_alone_minor": 0, "unexplained_minor": 0,
    });
    assert_eq!(read["days"][1], last, "{read}");
    // Whoever pays is nowhere in it.
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(!text.contains("张三") && !text.contains("1234"), "{text}");
    // The same again comes to the same.
    assert_eq!(as_json(&reconcile(&stage, &url, &file, &["--json"])), read);
    assert_eq!(read["warnings"][0]["warning"], "currency-assumed", "{read}");
    let told = reconcile(&stage, &url, &file, &[]);
    assert!(String::from_utf8_lossy(&told.stdout).contains("! no currency is stated: read as CNY"), "{told:?}");
    let csv = reconcile(&stage, &url, &file, &["--csv"]);
    let line = format!("{second},19998500,20000000,-1500,0,0");
    assert!(String::from_utf8_lossy(&csv.stdout).contains(&line), "{csv:?}");
    // The bank begins with a fen more than the book: no day ties, and the first one is said first.
    lines.iter_mut().for_each(|line| line.2 += 1);
    let file = written(&stage, "differs.csv", table(&lines).as_bytes());
    let output = reconcile(&stage, &url, &file, &[]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.lines().next().unwrap().ends_with(&format!("{first}  0.01")), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn bank_and_book_tie_on_sqlite() {
    bank_and_book_tie(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bank_and_book_tie_on_postgres() {
    bank_and_book_tie(Engine::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_files_are_refused_and_change_nothing() {
    let (stage, url) = on(Engine::Sqlite).await;
    let before = (stage.app.ledger.size_now().await.unwrap(), stage.balances("").await);
    let (day, line) = (stage.day(0), |fen: &str| {
        format!("交易日期,借方发生额,贷方发生额,余额,对方户名,摘要,回单号\n2026-08-03,,{fen},1.00,,,a\n")
    });
    let entity = "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><a>&b;</a>";
    let table = table(&[(&*day, 10_000_000, 10_000_000, "", "HD-d-2")]);
    for (name, bytes, more) in [
        ("wrong.xml", b"<Document/>".to_vec(), &[][..]),
        ("cut.xml", b"<Document".to_vec(), &[]),
        ("entity.xml", entity.into(), &[]),
        ("no-amount.csv", line("x").into(), &[]),
        ("fractions.csv", line("0.001").into(), &[]),
        ("huge.csv", vec![b'a'; 50 << 20], &[]),
        ("currency.csv", table.clone().into(), &["--currency", "USD"]),
        ("profile.csv", table.clone().into(), &["--profile", "no-such-bank"]),
        ("bank.csv", table.into(), &["--bank", "other"]),
    ] {
        let file = written(&stage, name, &bytes);
        let output = reconcile(&stage, &url, &file, more);
        assert_eq!(output.status.code(), Some(2), "{name}: {output:?}");
        assert!(output.stdout.is_empty() && !output.stderr.is_empty(), "{name}: {output:?}");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!said.contains("panicked") && !said.contains("root:"), "{name}: {said}");
    }
    assert_eq!((stage.app.ledger.size_now().await.unwrap(), stage.balances("").await), before);
}
