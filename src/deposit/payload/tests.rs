//! Numbers beyond what their fields take: each is told the least and the most of its own field.

use super::{DepositAssessment, DepositNotice, SchemePublication, StatementReconciliation};
use crate::act::Payload;
use crate::field::{Faults, parse};
use serde_json::{Value, json};

/// What is said of a payload: where, in Chinese and in English.
fn said<T: Payload>(payload: &Value) -> Vec<(String, String, String)> {
    let payload: T = parse(payload.to_string().as_bytes()).unwrap();
    let mut faults = Faults::default();
    payload.check(&mut faults);
    let words = |fault: crate::field::FieldFault| {
        let words = fault.fault.words();
        (fault.pointer, words.zh, words.en)
    };
    faults.into_result().unwrap_err().into_iter().map(words).collect()
}

fn yuan(fen: i64) -> Value {
    json!({"currency": "CNY", "amount_minor": fen})
}

#[test]
fn a_number_out_of_its_range_is_told_the_range_of_its_own_field() {
    let scheme = json!({
        "id": "s-1", "kind": "bid-tendering", "name": "投标保证金", "article": "第二十六条", "currency": "CNY",
        "ratio_ppm": 1_000_001, "forms": [], "refund_days": 91, "day_count": "actual_360",
        "rates": [{"from": "2020-01-01", "rate_ppm": 1_000_001}],
        "document": {"sha256": "0".repeat(64), "size": 1, "media_type": "text/plain", "title": "文件"},
    });
    let notice = json!({
        "id": "d-1", "scheme": "s-1", "payer": "91410100MA9DEM116H", "base": yuan(1), "required": yuan(1), "score": 101,
        "bank": "icbc", "pay_by": "2027-01-01",
    });
    let assessment = json!({"deposit": "d-1", "base": yuan(1), "score": 101, "required": yuan(1), "rule": "DP-01"});
    let reconciliation = json!({
        "bank": "icbc", "currency": "CNY", "file": "0".repeat(64), "first": "2027-01-01", "last": "2027-01-01",
        "opening_minor": -1_000_000_000_000_001_i64, "closing_minor": 0, "book_minor": 0, "lines": 0, "matched": 0,
        "opened": [], "settled": [], "open": 0, "open_sha256": "0".repeat(64), "unexplained_minor": 0,
    });
    let faults = [
        said::<SchemePublication>(&scheme),
        said::<DepositNotice>(&notice),
        said::<DepositAssessment>(&assessment),
        said::<StatementReconciliation>(&reconciliation),
    ]
    .concat();
    let expected = [
        ("/ratio_ppm", "0 至 1000000 ppm（百万分之一）", "0 to 1000000 parts per million"),
        ("/refund_days", "0 至 90 天", "0 to 90 days"),
        ("/rates/0/rate_ppm", "0 至 1000000 ppm（百万分之一）", "0 to 1000000 parts per million"),
        ("/score", "0 至 100 分", "0 to 100 points"),
        ("/score", "0 至 100 分", "0 to 100 points"),
        ("/opening_minor", "-1000000000000000 至 1000000000000000 分（最小货币单位）", "minor units"),
    ];
    assert_eq!(faults.len(), expected.len(), "{faults:?}");
    for ((at, zh, en), (pointer, in_zh, in_en)) in faults.iter().zip(expected) {
        assert!(at == pointer && zh.contains(in_zh) && en.contains(in_en), "{at}: {zh} {en}");
    }
}
