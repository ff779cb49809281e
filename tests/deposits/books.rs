//! The book as other people's programs read it: Beancount, hledger and ledger add up the same balances.

use super::stage::{Stage, paper, yuan};
use super::support::Engine;
use super::support::python::python;
use calamine::Reader;
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

pub async fn moved(engine: Engine) -> Stage {
    let stage = Stage::on(engine).await;
    stage.scheme("bid-tendering", "招标投标法实施条例第二十六条").await;
    stage.paid_in("d-1", &stage.cast.enterprise).await;
    stage.app.days_pass(1).await;
    stage.paid_in("d.1", &stage.cast.rival).await;
    let hold = json!({
        "deposit": "d-1", "id": "h-1", "amount": yuan(1_234_567), "reason": "待核实", "until": stage.day(30),
    });
    stage.enters("holds", "deposit.held", hold).await.accepted();
    let released = json!({"deposit": "d-1", "hold": "h-1", "amount": yuan(234_501), "reason": "部分核实"});
    stage.enters("releases", "deposit.released", released).await.accepted();
    stage
}

/// What else moves in a month: a charge and its replacement, interest that is shared, money of nobody, a difference, a refund.
async fn month(stage: &Stage) {
    stage.app.days_pass(20).await;
    let line = async |nature: &str, reference: &str, fen: i64| {
        let entry = json!({
            "bank": "icbc", "nature": nature, "reference": reference, "amount": yuan(fen), "value_date": stage.day(0),
        });
        stage.enters("bank-entries", "deposit.bank_entered", entry).await.accepted();
    };
    line("charge", "C-1", 3_000).await;
    line("own_funds", "O-1", 3_000).await;
    line("pooled_interest", "I-1", 1_000).await;
    // 21 and 20 days of the same sum: 512.2 and 487.8 fen.
    let table = gongshi::log::Hash::of("d-1\t210000000\t512\nd.1\t200000000\t488\n").to_string();
    let allocation = json!({"bank": "icbc", "amount": yuan(1_000), "up_to": stage.day(0), "table": table});
    stage.enters("interest-allocations", "deposit.interest_allocated", allocation).await.accepted();
    let stray = json!({
        "bank": "icbc", "reference": "S-1", "amount": yuan(70), "value_date": stage.day(0), "account": {"sealed": "A".repeat(43)},
    });
    stage.enters("unallocated-receipts", "deposit.unallocated_received", stray).await.accepted();
    let over = json!({
        "id": "x-1", "bank": "icbc", "side": "over", "amount": yuan(9), "value_date": stage.day(0), "statement": "待查",
    });
    stage.enters("differences", "deposit.difference_opened", over).await.accepted();
    let due = json!({"deposit": "d.1", "event": "contract", "day": stage.day(0), "document": paper()});
    stage.enters("refund-clocks", "deposit.refund_due", due).await.accepted();
    let approval = json!({
        "deposit": "d.1", "id": "r-1", "amount": yuan(10_000_000), "value_date": stage.day(0), "interest_minor": 488,
        "overdue_minor": 0,
    });
    stage.enters("refund-approvals", "deposit.refund_approved", approval).await.accepted();
    let instruction = json!({"deposit": "d.1", "refund": "r-1"});
    stage.post(&stage.checker, "refund-instructions", "deposit.refund_instructed", instruction).await.accepted();
    let settled = json!({
        "deposit": "d.1", "refund": "r-1", "outcome": "confirmed", "reference": "R-9", "value_date": stage.day(0),
    });
    stage.enters("refund-settlements", "deposit.refund_settled", settled).await.accepted();
}

async fn the_programs_of_others_come_to_the_same(engine: Engine) {
    let (stage, folder) = (moved(engine).await, tempfile::tempdir().unwrap());
    month(&stage).await;
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

/// Deposits in dollars and yen at the same bank as those in yuan.
pub async fn in_three_currencies(engine: Engine) -> Stage {
    let stage = moved(engine).await;
    for (currency, at) in [("USD", 1), ("JPY", 2)] {
        let money = |minor: i64| json!({"currency": currency, "amount_minor": minor});
        let (scheme, id) = (format!("s-{currency}"), format!("d-{currency}"));
        let published = json!({
            "id": scheme, "kind": "bid-tendering", "name": "投标保证金", "article": "招标投标法实施条例第二十六条",
            "currency": currency, "ratio_ppm": 20_000,
            "forms": ["transfer", "bank_guarantee", "surety_guarantee", "insurance", "electronic_guarantee"],
            "day_count": "actual_360", "rates": [{"from": "2020-01-01", "rate_ppm": 500}], "document": paper(),
        });
        stage.enters("schemes", "deposit.scheme_published", published).await.accepted();
        let notice = json!({
            "id": id, "scheme": scheme, "payer": stage.cast.enterprise.id, "base": money(500_000_000),
            "required": money(10_000_000), "bank": "icbc", "pay_by": stage.day(5),
            "procurement": {"code": "ZB-2026-1", "opened": stage.day(0), "notice": paper()},
        });
        stage.enters("notices", "deposit.announced", notice).await.accepted();
        let receipt = json!({
            "deposit": id, "reference": format!("HD-{id}"), "amount": money(10_000_000), "value_date": stage.day(0),
            "account_kind": "basic", "account": {"sealed": "A".repeat(43)},
        });
        stage.enters("receipts", "deposit.received", receipt).await.accepted();
        for (nature, fen) in [("own_funds", 700 + at), ("charge", 300 + at)] {
            let entry = json!({
                "bank": "icbc", "nature": nature, "reference": format!("{nature}-{currency}"), "amount": money(fen),
                "value_date": stage.day(0),
            });
            stage.enters("bank-entries", "deposit.bank_entered", entry).await.accepted();
        }
    }
    stage
}

#[tokio::test(flavor = "multi_thread")]
async fn a_book_of_several_currencies_is_read_by_the_programs_of_others() {
    let (stage, folder) = (in_three_currencies(Engine::Sqlite).await, tempfile::tempdir().unwrap());
    let bean = fetched(&stage, "book.beancount", folder.path()).await;
    let plain = fetched(&stage, "book.ledger", folder.path()).await;
    let readers: [(&Path, Complaint); 3] = [(&bean, beancount), (&plain, hledger), (&plain, ledger)];
    for (file, complaint) in readers {
        assert_eq!(complaint(file), None, "{}", std::fs::read_to_string(file).unwrap());
        // One cent, one yen more at the end: all three complain.
        let text = std::fs::read_to_string(file).unwrap();
        for (right, wrong) in [("100004.00", "100004.01"), ("10000400", "10000401")] {
            let (kept, last) = text.rsplit_once(right).unwrap_or_else(|| panic!("{right}: {text}"));
            let forged = folder.path().join("forged");
            std::fs::write(&forged, [kept, last].join(wrong)).unwrap();
            assert!(complaint(&forged).is_some(), "{}: {wrong}", file.display());
        }
    }
    let theirs = balances_by_hledger(&plain);
    let bank = ("Assets:C1010:Sicbc".into(), "200000.00 CNY, 10000400 JPY, 100004.00 USD".into());
    assert!(theirs.contains(&bank), "{theirs:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_journal_is_a_table_and_not_for_everybody() {
    let stage = moved(Engine::Sqlite).await;
    let answer = stage.app.get_as(&stage.cast.centre, &stage.path("postings.csv")).await;
    let text = answer.body.as_str().unwrap();
    assert!(text.starts_with("\u{feff}凭证号,日期,摘要,科目"), "{text}");
    let line = format!("2,{},确认到账,1010.icbc.CNY,专户银行存款,借,100000.00,100000.00,", stage.day(-1));
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

/// The cells of a sheet, as their reader sees them.
pub fn sheet(bytes: &[u8], name: &str) -> Vec<Vec<String>> {
    let mut book = calamine::Xlsx::new(std::io::Cursor::new(bytes)).unwrap();
    let range = book.worksheet_range(name).unwrap();
    range.rows().map(|row| row.iter().map(ToString::to_string).collect()).collect()
}

async fn a_month_as_a_workbook(engine: Engine) {
    let stage = moved(engine).await;
    let ask = async |from: i64, to: i64| {
        let path = stage.path(&format!("book.xlsx?from={}&to={}", stage.day(from), stage.day(to)));
        let request = stage.app.client.get(format!("{}{path}", stage.app.base));
        let answer = request.bearer_auth(stage.app.token(&stage.cast.supervisor)).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        answer.bytes().await.unwrap()
    };
    let all = ask(-30, 0).await;
    let journal = sheet(&all, "序时账");
    let held: Vec<_> = journal.iter().filter(|row| row[2] == "冻结保证金").collect();
    assert_eq!((held.len(), &*held[0][6], &*held[1][7]), (2, "12345.67", "12345.67"), "{held:?}");
    // Each column adds up; what stood before and what was done come to what stands, account by account.
    let cents = |text: &str| (text.parse::<f64>().unwrap() * 100.0).round() as i64;
    let turnover = sheet(&all, "发生额及余额表");
    let sum = |column: usize| turnover[1..].iter().map(|row| cents(&row[column])).sum::<i64>();
    assert_eq!((sum(4), sum(7), sum(5) - sum(6)), (0, 0, 0), "{turnover:?}");
    assert!(turnover[1..].iter().all(|row| cents(&row[4]) + cents(&row[5]) - cents(&row[6]) == cents(&row[7])));
    let ours = stage.balances("").await;
    for row in &turnover[1..] {
        assert_eq!(ours[&row[0]], json!(cents(&row[7])), "{row:?}");
    }
    // Today alone: what came in yesterday is what it began with.
    let today = ask(0, 0).await;
    let turnover = sheet(&today, "发生额及余额表");
    let bank = turnover.iter().find(|row| row[0] == "1010.icbc.CNY").unwrap();
    assert_eq!(bank[4..], ["100000", "100000", "0", "200000"].map(str::to_owned));
    // A day before anything was posted: two heads and no line. An impossible period, and whom it does not concern.
    assert_eq!(sheet(&ask(-30, -20).await, "序时账").len(), 1);
    let (today, yesterday) = (stage.day(0), stage.day(-1));
    let path = stage.path(&format!("book.xlsx?from={today}&to={yesterday}"));
    assert_eq!(stage.app.get_as(&stage.cast.supervisor, &path).await.problem(), "bad-parameter");
    let path = stage.path(&format!("book.xlsx?from={yesterday}&to={today}"));
    assert_eq!(stage.app.get_as(&stage.cast.enterprise, &path).await.problem(), "not-a-party");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_month_as_a_workbook_on_sqlite() {
    a_month_as_a_workbook(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_month_as_a_workbook_on_postgres() {
    a_month_as_a_workbook(Engine::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_voucher_names_the_record_that_it_rests_on() {
    let stage = moved(Engine::Sqlite).await;
    let postings = stage.app.get_as(&stage.cast.centre, &stage.path("postings?limit=500")).await.body;
    let is_held = |line: &&serde_json::Value| line["kind"] == "deposit.held";
    let entry = postings["items"].as_array().unwrap().iter().find(is_held).unwrap()["entry"].as_u64().unwrap();
    let record = stage.app.get(&format!("/v1/records/{entry}")).await.body;
    let path = stage.path(&format!("vouchers/{entry}"));
    let voucher = stage.app.get_as(&stage.cast.centre, &path).await;
    let text = voucher.body.as_str().unwrap();
    for said in [
        record["entry_hash"].as_str().unwrap(),
        record["kid"].as_str().unwrap(),
        "人民币壹万贰仟叁佰肆拾伍元陆角柒分",
        "12345.67",
        "2020.d-1.CNY",
        "deposit.held",
        "冻结保证金",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
    let policy = voucher.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    // Entries that post nothing to this book make no voucher, and it is not for everybody.
    assert_eq!(stage.app.get_as(&stage.cast.centre, &stage.path("vouchers/0")).await.problem(), "deposit-unknown");
    assert_eq!(stage.app.get_as(&stage.cast.rival, &path).await.problem(), "not-a-party");
}
