//! Who bids, and how many, is nobody's to know before the opening; the money is there all the same.

use super::refunds::{TENDER, lot};
use super::stage::{Stage, yuan};
use super::support::{App, Engine, ORIGIN, START, new_log, open_new, unlimited};
use gongshi::clock::Clock;
use gongshi::law::Editions;
use gongshi::ledger::NewLog;
use serde_json::json;

/// What the public is told: lists, the deposit itself, and what the book comes to.
async fn told(stage: &Stage) -> (usize, u16, i64) {
    let listed = stage.app.get(&format!("/v1/deposits?tender={TENDER}")).await.body;
    let one = stage.app.get(&stage.path("deposits/d-1")).await.status;
    let book = stage.app.get(&format!("/v1/deposits/{}", stage.cast.centre.id)).await.body;
    let custody = book["totals"].as_array().unwrap().iter().map(|total| total["custody_minor"].as_i64().unwrap());
    (listed["items"].as_array().unwrap().len(), one, custody.sum())
}

async fn who_bids_is_told_after_the_opening(engine: Engine) {
    let stage = Stage::on(engine).await;
    stage.called().await;
    stage.scheme("bid-tendering", "招标投标法实施条例第二十六条").await;
    let refused = stage.announces("d-1", &stage.cast.enterprise, lot()).await;
    assert_eq!((refused.status, refused.problem()), (409, "state-forbids"), "{refused:?}");
    assert_eq!(refused.body["rule"]["id"], "DP-SECRECY", "{refused:?}");
    let before = stage.app.size();
    stage.arrives("d-1").await;
    stage.arrives("d-2").await;
    assert_eq!(told(&stage).await, (0, 404, 0));
    // The log itself has neither payer nor tender.
    for index in before..stage.app.size() {
        let record = stage.app.get(&format!("/v1/records/{index}")).await.body.to_string();
        for secret in [TENDER, stage.cast.enterprise.id.as_str(), stage.cast.rival.id.as_str()] {
            assert!(!record.contains(secret), "{record}");
        }
    }
    stage.opened().await;
    stage.announces("d-1", &stage.cast.enterprise, lot()).await.accepted();
    stage.claims("d-1").await;
    assert_eq!(told(&stage).await, (1, 200, 10_000_000));
    let view = stage.deposit("d-1").await;
    assert_eq!((&view["status"], &view["payer"]), (&"secured".into(), &stage.cast.enterprise.id.as_str().into()));
    stage.holds().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_bids_is_told_after_the_opening_on_sqlite() {
    who_bids_is_told_after_the_opening(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_bids_is_told_after_the_opening_on_postgres() {
    who_bids_is_told_after_the_opening(Engine::Postgres).await;
}

/// A bond for no lot of this log tells nobody anything about one.
#[tokio::test(flavor = "multi_thread")]
async fn what_tells_nothing_of_a_tender_is_taken_at_any_time() {
    let stage = Stage::on(Engine::Sqlite).await;
    stage.called().await;
    stage.scheme("bid-tendering", "招标投标法实施条例第二十六条").await;
    stage.paid_in("d-9", &stage.cast.enterprise).await;
    assert_eq!(stage.deposit("d-9").await["status"], "secured");
}

/// An earlier edition takes the notice, which stands in the log; no list shows it before the opening, and whoever it concerns sees it.
#[tokio::test(flavor = "multi_thread")]
async fn an_earlier_edition_takes_the_notice_and_no_list_shows_it() {
    let (folder, clock) = (tempfile::tempdir().unwrap(), Clock::manual(START.parse().unwrap()));
    let earlier = Editions::shipped().into_iter().find(|edition| edition.name == "2027-01").unwrap();
    let first = NewLog { law: earlier, ..new_log(ORIGIN) };
    let url = Engine::Sqlite.database(folder.path());
    let ledger = open_new(first, folder.path(), url, clock.clone(), None).await.unwrap();
    let stage = Stage::of(App::serve(folder, ledger, clock, unlimited()).await).await;
    stage.called().await;
    stage.scheme("bid-tendering", "招标投标法实施条例第二十六条").await;
    stage.announces("d-1", &stage.cast.enterprise, lot()).await.accepted();
    let receipt = json!({
        "deposit": "d-1", "reference": "HD-1", "amount": yuan(10_000_000), "value_date": stage.day(0),
        "account_kind": "basic", "account": {"sealed": "A".repeat(43)},
    });
    stage.enters("receipts", "deposit.received", receipt).await.accepted();
    let (listed, one, _) = told(&stage).await;
    assert_eq!((listed, one), (0, 404));
    let mine = format!("/v1/deposits?payer={}", stage.cast.enterprise.id);
    assert_eq!(stage.app.get(&mine).await.body["items"], json!([]));
    let in_feed = async || stage.app.get("/zh/deposits.atom").await.body.to_string().contains("d-1");
    assert!(!in_feed().await);
    assert_eq!(stage.app.get_as(&stage.cast.enterprise, &stage.path("deposits/d-1/money")).await.status, 200);
    // Nor when it is to go back by what was agreed, and is late.
    let due = json!({"deposit": "d-1", "event": "agreed", "day": stage.day(0), "document": super::stage::paper()});
    stage.enters("refund-clocks", "deposit.refund_due", due).await.accepted();
    let (listed, one, _) = told(&stage).await;
    assert_eq!((listed, one), (0, 404));
    assert!(!in_feed().await);
    stage.opened().await;
    let (listed, one, _) = told(&stage).await;
    assert_eq!((listed, one), (1, 200));
    assert!(in_feed().await);
    stage.holds().await;
}
