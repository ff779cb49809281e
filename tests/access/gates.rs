//! Whoever is barred is refused where it would go on, and nowhere else.

use super::stage::Stage;
use super::support::fixture::{self, bidder, candidate, candidates, money};
use super::support::{Actor, Engine};
use gongshi::access::BarScope;
use gongshi::field::{Bidder, Price};
use gongshi::law::BarMeasure;
use gongshi::organisation::{self, Role, RoleGrant};
use gongshi::record::PrivateKey;
use gongshi::tender::{Bid, Contract, Opening};
use gongshi::world::Stream;

fn bid(bidder: Bidder) -> Bid {
    Bid { bidder, price: Price::Money(money(5_000_000)), duration: None, confirmed: None, commitment: None }
}

fn opening(stage: &Stage, bids: Vec<Bid>) -> Opening {
    Opening { lot: "1".parse().unwrap(), opened_at: stage.app.now(), bids }
}

fn party(name: &str, by: &Actor) -> gongshi::field::Party {
    bidder(name, Some(by)).members.remove(0)
}

async fn no_opening_with_a_barred_bidder_or_member(engine: Engine) {
    let stage = Stage::with_tender(engine).await;
    let (enterprise, rival) = (&stage.cast.enterprise, &stage.cast.rival);
    let receipt = stage.bar(rival, stage.ban(rival, "b-1", 100).await).await.accepted();
    stage.app.days_pass(35).await;
    let consortium = Bidder { members: vec![party("甲", enterprise), party("乙", rival)] };
    let alone = |by| bid(bidder("丙", Some(by)));
    for (bids, pointer) in [
        (vec![alone(enterprise), alone(rival)], "/bids/1/bidder/members/0"),
        (vec![bid(consortium)], "/bids/0/bidder/members/1"),
    ] {
        let refused = stage.on_tender("openings", opening(&stage, bids)).await;
        assert_eq!(refused.problem(), "organisation-barred");
        assert_eq!(refused.body["errors"][0]["pointer"], pointer);
        // Which record, whose decision, until when; in both languages.
        let last = stage.ban(rival, "b-1", 65).await.to.unwrap().to_string();
        for name in ["detail", "detail_en"] {
            let detail = refused.body[name].as_str().unwrap();
            for told in [&*receipt["index"].to_string(), "某监罚〔2026〕3号", "某市监督局", &last] {
                assert!(detail.contains(told), "{told} in {detail}");
            }
        }
        assert_eq!(refused.body["rule"]["law"], "《招标投标法》第五十四条第二款");
    }
    stage.on_tender("openings", opening(&stage, vec![alone(enterprise)])).await.accepted();
    stage.holds().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_opening_with_a_barred_bidder_or_member_on_sqlite() {
    no_opening_with_a_barred_bidder_or_member(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_opening_with_a_barred_bidder_or_member_on_postgres() {
    no_opening_with_a_barred_bidder_or_member(Engine::Postgres).await;
}

async fn no_award_and_no_contract(engine: Engine) {
    let stage = Stage::with_tender(engine).await;
    let (enterprise, rival) = (&stage.cast.enterprise, &stage.cast.rival);
    stage.app.days_pass(35).await;
    let bids = vec![bid(bidder("甲", Some(enterprise))), bid(bidder("乙", Some(rival)))];
    stage.on_tender("openings", opening(&stage, bids)).await.accepted();
    let list = || vec![candidate("a", 1, "甲", enterprise, 5_000_000), candidate("b", 2, "乙", rival, 5_000_000)];
    stage.on_tender("candidates", candidates(list())).await.accepted();
    stage.app.days_pass(10).await;
    stage.bar(enterprise, stage.ban(enterprise, "b-1", 3).await).await.accepted();
    let refused = stage.on_tender("awards", fixture::award("a", 5_000_000)).await;
    assert_eq!(
        (refused.problem(), &refused.body["errors"][0]["pointer"]),
        ("organisation-barred", &"/candidate".into())
    );
    let refused = stage.on_tender("candidates", candidates(list())).await;
    assert_eq!(refused.problem(), "organisation-barred");
    // Three days later it is over, and nobody had to say so.
    stage.app.days_pass(4).await;
    stage.on_tender("awards", fixture::award("a", 5_000_000)).await.accepted();
    // A contract is stopped only where the decision says so, on the day of its signatures.
    let scope = BarScope { measures: vec![BarMeasure::Contract], ..BarScope::default() };
    let bar = gongshi::access::Barring { scope: Some(scope), ..stage.ban(enterprise, "b-2", 100).await };
    stage.bar(enterprise, bar).await.accepted();
    let contract: Contract = fixture::contract(stage.day(0), 5_000_000);
    assert_eq!(stage.on_tender("contracts", contract).await.problem(), "organisation-barred");
    stage.holds().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_award_and_no_contract_on_sqlite() {
    no_award_and_no_contract(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_award_and_no_contract_on_postgres() {
    no_award_and_no_contract(Engine::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bar_elsewhere_or_of_another_field_stops_nothing_here() {
    let stage = Stage::with_tender(Engine::Sqlite).await;
    let rival = &stage.cast.rival;
    let elsewhere = BarScope { regions: vec!["420000".parse().unwrap()], ..BarScope::default() };
    let bar = gongshi::access::Barring { scope: Some(elsewhere), ..stage.ban(rival, "b-1", 100).await };
    stage.bar(rival, bar).await.accepted();
    let later = gongshi::access::Barring { from: Some(stage.day(36)), ..stage.ban(rival, "b-2", 100).await };
    stage.bar(rival, later).await.accepted();
    stage.app.days_pass(35).await;
    assert_eq!(stage.state(rival).await, "barred");
    stage.on_tender("openings", opening(&stage, vec![bid(bidder("乙", Some(rival)))])).await.accepted();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_barred_from_registering_becomes_no_enterprise() {
    let stage = Stage::on(Engine::Sqlite).await;
    let app = &stage.app;
    let stranger = Actor { id: "91410105MA0000023E".parse().unwrap(), key: PrivateKey::generate() };
    let scope = BarScope { measures: vec![BarMeasure::Registration], ..BarScope::default() };
    let bar = gongshi::access::Barring {
        kind: "court-list".parse().unwrap(),
        article: Some("法〔2016〕285号".parse().unwrap()),
        scope: Some(scope),
        ..stage.ban(&stranger, "b-1", 30).await
    };
    stage.bar(&stranger, bar).await.accepted();
    app.register(&stranger, Role::Enterprise).await.accepted();
    let refused = app.confirm(&stranger, Role::Enterprise, &stage.cast.supervisor).await;
    assert_eq!((refused.problem(), &refused.body["errors"][0]["pointer"]), ("organisation-barred", &"/roles".into()));
    app.confirm(&stranger, Role::ProcuringUnit, &stage.cast.supervisor).await.accepted();
    let grant = organisation::Act::from(RoleGrant { role: Role::Enterprise }).into();
    let path = format!("/v1/organisations/{}/roles", stranger.id);
    let refused = app.post(&stage.cast.supervisor, &path, &Stream::of(&stranger.id), &grant).await;
    assert_eq!(refused.problem(), "organisation-barred");
    app.days_pass(31).await;
    app.post(&stage.cast.supervisor, &path, &Stream::of(&stranger.id), &grant).await.accepted();
}
