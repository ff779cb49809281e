//! Grades: of enterprises and of those who buy, night after night.

use super::scenes::{credit_of, night};
use super::stage::Stage;
use super::support::{App, Engine, audit, mirror};
use gongshi::audit::Reason;
use gongshi::commitment::BreachFinding;
use gongshi::store::Value;
use gongshi::world::Stream;
use serde_json::json;

async fn a_refuted_claim_holds_the_grade_down(engine: Engine) {
    let stage = Stage::with_candidates(engine).await;
    let (app, enterprise) = (&stage.app, &stage.cast.enterprise);
    // Whoever is new has B, and is told why.
    let new = credit_of(app, enterprise).await;
    assert_eq!((&new["grade"], &new["points"], &new["neutral"]), (&json!("B"), &json!("80.00"), &json!(true)), "{new}");
    assert!(
        new["reason"].as_str().unwrap().contains("中性") && new["reason_en"].as_str().unwrap().contains("never worse")
    );
    // Both sides signed 49 days before the end of yesterday.
    assert_eq!(app.ledger.grade_due().await.unwrap(), 2, "the centre and the enterprise");
    assert_eq!(app.ledger.grade_due().await.unwrap(), 0);
    let first = credit_of(app, enterprise).await;
    assert_eq!((&first["points"], &first["grade"]), (&json!("80.93"), &json!("B")), "{first}");
    let contribution = &first["contributions"][0];
    assert_eq!(contribution["arithmetic"], "1.00 × (730 − 49) / 730 = 0.93", "{contribution}");
    assert_eq!(contribution["rule"]["id"], "CR-COMMITTED");
    assert_eq!(app.get(contribution["record"].as_str().unwrap()).await.body["kind"], "commitment.accepted");
    assert_eq!(app.get(first["record"].as_str().unwrap()).await.body["kind"], "credit.graded");

    let refuted = stage.refutes(&stage.cast.supervisor).await;
    assert_eq!(credit_of(app, enterprise).await["grade"], "B", "until the night");
    assert_eq!(night(app).await, 1);
    let held = credit_of(app, enterprise).await;
    assert_eq!((&held["grade"], &held["caps"][0]["entry"]), (&json!("C"), &json!(refuted)), "{held}");
    assert!(held["reason"].as_str().unwrap().contains("至多为 C 级"), "{held}");
    // As it was, by the entry and by the time.
    for at in [first["index"].to_string(), "2026-09-22T03:00:00Z".to_owned()] {
        let then = app.get(&format!("/v1/organisations/{}/credit?at={at}", enterprise.id)).await.body;
        assert_eq!((&then["index"], &then["points"]), (&first["index"], &first["points"]), "{at}: {then}");
    }
    let before = app.get(&format!("/v1/organisations/{}/credit?at=0", enterprise.id)).await.body;
    assert_eq!((&before["grade"], &before["neutral"]), (&json!("B"), &json!(true)));
    let bad = app.get(&format!("/v1/organisations/{}/credit?at=yesterday", enterprise.id)).await;
    assert_eq!(bad.problem(), "bad-parameter");

    // Set right by another supervisor: the finding and its arithmetic drop out, and show.
    let verified = stage.verifies(&stage.province).await;
    assert_eq!(night(app).await, 1);
    let right = credit_of(app, enterprise).await;
    assert_eq!((&right["grade"], &right["points"]), (&json!("B"), &json!("81.93")), "{right}");
    let record = app.get(right["record"].as_str().unwrap()).await.body;
    let last = &record["payload"]["contributions"][0];
    assert_eq!(last["entry"], verified);
    assert_eq!(last["takes_back"], json!({"entry": refuted, "conduct": "claim_refuted", "points": 1500}));
    let steps = app.get(&format!("/v1/organisations/{}/credit/grades", enterprise.id)).await.body;
    let grades: Vec<_> = steps["items"].as_array().unwrap().iter().map(|step| &step["grade"]).collect();
    assert_eq!(grades, ["B", "C", "B"]);
    let listed = app.get("/v1/credit?grade=B").await.body;
    assert_eq!(listed["items"].as_array().unwrap().len(), 2, "{listed}");
    assert_eq!(app.get("/v1/credit?grade=D").await.body["items"], json!([]));
    stage.holds().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refuted_claim_holds_the_grade_down_on_sqlite() {
    a_refuted_claim_holds_the_grade_down(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refuted_claim_holds_the_grade_down_on_postgres() {
    a_refuted_claim_holds_the_grade_down(Engine::Postgres).await;
}

async fn who_buys_is_graded_too(engine: Engine) {
    let stage = Stage::on(engine).await;
    stage.effective("c-year", stage.offer_for_a_year(2026).await).await;
    let (app, centre) = (&stage.app, &stage.cast.centre);
    let ruled = stage.rules_on_the_unit(BreachFinding::Serious).await;
    assert_eq!(night(app).await, 2);
    let down = credit_of(app, centre).await;
    assert_eq!((&down["grade"], &down["points"]), (&json!("C"), &json!("69.00")), "{down}");
    let found = &down["contributions"][0];
    assert_eq!(
        (&found["entry"], &found["full"], &found["by"]),
        (&json!(ruled), &json!("-12.00"), &json!(stage.cast.supervisor.id))
    );
    // Nothing of it is the enterprise's.
    assert_eq!(credit_of(app, &stage.cast.enterprise).await["points"], "81.00");

    // While an appeal is undecided the finding does not count; then what was found last does.
    stage.appeals().await;
    assert_eq!(night(app).await, 1);
    assert_eq!(credit_of(app, centre).await["points"], "80.99");
    stage.rules_on_appeal(BreachFinding::Minor).await;
    assert_eq!(night(app).await, 1);
    assert_eq!(stage.view("c-year").await["breaches"][0]["finding"], "minor");
    let last = credit_of(app, centre).await;
    assert_eq!((&last["grade"], &last["points"]), (&json!("B"), &json!("76.99")), "{last}");
    assert_eq!(last["reason"], "80.00 + 0.99 − 4.00 = 76.99，B 级");
    // A quiet night needs no record.
    assert_eq!(night(app).await, 0);
    stage.holds().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_buys_is_graded_too_on_sqlite() {
    who_buys_is_graded_too(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_buys_is_graded_too_on_postgres() {
    who_buys_is_graded_too(Engine::Postgres).await;
}

/// Everybody who has a grade gets one at the turn of the year.
#[tokio::test(flavor = "multi_thread")]
async fn the_year_turns() {
    let stage = Stage::on(Engine::Sqlite).await;
    stage.effective("c-year", stage.offer_for_a_year(2026).await).await;
    let app = &stage.app;
    assert_eq!(night(app).await, 2);
    app.days_pass(149).await;
    assert_eq!(app.ledger.grade_due().await.unwrap(), 0, "31 December");
    assert_eq!(night(app).await, 2);
    let yearly = credit_of(app, &stage.cast.enterprise).await;
    assert_eq!((&yearly["occasion"], &yearly["day"]), (&json!("yearly"), &json!("2026-12-31")), "{yearly}");
    assert_eq!(app.ledger.grade_due().await.unwrap(), 0);
}

/// Somebody with rights on the database hides what bears on an organisation: the service believes it, an audit does not.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_left_out_an_audit_finds() {
    let stage = Stage::on(Engine::Sqlite).await;
    stage.effective("c-year", stage.offer_for_a_year(2026).await).await;
    let ruled = stage.rules_on_the_unit(BreachFinding::Grave).await;
    let app = &stage.app;
    let mut write = app.ledger.database.begin_write().await.unwrap();
    let subject = Stream::of(&stage.cast.centre.id);
    let sql = "DELETE FROM bearings WHERE subject = $1 AND idx = $2";
    write.read(sql, &[Value::from(subject.as_str()), Value::from(ruled)]).await.unwrap();
    write.commit().await.unwrap();
    assert_eq!(night(app).await, 2);
    let graded = credit_of(app, &stage.cast.centre).await;
    assert_eq!(graded["grade"], "B", "{graded}");
    assert_eq!(findings(app).await, [(graded["index"].as_u64(), Reason::NotAllowed)]);
}

async fn findings(app: &App) -> Vec<(Option<u64>, Reason)> {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy");
    mirror(app, &copy).await;
    audit(&copy).findings.iter().map(|finding| (finding.index, finding.reason)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_if() {
    let stage = Stage::on(Engine::Sqlite).await;
    stage.effective("c-year", stage.offer_for_a_year(2026).await).await;
    let app = &stage.app;
    night(app).await;
    let size = *app.ledger.size().borrow();
    let ask = async |question: serde_json::Value| {
        app.post_raw("/v1/credit/what-if", None, serde_json::to_vec(&question).unwrap()).await
    };
    let event = |conduct: &str| json!({"conduct": conduct, "day": "2026-08-03"});
    let fulfilled = ["contract_fulfilled"; 3].map(event);
    let good = [&fulfilled[..], &["commitment_effective"; 2].map(event)].concat();
    // Somebody new: three contracts and two commitments make 91, an A.
    let a = ask(json!({"day": "2026-08-03", "events": good})).await.body;
    assert_eq!((&a["points"], &a["grade"]), (&json!("91.00"), &json!("A")), "{a}");
    assert_eq!(a["reason_en"], "80.00 + 2.00 + 9.00 = 91.00: grade A");
    let refuted = [&good[..], &[event("claim_refuted")]].concat();
    let c = ask(json!({"day": "2026-08-03", "events": refuted})).await.body;
    assert_eq!((&c["points"], &c["grade"]), (&json!("76.00"), &json!("C")), "{c}");
    // Somebody known has one commitment already.
    let known = json!({"organisation": stage.cast.enterprise.id, "day": "2026-08-03", "events": fulfilled});
    assert_eq!(ask(known).await.body["points"], "90.00");
    assert_eq!(ask(json!({"events": [{"conduct": "kindness", "day": "2026-08-03"}]})).await.status, 422);
    assert_eq!(ask(json!({"events": "many"})).await.status, 422);
    assert_eq!(*app.ledger.size().borrow(), size, "nothing was written");
}
