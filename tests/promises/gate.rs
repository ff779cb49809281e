//! A tender may ask for commitments: then no bid is opened without one, and nobody wins without one.

use super::stage::{Stage, TEMPLATE, entry};
use super::support::fixture::{self, bidder, candidate, candidates, money};
use super::support::{Actor, Engine};
use gongshi::commitment::{Acceptance, Offer};
use gongshi::field::{CommitmentId, Price, TemplateId};
use gongshi::template::{self, models};
use gongshi::tender::{Award, Bid, Opening};
use gongshi::world::Stream;

fn bid(name: &str, by: &Actor, commitment: Option<&str>) -> Bid {
    Bid {
        bidder: bidder(name, Some(by)),
        price: Price::Money(money(5_000_000)),
        duration: None,
        confirmed: None,
        commitment: commitment.map(id),
    }
}

fn id(text: &str) -> CommitmentId {
    text.parse().unwrap()
}

fn opening(stage: &Stage, bids: Vec<Bid>) -> Opening {
    Opening { lot: "1".parse().unwrap(), opened_at: stage.app.now(), bids }
}

/// On the day of the opening: the enterprise has signed for the lot, its rival for the year.
async fn on_the_day(engine: Engine) -> Stage {
    let stage = Stage::asking(engine, Some(TEMPLATE)).await;
    stage.effective("c-lot", stage.offer().await).await;
    let rival = Offer { enterprise: stage.cast.rival.id.clone(), ..stage.offer_for_a_year(2026).await };
    let offered = stage.post(&stage.cast.rival, "c-year", "", rival.clone()).await.accepted();
    stage.post(&stage.cast.centre, "c-year", "acceptances", Acceptance { offer: entry(&offered) }).await.accepted();
    // Signed by one side only, and for another year.
    stage.post(&stage.cast.rival, "c-half", "", rival.clone()).await.accepted();
    let last = Offer { binding: stage.offer_for_a_year(2025).await.binding, ..rival };
    let offered = stage.post(&stage.cast.rival, "c-2025", "", last).await.accepted();
    stage.post(&stage.cast.centre, "c-2025", "acceptances", Acceptance { offer: entry(&offered) }).await.accepted();
    stage.app.days_pass(15).await;
    let announced = fixture::announcement(&stage.disclosed(Some(TEMPLATE)));
    stage.on_tender(&stage.cast.centre, "announcements", announced).await.accepted();
    stage.app.days_pass(35).await;
    stage
}

async fn no_opening_and_no_award_without(engine: Engine) {
    let stage = on_the_day(engine).await;
    let Stage { cast, .. } = &stage;
    let (enterprise, rival) = (&cast.enterprise, &cast.rival);
    let missing = opening(&stage, vec![bid("甲", enterprise, Some("c-lot")), bid("乙", rival, None)]);
    let refused = stage.on_tender(&cast.centre, "openings", missing).await;
    assert_eq!((refused.problem(), &refused.body["rule"]["id"]), ("commitment-incomplete", &"CM-REQUIRED".into()));
    assert_eq!(refused.body["errors"][0]["pointer"], "/bids/1/commitment");
    // Another's, one that only one side signed, one of another year, one that nobody knows.
    for cited in ["c-lot", "c-half", "c-2025", "c-none"] {
        let bids = vec![bid("甲", enterprise, Some("c-lot")), bid("乙", rival, Some(cited))];
        let refused = stage.on_tender(&cast.centre, "openings", opening(&stage, bids)).await;
        assert_eq!(refused.problem(), "commitment-incomplete", "{cited}");
        let errors = refused.body["errors"].as_array().unwrap();
        assert_eq!((errors.len(), &errors[0]["pointer"]), (1, &"/bids/1/commitment".into()), "{cited}");
    }
    let bids = vec![bid("甲", enterprise, Some("c-lot")), bid("乙", rival, Some("c-year"))];
    stage.on_tender(&cast.centre, "openings", opening(&stage, bids)).await.accepted();

    let list = vec![candidate("a", 1, "甲", enterprise, 5_000_000), candidate("b", 2, "乙", rival, 5_000_000)];
    stage.on_tender(&cast.centre, "candidates", candidates(list)).await.accepted();
    stage.app.days_pass(10).await;
    for cited in [None, Some("c-year")] {
        let award = Award { commitment: cited.map(id), ..fixture::award("a", 5_000_000) };
        let refused = stage.on_tender(&cast.centre, "awards", award).await;
        assert_eq!(refused.problem(), "commitment-incomplete", "{cited:?}");
        assert_eq!(refused.body["errors"][0]["pointer"], "/commitment");
    }
    let award = Award { commitment: Some(id("c-lot")), ..fixture::award("a", 5_000_000) };
    stage.on_tender(&cast.centre, "awards", award).await.accepted();
    stage.holds().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_opening_and_no_award_without_on_sqlite() {
    no_opening_and_no_award_without(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_opening_and_no_award_without_on_postgres() {
    no_opening_and_no_award_without(Engine::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_condition_is_disclosed_beforehand_and_its_template_published() {
    let stage = Stage::on(Engine::Sqlite).await;
    let revised = |template: &str| gongshi::tender::Revision {
        reason: "增加廉洁承诺".parse().unwrap(),
        preannouncement: stage.disclosed(Some(template)),
    };
    let refused = stage.on_tender(&stage.cast.centre, "revisions", revised("nothing")).await;
    assert_eq!(refused.body["errors"][0]["pointer"], "/preannouncement/commitment_template");
    stage.app.days_pass(3).await;
    let before = stage.app.get("/v1/tenders/HNZB-2026-0042").await.body;
    stage.on_tender(&stage.cast.centre, "revisions", revised(TEMPLATE)).await.accepted();
    let after = stage.app.get("/v1/tenders/HNZB-2026-0042").await.body;
    assert_ne!(after["window_until"], before["window_until"], "a new condition opens a new window");
    assert_eq!(after["commitment_template"], TEMPLATE);
    // On another template one may sign, but it does not help here.
    let annual = Stream::of(&"annual-framework".parse::<TemplateId>().unwrap());
    let text = template::Act::from(models()[2].publication()).into();
    let receipt = stage.app.post(&stage.cast.supervisor, "/v1/templates", &annual, &text).await.accepted();
    let other = template::TemplateRef { id: "annual-framework".parse().unwrap(), version: 1, entry: entry(&receipt) };
    stage.effective("c-1", Offer { template: other, ..stage.offer().await }).await;
    stage.app.days_pass(15).await;
    let announced = fixture::announcement(&stage.disclosed(None));
    stage.on_tender(&stage.cast.centre, "announcements", announced).await.accepted();
    stage.app.days_pass(33).await;
    let bids = vec![bid("甲", &stage.cast.enterprise, Some("c-1"))];
    let refused = stage.on_tender(&stage.cast.centre, "openings", opening(&stage, bids)).await;
    assert_eq!(refused.problem(), "commitment-incomplete");
}
