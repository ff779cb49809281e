//! `gongshi import`: notices or a centre's table in, a log that anybody can verify out.

use gongshi::import::disclosure;
use gongshi::log::EntryView;
use gongshi::store::Database;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// What only the service says, when time has passed.
const SERVICE_ACTS: [&str; 3] = ["tender.window_closed", "tender.cleared", "tender.deadline_passed"];
/// The opening of the log; two organisations, each registered and confirmed.
const OPENING_ACTS: u64 = 5;
const FILES: [&str; 6] = [
    "yichang_candidates",
    "yichang_candidates_full",
    "yichang_awards",
    "yichang_candidate_award_pairs",
    "soe_notices",
    "soe_preannounce_call_pairs",
];

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_gongshi")).args(arguments).output().unwrap()
}

fn gongshi(arguments: &[&str]) -> String {
    let output = run(arguments);
    let (out, error) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{arguments:?}: {out}\n{error}");
    out.into_owned()
}

fn json_of(arguments: &[&str]) -> Value {
    serde_json::from_str(&gongshi(arguments)).unwrap()
}

/// An import that was audited.
struct Imported {
    report: Value,
    /// How many entries of each kind.
    kinds: BTreeMap<String, u64>,
    /// What was signed, one payload a line.
    signed: String,
}

impl Imported {
    fn of(&self, kinds: &[&str]) -> u64 {
        kinds.iter().filter_map(|kind| self.kinds.get(*kind)).sum()
    }

    fn holds(&self, text: &str) -> bool {
        self.signed.contains(text)
    }
}

/// Kinds with their numbers, all payloads, and the table of tenders.
async fn contents(data: &str) -> (BTreeMap<String, u64>, String, Vec<(String, u64)>) {
    let database = Database::open(&format!("sqlite://{data}/gongshi.sqlite")).await.unwrap();
    let rows = database.read("SELECT kind, bytes FROM entries ORDER BY idx", &[]).await.unwrap();
    let (mut kinds, mut signed) = (BTreeMap::new(), String::new());
    for row in &rows {
        *kinds.entry(row.text(0).unwrap().to_owned()).or_default() += 1;
        let payload = EntryView::parse(row.blob(1).unwrap()).unwrap().record().payload_bytes().unwrap();
        signed.push_str(&String::from_utf8(payload).unwrap());
        signed.push('\n');
    }
    let rows = database.read("SELECT code, version FROM tenders ORDER BY code", &[]).await.unwrap();
    let tenders = rows.iter().map(|row| (row.text(0).unwrap().to_owned(), row.unsigned(1).unwrap())).collect();
    database.close().await;
    (kinds, signed, tenders)
}

/// Imports into a new folder and audits what came of it.
async fn imported(what: &str, source: &Path) -> Imported {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let data = data.to_str().unwrap();
    let source = source.to_str().unwrap();
    // What it would do is what it does.
    let rehearsed = json_of(&["import", what, source, "--data", data, "--dry-run"]);
    assert!(!Path::new(data).exists());
    let import = ["import", what, source, "--data", data];
    let report = json_of(&import);
    assert_eq!(rehearsed, report);
    let audited = json_of(&["verify", data, "--json"]);
    assert_eq!((&audited["findings"], &audited["findings_omitted"]), (&json!([]), &json!(0)));
    let (kinds, signed, tenders) = contents(data).await;
    let imported = Imported { report, kinds, signed };
    // Every entry is a step of the import, an act of the service, or one of the log's beginning.
    let entries = audited["entries"].as_u64().unwrap();
    let steps = imported.report["steps"].as_u64().unwrap();
    assert_eq!(imported.kinds.values().sum::<u64>(), entries);
    assert_eq!(steps + imported.of(&SERVICE_ACTS) + OPENING_ACTS, entries, "{:?}", imported.kinds);
    assert_eq!(imported.of(&["log.opened", "organisation.registered", "organisation.confirmed"]), OPENING_ACTS);
    let replayed = gongshi(&["replay", "--data", data]);
    assert!(replayed.trim_end().ends_with(&format!(": {entries}")), "{replayed}");
    assert_eq!(contents(data).await.2, tenders);
    // Notices enter under their own dates, so a log that has begun takes no more.
    assert!(!run(&import).status.success());
    imported
}

fn candidates(id: &str, project: &str, listed: &[(&str, &str)]) -> Value {
    let row = |(n, (name, price)): (usize, &(&str, &str))| json!({"rank_as_listed": n + 1, "name": name, "price_text": price});
    json!({"infoid": id, "source_url": format!("https://example.org/{id}"), "title": format!("{project}中标候选人公示"),
        "publish_date": "2025-06-13", "project_name": project,
        "publicity_period": {"startDate": "2025-06-13T12:00:00+08:00", "endDate": "2025-06-16T23:59:00+08:00",
            "text": "2025年06月13日至2025年06月16日"},
        "candidates": listed.iter().enumerate().map(row).collect::<Value>()})
}

fn award(id: &str, project: &str, section: &str, winner: &str, more: Value) -> Value {
    let mut award = json!({"infoid": id, "source_url": format!("https://example.org/{id}"),
        "title": format!("{project}中标结果公告"), "publish_date": "2025-06-17", "notice_date": "2025-06-17",
        "tenderee": "远安县某局", "place": "远安县某镇", "agency": "某代理公司", "section_id": section,
        "section_name": project, "winner": winner, "scope": "路面", "has_complaint_phone": true,
        "term_days": "30日历天", "quality": "合格", "remark": "/", "safety_permit": "/", "qualification_cert": "/"});
    award.as_object_mut().unwrap().append(more.as_object().cloned().as_mut().unwrap());
    award
}

fn pair(project: &str, ids: (&str, &str), section: &str, winner: &str) -> Value {
    json!({"key": project, "candidate_infoid": ids.0, "award_infoid": ids.1, "section_id": section, "winner": winner,
        "winner_rank_as_listed": 1, "candidate_publish": "2025-06-13", "award_publish": "2025-06-17"})
}

fn enterprise(id: &str, date: &str, category: (&str, &str), more: Value) -> Value {
    let mut notice = json!({"id": id, "operator": "中国某某", "sourceName": "某平台", "region": "浙江", "date": date,
        "createDate": format!("{date} 17:00:00"), "url": format!("https://example.org/{id}"),
        "category": category.0, "noticeType": category.1, "projectNo": format!("NO-{id}"),
        "purchaseContent": "采购3辆车", "budget": "公告未明确列示"});
    notice.as_object_mut().unwrap().append(more.as_object().cloned().as_mut().unwrap());
    notice
}

/// Two pairs of candidates and award, one of pre-announcement and call: invented, in the words of the real files.
fn write_notices(dir: &Path) {
    let (first, second) = ("甲路施工", "丙桥监理");
    let files = [
        (
            "yichang_candidates",
            vec![
                candidates("c1", first, &[("乙公司", "1000.50元"), ("丁公司", "1100元")]),
                candidates("c2", second, &[("戊公司", "98.5%")]),
            ],
        ),
        (
            "yichang_awards",
            vec![
                award(
                    "a1",
                    first,
                    "YAA1-01",
                    "乙公司",
                    json!({"price_cny": "1000.50", "remark": "本项目分两期交付。",
                        "qualification_cert": "市政公用工程施工总承包贰级：D242000000",
                        "staff": {"项目负责人": {"person": "P-0123456789ab",
                            "certificate_types": ["注册二级建造师·市政公用工程", "、某甲乙"]}}}),
                ),
                award("a2", second, "YAA2-01", "戊公司", json!({"price_promise": "98.5%", "staff": {}})),
            ],
        ),
        (
            "yichang_candidate_award_pairs",
            vec![pair(first, ("c1", "a1"), "YAA1-01", "乙公司"), pair(second, ("c2", "a2"), "YAA2-01", "戊公司")],
        ),
        (
            "soe_notices",
            vec![
                enterprise("p1", "2026-07-28", ("采购项目预公告", "49"), json!({"title": "车辆采购项目预公告"})),
                enterprise("k1", "2026-08-07", ("采购公告", "2"), json!({"title": "车辆采购项目询比公告"})),
            ],
        ),
        (
            "soe_preannounce_call_pairs",
            vec![json!({"kind": "pre-notice→call", "pre_id": "p1", "call_id": "k1", "pre_date": "2026-07-28",
                "call_date": "2026-08-07", "pre_title": "车辆采购项目预公告", "call_title": "车辆采购项目询比公告"})],
        ),
    ];
    for name in FILES {
        let rows = files.iter().find(|(file, _)| *file == name).map(|(_, rows)| rows.as_slice()).unwrap_or_default();
        let lines: String = rows.iter().map(|row| format!("{row}\n")).collect();
        std::fs::write(dir.join(format!("{name}.jsonl")), lines).unwrap();
    }
}

#[tokio::test]
async fn notices_become_a_log_that_verifies() {
    let dir = tempfile::tempdir().unwrap();
    write_notices(dir.path());
    let imported = imported("notices", dir.path()).await;
    let report = &imported.report;
    assert_eq!((&report["pairs_candidate_award"], &report["pairs_preannouncement_call"]), (&json!(2), &json!(1)));
    assert_eq!((&report["steps"], &report["tenders"]), (&json!(2 * 3 + 1), &json!(3)));
    let unmapped = json!({"yichang_awards.has_complaint_phone": 2,
        "yichang_awards.staff.certificate_types (may be a name)": 1});
    assert_eq!(report["unmapped"], unmapped);
    for (kind, count) in [("tender.adopted", 3), ("tender.candidates_published", 2), ("tender.awarded", 2)] {
        assert_eq!(imported.of(&[kind]), count, "{kind}");
    }
    // A percentage of nothing that is named stays as it is written.
    assert_eq!(report["in_words"][0]["reason"], "price-unclear");
    assert!(imported.holds(r#"{"kind":"stated","text":"98.5%"}"#));
    for text in [
        "30日历天",
        "本项目分两期交付。",
        "D242000000",
        "注册二级建造师·市政公用工程",
        "https://example.org/k1 编号：NO-k1",
    ] {
        assert!(imported.holds(text), "{text}");
    }
    // Persons are sealed, and what may be a name is left out.
    assert!(imported.holds(&disclosure("P-0123456789ab").unwrap().sealed().sealed));
    for text in ["P-0123456789ab", "某甲乙"] {
        assert!(!imported.holds(text), "{text}");
    }
}

/// The real notices stand beside the project, not in it.
#[tokio::test]
async fn the_real_notices_become_a_log_that_verifies() {
    let notices = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/notices");
    if !notices.is_dir() {
        eprintln!("skipped: {} is not here", notices.display());
        return;
    }
    let imported = imported("notices", &notices).await;
    let report = &imported.report;
    assert_eq!((&report["pairs_candidate_award"], &report["pairs_preannouncement_call"]), (&json!(886), &json!(49)));
    assert_eq!((&report["not_imported"], imported.of(&["tender.awarded"])), (&json!([]), 886));
    assert_eq!(json!(imported.of(&["tender.adopted"])), report["tenders"]);
}

/// The example of IMPORT.md, as a spreadsheet saves it.
fn example(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/import").join(name)
}

#[tokio::test]
async fn the_example_of_a_table_becomes_a_log_that_verifies() {
    let [csv, xlsx] =
        [imported("table", &example("example.csv")).await, imported("table", &example("example.xlsx")).await];
    for imported in [&csv, &xlsx] {
        assert_eq!(imported.report["not_imported"], json!([]));
        let kinds = [("tender.adopted", 2), ("tender.candidates_published", 3), ("tender.awarded", 3)];
        for (kind, count) in kinds {
            assert_eq!(imported.of(&[kind]), count, "{kind}");
        }
        for text in [
            r#"{"kind":"money","currency":"CNY","amount_minor":486230050}"#,
            r#"{"kind":"rate","basis":"discount","rate_ppm":65000}"#,
            r#""members":[{"name":"中州市政工程有限公司"},{"name":"中州设计院"}]"#,
            "开标时间：2026-02-26T09:30:00+08:00。",
            "开标时间：2026-03-05。",
            "综合评分最高。",
        ] {
            assert!(imported.holds(text), "{text}");
        }
    }
    // What is signed does not depend on the file that it comes from.
    assert_eq!(payloads_but_keys(&csv), payloads_but_keys(&xlsx));
}

fn payloads_but_keys(imported: &Imported) -> Vec<&str> {
    imported
        .signed
        .lines()
        .filter(|payload| !payload.contains("\"x\":"))
        .filter(|payload| !payload.contains("kid"))
        .collect()
}

#[test]
fn a_table_of_another_encoding_is_read_and_none_is_told_to_be_none() {
    let folder = tempfile::tempdir().unwrap();
    let table = folder.path().join("table.csv");
    let report = |bytes: &[u8]| {
        std::fs::write(&table, bytes).unwrap();
        run(&["import", "table", table.to_str().unwrap(), "--dry-run"])
    };
    let text = std::fs::read_to_string(example("example.csv")).unwrap();
    let (gbk, ..) = encoding_rs::GBK.encode(text.trim_start_matches('\u{FEFF}'));
    let read: Value = serde_json::from_slice(&report(&gbk).stdout).unwrap();
    assert_eq!((&read["tenders"], &read["not_imported"]), (&json!(2), &json!([])));
    for bytes in [&b"PK\x03\x04 nothing"[..], b"\xD0\xCF\x11\xE0", "甲,乙\n丙,丁\n".as_bytes(), b"", b"\xFF\x81"] {
        let output = report(bytes);
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && output.stdout.is_empty() && !error.contains("panicked"), "{error}");
        assert!(error.contains("table.csv: "), "{error}");
    }
}
