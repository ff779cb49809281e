//! 信用异议: a contribution is marked at once, decided by somebody else, and struck with its arithmetic.

use super::scenes::{credit_of, index, night, on_credit};
use super::stage::Stage;
use super::support::{Actor, Answer, App, Engine};
use gongshi::credit::{CreditObjection, CreditObjectionRuling, ObjectionFate};
use gongshi::field::Citations;
use serde_json::json;

fn objection(id: &str, entry: u64) -> CreditObjection {
    CreditObjection {
        id: id.parse().unwrap(),
        entry,
        statement: "该证明系误发，原件在档案馆".parse().unwrap(),
        documents: Citations::default(),
        numbers_confirmed: None,
    }
}

fn ruling(id: &str, fate: ObjectionFate) -> CreditObjectionRuling {
    let reasons = "经核实".parse().unwrap();
    CreditObjectionRuling {
        objection: id.parse().unwrap(),
        fate,
        reasons,
        documents: Citations::default(),
        numbers_confirmed: None,
    }
}

async fn disputed(app: &App, who: &Actor, entry: u64) -> bool {
    let view = credit_of(app, who).await;
    let all = view["contributions"].as_array().unwrap();
    all.iter().any(|contribution| contribution["entry"] == entry && contribution["disputed"] == true)
}

async fn objected_and_struck(engine: Engine) {
    let stage = Stage::with_candidates(engine).await;
    let (app, enterprise, supervisor) = (&stage.app, &stage.cast.enterprise, &stage.cast.supervisor);
    let refuted = stage.refutes(supervisor).await;
    let object = async |by: &Actor, id: &str, entry: u64| -> Answer {
        on_credit(app, by, &enterprise.id, "objections", objection(id, entry)).await
    };
    // What no grade has taken up can't be objected to.
    assert_eq!(object(enterprise, "o-1", refuted).await.problem(), "unknown-reference");
    night(app).await;
    assert_eq!(object(&stage.cast.rival, "o-1", refuted).await.problem(), "not-a-party");
    assert_eq!(object(enterprise, "o-1", 1).await.problem(), "unknown-reference");
    assert!(!disputed(app, enterprise, refuted).await);
    object(enterprise, "o-1", refuted).await.accepted();
    assert!(disputed(app, enterprise, refuted).await, "at once");
    assert_eq!(object(enterprise, "o-1", refuted).await.problem(), "duplicate");
    assert_eq!(object(enterprise, "o-2", refuted).await.problem(), "duplicate");
    let view = credit_of(app, enterprise).await;
    // 2026-09-23, a Wednesday; seven working days on, over the holidays of the National Day.
    assert_eq!(view["objections"][0]["due"], "2026-10-10T16:00:00.000Z", "{view}");
    assert_eq!((&view["open_objections"], &view["grade"]), (&json!(1), &json!("C")));

    let rule = async |by: &Actor, id: &str| {
        on_credit(app, by, &enterprise.id, "objection-rulings", ruling(id, ObjectionFate::Struck)).await
    };
    assert_eq!(rule(enterprise, "o-1").await.problem(), "role-not-entitled");
    assert_eq!(rule(supervisor, "o-1").await.problem(), "not-impartial", "it is its own finding");
    assert_eq!(rule(&stage.province, "o-9").await.problem(), "unknown-reference");
    let struck = index(&rule(&stage.province, "o-1").await.accepted());
    assert_eq!(rule(&stage.province, "o-1").await.problem(), "state-forbids");
    assert!(!disputed(app, enterprise, refuted).await);
    assert_eq!(night(app).await, 1);
    let view = credit_of(app, enterprise).await;
    assert_eq!((&view["grade"], &view["objections"][0]["fate"]), (&json!("B"), &json!("struck")), "{view}");
    let record = app.get(view["record"].as_str().unwrap()).await.body;
    let last = &record["payload"]["contributions"][0];
    assert_eq!(last["takes_back"], json!({"entry": refuted, "conduct": "claim_refuted", "points": 1500}));
    assert_eq!((&last["entry"], last.get("adds")), (&json!(struck), None));

    // What was struck is not taken back once more.
    stage.verifies(&stage.province).await;
    assert_eq!(night(app).await, 1);
    let view = credit_of(app, enterprise).await;
    let record = app.get(view["record"].as_str().unwrap()).await.body;
    assert_eq!(record["payload"]["contributions"][0]["takes_back"], json!({"entry": refuted, "points": 0}));
    stage.holds().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn objected_and_struck_on_sqlite() {
    objected_and_struck(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn objected_and_struck_on_postgres() {
    objected_and_struck(Engine::Postgres).await;
}

/// A commitment is the service's own information: three working days.
#[tokio::test(flavor = "multi_thread")]
async fn what_the_service_knows_itself_is_kept_or_not_within_three_days() {
    let stage = Stage::on(Engine::Sqlite).await;
    stage.effective("c-year", stage.offer_for_a_year(2026).await).await;
    let (app, enterprise) = (&stage.app, &stage.cast.enterprise);
    night(app).await;
    let entry = credit_of(app, enterprise).await["contributions"][0]["entry"].as_u64().unwrap();
    on_credit(app, enterprise, &enterprise.id, "objections", objection("o-1", entry)).await.accepted();
    let view = credit_of(app, enterprise).await;
    // Tuesday, 2026-08-04: to the end of Friday.
    assert_eq!(view["objections"][0]["due"], "2026-08-07T16:00:00.000Z", "{view}");
    app.days_pass(6).await;
    let late = credit_of(app, enterprise).await;
    assert_eq!(late["objections"][0]["overdue"], true);
    let steps: Vec<_> = late["next"].as_array().unwrap().iter().map(|step| (&step["kind"], &step["overdue"])).collect();
    let expected = [("credit.objected", false), ("credit.objection_ruled", true)];
    assert_eq!(
        steps,
        expected.map(|(kind, overdue)| (json!(kind), json!(overdue))).iter().map(|(k, o)| (k, o)).collect::<Vec<_>>()
    );
    let overdue = app.get("/v1/credit?overdue=true").await.body;
    assert_eq!(
        (overdue["items"].as_array().unwrap().len(), &overdue["items"][0]["organisation"]),
        (1, &json!(enterprise.id))
    );
    let kept = ruling("o-1", ObjectionFate::Kept);
    on_credit(app, &stage.province, &enterprise.id, "objection-rulings", kept).await.accepted();
    assert_eq!(night(app).await, 0, "nothing has changed");
    stage.holds().await;
}
