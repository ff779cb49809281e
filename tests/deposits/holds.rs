//! Two hundred at once on one account.

use super::stage::{Stage, yuan};
use super::support::Engine;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;

const HOLDS: usize = 200;
/// A hundred of them fit.
const EACH: i64 = 100_000;

async fn concurrent_holds_never_overspend(engine: Engine) {
    let stage = Arc::new(Stage::on(engine).await);
    stage.scheme("bid-tendering", "招标投标法实施条例第二十六条").await;
    stage.paid_in("d-1", &stage.cast.enterprise).await;
    let holds = (0..HOLDS).map(|n| {
        let stage = Arc::clone(&stage);
        tokio::spawn(async move {
            let hold = json!({
                "deposit": "d-1", "id": format!("h-{n}"), "amount": yuan(EACH), "reason": "待核实", "until": stage.day(30),
            });
            let answer = stage.enters("holds", "deposit.held", hold).await;
            assert!(answer.status == 201 || answer.problem() == "balance-insufficient", "{answer:?}");
            answer.status == 201
        })
    });
    let mut accepted = 0;
    for hold in holds.collect::<Vec<_>>() {
        accepted += usize::from(hold.await.unwrap());
    }
    assert_eq!(accepted, HOLDS / 2);
    let money = stage.money("d-1").await;
    assert_eq!((&money["available_minor"], &money["held_minor"]), (&0.into(), &10_000_000.into()));
    // Its statement has each of them, a page at a time.
    let (mut seen, mut after) = (0, String::new());
    loop {
        let path = stage.path(&format!("postings?account=2020.d-1.CNY&limit=30{after}"));
        let page = stage.app.get_as(&stage.cast.enterprise, &path).await;
        assert_eq!(page.status, 200, "{page:?}");
        for item in page.body["items"].as_array().unwrap() {
            seen += 1;
            assert_eq!(item["balance_minor"], -EACH * seen, "{item}");
        }
        match page.body["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    assert_eq!(seen, HOLDS as i64 / 2);
    stage.holds().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_holds_never_overspend_on_sqlite() {
    concurrent_holds_never_overspend(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_holds_never_overspend_on_postgres() {
    concurrent_holds_never_overspend(Engine::Postgres).await;
}

/// I6: a client that heard no answer asks again, and may do so from several machines at once.
async fn the_same_record_is_posted_once(engine: Engine) {
    let stage = Arc::new(Stage::on(engine).await);
    stage.scheme("bid-tendering", "招标投标法实施条例第二十六条").await;
    stage.paid_in("d-1", &stage.cast.enterprise).await;
    let receipt = json!({
        "deposit": "d-1", "reference": "HD-2", "amount": yuan(EACH), "value_date": stage.day(0), "account_kind": "basic",
        "account": {"sealed": "A".repeat(43)},
    });
    let (kind, path) = ("deposit.received", stage.path("receipts"));
    let header = stage.app.header(&stage.cast.centre, &stage.stream(), kind);
    let ask = |payload: Value| {
        let (stage, header, path) = (Arc::clone(&stage), header.clone(), path.clone());
        async move { stage.app.post_bytes(&stage.cast.centre, &path, &header, payload.to_string().as_bytes()).await }
    };
    let asked: Vec<_> = (0..8).map(|_| tokio::spawn(ask(receipt.clone()))).collect();
    let mut entries = BTreeSet::new();
    for answer in asked {
        let answer = answer.await.unwrap();
        assert!([200, 201].contains(&answer.status), "{answer:?}");
        entries.insert(answer.body["index"].as_u64().unwrap());
    }
    entries.insert(ask(receipt.clone()).await.body["index"].as_u64().unwrap());
    assert_eq!(entries.len(), 1, "{entries:?}");
    // Another body under the same key is an error, and posts nothing either.
    let mut other = receipt;
    other["amount"] = yuan(EACH + 1);
    assert_eq!(ask(other).await.problem(), "jti-reused");
    let money = stage.money("d-1").await;
    let sum = ["available_minor", "excess_minor"].map(|part| money[part].as_i64().unwrap()).iter().sum::<i64>();
    assert_eq!(sum, 10_000_000 + EACH, "{money}");
    stage.holds().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_record_is_posted_once_on_sqlite() {
    the_same_record_is_posted_once(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_record_is_posted_once_on_postgres() {
    the_same_record_is_posted_once(Engine::Postgres).await;
}
