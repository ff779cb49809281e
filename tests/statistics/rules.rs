//! How often a rule applied: counted again from the records themselves, by what each of them says.

use super::{counted, demo_on};
use crate::support::fixture::{self, act, stream};
use crate::support::{App, Engine};
use gongshi::law::{Edition, Rule};
use gongshi::tender::{Preannouncement, Windows};
use serde_json::Value;
use std::sync::Arc;

/// A record, and the edition that it was judged by.
struct Judged {
    kind: String,
    stream: String,
    payload: Value,
    edition: Arc<Edition>,
}

async fn records(app: &App) -> Vec<Judged> {
    let law = app.get("/v1/law").await.body;
    let mut adopted: Vec<(u64, Arc<Edition>)> = Vec::new();
    for adoption in law.as_array().unwrap().iter().rev() {
        let edition = app.ledger.editions.get(&adoption["edition"].as_str().unwrap().parse().unwrap()).unwrap();
        adopted.push((adoption["index"].as_u64().unwrap(), edition));
    }
    let (mut records, mut after) = (Vec::new(), String::new());
    loop {
        let page = app.get(&format!("/v1/records?limit=500{after}")).await.body;
        for item in page["items"].as_array().unwrap() {
            let index = item["index"].as_u64().unwrap();
            let (_, edition) = adopted.iter().rfind(|(from, _)| *from < index).unwrap_or(&adopted[0]);
            let text = |name: &str| item[name].as_str().unwrap().to_owned();
            if index > adopted[0].0 {
                let (kind, stream, payload) = (text("kind"), text("stream"), item["payload"].clone());
                records.push(Judged { kind, stream, payload, edition: Arc::clone(edition) });
            }
        }
        if page["more"] != true {
            return records;
        }
        after = format!("&after={}", page["next"]);
    }
}

/// How often a value stands under a name, anywhere in a payload.
fn occurs(payload: &Value, name: &str, value: &str) -> u64 {
    match payload {
        Value::Object(members) => {
            let here = members.get(name).is_some_and(|member| member == value);
            u64::from(here) + members.values().map(|member| occurs(member, name, value)).sum::<u64>()
        }
        Value::Array(items) => items.iter().map(|item| occurs(item, name, value)).sum(),
        _ => 0,
    }
}

/// What a rule left behind, by what records say.
fn named(rule: &Rule, edition: &Edition, records: &[&Judged]) -> u64 {
    let of_kind = |kind: &'static str| records.iter().filter(move |record| record.kind == kind);
    if let Some(kind) = edition.access.kinds.iter().find(|kind| std::ptr::eq(&kind.rule, rule)) {
        return of_kind("access.barred").filter(|record| record.payload["kind"] == kind.id.as_str()).count() as u64;
    }
    if let Some(kind) = edition.deposits.kinds.iter().find(|kind| std::ptr::eq(&kind.rule, rule)) {
        let mut schemes: Vec<(&str, &str)> = of_kind("deposit.scheme_published")
            .filter(|record| record.payload["kind"] == kind.id.as_str())
            .map(|record| (record.stream.as_str(), record.payload["id"].as_str().unwrap()))
            .collect();
        schemes.sort_unstable();
        // Published again, it is the same one.
        schemes.dedup();
        return schemes.len() as u64;
    }
    match rule.id.as_str() {
        "PN-LEADER" => of_kind("tender.candidates_published").map(|it| occurs(&it.payload, "basis", &rule.id)).sum(),
        "RD-FOLLOWS" | "RD-ONE" | "RD-TEXT" => {
            of_kind("tender.preannounced").filter(|record| record.payload.get("follows").is_some()).count() as u64
        }
        "CR-SUCCESSION" => {
            let listed = of_kind("credit.graded").filter_map(|record| record.payload["contributions"].as_array());
            listed.flatten().filter(|listed| listed.get("from").is_some()).count() as u64
        }
        _ => {
            let listed = of_kind("credit.graded").filter_map(|record| record.payload["contributions"].as_array());
            listed.flatten().filter(|listed| listed["adds"]["rule"] == rule.id.as_str()).count() as u64
        }
    }
}

fn overdue(rule: &str, records: &[&Judged]) -> Option<u64> {
    let count = |kind: &str| records.iter().filter(|record| record.kind == kind).count() as u64;
    let missed = |stage: &str| {
        let passed = records.iter().filter(|record| record.kind == "evaluation.deadline_passed");
        let passed = passed.filter(|record| record.payload["stage"] == stage);
        passed.map(|record| record.payload["missed"].as_array().unwrap().len() as u64).sum()
    };
    Some(match rule {
        "CM-OFFER" => count("commitment.lapsed"),
        "CM-ANSWER" => count("commitment.deadline_passed"),
        "EV-SEAL" => missed("sealing"),
        "EV-REVEAL" => missed("revealing"),
        "DP-OWN-COSTS" => count("deposit.own_costs_overdue"),
        "DP-TOPUP" => count("deposit.topup_overdue"),
        "DP-SURPLUS" => count("deposit.surplus_overdue"),
        _ => return None,
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn how_often_a_rule_applied_is_what_the_records_say() {
    let mut told = Vec::new();
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let app = demo_on(engine).await;
        let records = records(&app).await;
        let mut applied = 0;
        for edition in &gongshi::law::Editions::shipped() {
            let view = counted(&app, &format!("/v1/statistics/rules/{}", edition.id)).await;
            let under: Vec<&Judged> = records.iter().filter(|record| record.edition.id == edition.id).collect();
            let items = view["items"].as_array().unwrap();
            assert_eq!(items.len(), edition.rules().count(), "every rule that is shown");
            for ((rule, _), item) in edition.rules().zip(items) {
                assert_eq!(item["rule"], rule.id);
                let of_kind = under.iter().filter(|record| record.kind == rule.anchor).count() as u64;
                let (so_often, at_most) = match item["counting"].as_str().unwrap() {
                    "each" => (Value::from(of_kind), Value::Null),
                    "named" => (Value::from(named(rule, edition, &under)), Value::Null),
                    "at_most" if rule.id == "RD-TEXT" => (Value::Null, Value::from(named(rule, edition, &under))),
                    "at_most" => (Value::Null, Value::from(of_kind)),
                    "unrecorded" => (Value::Null, Value::Null),
                    other => panic!("{other}"),
                };
                assert_eq!((&item["applied"], &item["at_most"]), (&so_often, &at_most), "{} {}", edition.name, rule.id);
                assert_eq!(item["overdue"].as_u64(), overdue(&rule.id, &under), "{} {}", edition.name, rule.id);
                assert!(
                    !item["method"].as_str().unwrap().is_empty() && !item["method_en"].as_str().unwrap().is_empty()
                );
                applied += u64::from(so_often.as_u64() > Some(0));
            }
            told.push((matches!(engine, Engine::Sqlite), view["items"].clone()));
        }
        assert!(applied > 25, "{applied} rules of the demo have left something");
    }
    let (sqlite, postgres): (Vec<_>, Vec<_>) = told.into_iter().partition(|(is_sqlite, _)| *is_sqlite);
    let items = |told: Vec<(bool, Value)>| told.into_iter().map(|(_, items)| items).collect::<Vec<_>>();
    assert_eq!(items(sqlite), items(postgres), "both engines count the same");
}

async fn rule(app: &App, id: &str) -> Value {
    let edition = app.get("/v1/law").await.body[0]["edition"].as_str().unwrap().to_owned();
    let view = app.get(&format!("/v1/statistics/rules/{edition}")).await.body;
    assert_eq!(view["others"], serde_json::json!([]));
    assert!(view["refusals_since"].is_string(), "{view}");
    view["items"].as_array().unwrap().iter().find(|item| item["rule"] == id).unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_rule_refused_is_counted_once_and_not_lost() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let app = App::start_on(engine).await;
        let cast = app.cast().await;
        let disclosed = fixture::preannouncement(&cast.centre);
        let mut candidates = disclosed.windows.candidates;
        candidates.count = 2;
        let short = act(Preannouncement { windows: Windows { candidates, ..disclosed.windows }, ..disclosed });
        let refused = async |path: &str| {
            let answer = app.post(&cast.centre, path, &stream("T-1"), &short).await;
            assert_eq!((answer.problem(), &answer.body["rule"]["id"]), ("window-too-short", &"AW-WINDOW".into()));
        };
        assert_eq!(rule(&app, "AW-WINDOW").await["refused"], 0);
        refused("/v1/tenders").await;
        refused("/v1/tenders").await;
        refused("/v1/tenders?dry_run=1").await;
        // The table can't be written: nothing of it is, and all of it is later.
        let rename = async |from: &str, to: &str| {
            let mut write = app.ledger.database.begin_write().await.unwrap();
            write.read(&format!("ALTER TABLE {from} RENAME TO {to}"), &[]).await.unwrap();
            write.commit().await.unwrap();
        };
        rename("refusals", "refusals_away").await;
        assert!(app.ledger.write_refusals().await.is_err());
        rename("refusals_away", "refusals").await;
        assert_eq!(rule(&app, "AW-WINDOW").await["refused"], 0);
        app.ledger.write_refusals().await.unwrap();
        app.ledger.write_refusals().await.unwrap();
        assert_eq!(rule(&app, "AW-WINDOW").await["refused"], 2, "who only asks is not refused");
        refused("/v1/tenders").await;
        app.ledger.write_refusals().await.unwrap();
        assert_eq!(rule(&app, "AW-WINDOW").await["refused"], 3);
        // No refusal rests on that one.
        assert_eq!(rule(&app, "CR-BASE").await.get("refused"), None);
        for (page, says) in [("/zh/law", "拒绝 3 次"), ("/en/law", "refused 3 ×")] {
            let html = String::from_utf8(app.bytes(page).await).unwrap();
            assert!(html.contains(says), "{page}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_refused_is_still_known_after_a_restart() {
    let app = App::start().await;
    let cast = app.cast().await;
    let disclosed = fixture::preannouncement(&cast.centre);
    let mut candidates = disclosed.windows.candidates;
    candidates.count = 2;
    let short = act(Preannouncement { windows: Windows { candidates, ..disclosed.windows }, ..disclosed });
    assert_eq!(app.post(&cast.centre, "/v1/tenders", &stream("T-1"), &short).await.problem(), "window-too-short");
    let edition = app.get("/v1/law").await.body[0]["edition"].as_str().unwrap().to_owned();
    let path = format!("/v1/statistics/rules/{edition}");
    let since = app.get(&path).await.body["refusals_since"].clone();
    app.ledger.write_refusals().await.unwrap();
    app.clock.advance_millis(86_400_000);
    let app = app.restart().await;
    assert_eq!(rule(&app, "AW-WINDOW").await["refused"], 1);
    assert_eq!(app.get(&path).await.body["refusals_since"], since, "it was counted since then");
}
