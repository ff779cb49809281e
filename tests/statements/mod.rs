//! `gongshi statement`: files of each kind that banks give, made up, read by the program.

use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/statements").join(name)
}

fn run(path: &Path, more: &[&str], language: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gongshi"));
    command.arg("statement").arg(path).args(more).env("LC_ALL", language).output().unwrap()
}

/// What is read of a file, and the exit code.
fn read(name: &str) -> (Value, Option<i32>) {
    let output = run(&file(name), &["--json"], "C.UTF-8");
    let read = serde_json::from_slice(&output.stdout);
    (read.unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr))), output.status.code())
}

/// Of each line one member.
fn each<'a>(statement: &'a Value, member: &str) -> Vec<&'a Value> {
    statement["lines"].as_array().unwrap().iter().map(|line| &line[member]).collect()
}

fn warnings(statement: &Value) -> Vec<&str> {
    statement["warnings"].as_array().unwrap().iter().map(|warning| warning["warning"].as_str().unwrap()).collect()
}

#[test]
fn a_companys_account_in_gbk_adds_up() {
    let (read, code) = read("company_two_columns.csv");
    let statement = &read["statements"][0];
    assert_eq!((&read["format"], code), (&json!("company"), Some(0)), "{read}");
    assert_eq!((&statement["account"], &statement["currency"]), (&json!("4100****0017"), &json!("CNY")));
    assert_eq!(each(statement, "amount_minor"), [5_000_000, -2_000_000, 2_000_000, 12_345]);
    assert_eq!(statement["opening"]["amount_minor"], 10_000_000);
    assert_eq!(statement["closing"]["amount_minor"], 15_012_345);
    assert_eq!(each(statement, "key")[0], "ref:2026-03-02/H20260302000001");
    assert_eq!(statement["lines"][2]["reversal"]["reversal"], "returned");
    assert_eq!(statement["lines"][0]["counterparty"]["bank"], "某银行一支行");
    assert_eq!(statement["lines"][1]["booked_time"], "10:00:01");
    assert_eq!(warnings(statement), ["not-lines"], "{read}");
}

#[test]
fn the_newest_first_is_read_in_the_order_of_time() {
    let (read, code) = read("company_newest_first.csv");
    let statement = &read["statements"][0];
    assert_eq!((code, warnings(statement)), (Some(0), vec![]), "{read}");
    assert_eq!(each(statement, "amount_minor"), [20_000, -5_000, -5_000, 3_000]);
    assert_eq!(each(statement, "balance_minor"), [20_000, 15_000, 10_000, 13_000]);
    assert_eq!(statement["opening"], json!({"amount_minor": 0, "day": "2026-03-02", "is_derived": true}));
    assert_eq!(statement["lines"][3]["counterparty"]["name"], "丙公司");
}

#[test]
fn marks_of_direction_and_heads_that_are_said_again_are_understood() {
    let (read, code) = read("company_direction.csv");
    let statement = &read["statements"][0];
    assert_eq!((&read["format"], code), (&json!("company-direction"), Some(0)), "{read}");
    assert_eq!(each(statement, "amount_minor"), [50_000, 50_000, -50_000, -150_000]);
    assert_eq!(statement["lines"][2]["reversal"]["reversal"], "reversed");
    assert_ne!(each(statement, "key")[0], each(statement, "key")[1], "two equal entries are both real");
}

#[test]
fn a_head_of_two_rows_is_one_head() {
    let (read, code) = read("company_two_row_head.csv");
    let statement = &read["statements"][0];
    assert_eq!((code, each(statement, "amount_minor")), (Some(0), vec![&json!(100), &json!(-1_100)]), "{read}");
    assert_eq!(statement["opening"]["amount_minor"], 1_000);
}

#[test]
fn workbooks_old_and_new_are_read_alike() {
    for name in ["company.xls", "company.xlsx"] {
        let (read, code) = read(name);
        let statement = &read["statements"][0];
        assert_eq!(
            (code, each(statement, "amount_minor")),
            (Some(0), vec![&json!(5_000_000), &json!(-2_000_010), &json!(2_000_010)]),
            "{read}"
        );
        assert_eq!(statement["account"], "4100****0017", "in merged cells");
        assert_eq!(statement["opening"]["amount_minor"], 10_000_000);
        assert_eq!(statement["closing"]["amount_minor"], 15_000_000);
        assert_eq!(each(statement, "key")[2], "ref:2026-03-06/H20260306000001");
    }
    let (read, code) = read("formula.xls");
    assert_eq!(code, Some(2));
    assert_eq!((&read["faults"][0]["place"], &read["faults"][0]["column"]), (&json!({"row": 2}), &json!("贷方发生额")));
    assert_eq!(read["faults"][0]["zh"], "第 2 行“贷方发生额”列：单元格是公式，请粘贴为数值");
}

#[test]
fn a_camt_053_of_a_version_that_sepa_does_not_name_is_read() {
    let (read, code) = read("camt053_v10.xml");
    assert_eq!((&read["format"], code), (&json!("camt.053"), Some(0)), "{read}");
    let [cny, jpy] = [&read["statements"][0], &read["statements"][1]];
    assert_eq!(each(cny, "amount_minor"), [10_000, 30_000, -255_050, 20_000, 7_700]);
    assert_eq!((&cny["opening"]["amount_minor"], &cny["closing"]["amount_minor"]), (&json!(100_000), &json!(-95_050)));
    assert_eq!(each(cny, "reference"), ["B-1", "B-2", "B-3", "B-4", "B-5"]);
    assert_eq!(cny["lines"][0]["counterparty"]["name"], "甲公司 & 合伙人");
    assert_eq!(cny["lines"][0]["client_reference"], "HN-2026-001");
    let parts: Vec<_> = cny["lines"][1]["parts"].as_array().unwrap().iter().map(|part| &part["amount_minor"]).collect();
    assert_eq!(parts, [12_000, 18_000]);
    assert_eq!(cny["lines"][2]["client_reference"], Value::Null, "NOTPROVIDED is none");
    assert_eq!(cny["lines"][3]["reversal"], json!({"reversal": "returned", "reason": "AC04"}));
    assert_eq!(cny["lines"][4]["standing"], json!({"standing": "unbooked", "status": "PDNG"}));
    assert_eq!((each(jpy, "amount_minor"), warnings(jpy)), (vec![&json!(1_500)], vec![]), "the yen has no minor unit");
}

#[test]
fn an_answer_of_a_bank_in_gbk_is_read_and_its_totals_are_held_against_it() {
    let (read, code) = read("cmb_answer.xml");
    let statement = &read["statements"][0];
    assert_eq!((code, each(statement, "amount_minor")), (Some(1), vec![&json!(50_000), &json!(-20_000)]), "{read}");
    assert_eq!(warnings(statement), ["currency-assumed"]);
    let mismatches = json!([
        {"mismatch": "more-pages"},
        {"mismatch": "debit-sum-differs", "stated_minor": 25_000, "found_minor": 20_000},
    ]);
    assert_eq!(statement["mismatches"], mismatches);
    assert_eq!(statement["lines"][0]["counterparty"]["name"], "甲建设有限公司");
    assert_eq!(statement["lines"][1]["reversal"]["reversal"], "reversed");
}

#[test]
fn what_is_wrong_is_told_in_the_readers_language_and_by_the_exit_code() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("statement.csv");
    let told = |text: &[u8], more: &[&str], language: &str| {
        std::fs::write(&path, text).unwrap();
        let output = run(&path, more, language);
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let (code, words) = told("交易日期,借方发生额,贷方发生额\n2026-03-02,,x\n".as_bytes(), &[], "zh_CN.UTF-8");
    assert_eq!((code, words.as_str()), (Some(2), "gongshi: 第 2 行“贷方发生额”列：“x”不是金额\n"));
    let (code, words) = told("交易日期,甲,乙\n".as_bytes(), &[], "C.UTF-8");
    assert!(code == Some(2) && words.contains("Columns found: 交易日期, 甲, 乙"), "{words}");
    let (code, words) = told(b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>", &[], "C.UTF-8");
    assert!(code == Some(2) && words.contains("document type declaration"), "{words}");
    let (code, words) = told(&vec![b'x'; 50 << 20], &[], "C.UTF-8");
    assert!(code == Some(2) && words.contains("32 MiB"), "{words}");
    let (code, words) =
        told("交易日期,借方发生额,贷方发生额\n2026-03-02,,1\n".as_bytes(), &["--currency", "usd"], "C.UTF-8");
    assert!(code == Some(2) && words.contains("USD was asked for, the file has CNY"), "{words}");
    let missing = run(&folder.path().join("none"), &[], "C.UTF-8");
    assert_eq!(missing.status.code(), Some(2));
    let listed = Command::new(env!("CARGO_BIN_EXE_gongshi")).args(["statement", "--profiles"]).output().unwrap();
    assert!(listed.status.success() && String::from_utf8_lossy(&listed.stdout).contains("company\t"));
}
