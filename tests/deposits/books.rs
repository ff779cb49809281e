//! The book as other people's programs read it: Beancount, hledger and ledger add up the same balances.

use super::stage::{Stage, yuan};
use super::support::Engine;
use super::support::python::python;
use serde_json::json;
use std::path::Path;
use std::process::{Command, Output};

/// Runs a program on a file; it must be there.
fn read_by(program: &str, arguments: &[&str], file: &Path) -> Output {
    let told = |error| panic!("run scripts/test, it installs {program}: {error}");
    Command::new(program).args(arguments).arg(file).output().unwrap_or_else(told)
}

/// What the program says of a file, if it complains.
type Complaint = fn(&Path) -> Option<String>;

fn complaint(output: Output) -> Option<String> {
    let said = [output.stdout, output.stderr].concat();
    (!output.status.success()).then(|| String::from_utf8_lossy(&said).into_owned())
}

fn beancount(file: &Path) -> Option<String> {
    let check = Path::new(&python()).with_file_name("bean-check");
    complaint(read_by(check.to_str().unwrap(), &[], file))
}

fn hledger(file: &Path) -> Option<String> {
    complaint(read_by("hledger", &["check", "--strict", "ordereddates", "-f"], file))
}

fn ledger(file: &Path) -> Option<String> {
    complaint(read_by("ledger", &["balance", "-f"], file))
}

/// The balances of a program, by account and commodity.
fn balances_by_hledger(file: &Path) -> Vec<(String, String)> {
    let output = read_by("hledger", &["balance", "-N", "--flat", "-O", "csv", "-f"], file);
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    let mut rows = csv::ReaderBuilder::new().from_reader(text.as_bytes());
    rows.records().map(|row| row.unwrap()).map(|row| (row[0].to_owned(), row[1].to_owned())).collect()
}

async fn fetched(stage: &Stage, what: &str, folder: &Path) -> std::path::PathBuf {
    let answer = stage.app.get_as(&stage.cast.supervisor, &stage.path(what)).await;
    assert_eq!(answer.status, 200, "{what}: {answer:?}");
    let path = folder.join(what);
    std::fs::write(&path, answer.body.as_str().unwrap()).unwrap();
    path
}

async fn moved(engine: Engine) -> Stage {
    let stage = Stage::on(engine).await;
    stage.scheme("bid-tendering", "招标投标法实施条例第二十六条").await;
    stage.paid_in("d-1", &stage.cast.enterprise, None).await;
    stage.app.days_pass(1).await;
    stage.paid_in("d.1", &stage.cast.rival, None).await;
    let hold = json!({
        "deposit": "d-1", "id": "h-1", "amount": yuan(1_234_567), "reason": "待核实", "until": stage.day(30),
    });
    stage.enters("holds", "deposit.held", hold).await.accepted();
    let released = json!({"deposit": "d-1", "hold": "h-1", "amount": yuan(234_501), "reason": "部分核实"});
    stage.enters("releases", "deposit.released", released).await.accepted();
    stage
}

async fn the_programs_of_others_come_to_the_same(engine: Engine) {
    let (stage, folder) = (moved(engine).await, tempfile::tempdir().unwrap());
    let bean = fetched(&stage, "book.beancount", folder.path()).await;
    let plain = fetched(&stage, "book.ledger", folder.path()).await;
    let readers: [(&Path, Complaint); 3] = [(&bean, beancount), (&plain, hledger), (&plain, ledger)];
    for (file, complaint) in readers {
        assert_eq!(complaint(file), None, "{}", std::fs::read_to_string(file).unwrap());
    }
    // Every balance that is not zero, as our own trial balance has it.
    let ours = stage.balances("").await;
    let ours = ours.as_object().unwrap().values().filter(|balance| balance.as_i64() != Some(0)).count();
    let theirs = balances_by_hledger(&plain);
    assert_eq!(theirs.len(), ours, "{theirs:?}");
    assert!(theirs.contains(&("Liabilities:C2020:Sd-1".into(), "-10000.66 CNY".into())), "{theirs:?}");
    // One fen more in one line, or one said at the end: all three complain.
    for (right, wrong) in [("  -12345.67 CNY", "  -12345.68 CNY"), ("-10000.66", "-10000.65")] {
        for (file, complaint) in readers {
            let text = std::fs::read_to_string(file).unwrap();
            assert!(text.contains(right), "{text}");
            let forged = folder.path().join("forged");
            std::fs::write(&forged, text.replacen(right, wrong, 1)).unwrap();
            assert!(complaint(&forged).is_some(), "{}: {wrong}", file.display());
        }
    }
    stage.holds().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_programs_of_others_come_to_the_same_on_sqlite() {
    the_programs_of_others_come_to_the_same(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_programs_of_others_come_to_the_same_on_postgres() {
    the_programs_of_others_come_to_the_same(Engine::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_journal_is_a_table_and_not_for_everybody() {
    let stage = moved(Engine::Sqlite).await;
    let answer = stage.app.get_as(&stage.cast.centre, &stage.path("postings.csv")).await;
    let text = answer.body.as_str().unwrap();
    assert!(text.starts_with("\u{feff}凭证号,日期,摘要,科目"), "{text}");
    let line = format!("2,{},deposit.received,1010.icbc.CNY,专户银行存款,借,100000.00,100000.00,", stage.day(-1));
    assert!(text.contains(&line), "{line}\n{text}");
    for what in ["postings.csv", "book.beancount", "book.ledger"] {
        assert_eq!(stage.app.get(&stage.path(what)).await.status, 401, "{what}");
        let refused = stage.app.get_as(&stage.cast.enterprise, &stage.path(what)).await;
        assert_eq!(refused.problem(), "not-a-party", "{what}");
    }
    // Nothing was posted yet: a file all the same.
    let empty = Stage::on(Engine::Sqlite).await;
    let file = empty.app.get_as(&empty.cast.centre, &empty.path("book.ledger")).await;
    assert_eq!(file.status, 200);
    assert!(file.body.as_str().unwrap().contains("commodity 1000.00 CNY"), "{file:?}");
}
