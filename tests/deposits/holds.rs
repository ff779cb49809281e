//! Two hundred at once on one account.

use super::stage::{Stage, yuan};
use super::support::Engine;
use serde_json::json;
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
