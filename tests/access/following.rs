//! Whoever follows the list is told of each change once, in one order, also of what time alone did.

use super::stage::Stage;
use super::support::{Actor, DAY, Engine};
use futures::StreamExt;
use gongshi::access::{
    BarObjection, BarObjectionRuling, BarRevocation, BarRulingOutcome, Barring, RepairDecision, RepairOutcome,
};
use gongshi::field::{Citations, Instant};
use serde_json::Value;
use std::time::Duration;

async fn page(stage: &Stage, query: &str) -> Value {
    let answer = stage.app.get(&format!("/v1/access/changes{query}")).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.body
}

fn told(page: &Value) -> Vec<(&str, &str, bool)> {
    let items = page["items"].as_array().unwrap().iter();
    items
        .map(|item| {
            let text = |member: &str| item[member].as_str().unwrap();
            (text("change"), text("bar"), item["barred"].as_bool().unwrap())
        })
        .collect()
}

/// Everything, an item at a time.
async fn walked(stage: &Stage, query: &str) -> Vec<Value> {
    let (mut all, mut after) = (Vec::new(), String::new());
    loop {
        let page = page(stage, &format!("?limit=1{query}{after}")).await;
        let Some(item) = page["items"].as_array().unwrap().first() else { return all };
        all.push(item.clone());
        after = format!("&after={}", page["next"].as_str().unwrap());
    }
}

fn objection(id: &str, bar: &str) -> BarObjection {
    let (id, bar, grounds) = (id.parse().unwrap(), bar.parse().unwrap(), "处罚对象有误".parse().unwrap());
    BarObjection { id, bar, grounds, paper: None, documents: Citations::default(), numbers_confirmed: None }
}

async fn dismissed(stage: &Stage, whom: &Actor, objection: &str) {
    let (objection, reasons) = (objection.parse().unwrap(), "已核实".parse().unwrap());
    let (outcome, documents) = (BarRulingOutcome::Dismissed, Citations::default());
    let ruling = BarObjectionRuling { objection, outcome, reasons, documents };
    stage.post(&stage.province, whom, "objection-rulings", ruling).await.accepted();
}

async fn bars_are_followed_through_midnight(engine: Engine) {
    let stage = Stage::on(engine).await;
    let (enterprise, rival) = (&stage.cast.enterprise, &stage.cast.rival);
    assert_eq!(page(&stage, "").await, serde_json::json!({"items": [], "more": false}));
    // From tomorrow for a day; and at once, for long.
    let tomorrow = Barring { from: Some(stage.day(1)), ..stage.ban(rival, "b-1", 1).await };
    let entered = stage.bar(rival, tomorrow).await.accepted();
    stage.bar(enterprise, stage.ban(enterprise, "b-9", 100).await).await.accepted();
    stage.post(enterprise, enterprise, "objections", objection("o-1", "b-9")).await.accepted();
    dismissed(&stage, enterprise, "o-1").await;
    let first = page(&stage, "").await;
    let expected = [("entered", "b-1", false), ("entered", "b-9", true), ("disputed", "b-9", true)];
    assert_eq!(told(&first), [&expected[..], &[("dispute_dismissed", "b-9", true)]].concat());
    assert_eq!((&first["items"][0]["was"], &first["items"][0]["status"]), (&Value::Null, &"to_come".into()));
    assert_eq!(first["items"][0]["entry"], entered["index"]);
    let after = format!("?after={}", first["next"].as_str().unwrap());

    // Both midnights go by. While nothing else happens, the last one is told when nothing can come before it any more.
    let midnight: Instant = "2026-08-04T16:00:00.000Z".parse().unwrap();
    stage.app.clock.set(midnight.plus_millis(1_000));
    let page_of = async || page(&stage, &after).await;
    let between = page_of().await;
    assert_eq!(told(&between), [("begun", "b-1", true)]);
    assert_eq!((&between["items"][0]["day"], &between["items"][0]["by_time"]), (&"2026-08-04".into(), &true.into()));
    stage.app.clock.set(midnight.plus_millis(120_000));
    let over = page_of().await;
    assert_eq!(told(&over), [("begun", "b-1", true), ("ended", "b-1", false)]);
    let ended = &over["items"][1];
    assert_eq!((&ended["entry"], &ended["time"]), (&entered["index"], &"2026-08-04T16:00:00.000Z".into()));
    let then = stage.app.get(&ended["access"].as_str().unwrap().replace('+', "%2B")).await.body;
    assert_eq!(then["state"], "full", "{then}");

    // A revocation tells at once, and what is behind midnight with it.
    let revocation = BarRevocation {
        bar: "b-9".parse().unwrap(),
        reason: "行政复议决定撤销".parse().unwrap(),
        document: stage.paper("复议决定书").await,
        documents: Citations::default(),
    };
    stage.post(&stage.province, enterprise, "revocations", revocation).await.accepted();
    let all = walked(&stage, "").await;
    assert_eq!(told(&serde_json::json!({"items": all})).last(), Some(&("revoked", "b-9", false)));
    assert_eq!(all.len(), 7);
    let of_one = walked(&stage, &format!("&organisation={}", rival.id)).await;
    assert_eq!(of_one, [&all[0], &all[4], &all[5]].map(Clone::clone));
    let lines = String::from_utf8(stage.app.bytes("/v1/access/changes.ndjson").await).unwrap();
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines, all);
    // What was lifted neither ends nor begins once more.
    stage.app.days_pass(120).await;
    assert_eq!(walked(&stage, "").await, all);
    for bad in ["x", "1~2", "1~2~soon", "1~2~ended~3", "1~x~ended"] {
        assert_eq!(stage.app.get(&format!("/v1/access/changes?after={bad}")).await.problem(), "bad-parameter", "{bad}");
    }
    stage.holds().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bars_are_followed_through_midnight_on_sqlite() {
    bars_are_followed_through_midnight(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bars_are_followed_through_midnight_on_postgres() {
    bars_are_followed_through_midnight(Engine::Postgres).await;
}

/// Of what was repaired nothing is told but that it was: whoever copied the list drops it.
async fn what_is_repaired_is_told_no_more(engine: Engine) {
    let stage = Stage::on(engine).await;
    let rival = &stage.cast.rival;
    let old = Barring { from: Some(stage.day(-400)), ..stage.ban(rival, "b-1", 300).await };
    stage.bar(rival, old).await.accepted();
    let application = stage.application("r-1").await;
    stage.post(rival, rival, "repair-applications", application).await.accepted();
    let decision = RepairDecision {
        application: "r-1".parse().unwrap(),
        outcome: RepairOutcome::Approved,
        reasons: "准予修复".parse().unwrap(),
        documents: Citations::default(),
    };
    assert_eq!(told(&page(&stage, "").await), [("entered", "b-1", true)]);
    stage.post(&stage.province, rival, "repair-decisions", decision).await.accepted();
    assert_eq!(told(&page(&stage, "").await), [("repaired", "b-1", false)]);
    stage.app.days_pass(400).await;
    assert_eq!(told(&page(&stage, "").await), [("repaired", "b-1", false)]);
    stage.holds().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_repaired_is_told_no_more_on_sqlite() {
    what_is_repaired_is_told_no_more(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_repaired_is_told_no_more_on_postgres() {
    what_is_repaired_is_told_no_more(Engine::Postgres).await;
}

/// Events as they come, until there are so many.
async fn heard(stage: &Stage, query: &str, last: Option<&str>, count: usize) -> String {
    let request = stage.app.client.get(format!("{}/v1/access/changes.sse{query}", stage.app.base));
    let request = last.iter().fold(request, |request, last| request.header("last-event-id", *last));
    let response = request.send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let (mut bytes, mut text) = (response.bytes_stream(), String::new());
    let listen = async {
        while text.matches("event:").count() < count || !text.ends_with("\n\n") {
            text += std::str::from_utf8(&bytes.next().await.unwrap().unwrap()).unwrap();
        }
    };
    tokio::time::timeout(Duration::from_secs(20), listen).await.unwrap();
    text
}

async fn events_come_with_records_and_with_time(engine: Engine) {
    let stage = Stage::on(engine).await;
    let rival = &stage.cast.rival;
    let later = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        stage.bar(rival, stage.ban(rival, "b-1", 0).await).await.accepted();
        tokio::time::sleep(Duration::from_millis(300)).await;
        // Nobody posts anything, and the bar is over.
        stage.app.clock.advance_millis(2 * DAY);
    };
    let query = format!("?organisation={}", rival.id);
    let (text, ()) = tokio::join!(heard(&stage, &query, None, 2), later);
    let ids: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("id:")).map(str::trim).collect();
    assert!(text.contains("\"change\":\"entered\"") && ids[1].ends_with("~ended"), "{text}");
    // Whoever comes back misses nothing, and is told nothing twice.
    let rest = heard(&stage, "", Some(ids[0]), 1).await;
    assert!(rest.contains("\"change\":\"ended\"") && !rest.contains("entered"), "{rest}");
    let bad = stage.app.get("/v1/access/changes.sse?after=x").await;
    assert_eq!(bad.problem(), "bad-parameter");
}

#[tokio::test(flavor = "multi_thread")]
async fn events_come_with_records_and_with_time_on_sqlite() {
    events_come_with_records_and_with_time(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn events_come_with_records_and_with_time_on_postgres() {
    events_come_with_records_and_with_time(Engine::Postgres).await;
}
