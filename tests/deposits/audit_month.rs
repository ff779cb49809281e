//! A month for an audit: what it says adds up, and to what the book says.

use super::books::{in_three_currencies, moved};
use super::support::Engine;
use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// One element of the second level, by what its children are called.
type Fields = BTreeMap<String, String>;

/// The elements below the root with what stands in them, and what comments say.
fn read(xml: &str) -> (Vec<(String, Fields)>, String) {
    let (mut reader, mut path, mut rows, mut said) = (Reader::from_str(xml), Vec::new(), Vec::new(), String::new());
    loop {
        match reader.read_event().unwrap() {
            Event::Start(start) => {
                path.push(String::from_utf8(start.name().as_ref().to_vec()).unwrap());
                match &path[..] {
                    [_, row] => rows.push((row.clone(), Fields::new())),
                    [_, _, field] => drop(rows.last_mut().unwrap().1.insert(field.clone(), String::new())),
                    _ => assert_eq!(path, ["总账"]),
                }
            }
            Event::Text(text) if path.len() == 3 => {
                let field = rows.last_mut().unwrap().1.get_mut(&path[2]).unwrap();
                field.push_str(&text.decode().unwrap());
            }
            Event::Comment(comment) => said.push_str(&comment.decode().unwrap()),
            Event::End(_) => drop(path.pop()),
            Event::Eof => return (rows, said),
            _ => {}
        }
    }
}

fn cents(text: &str) -> i64 {
    text.replace('.', "").parse().unwrap()
}

async fn a_month_is_written_for_an_audit(engine: Engine) {
    let stage = moved(engine).await;
    let (centre, path) = (&stage.cast.centre, stage.path("audit-month.xml?year=2026&month=8"));
    let request = stage.app.client.get(format!("{}{path}", stage.app.base)).bearer_auth(stage.app.token(centre));
    let answer = request.send().await.unwrap();
    assert_eq!(
        (answer.status().as_u16(), answer.headers()["content-type"].to_str().unwrap()),
        (200, "application/xml")
    );
    let (rows, said) = read(&answer.text().await.unwrap());
    assert!(said.contains("未经认证") && said.contains("not certified"), "{said}");
    let of = |name: &'static str| rows.iter().filter(move |(row, _)| row == name).map(|(_, fields)| fields);
    let ours = stage.balances("").await;
    let mut found = BTreeMap::new();
    for fields in of("科目余额及发生额") {
        let sub = Some(&*fields["辅助项1编号"]).filter(|sub| !sub.is_empty());
        let account = std::iter::once(&*fields["科目编号"]).chain(sub).chain([&*fields["币种编码"]]);
        let side = |side: &str, amount: &str| if side == "贷" { -cents(amount) } else { cents(amount) };
        let opening = side(&fields["期初余额方向"], &fields["期初本币余额"]);
        let closing = side(&fields["期末余额方向"], &fields["期末本币余额"]);
        assert_eq!(opening + cents(&fields["借方本币金额"]) - cents(&fields["贷方本币金额"]), closing, "{fields:?}");
        found.insert(account.collect::<Vec<_>>().join("."), json!(closing));
    }
    let ours: BTreeMap<String, Value> = serde_json::from_value(ours).unwrap();
    assert_eq!(found, ours);
    let mut vouchers = BTreeMap::<&str, i64>::new();
    for line in of("记账凭证") {
        *vouchers.entry(&line["记账凭证编号"]).or_default() +=
            cents(&line["借方本币金额"]) - cents(&line["贷方本币金额"]);
    }
    let book = stage.app.get(stage.path("").trim_end_matches('/')).await.body;
    assert_eq!(vouchers.len() as u64, book["vouchers"].as_u64().unwrap());
    assert!(vouchers.values().all(|difference| *difference == 0), "{vouchers:?}");
    assert!(of("记账凭证").any(|line| line["记账凭证摘要"].starts_with("确认到账 /v1/records/")));
    let known: Vec<&str> = of("会计科目").map(|heading| &*heading["科目编号"]).collect();
    assert!(of("记账凭证").all(|line| known.contains(&&*line["科目编号"])));

    let before = stage.path("audit-month.xml?year=2026&month=7");
    assert_eq!(stage.app.get_as(centre, &before).await.status, 200);
    assert_eq!(stage.app.get_as(&stage.cast.enterprise, &path).await.problem(), "not-a-party");
    let none = stage.path("audit-month.xml?year=2026&month=13");
    assert_eq!(stage.app.get_as(centre, &none).await.problem(), "bad-parameter");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_month_is_written_for_an_audit_on_sqlite() {
    a_month_is_written_for_an_audit(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_month_is_written_for_an_audit_on_postgres() {
    a_month_is_written_for_an_audit(Engine::Postgres).await;
}

/// The yuan's columns know the yuan alone, and each currency adds up by itself.
#[tokio::test(flavor = "multi_thread")]
async fn a_month_of_several_currencies_has_a_row_for_each() {
    let stage = in_three_currencies(Engine::Sqlite).await;
    let path = stage.path("audit-month.xml?year=2026&month=8");
    let answer = stage.app.get_as(&stage.cast.centre, &path).await;
    let (rows, _) = read(answer.body.as_str().unwrap());
    let (ours, mut found) = (stage.balances("").await, BTreeMap::new());
    let mut vouchers = BTreeMap::<(&str, &str), i64>::new();
    for (row, fields) in &rows {
        let currency = fields.get("币种编码").map_or("", String::as_str);
        let yuan_as_original = |side: &str| {
            let expected = if currency == "CNY" { &*fields[&format!("{side}原币金额")] } else { "" };
            assert_eq!(fields[&format!("{side}本币金额")], expected, "{fields:?}");
            cents(&fields[&format!("{side}原币金额")])
        };
        match row.as_str() {
            "科目余额及发生额" => {
                let moved = yuan_as_original("借方") - yuan_as_original("贷方");
                let side = |of: &str| if fields[&format!("{of}余额方向")] == "贷" { -1 } else { 1 };
                let stands = |of: &str| side(of) * cents(&fields[&format!("{of}原币余额")]);
                assert_eq!(stands("期初") + moved, stands("期末"), "{fields:?}");
                let sub = Some(&*fields["辅助项1编号"]).filter(|sub| !sub.is_empty());
                let account = std::iter::once(&*fields["科目编号"]).chain(sub).chain([currency]);
                let known = found.insert(account.collect::<Vec<_>>().join("."), json!(stands("期末")));
                assert_eq!(known, None, "one row each: {fields:?}");
            }
            "记账凭证" => {
                let moved = yuan_as_original("借方") - yuan_as_original("贷方");
                *vouchers.entry((&fields["记账凭证编号"], currency)).or_default() += moved;
            }
            _ => {}
        }
    }
    assert_eq!(found, serde_json::from_value(ours).unwrap());
    assert_eq!(found["1010.icbc.JPY"], json!(10_000_400));
    assert!(vouchers.values().all(|difference| *difference == 0), "{vouchers:?}");
}
