//! What is repaired is barred no more and shown no more, whatever time is asked about; its entry stays, and its proof holds.

use super::stage::Stage;
use super::support::Engine;
use gongshi::access::{Barring, RepairApplication, RepairDecision, RepairOutcome};
use gongshi::field::Citations;
use gongshi::law::RepairRegime;

fn approved() -> RepairDecision {
    let reasons = "符合条件，准予修复".parse().unwrap();
    let (application, outcome) = ("r-1".parse().unwrap(), RepairOutcome::Approved);
    RepairDecision { application, outcome, reasons, documents: Citations::default() }
}

async fn each_regime_repairs_its_own(engine: Engine) {
    let stage = Stage::on(engine).await;
    let (enterprise, rival) = (&stage.cast.enterprise, &stage.cast.rival);
    let old = Barring { from: Some(stage.day(-400)), ..stage.ban(rival, "b-1", 300).await };
    let receipt = stage.bar(rival, old).await.accepted();
    let market = Barring {
        kind: "market-list".parse().unwrap(),
        article: Some("《政府采购法》第二十二条第一款第（五）项".parse().unwrap()),
        ..stage.ban(enterprise, "b-1", 300).await
    };
    stage.bar(enterprise, market).await.accepted();
    let then = stage.app.now();
    stage.app.days_pass(1).await;

    // The wrong one names the right one.
    let good = stage.application("r-1").await;
    for (whom, wrong, right) in [(rival, RepairRegime::Samr, "ndrc"), (enterprise, RepairRegime::Ndrc, "samr")] {
        let refused =
            stage.post(whom, whom, "repair-applications", RepairApplication { regime: wrong, ..good.clone() }).await;
        assert_eq!(refused.problem(), "repair-regime");
        assert!(refused.body["detail"].as_str().unwrap().contains(right), "{refused:?}");
    }
    // Neither by another enterprise, nor without what the rule asks for.
    assert_eq!(stage.post(enterprise, rival, "repair-applications", good.clone()).await.problem(), "role-not-entitled");
    let bare = RepairApplication { commitment: None, ..good.clone() };
    let refused = stage.post(rival, rival, "repair-applications", bare).await;
    assert_eq!((refused.problem(), &refused.body["rule"]["id"]), ("missing-field", &"CR-07".into()));
    stage.post(rival, rival, "repair-applications", good.clone()).await.accepted();
    assert_eq!(stage.access(rival).await["bars"][0]["repairs"][0]["due"], "2026-08-18T16:00:00.000Z");
    let samr = RepairApplication { regime: RepairRegime::Samr, commitment: None, ..good };
    stage.post(enterprise, enterprise, "repair-applications", samr).await.accepted();
    for whom in [rival, enterprise] {
        stage.post(&stage.province, whom, "repair-decisions", approved()).await.accepted();
        assert_eq!(stage.state(whom).await, "full");
    }
    assert_eq!(stage.app.get("/v1/access/bars").await.body["items"].as_array().unwrap().len(), 0);
    // It was barred then, and nothing of it is shown.
    let past = stage.app.get(&format!("/v1/organisations/{}/access?at={then}", rival.id)).await.body;
    assert_eq!((&past["state"], past["bars"].as_array().unwrap().len()), (&"barred".into(), 0));
    assert_eq!(past["closed"], serde_json::json!([receipt["index"]]));
    let (entry, csv) = (&receipt["index"], stage.app.bytes("/v1/access/bars.csv").await);
    assert_eq!(String::from_utf8(csv).unwrap().lines().count(), 1);
    assert_eq!(stage.app.get(&format!("/v1/records/{entry}/proof")).await.status, 200);
    stage.holds().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_regime_repairs_its_own_on_sqlite() {
    each_regime_repairs_its_own(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_regime_repairs_its_own_on_postgres() {
    each_regime_repairs_its_own(Engine::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_supervisor_enters_what_is_handed_in_and_another_one_decides() {
    let stage = Stage::on(Engine::Sqlite).await;
    let rival = &stage.cast.rival;
    let old = Barring { from: Some(stage.day(-400)), ..stage.ban(rival, "b-1", 300).await };
    stage.bar(rival, old).await.accepted();
    let application = stage.application("r-1").await;
    let supervisor = &stage.cast.supervisor;
    let refused = stage.post(supervisor, rival, "repair-applications", application.clone()).await;
    assert_eq!((refused.problem(), &refused.body["errors"][0]["pointer"]), ("missing-field", &"/paper".into()));
    let with_paper = RepairApplication { paper: Some(stage.paper("修复申请书").await), ..application };
    stage.post(supervisor, rival, "repair-applications", with_paper).await.accepted();
    assert_eq!(stage.post(supervisor, rival, "repair-decisions", approved()).await.problem(), "not-impartial");
    stage.post(&stage.province, rival, "repair-decisions", approved()).await.accepted();
    assert_eq!(stage.state(rival).await, "full");
}
