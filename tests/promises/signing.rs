//! How a commitment comes about: both sides sign the same text, or nobody is bound.

use super::stage::{Stage, TEMPLATE, TENDER, entry};
use super::support::fixture;
use super::support::{Actor, Engine};
use gongshi::commitment::{Acceptance, Binding, Decline, LotBinding, Offer};
use gongshi::log::Hash;
use gongshi::organisation::Role;
use gongshi::record::PrivateKey;
use gongshi::template::{TemplateRef, models};

async fn both_sides_sign(engine: Engine) {
    let stage = Stage::on(engine).await;
    let offered = stage.post(&stage.cast.centre, "c-1", "", stage.offer().await).await.accepted();
    let view = stage.view("c-1").await;
    assert_eq!((&view["status"], &view["offered_by"]), (&"offered".into(), &"unit".into()));
    // 2026-08-03 and fifteen days: until the end of 2026-08-18 in Shanghai.
    assert_eq!(view["lapses"], "2026-08-18T16:00:00.000Z");
    assert_eq!(view["offer"], offered["entry_hash"]);

    let acceptance = Acceptance { offer: entry(&offered) };
    for stranger in [&stage.cast.centre, &stage.cast.rival, &stage.cast.supervisor] {
        let refused = stage.post(stranger, "c-1", "acceptances", acceptance.clone()).await;
        assert_eq!(refused.problem(), "not-a-party");
    }
    let other = Acceptance { offer: Hash::of("another text") };
    assert_eq!(
        stage.post(&stage.cast.enterprise, "c-1", "acceptances", other).await.body["errors"][0]["pointer"],
        "/offer"
    );
    stage.post(&stage.cast.enterprise, "c-1", "acceptances", acceptance.clone()).await.accepted();
    let again = stage.post(&stage.cast.enterprise, "c-1", "acceptances", acceptance).await;
    assert_eq!(again.problem(), "state-forbids");

    // The enterprise may begin as well.
    let year = stage.offer_for_a_year(2026).await;
    let offered = stage.post(&stage.cast.enterprise, "c-2", "", year).await.accepted();
    let acceptance = Acceptance { offer: entry(&offered) };
    stage.post(&stage.cast.centre, "c-2", "acceptances", acceptance).await.accepted();

    let enterprise = &stage.cast.enterprise.id;
    let list = stage.app.get(&format!("/v1/commitments?enterprise={enterprise}&status=effective")).await.body;
    let row = |at: usize, member: &str| list["items"][at][member].clone();
    // The newest first.
    assert_eq!([row(0, "id"), row(0, "offered_by")], ["c-2", "enterprise"]);
    assert_eq!(row(0, "year"), 2026);
    assert_eq!([row(1, "id"), row(1, "tender"), row(1, "offered_by")], ["c-1", TENDER, "unit"]);
    let list = stage.app.get(&format!("/v1/commitments?tender={TENDER}")).await.body;
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    let view = stage.view("c-1").await;
    assert_eq!(view["status"], "effective");
    assert_eq!(view["records"][1]["kind"], "commitment.accepted");
    stage.holds().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn both_sides_sign_on_sqlite() {
    both_sides_sign(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn both_sides_sign_on_postgres() {
    both_sides_sign(Engine::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_offer_says_for_what_and_between_whom() {
    let stage = Stage::on(Engine::Sqlite).await;
    let (centre, offer) = (&stage.cast.centre, stage.offer().await);
    let pointer = async |by: &Actor, change: &dyn Fn(&mut Offer)| {
        let mut changed = offer.clone();
        change(&mut changed);
        let answer = stage.post(by, "c-1", "", changed).await;
        assert_eq!(answer.status, 422, "{}", answer.body);
        answer.body["errors"][0]["pointer"].as_str().unwrap().to_owned()
    };
    assert_eq!(pointer(centre, &|o| o.template.id = "nothing".parse().unwrap()).await, "/template/id");
    assert_eq!(pointer(centre, &|o| o.template.version = 2).await, "/template");
    assert_eq!(pointer(centre, &|o| o.template.version = 0).await, "/template");
    assert_eq!(pointer(centre, &|o| o.template.entry = Hash::of("another text")).await, "/template");
    assert_eq!(pointer(centre, &|o| o.enterprise = "92410102MA4XYWTR2E".parse().unwrap()).await, "/enterprise");
    assert_eq!(pointer(centre, &|o| o.enterprise = stage.cast.supervisor.id.clone()).await, "/enterprise");
    assert_eq!(pointer(centre, &|o| o.enterprise = o.unit.clone()).await, "/enterprise");
    let on = |tender: &str, lot: &str| {
        let (tender, lot) = (tender.parse().unwrap(), lot.parse().unwrap());
        Binding::Lot(LotBinding { tender, lot })
    };
    assert_eq!(pointer(centre, &|o| o.binding = on("T-9", "1")).await, "/binding/tender");
    assert_eq!(pointer(centre, &|o| o.binding = on(TENDER, "2")).await, "/binding/lot");
    // Another centre does not promise for this tender.
    let other = stage.app.admit("514101005004100069", Role::Centre, &stage.cast.supervisor).await;
    assert_eq!(pointer(&other, &|o| o.unit = other.id.clone()).await, "/unit");
    // Nobody signs for others, and nobody the log does not know signs at all.
    assert_eq!(stage.post(&stage.cast.rival, "c-1", "", offer.clone()).await.problem(), "not-a-party");
    let thief = Actor { id: centre.id.clone(), key: PrivateKey::generate() };
    assert_eq!(stage.post(&thief, "c-1", "", offer.clone()).await.problem(), "key-unknown");
    let unheard = stage.post(centre, "c-9", "acceptances", Acceptance { offer: Hash::of("nothing") }).await;
    assert_eq!(unheard.problem(), "commitment-unknown");
    assert_eq!(stage.app.get("/v1/commitments/c-9").await.problem(), "commitment-unknown");
    // None of it was written.
    assert_eq!(stage.app.get("/v1/commitments").await.body["items"].as_array().unwrap().len(), 0);
    stage.post(centre, "c-1", "", offer.clone()).await.accepted();
    assert_eq!(stage.post(centre, "c-1", "", offer.clone()).await.problem(), "state-forbids");
}

/// Story 15: one side signs version 1, the text changes, and nobody is bound until both sign the same version.
#[tokio::test(flavor = "multi_thread")]
async fn a_new_version_of_the_text_needs_new_signatures() {
    let stage = Stage::on(Engine::Sqlite).await;
    let offered = stage.post(&stage.cast.centre, "c-1", "", stage.offer().await).await.accepted();
    stage.effective("c-0", stage.offer_for_a_year(2026).await).await;
    let mut text = models()[0].publication();
    text.title.zh = "建设工程廉洁双承诺书（修订）".parse().unwrap();
    assert_eq!(stage.publish_as(&stage.cast.centre, &text).await.problem(), "role-not-entitled");
    stage.publish(&text).await.accepted();
    let acceptance = Acceptance { offer: entry(&offered) };
    let late = stage.post(&stage.cast.enterprise, "c-1", "acceptances", acceptance).await;
    assert_eq!(late.problem(), "template-superseded");
    assert_eq!(stage.view("c-1").await["status"], "offered");
    // An offer of the old version is refused, too; of the new one it is taken.
    let old = TemplateRef {
        version: 1,
        entry: stage.app.get(&format!("/v1/templates/{TEMPLATE}/versions/1")).await.body["entry"]
            .as_str()
            .unwrap()
            .parse()
            .unwrap(),
        ..stage.latest().await
    };
    let stale = Offer { template: old, ..stage.offer().await };
    assert_eq!(stage.post(&stage.cast.centre, "c-2", "", stale).await.problem(), "template-superseded");
    stage.effective("c-2", stage.offer().await).await;
    // Who signed before stays bound by what was signed.
    let before = stage.view("c-0").await;
    assert_eq!((&before["status"], &before["template"]["version"]), (&"effective".into(), &1.into()));
    assert_eq!(
        stage.app.get(&format!("/v1/templates/{TEMPLATE}")).await.body["text"]["title"]["zh"],
        "建设工程廉洁双承诺书（修订）"
    );
    assert_eq!(stage.app.get(&format!("/v1/templates/{TEMPLATE}/versions/3")).await.problem(), "template-unknown");
    stage.holds().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_offer_lapses_or_is_declined() {
    let stage = Stage::on(Engine::Sqlite).await;
    let (centre, enterprise) = (&stage.cast.centre, &stage.cast.enterprise);
    let mut offers = Vec::new();
    for id in ["c-1", "c-2", "c-3"] {
        offers.push(entry(&stage.post(centre, id, "", stage.offer().await).await.accepted()));
    }
    let declined = |at: usize| Decline { offer: offers[at], reasons: "不参加本项目".parse().unwrap() };
    stage.post(enterprise, "c-1", "declines", declined(0)).await.accepted();
    // Whoever offered takes it back.
    stage.post(centre, "c-2", "declines", declined(1)).await.accepted();
    let late = stage.post(enterprise, "c-2", "acceptances", Acceptance { offer: offers[1] }).await;
    assert_eq!(late.problem(), "state-forbids");
    // In the last minute of the fifteenth day the service says nothing; then it does.
    stage.app.clock.set("2026-08-18T15:59:59.999Z".parse().unwrap());
    stage.app.ledger.propose_due().await.unwrap();
    assert_eq!(stage.view("c-3").await["status"], "offered");
    stage.app.clock.set("2026-08-18T16:00:00.000Z".parse().unwrap());
    let late = stage.post(enterprise, "c-3", "acceptances", Acceptance { offer: offers[2] }).await;
    assert_eq!((late.problem(), &late.body["rule"]["id"]), ("window-closed", &"CM-OFFER".into()), "{}", late.body);
    stage.app.ledger.propose_due().await.unwrap();
    let view = stage.view("c-3").await;
    assert_eq!((&view["status"], &view["records"][1]["author"]), (&"lapsed".into(), &"1241010041580000XR".into()));
    stage.holds().await;
}

/// Afterwards a promise would speak of what already happened.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_signs_once_the_lot_is_over() {
    let stage = Stage::on(Engine::Sqlite).await;
    let centre = &stage.cast.centre;
    let offered = entry(&stage.post(centre, "c-1", "", stage.offer().await).await.accepted());
    stage.app.clock.set("2026-08-18T01:00:00.000Z".parse().unwrap());
    stage.app.ledger.propose_due().await.unwrap();
    stage.on_tender(centre, "announcements", fixture::announcement(&stage.disclosed(None))).await.accepted();
    let failure =
        gongshi::tender::Failure {
            lot: "1".parse().unwrap(), candidate: None, reason: "无投标人".parse().unwrap()
        };
    stage.on_tender(centre, "failures", failure).await.accepted();
    let late = stage.post(&stage.cast.enterprise, "c-1", "acceptances", Acceptance { offer: offered }).await;
    assert_eq!(late.problem(), "state-forbids");
    assert_eq!(stage.post(centre, "c-2", "", stage.offer().await).await.problem(), "state-forbids");
}
