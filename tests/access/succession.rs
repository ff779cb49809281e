//! Whoever is merged or divided leaves its bars to its successors: nobody sheds one at the registry.

use super::stage::{Stage, TENDER};
use super::support::fixture::{bidder, money};
use super::support::{Actor, Answer, Engine};
use gongshi::access::{BarObjection, BarObjectionRuling, BarRulingOutcome};
use gongshi::field::{Citations, Price};
use gongshi::organisation::{EndingGround, Role};
use gongshi::tender::{Bid, Opening};

/// The bids are opened, and the only bidder is this one.
async fn opened(stage: &Stage, by: &Actor) -> Answer {
    let (price, bidder) = (Price::Money(money(5_000_000)), bidder("丙", Some(by)));
    let bids = vec![Bid { bidder, price, duration: None, confirmed: None, commitment: None }];
    let opened_at = stage.app.now();
    stage.on_tender("openings", Opening { lot: "1".parse().unwrap(), opened_at, bids }).await
}

async fn a_bar_binds_whoever_succeeds(engine: Engine) {
    let stage = Stage::with_tender(engine).await;
    let (app, supervisor) = (&stage.app, &stage.cast.supervisor);
    let (heir, firm) = (&stage.cast.enterprise, &stage.cast.rival);
    let bar = stage.bar(firm, stage.ban(firm, "b-1", 100).await).await.accepted();
    app.days_pass(35).await;
    let before = app.now();
    assert_eq!(stage.state(heir).await, "full");
    app.clock.advance_millis(1000);
    // Two mergers, one after the other.
    let between = app.admit("91410105MA0000023E", Role::Enterprise, supervisor).await;
    app.ends(supervisor, firm, EndingGround::Merged, &[&between]).await;
    let ended = app.ends(supervisor, &between, EndingGround::Merged, &[heir]).await;

    let view = stage.access(heir).await;
    let inherited = &view["bars"][0]["inherited"];
    assert_eq!((&view["state"], &view["bars"][0]["entry"]), (&"barred".into(), &bar["index"]), "{view}");
    assert_eq!((&inherited["from"], &inherited["manner_zh"]), (&firm.id.as_str().into(), &"合并".into()));
    assert!(inherited["law"].as_str().unwrap().contains("本平台规则"), "{inherited}");
    assert_eq!(app.get(inherited["record"].as_str().unwrap()).await.body["kind"], "organisation.ended");
    let at = |time: String| format!("/v1/organisations/{}/access?at={time}", heir.id);
    assert_eq!(app.get(&at(before.to_string())).await.body["state"], "full", "as it was");
    assert_eq!(app.get(&at((ended - 1).to_string())).await.body["state"], "full");
    assert_eq!(app.get(&at(ended.to_string())).await.body["state"], "barred");
    let request = app.client.post(format!("{}/v1/access/check", app.base)).header("content-type", "text/plain");
    let checked = app.send(request.body(format!("{} {}", stage.cast.centre.id, heir.id))).await.body;
    assert_eq!(checked["barred"][0]["organisation"], heir.id.as_str(), "{checked}");
    assert_eq!(checked["barred"][0]["bars"][0]["organisation"], firm.id.as_str());

    let refused = opened(&stage, heir).await;
    assert_eq!(refused.problem(), "organisation-barred");
    for name in ["detail", "detail_en"] {
        let detail = refused.body[name].as_str().unwrap();
        for told in [firm.id.as_str(), heir.id.as_str(), &bar["index"].to_string()] {
            assert!(detail.contains(told), "{told} in {detail}");
        }
    }
    // The successor speaks for whom it succeeds, and nobody else does.
    let (id, bar, grounds) = ("o-1".parse().unwrap(), "b-1".parse().unwrap(), "处罚决定已被撤销".parse().unwrap());
    let objection =
        BarObjection { id, bar, grounds, paper: None, documents: Citations::default(), numbers_confirmed: None };
    let by_another = stage.post(&stage.cast.centre, firm, "objections", objection.clone()).await;
    assert_eq!(by_another.problem(), "role-not-entitled");
    let by_the_last = stage.post(heir, firm, "objections", objection.clone()).await;
    assert_eq!(by_the_last.problem(), "role-not-entitled", "the nearest successor speaks, and it has ended itself");
    app.comes_back(supervisor, &between).await;
    assert_eq!((stage.state(heir).await, stage.state(&between).await), ("full".to_owned(), "barred".to_owned()));
    stage.post(&between, firm, "objections", objection).await.accepted();
    let (objection, reasons) = ("o-1".parse().unwrap(), "已核实".parse().unwrap());
    let (outcome, documents) = (BarRulingOutcome::Upheld, Citations::default());
    let ruling = BarObjectionRuling { objection, outcome, reasons, documents };
    stage.post(&stage.province, firm, "objection-rulings", ruling).await.accepted();
    assert_eq!(stage.state(&between).await, "full");
    opened(&stage, heir).await.accepted();
    assert_eq!(app.get(&format!("/v1/tenders/{TENDER}")).await.status, 200);
    stage.holds().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bar_binds_whoever_succeeds_on_sqlite() {
    a_bar_binds_whoever_succeeds(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bar_binds_whoever_succeeds_on_postgres() {
    a_bar_binds_whoever_succeeds(Engine::Postgres).await;
}

/// Who divides is barred in all of its parts; and a bar ends at its midnight for them as for itself.
async fn a_division_sheds_no_bar(engine: Engine) {
    let stage = Stage::with_tender(engine).await;
    let (app, supervisor) = (&stage.app, &stage.cast.supervisor);
    let (part, firm) = (&stage.cast.enterprise, &stage.cast.rival);
    let other = app.admit("91410105MA0000023E", Role::Enterprise, supervisor).await;
    stage.bar(firm, stage.ban(firm, "b-1", 36).await).await.accepted();
    app.ends(supervisor, firm, EndingGround::Divided, &[part, &other]).await;
    app.days_pass(35).await;
    for whom in [part, &other] {
        assert_eq!(stage.state(whom).await, "barred");
        assert_eq!(opened(&stage, whom).await.problem(), "organisation-barred");
    }
    app.days_pass(2).await;
    assert_eq!(stage.state(part).await, "full");
    stage.holds().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_division_sheds_no_bar_on_sqlite() {
    a_division_sheds_no_bar(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_division_sheds_no_bar_on_postgres() {
    a_division_sheds_no_bar(Engine::Postgres).await;
}
