//! A bank's statement over HTTP, on both engines: read, signed, and what is open settled; hostile ones change nothing.

use super::stage::{Stage, yuan};
use super::support::{Actor, Answer, Engine};
use serde_json::{Value, json};

const ACCOUNT: &str = "6222000000001234";

/// Day, amount, balance, reference.
type Row<'a> = (&'a str, i64, i64, &'a str);

fn table(lines: &[Row<'_>]) -> String {
    let head = "交易日期,借方发生额,贷方发生额,余额,对方户名,对方账号,摘要,回单号\n";
    let yuan = |fen: i64| format!("{}.{:02}", fen / 100, fen % 100);
    let line = |(day, fen, balance, reference): &Row<'_>| {
        let (out, into) = if *fen < 0 { (yuan(-fen), String::new()) } else { (String::new(), yuan(*fen)) };
        format!("{day},{out},{into},{},张三建设,{ACCOUNT},保证金,{reference}\n", yuan(*balance))
    };
    head.to_owned() + &lines.iter().map(line).collect::<String>()
}

impl Stage {
    async fn on_statement(&self, by: &Actor, query: &str, media_type: &str, bytes: Vec<u8>) -> Answer {
        let url = format!("{}{}", self.app.base, self.path(&format!("statements?{query}")));
        let request = self.app.client.post(url).bearer_auth(self.app.token(by)).header("content-type", media_type);
        self.app.send(request.body(bytes)).await
    }

    async fn reads(&self, file: &str) -> Value {
        let answer = self.on_statement(&self.cast.centre, "bank=icbc", "text/csv", file.into()).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.body
    }

    async fn signs(&self, record: Value) -> Answer {
        self.enters("reconciliations", "deposit.statement_reconciled", record).await
    }

    async fn open(&self) -> Vec<Value> {
        let path = self.path("open-items?bank=icbc&status=open");
        self.app.get_as(&self.cast.supervisor, &path).await.body["items"].as_array().unwrap().clone()
    }

    async fn paid(engine: Engine) -> Self {
        let stage = Self::on(engine).await;
        stage.scheme("bid-tendering", "招标投标法实施条例第二十六条").await;
        stage.paid_in("d-1", &stage.cast.enterprise).await;
        stage.app.days_pass(1).await;
        stage.paid_in("d-2", &stage.cast.rival).await;
        stage.app.days_pass(2).await;
        stage
    }
}

async fn a_statement_is_read_signed_and_settled(engine: Engine) {
    let stage = Stage::paid(engine).await;
    let (first, second) = (stage.day(-3), stage.day(-2));
    let file = table(&[(&first, 10_000_000, 10_000_000, "HD-d-1"), (&second, 300, 10_000_300, "LX-7")]);
    let before = stage.app.ledger.size_now().await.unwrap();
    let read = stage.reads(&file).await;
    assert_eq!((&read["standing"], stage.app.ledger.size_now().await.unwrap()), (&"new".into(), before), "{read}");
    assert!(!read.to_string().contains("张三") && !read.to_string().contains(ACCOUNT), "{read}");
    let record = read["record"].clone();
    assert_eq!((&record["lines"], &record["matched"], &record["open"]), (&2.into(), &1.into(), &2.into()), "{record}");
    let mut forged = record.clone();
    forged["book_minor"] = 1.into();
    assert_eq!(stage.signs(forged).await.problem(), "inconsistent");
    stage.signs(record.clone()).await.accepted();
    assert_eq!(stage.signs(record).await.status, 422);
    // The same file again, and one that ends before it, say nothing new.
    for again in [file.clone(), table(&[(&first, 10_000_000, 10_000_000, "HD-d-1")])] {
        let read = stage.reads(&again).await;
        assert_eq!((&read["standing"], &read["record"]), (&"already_reconciled".into(), &Value::Null), "{read}");
    }
    let open = stage.open().await;
    let kinds: Vec<_> = open.iter().map(|item| (&item["kind"], &item["bank_over_book_minor"])).collect();
    let (at_bank, in_book) =
        ((json!("unallocated_receipt"), json!(300)), (json!("receipt_not_at_bank"), json!(-10_000_000)));
    assert_eq!(kinds, [(&at_bank.0, &at_bank.1), (&in_book.0, &in_book.1)]);
    assert_eq!((&open[1]["age_days"], &open[0]["reference"]), (&2.into(), &"LX-7".into()));

    // The bank has the other receipt a day later; the book has the interest under another reference, and somebody names it.
    let entered = json!({
        "bank": "icbc", "nature": "interest", "reference": "other", "amount": yuan(300), "value_date": second,
    });
    let entry = stage.enters("bank-entries", "deposit.bank_entered", entered).await.accepted()["index"].clone();
    let resolved =
        |entry: &Value| json!({"bank": "icbc", "item": open[0]["item"], "entries": [entry], "reason": "结息"});
    let (what, kind) = ("open-item-resolutions", "deposit.open_item_resolved");
    assert_eq!(stage.post(&stage.cast.rival, what, kind, resolved(&entry)).await.status, 403);
    stage.enters(what, kind, resolved(&entry)).await.accepted();
    stage.app.days_pass(1).await;
    let file = table(&[
        (&first, 10_000_000, 10_000_000, "HD-d-1"),
        (&second, 300, 10_000_300, "LX-7"),
        (&stage.day(-2), 10_000_000, 20_000_300, "HD-d-2"),
        (&stage.day(-1), 0, 20_000_300, "nothing"),
    ]);
    let read = stage.reads(&file.lines().take(4).map(|line| format!("{line}\n")).collect::<String>()).await;
    assert_eq!((&read["lines_before"], &read["record"]["lines"]), (&2.into(), &1.into()), "{read}");
    stage.signs(read["record"].clone()).await.accepted();
    assert_eq!(stage.open().await, [] as [Value; 0]);
    let listed = stage.app.get_as(&stage.cast.centre, &stage.path("statements")).await.body;
    let newest = &listed["items"][0];
    assert_eq!((&newest["closing_minor"], &newest["unexplained_minor"]), (&20_000_300.into(), &0.into()), "{listed}");
    let csv = stage.app.get_as(&stage.cast.centre, &stage.path("open-items.csv")).await;
    assert!(csv.body.as_str().unwrap().contains("icbc,CNY,settled,银行已收") && csv.status == 200, "{csv:?}");

    // Taken back by the other person, with what rested on it.
    let withdrawn = json!({"bank": "icbc", "reconciliation": newest["entry"], "reason": "银行重出"});
    let (what, kind) = ("reconciliation-withdrawals", "deposit.reconciliation_withdrawn");
    assert_eq!(stage.enters(what, kind, withdrawn.clone()).await.problem(), "same-signer");
    stage.post(&stage.checker, what, kind, withdrawn).await.accepted();
    assert_eq!(stage.open().await.len(), 1);
    stage.holds().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_is_read_signed_and_settled_on_sqlite() {
    a_statement_is_read_signed_and_settled(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_is_read_signed_and_settled_on_postgres() {
    a_statement_is_read_signed_and_settled(Engine::Postgres).await;
}

/// Who is given a record to sign can post it: what the log would refuse is refused at once, with the cure.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_given_a_record_that_is_then_refused() {
    let stage = Stage::paid(Engine::Sqlite).await;
    let (first, today, tomorrow) = (stage.day(-3), stage.day(0), stage.day(1));
    let of = |account: &str, lines: &[Row<'_>]| format!("账号：{account}\n{}", table(lines)).into_bytes();
    let read = async |file| stage.on_statement(&stage.cast.centre, "bank=icbc", "text/csv", file).await;
    let received = (&*first, 10_000_000, 10_000_000, "HD-d-1");
    for last in [&today, &tomorrow] {
        let answer = read(of(ACCOUNT, &[received, (last, 1, 10_000_001, "LX")])).await;
        assert_eq!((answer.status, answer.problem()), (422, "statement-refused"), "{answer:?}");
        let (zh, en) = (answer.body["detail"].as_str().unwrap(), answer.body["detail_en"].as_str().unwrap());
        assert!(zh.contains(last) && zh.contains(&stage.day(-1)) && zh.contains("尚未结束"), "{zh}");
        assert!(en.contains(last) && en.contains("not over"), "{en}");
    }
    let yesterday = read(of(ACCOUNT, &[received, (&stage.day(-1), 1, 10_000_001, "LX")])).await;
    stage.signs(yesterday.body["record"].clone()).await.accepted();
    stage.app.days_pass(1).await;
    // Another account than the one before; in the wrong month on top of it, both are said.
    let next = [(&*today, 2, 10_000_003, "LX-2"), (&*tomorrow, 3, 10_000_006, "LX-3")];
    let other = read(of("6222000000009999", &next)).await;
    assert_eq!(other.problem(), "statement-refused");
    let said = other.body["detail"].as_str().unwrap();
    assert!(said.contains("账号") && said.contains("尚未结束"), "{said}");
    // As soon as the day is over, the same account's file is signed as it was drafted.
    stage.app.days_pass(1).await;
    let drafted = read(of(ACCOUNT, &next)).await;
    stage.signs(drafted.body["record"].clone()).await.accepted();
    stage.holds().await;
}

/// Who signs is told first what of the file was not taken.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_taken_of_a_file_is_said_beside_the_record() {
    let stage = Stage::paid(Engine::Sqlite).await;
    let mut workbook = rust_xlsxwriter::Workbook::new();
    for (name, reference, balance) in [("三月", "HD-d-1", "100000.00"), ("四月", "HD-d-2", "200000.00")] {
        let sheet = workbook.add_worksheet().set_name(name).unwrap();
        let (head, day) = (["交易日期", "借方发生额", "贷方发生额", "余额", "回单号"], stage.day(-3));
        for (column, (title, cell)) in (0..).zip(head.iter().zip([&day, "", "100000.00", balance, reference])) {
            sheet.write_string(0, column, *title).unwrap();
            sheet.write_string(1, column, cell).unwrap();
        }
    }
    let (bytes, media_type) =
        (workbook.save_to_buffer().unwrap(), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
    let read = stage.on_statement(&stage.cast.centre, "bank=icbc", media_type, bytes.clone()).await;
    let told = |answer: &Answer| answer.body["warnings"].as_array().unwrap().clone();
    let warnings = told(&read);
    let says = |zh: &str, en: &str| {
        let is_said = |warning: &Value, member: &str, words| warning[member].as_str().unwrap().contains(words);
        warnings.iter().any(|warning| is_said(warning, "text_zh", zh) && is_said(warning, "text_en", en))
    };
    assert!(says("四月", "四月") && says("按 CNY 读取", "read as CNY"), "{read:?}");
    stage.signs(read.body["record"].clone()).await.accepted();
    let again = stage.on_statement(&stage.cast.centre, "bank=icbc", media_type, bytes).await;
    assert_eq!((&again.body["standing"], told(&again)), (&"already_reconciled".into(), warnings));
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_statements_change_nothing() {
    let stage = Stage::paid(Engine::Sqlite).await;
    let before = (stage.app.ledger.size_now().await.unwrap(), stage.balances("").await);
    let day = stage.day(-3);
    let right = table(&[(&day, 10_000_000, 10_000_000, "HD-d-1")]);
    let entity = "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><a>&b;</a>";
    let wrong = table(&[(&day, 10_000_000, 10_000_000, "a"), (&day, 5, 10_000_006, "b")]);
    let (bank, csv) = ("bank=icbc", "text/csv");
    for (query, media_type, bytes, status) in [
        (bank, "application/xml", b"<Document/>".to_vec(), 422),
        (bank, "application/xml", b"<Document".to_vec(), 422),
        (bank, "text/xml", entity.into(), 422),
        (bank, csv, b"".to_vec(), 422),
        (bank, csv, right.replace("100000.00,100000.00", "x,100000.00").into(), 422),
        (bank, csv, right.replace("100000.00,100000.00", "100000.00,").into(), 422),
        (bank, csv, wrong.into(), 422),
        (bank, csv, vec![b'a'; 50 << 20], 413),
        (bank, "application/json", right.clone().into(), 415),
        ("bank=icbc&currency=USD", csv, right.clone().into(), 422),
        ("bank=icbc&profile=no-such-bank", csv, right.clone().into(), 422),
        ("bank=other", csv, right.clone().into(), 404),
        ("bank=", csv, right.clone().into(), 400),
    ] {
        let answer = stage.on_statement(&stage.cast.centre, query, media_type, bytes).await;
        assert_eq!(answer.status, status, "{query} {media_type} {answer:?}");
        assert!(!answer.body.to_string().contains("root:"), "{answer:?}");
    }
    for (by, status) in [(&stage.cast.rival, 403), (&stage.cast.supervisor, 403)] {
        let answer = stage.on_statement(by, bank, csv, right.clone().into()).await;
        assert_eq!(answer.status, status, "{answer:?}");
    }
    for (by, status) in [(&stage.cast.rival, 403), (&stage.cast.supervisor, 200), (&stage.cast.centre, 200)] {
        for what in ["open-items", "open-items.csv", "statements"] {
            assert_eq!(stage.app.get_as(by, &stage.path(what)).await.status, status, "{what}");
        }
    }
    assert_eq!((stage.app.ledger.size_now().await.unwrap(), stage.balances("").await), before);
}

/// A bank without a word for it: the pair is proposed and open, and matched when the payee names it.
#[tokio::test(flavor = "multi_thread")]
async fn a_payment_that_came_back_is_proposed_and_named() {
    let stage = Stage::paid(Engine::Sqlite).await;
    let (first, second) = (stage.day(-3), stage.day(-2));
    let file = table(&[
        (&first, 10_000_000, 10_000_000, "HD-d-1"),
        (&first, -300, 9_999_700, "T-1"),
        (&second, 300, 10_000_000, "T-2"),
    ]);
    let read = stage.reads(&file).await;
    let proposed = &read["returns"][0];
    assert_eq!((&proposed["pair"], &proposed["reason"]), (&"2-3".into(), &"same_account".into()), "{read}");
    assert_eq!(
        (&proposed["out_on"], &proposed["back_on"], &proposed["amount_minor"]),
        (&json!(first), &json!(second), &json!(300))
    );
    assert!(!read.to_string().contains("张三") && !read.to_string().contains(ACCOUNT), "{read}");
    let record = &read["record"];
    assert_eq!((&record["matched"], &record["open"]), (&1.into(), &3.into()), "{record}");
    for (returned, status) in [("x", 400), ("2", 400), ("3-2", 422), ("1-3", 422), ("2-9", 422), ("2-3,2-3", 422)] {
        let query = format!("bank=icbc&returned={returned}");
        let answer = stage.on_statement(&stage.cast.centre, &query, "text/csv", file.clone().into()).await;
        assert_eq!(answer.status, status, "{returned}: {answer:?}");
    }
    let query = "bank=icbc&returned=2-3";
    let named = stage.on_statement(&stage.cast.centre, query, "text/csv", file.into()).await.body;
    let record = named["record"].clone();
    assert_eq!((&record["matched"], &record["open"], &named["returns"]), (&3.into(), &1.into(), &json!([])), "{named}");
    assert!(named["matches"].to_string().contains("named_return"), "{named}");
    stage.signs(record).await.accepted();
    let open = stage.open().await;
    assert_eq!((open.len(), &open[0]["kind"]), (1, &"receipt_not_at_bank".into()));
    stage.holds().await;
}
