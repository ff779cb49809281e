//! `gongshi import notices`: notices in, a log that anybody can verify out.

use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;

fn gongshi(arguments: &[&str]) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_gongshi")).args(arguments).output().unwrap();
    let (out, error) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{arguments:?}: {out}\n{error}");
    serde_json::from_str(&out).unwrap_or_default()
}

/// Imports into a new folder, audits what came of it, and gives the import's report.
fn imported(notices: &Path) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let data = data.to_str().unwrap();
    let report = gongshi(&["import", "notices", notices.to_str().unwrap(), "--data", data]);
    let audited = gongshi(&["verify", data, "--json"]);
    assert_eq!(audited["findings"], json!([]));
    // The opening, two registrations and their confirmations come first; the service's own acts come between.
    let (entries, steps) = (audited["entries"].as_u64().unwrap(), report["steps"].as_u64().unwrap());
    assert!(entries >= steps + 5, "{entries} entries of {steps} steps");
    gongshi(&["replay", "--data", data]);
    // Notices enter under their own dates, so a log that has begun takes no more.
    let again = ["import", "notices", notices.to_str().unwrap(), "--data", data];
    assert!(!Command::new(env!("CARGO_BIN_EXE_gongshi")).args(again).output().unwrap().status.success());
    report
}

#[test]
fn notices_become_a_log_that_verifies() {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, rows: &[Value]| {
        let lines: String = rows.iter().map(|row| format!("{row}\n")).collect();
        std::fs::write(dir.path().join(format!("{name}.jsonl")), lines).unwrap();
    };
    write(
        "yichang_candidates",
        &[json!({"infoid": "c1", "source_url": "https://example.org/c1", "title": "甲路施工中标候选人公示",
            "publish_date": "2025-06-13", "project_name": "甲路施工",
            "publicity_period": {"startDate": "2025-06-13T12:00:00+08:00", "endDate": "2025-06-16T23:59:00+08:00",
                "text": "2025年06月13日至2025年06月16日"},
            "candidates": [{"rank_as_listed": 1, "name": "乙公司", "price_text": "1000.50元"}]})],
    );
    write(
        "yichang_awards",
        &[json!({"infoid": "a1", "source_url": "https://example.org/a1", "title": "甲路施工中标结果公告",
            "publish_date": "2025-06-17", "notice_date": "2025-06-17", "tenderee": "远安县某局", "place": "远安县某镇",
            "agency": "某代理公司", "section_id": "YAA1-01", "section_name": "甲路施工", "winner": "乙公司", "scope": "路面",
            "has_complaint_phone": true, "term_days": "30日历天", "quality": "合格", "remark": "/", "price_cny": "1000.50",
            "qualification_cert": "市政公用工程施工总承包贰级：D242000000", "safety_permit": "/",
            "staff": {"项目负责人": {"person": "P-0123456789ab", "certificate_types": ["注册二级建造师"]}}})],
    );
    write(
        "yichang_candidate_award_pairs",
        &[json!({"key": "甲路施工", "candidate_infoid": "c1", "award_infoid": "a1", "section_id": "YAA1-01",
            "winner": "乙公司", "winner_rank_as_listed": 1, "candidate_publish": "2025-06-13",
            "award_publish": "2025-06-17"})],
    );
    for name in ["yichang_candidates_full", "soe_notices", "soe_preannounce_call_pairs"] {
        write(name, &[]);
    }
    let report = imported(dir.path());
    assert_eq!((&report["pairs_candidate_award"], &report["steps"]), (&json!(1), &json!(3)));
    assert_eq!(report["unmapped"], json!({"yichang_awards.has_complaint_phone": 1}));
}

/// The real notices stand beside the project, not in it.
#[test]
fn the_real_notices_become_a_log_that_verifies() {
    let notices = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/notices");
    if !notices.is_dir() {
        eprintln!("skipped: {} is not here", notices.display());
        return;
    }
    let report = imported(&notices);
    assert_eq!((&report["pairs_candidate_award"], &report["pairs_preannouncement_call"]), (&json!(886), &json!(49)));
}
