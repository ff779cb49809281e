//! Faults of a payload, each with the problem that it gets.

use serde_json::{Value, json};

pub struct Case {
    pub name: &'static str,
    pub problem: &'static str,
    pub status: u16,
    pub pointer: Option<&'static str>,
    pub change: fn(&mut Value),
}

const fn case(
    name: &'static str,
    problem: &'static str,
    status: u16,
    pointer: Option<&'static str>,
    change: fn(&mut Value),
) -> Case {
    Case { name, problem, status, pointer, change }
}

/// One fault in an otherwise good pre-announcement.
pub const PAYLOADS: &[Case] = &[
    case("unknown field", "unknown-field", 422, Some("/colour"), |p| p["colour"] = json!("red")),
    case("nested unknown field", "unknown-field", 422, Some("/lots/0/x"), |p| p["lots"][0]["x"] = json!(1)),
    case("missing field", "missing-field", 422, Some("/title"), |p| drop(p.as_object_mut().unwrap().remove("title"))),
    case("wrong type", "wrong-type", 422, Some("/title"), |p| p["title"] = json!(5)),
    case("unknown enum value", "wrong-type", 422, Some("/method"), |p| p["method"] = json!("lottery")),
    case("over-long text", "text-too-long", 422, Some("/title"), |p| p["title"] = json!("长".repeat(301))),
    case("blank text", "text-empty", 422, Some("/title"), |p| p["title"] = json!("　 ")),
    case("bidi override", "forbidden-character", 422, Some("/title"), |p| p["title"] = json!("a\u{202e}b")),
    case("NUL", "forbidden-character", 422, Some("/title"), |p| p["title"] = json!("a\0b")),
    case("check character", "check-character", 422, Some("/procuring_unit/id"), |p| {
        p["procuring_unit"]["id"] = json!("91410100MA0000015C");
    }),
    case("a mobile phone's number", "personal-number", 422, Some("/contact/phone"), |p| {
        p["contact"]["phone"] = json!("138 0000 0000");
    }),
    case("an identity card's number", "personal-number", 422, Some("/clauses/0/text"), |p| {
        p["clauses"][0]["text"] = json!("联系人身份证号\n110101199001010015");
    }),
    case("a number for an id, which can't be confirmed", "personal-number", 422, Some("/lots/0/id"), |p| {
        p["lots"][0]["id"] = json!("13800000000");
        p["numbers_confirmed"] = json!({"reason": "标段编号"});
    }),
    case("a confirmation of nothing", "inconsistent", 422, Some("/numbers_confirmed"), |p| {
        p["numbers_confirmed"] = json!({"reason": "无"});
    }),
    case("a unit that nobody knows", "unknown-reference", 422, Some("/procuring_unit/id"), |p| {
        p["procuring_unit"]["id"] = json!("91350200776049653A");
    }),
    case("the lots cost more than the tender", "inconsistent", 422, Some("/estimate"), |p| {
        p["estimate"] = json!({"currency": "CNY", "amount_minor": 500_000_000});
        p["lots"][0]["estimate"] = json!({"currency": "CNY", "amount_minor": 500_000_001});
    }),
    case("letter O in a code", "malformed-code", 422, Some("/procuring_unit/id"), |p| {
        p["procuring_unit"]["id"] = json!("91410100MA000O015B");
    }),
    case("full-width code", "malformed-code", 422, Some("/procuring_unit/id"), |p| {
        p["procuring_unit"]["id"] = json!("９1410100MA0000015B");
    }),
    case("unknown region", "unknown-region", 422, Some("/region"), |p| p["region"] = json!("990000")),
    case("unknown category", "unknown-category", 422, Some("/category"), |p| p["category"] = json!("Z01")),
    case("unknown currency", "unknown-currency", 422, None, |p| p["estimate"]["currency"] = json!("XXX")),
    case("negative money", "amount-out-of-range", 422, None, |p| p["estimate"]["amount_minor"] = json!(-1)),
    case("overflowing money", "amount-out-of-range", 422, None, |p| p["estimate"]["amount_minor"] = json!(u64::MAX)),
    case("broken money", "wrong-type", 422, None, |p| p["estimate"]["amount_minor"] = json!(1.5)),
    case("no such day", "invalid-date", 422, Some("/planned/announce"), |p| {
        p["planned"]["announce"] = json!("2026-02-30")
    }),
    case("dates in the wrong order", "dates-out-of-order", 422, Some("/planned/open"), |p| {
        p["planned"]["open"] = json!("2026-09-01");
    }),
    case("a day that is over", "dates-out-of-order", 422, Some("/planned/announce"), |p| {
        p["planned"]["announce"] = json!("2026-08-01");
    }),
    case("a window shorter than the law's", "window-too-short", 422, Some("/windows/candidates/count"), |p| {
        p["windows"]["candidates"]["count"] = json!(2);
    }),
    case("an empty window", "window-too-short", 422, Some("/windows/objection/count"), |p| {
        p["windows"]["objection"]["count"] = json!(0);
    }),
    case("no lots", "too-few", 422, Some("/lots"), |p| p["lots"] = json!([])),
    case("too many lots", "too-many", 422, Some("/lots"), |p| {
        p["lots"] = (0..101).map(|n| json!({"id": n.to_string(), "title": "标段"})).collect();
    }),
    case("a clause id twice", "duplicate", 422, Some("/clauses/1"), |p| p["clauses"][1]["id"] = json!("q-1")),
    case("a score row for no clause", "unknown-reference", 422, Some("/score_table/0/clause"), |p| {
        p["score_table"] = json!([{"item": "业绩", "max_points": 100, "criteria": "每项一分", "clause": "x-9"}]);
    }),
    case("no reason for the method", "missing-field", 422, Some("/method_reason"), |p| {
        p["method"] = json!("single_source")
    }),
    case("a document that is not there", "document-missing", 422, None, |p| {
        let sha256 = "a".repeat(64);
        p["documents"] = json!([{"sha256": sha256, "size": 1, "media_type": "text/plain", "title": "招标文件"}]);
    }),
];
