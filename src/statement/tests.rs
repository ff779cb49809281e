//! Files of each kind, hostile ones, and the property that what is written is read.

use super::profile::{AmountForm, WORDS};
use super::*;
use crate::field::Day;
use proptest::prelude::*;

fn table(text: &str) -> Result<BankFile, Vec<StatementError>> {
    read(text.as_bytes(), &StatementRequest::default())
}

fn faults(text: &str) -> Vec<(Option<LinePlace>, Option<String>, StatementFault)> {
    let errors = table(text).unwrap_err();
    errors.into_iter().map(|error| (error.place, error.column, error.fault)).collect()
}

const HEAD: &str = "交易日期,借方发生额,贷方发生额,余额,对方户名,摘要,回单号\n";

/// One line of a company's account.
fn row(cells: &str) -> String {
    format!("{HEAD}{cells}\n")
}

fn one(text: &str) -> Statement {
    let mut file = table(text).unwrap_or_else(|errors| panic!("{errors:?}"));
    assert_eq!(file.statements.len(), 1);
    file.statements.remove(0)
}

fn keys(statement: &Statement) -> Vec<&str> {
    statement.lines.iter().map(|line| line.key.as_str()).collect()
}

#[test]
fn money_in_is_credit_and_money_out_is_debit() {
    let statement = one(&row("2026-03-02,,\"1,000.00\",1000.00,甲,保证金,R1\n2026-03-03,400,0.00,600.00,乙,退还,R2"));
    let amounts: Vec<_> = statement.lines.iter().map(|line| line.amount_minor).collect();
    assert_eq!(amounts, [100_000, -40_000]);
    assert_eq!(statement.turnover(), (100_000, 40_000));
    let derived = |balance: Option<AccountBalance>| balance.map(|balance| (balance.amount_minor, balance.is_derived));
    assert_eq!((derived(statement.opening), derived(statement.closing)), (Some((0, true)), Some((60_000, true))));
    assert_eq!(statement.warnings, [StatementWarning::CurrencyAssumed { currency: "CNY".into() }]);
}

#[test]
fn what_does_not_add_up_is_told_with_its_numbers() {
    let text = format!(
        "币种：人民币,,期初余额：100.00,期末余额：500.00,贷方笔数：7\n{HEAD}2026-03-02,,100,200,甲,,R1\n2026-03-03,,100,350,乙,,R2\n合计,,250.00\n"
    );
    let statement = one(&text);
    assert_eq!(
        statement.mismatches,
        [
            StatementMismatch::ClosingDiffers { computed_minor: 30_000, stated_minor: 50_000 },
            StatementMismatch::RunningBalanceDiffers {
                place: LinePlace::Row(4),
                computed_minor: 30_000,
                stated_minor: 35_000,
                breaks: 1
            },
            StatementMismatch::CreditSumDiffers { stated_minor: 25_000, found_minor: 20_000 },
            StatementMismatch::CountDiffers { of: CountOf::Credits, stated: 7, found: 2 },
        ]
    );
    let words = statement.mismatches[0].words(statement.currency);
    assert_eq!(words.zh, "期初余额加发生额为 300.00，期末余额写的是 500.00");
}

#[test]
fn a_row_that_cannot_be_read_is_told_and_nothing_is_read() {
    let at = |row, column: &str, fault| vec![(Some(LinePlace::Row(row)), Some(column.to_owned()), fault)];
    let text = |text: &str| text.to_owned();
    for (cells, expected) in [
        ("2026-02-30,,1.00", at(2, "交易日期", StatementFault::NotADay { text: text("2026-02-30") })),
        (",,1.00", at(2, "交易日期", StatementFault::Missing)),
        ("2026-03-02,,", at(2, "贷方发生额", StatementFault::Missing)),
        ("2026-03-02,1,1", at(2, "贷方发生额", StatementFault::BothSides)),
        ("2026-03-02,,一百", at(2, "贷方发生额", StatementFault::NotAnAmount { text: text("一百") })),
        ("2026-03-02,-5.00,", at(2, "借方发生额", StatementFault::Negative { text: text("-5.00") })),
        ("2026-03-02,,1.001", at(2, "贷方发生额", StatementFault::TooManyDecimals { text: text("1.001"), digits: 2 })),
        (
            "2026-03-02,,10000000000000.01",
            at(2, "贷方发生额", StatementFault::AmountTooLarge { text: text("10000000000000.01") }),
        ),
        ("2026-03-02,,1.00,1.2.3", at(2, "余额", StatementFault::NotAnAmount { text: text("1.2.3") })),
    ] {
        assert_eq!(faults(&row(cells)), expected, "{cells}");
    }
    let many = format!("{HEAD}{}", "x,,1\n".repeat(150));
    let told = faults(&many);
    assert_eq!((told.len(), &told[100].2), (101, &StatementFault::AndMore { faults: 50 }));
}

#[test]
fn a_table_is_told_what_it_lacks() {
    let StatementFault::UnknownLayout { found, nearest, missing } = faults("日期,对方户名,贷方发生额\n").remove(0).2
    else {
        panic!("a layout");
    };
    assert_eq!((found.len(), nearest.as_str(), missing), (3, "company", vec!["借方发生额".to_owned()]));
    assert!(matches!(faults("甲,乙\n")[0].2, StatementFault::UnknownLayout { .. }));
    assert!(matches!(faults("")[0].2, StatementFault::Empty));
    let twice = faults(&format!("交易日期,借方发生额,贷方发生额,贷 方 发生额\n{}", "2026-03-02,,1,2"));
    assert_eq!(twice[0].2, StatementFault::DuplicateColumn { name: "贷方发生额".into() });
    let request = |profile: &str| StatementRequest { profile: Some(profile.into()), currency: None };
    let errors = read(row("2026-03-02,,1").as_bytes(), &request("german")).unwrap_err();
    assert!(matches!(&errors[0].fault, StatementFault::UnknownLayout { nearest, .. } if nearest == "german"));
    let errors = read(row("2026-03-02,,1").as_bytes(), &request("nobody")).unwrap_err();
    assert!(matches!(&errors[0].fault, StatementFault::UnknownProfile { known, .. } if known.contains("company")));
}

#[test]
fn another_currency_than_asked_for_is_refused() {
    let asked = |currency| StatementRequest { profile: None, currency: Some(currency) };
    let two = "Date,Description,Billing amount,Billing currency,Balance,Balance currency\n24/03/2025,A,-1.00,HKD,9.00,HKD\n23/03/2025,B,5.00,CNY,5.00,CNY\n";
    assert_eq!(table(two).unwrap().statements.len(), 2);
    let hkd = read(two.as_bytes(), &asked(StatementCurrency::HKD)).unwrap();
    assert_eq!((hkd.statements.len(), hkd.statements[0].currency), (1, StatementCurrency::HKD));
    let errors = read(two.as_bytes(), &asked(StatementCurrency::EUR)).unwrap_err();
    assert_eq!(errors[0].fault, StatementFault::CurrencyDiffers { asked: "EUR".into(), found: "HKD, CNY".into() });
    let unknown = two.replace("HKD,9", "XYQ,9");
    assert!(matches!(&faults(&unknown)[0].2, StatementFault::UnknownCurrency { text } if text == "XYQ"));
}

#[test]
fn keys_are_the_same_in_whatever_file_a_line_is_read_again() {
    let lines = [
        "2026-03-02,,5,5,甲,保证金,",
        "2026-03-02,,5,10,甲,保证金,",
        "2026-03-03,,5,15,甲,保证金,",
        "2026-03-04,,5,20,乙,,R7",
    ];
    let whole = one(&format!("{HEAD}{}\n", lines.join("\n")));
    let reversed: Vec<&str> = lines.iter().rev().copied().collect();
    let newest_first = one(&format!("{HEAD}{}\n", reversed.join("\n")));
    assert_eq!(keys(&whole), keys(&newest_first), "the order of the file is none of the key");
    let days = [one(&format!("{HEAD}{}\n", lines[..2].join("\n"))), one(&format!("{HEAD}{}\n", lines[2..].join("\n")))];
    assert_eq!(keys(&whole), [keys(&days[0]), keys(&days[1])].concat(), "nor the period");
    let distinct: std::collections::BTreeSet<_> = keys(&whole).into_iter().collect();
    assert_eq!(distinct.len(), 4, "two equal entries of a day are two");
    assert_eq!(keys(&whole)[3], "ref:2026-03-04/R7");
    // A number that two lines of a day share names neither.
    let shared = one(&row("2026-03-02,,5,5,甲,,R1\n2026-03-02,1,,4,甲,手续费,R1\n2026-03-03,,5,9,甲,,R1"));
    assert!(keys(&shared)[0].starts_with("sha256:") && keys(&shared)[1].starts_with("sha256:"));
    assert_eq!(keys(&shared)[2], "ref:2026-03-03/R1");
}

#[test]
fn what_moved_no_money_is_in_no_sum() {
    let head = "交易时间,交易对方,摘要,收/支,交易金额,交易状态,交易流水号\n";
    let statement = one(&format!(
        "{head}2026-03-01 10:00:00,甲,,收入,5.00,交易成功,1\n2026-03-01 10:00:01,甲,,支出,7.00,交易失败,2\n2026-03-01 10:00:02,甲,退汇,转入,1,交易成功,3\n"
    ));
    assert_eq!((statement.lines.len(), statement.turnover()), (3, (600, 0)));
    assert_eq!(statement.lines[1].standing, LineStanding::Unbooked { status: "交易失败".into() });
    assert_eq!(statement.lines[2].reversal, Some(Reversal::Returned { reason: None }));
    let unknown = faults(&format!("{head}2026-03-01,甲,,未知方向,5.00,交易成功,1\n"));
    assert_eq!(
        unknown,
        [(Some(LinePlace::Row(2)), Some("收/支".into()), StatementFault::UnknownDirection { text: "未知方向".into() })]
    );
}

/// A file of one line by a profile, with a column of states.
fn with_state(profile: &Profile, column: &str, state: &str) -> String {
    let first = |names: &[String]| names[0].clone();
    let mut cells = vec![(first(&profile.columns.booked_on), "2026-03-02")];
    match &profile.amount {
        AmountForm::TwoColumns { credit, debit } => cells.extend([(first(credit), "5"), (first(debit), "")]),
        AmountForm::Signed { column, .. } => cells.push((first(column), "5")),
        AmountForm::Directed { column, direction, credit, .. } => {
            cells.extend([(first(column), "5"), (first(direction), &credit[0])]);
        }
    }
    cells.extend(profile.columns.currency.first().map(|name| (name.clone(), "CNY")));
    cells.push((column.to_owned(), state));
    for name in &profile.also {
        if cells.iter().all(|(there, _)| there != name) {
            cells.push((name.clone(), if name == "交易状态" { "交易成功" } else { "5" }));
        }
    }
    let (names, values): (Vec<_>, Vec<_>) = cells.into_iter().unzip();
    format!("{}\n{}\n", names.join(","), values.join(","))
}

#[test]
fn every_layout_knows_what_was_not_booked_and_names_a_state_that_it_does_not_know() {
    let words = WORDS.as_ref().unwrap();
    for profile in Profile::all() {
        let request = StatementRequest { profile: Some(profile.name().to_owned()), currency: None };
        for column in &words.status_columns {
            let read = |state: &str| read(with_state(profile, column, state).as_bytes(), &request);
            let moved = |state: &str| {
                let file = read(state).unwrap_or_else(|errors| panic!("{}, {column}: {errors:?}", profile.name()));
                let (credit, debit) = file.statements[0].turnover();
                credit + debit
            };
            for state in words.states.booked.iter().chain(&profile.states.booked) {
                assert_eq!(moved(state), 500, "{}, {column}: {state}", profile.name());
            }
            assert_eq!(moved(""), 500, "nothing is said against it");
            for state in words.states.unbooked.iter().chain(&profile.states.unbooked) {
                assert_eq!(moved(state), 0, "{}, {column}: {state}", profile.name());
            }
            let error = read("去问柜台").unwrap_err().remove(0);
            assert_eq!(
                (error.place, error.column.as_ref(), error.fault),
                (Some(LinePlace::Row(2)), Some(column), StatementFault::UnknownStatus { text: "去问柜台".into() })
            );
        }
    }
    let statement = one(
        "期初余额：0.00\n交易日期,借方发生额,贷方发生额,回单号,交易状态\n2027-01-05,,100000.00,H1,交易成功\n2027-01-06,,50.00,H9,交易失败\n2027-01-07,20.00,,H10,已撤销\n",
    );
    assert_eq!((statement.lines.len(), statement.turnover()), (3, (10_000_000, 0)));
    // Whether the entry or its reversal is meant, an account's statement does not say.
    let taken_back = faults("交易日期,借方发生额,贷方发生额,交易状态,交易状态\n2027-01-05,,1,已冲正,\n");
    assert_eq!(taken_back[0].2, StatementFault::DuplicateColumn { name: "交易状态".into() });
    let taken_back = faults("交易日期,借方发生额,贷方发生额,交易状态\n2027-01-05,,1,已冲正\n");
    assert_eq!(taken_back[0].2, StatementFault::UnknownStatus { text: "已冲正".into() });
}

fn camt(of_statement: &str) -> String {
    format!(
        r#"<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><GrpHdr><MsgId>M</MsgId></GrpHdr><Stmt><Id>S</Id><Acct><Id><IBAN>DE89</IBAN></Id><Ccy>EUR</Ccy></Acct>{of_statement}</Stmt></BkToCstmrStmt></Document>"#
    )
}

#[test]
fn faults_of_an_entry_name_its_element() {
    let entry = |amount: &str, direction: &str, day: &str| {
        camt(&format!(
            r#"<Ntry><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>{direction}</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>{day}</Dt></BookgDt></Ntry>"#
        ))
    };
    assert_eq!(one(&entry("5", "DBIT", "2026-03-02")).lines[0].amount_minor, -500);
    let text = |text: &str| text.to_owned();
    for (xml, column, fault) in [
        (entry("5", "DBTI", "2026-03-02"), "CdtDbtInd", StatementFault::UnknownDirection { text: text("DBTI") }),
        (entry("-5", "DBIT", "2026-03-02"), "Amt", StatementFault::Negative { text: text("-5") }),
        (
            entry("5.001", "DBIT", "2026-03-02"),
            "Amt",
            StatementFault::TooManyDecimals { text: text("5.001"), digits: 2 },
        ),
        (entry("", "DBIT", "2026-03-02"), "Amt", StatementFault::Missing),
        (
            entry("5", "DBIT", "2026-03-02").replace("BOOK", "HELD"),
            "Sts",
            StatementFault::UnknownStatus { text: text("HELD") },
        ),
        (entry("5", "DBIT", "2026-13-02"), "BookgDt", StatementFault::NotADay { text: text("2026-13-02") }),
        (
            entry("5", "DBIT", "2026-03-02").replace(r#"Ccy="EUR""#, r#"Ccy="EURO""#),
            "Amt/@Ccy",
            StatementFault::UnknownCurrency { text: text("EURO") },
        ),
    ] {
        let place = LinePlace::Element("/Document/BkToCstmrStmt/Stmt[1]/Ntry[1]".into());
        assert_eq!(faults(&xml), [(Some(place), Some(column.to_owned()), fault)], "{xml}");
    }
}

#[test]
fn xml_that_is_no_statement_is_refused() {
    let camt_052 = camt("").replace("camt.053", "camt.052");
    for xml in
        [camt_052.as_str(), "<html><body/></html>", "<CMBSDKPGK><INFO><FUNNAM>Payment</FUNNAM></INFO></CMBSDKPGK>"]
    {
        assert!(matches!(faults(xml)[0].2, StatementFault::WrongMessage { .. }), "{xml}");
    }
    let refused = "<CMBSDKPGK><INFO><RETCOD>-9</RETCOD><ERRMSG>户口不存在</ERRMSG></INFO></CMBSDKPGK>";
    let message = "户口不存在".to_owned();
    assert_eq!(faults(refused)[0].2, StatementFault::BankRefused { code: "-9".into(), message });
    let empty = camt("").replace("<Stmt>", "<!--").replace("</Stmt>", "-->");
    assert_eq!(faults(&empty)[0].2, StatementFault::Empty);
    assert!(matches!(faults("<!DOCTYPE x><Document/>")[0].2, StatementFault::DocumentType));
}

#[test]
fn a_file_of_fifty_mebibytes_is_refused_by_its_limit() {
    for start in ["<Document>", HEAD, "PK\u{3}\u{4}"] {
        let mut bytes = start.as_bytes().to_vec();
        bytes.resize(50 << 20, b' ');
        let errors = read(&bytes, &StatementRequest::default()).unwrap_err();
        assert_eq!(errors[0].fault, StatementFault::TooLarge { bytes_max: 32 << 20 });
        let refusal = StatementError::refusal(&errors);
        assert_eq!(refusal.problem.status, 413);
        assert!(refusal.detail.zh.contains("32 MiB") && refusal.detail.en.contains("32 MiB"));
    }
}

/// What a property writes and reads: day of March, amount, payer, reference.
type Entry = (u32, i64, String, Option<u32>);

fn entries() -> impl Strategy<Value = Vec<Entry>> {
    let entry = (1u32..=31, -1_000_000_000i64..1_000_000_000, "[甲乙丙丁A-Z]{1,6}", proptest::option::of(1u32..5));
    proptest::collection::vec(entry, 0..30).prop_map(|mut entries| {
        entries.sort_by_key(|(day, ..)| *day);
        entries
    })
}

fn expected(entries: &[Entry]) -> Vec<(Option<Day>, i64, Option<String>)> {
    let day = |day: u32| format!("2026-03-{day:02}").parse().ok();
    entries.iter().map(|(on, amount, name, _)| (day(*on), *amount, Some(name.clone()))).collect()
}

fn found(statement: &Statement) -> Vec<(Option<Day>, i64, Option<String>)> {
    let lines = statement.lines.iter();
    lines.map(|line| (line.booked_on, line.amount_minor, line.counterparty.name.clone())).collect()
}

fn in_table(entries: &[Entry]) -> String {
    let mut balance = 0;
    let rows = entries.iter().map(|(day, amount, name, reference)| {
        balance += amount;
        let money = |minor: i64| amount_text(minor, StatementCurrency::CNY);
        let (debit, credit) =
            if *amount < 0 { (money(-amount), String::new()) } else { (String::new(), money(*amount)) };
        let reference = reference.map(|number| format!("R{number}")).unwrap_or_default();
        format!("2026/3/{day},{debit},{credit},{},{name},保证金,{reference}\n", money(balance))
    });
    format!("币种：人民币\n{HEAD}{}", rows.collect::<String>())
}

fn in_camt(entries: &[Entry]) -> String {
    let total: i64 = entries.iter().map(|(_, amount, ..)| amount).sum();
    let balance = |kind: &str, minor: i64| {
        let direction = if minor < 0 { "DBIT" } else { "CRDT" };
        let amount = amount_text(minor.abs(), StatementCurrency::EUR);
        format!(
            r#"<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>{direction}</CdtDbtInd><Dt><Dt>2026-03-01</Dt></Dt></Bal>"#
        )
    };
    let lines = entries.iter().map(|(day, amount, name, reference)| {
        let (direction, party) = if *amount < 0 { ("DBIT", "Cdtr") } else { ("CRDT", "Dbtr") };
        let amount = amount_text(amount.abs(), StatementCurrency::EUR);
        let reference = reference.map(|number| format!("<AcctSvcrRef>R{number}</AcctSvcrRef>")).unwrap_or_default();
        format!(
            r#"<Ntry><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>{direction}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-03-{day:02}</Dt></BookgDt>{reference}<NtryDtls><TxDtls><RltdPties><{party}><Nm>{name}</Nm></{party}></RltdPties></TxDtls></NtryDtls></Ntry>"#
        )
    });
    camt(&format!("{}{}{}", balance("OPBD", 0), balance("CLBD", total), lines.collect::<String>()))
}

proptest! {
    #[test]
    fn what_is_written_is_read(entries in entries()) {
        for text in [in_table(&entries), in_camt(&entries)] {
            let statement = one(&text);
            prop_assert_eq!(found(&statement), expected(&entries));
            prop_assert_eq!((statement.warnings.len(), statement.mismatches.len()), (0, 0));
            let distinct: std::collections::BTreeSet<_> = keys(&statement).into_iter().collect();
            prop_assert_eq!(distinct.len(), entries.len());
        }
        // In GBK, and the newest first, it is the same.
        let text = in_table(&entries);
        let (gbk, ..) = encoding_rs::GB18030.encode(&text);
        prop_assert_eq!(read(&gbk, &StatementRequest::default()).unwrap(), table(&text).unwrap());
    }

    #[test]
    fn no_bytes_end_the_program(cut in 0usize..4000, change in proptest::collection::vec((0usize..4000, any::<u8>()), 0..8)) {
        let files: [&[u8]; 5] = [
            include_bytes!("../../tests/statements/company.xls"),
            include_bytes!("../../tests/statements/company.xlsx"),
            include_bytes!("../../tests/statements/camt053_v10.xml"),
            include_bytes!("../../tests/statements/cmb_answer.xml"),
            include_bytes!("../../tests/statements/company_two_columns.csv"),
        ];
        for file in files {
            let mut bytes = file.to_vec();
            for (at, byte) in &change {
                let length = bytes.len();
                bytes[at % length] = *byte;
            }
            let _: Result<_, _> = read(&bytes, &StatementRequest::default());
            bytes.truncate(cut.min(bytes.len()));
            let _: Result<_, _> = read(&bytes, &StatementRequest::default());
        }
    }
}
