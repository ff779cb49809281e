//! What happens when a promise is said to be broken: report, answer, ruling, one appeal.

use super::stage::Stage;
use super::support::{Actor, Engine};
use gongshi::commitment::{
    Appeal, AppealRuling, Breach, BreachAnswer, BreachFinding, BreachRuling, CommitmentPeriod, TermReopening,
};
use gongshi::field::Citations;
use gongshi::template::Side;

fn report(id: &str, against: Side, clause: &str) -> Breach {
    Breach {
        numbers_confirmed: None,
        id: id.parse().unwrap(),
        against,
        clauses: vec![clause.parse().unwrap()],
        facts: "验收合格后逾期四十日未付款".parse().unwrap(),
        documents: Citations::default(),
    }
}

fn answer(id: &str) -> BreachAnswer {
    BreachAnswer {
        breach: id.parse().unwrap(),
        statement: "财政资金下达较晚".parse().unwrap(),
        documents: Citations::default(),
    }
}

fn ruling(id: &str, finding: BreachFinding) -> BreachRuling {
    let reasons = "付款凭证与合同约定不符".parse().unwrap();
    BreachRuling { breach: id.parse().unwrap(), finding, reasons, documents: Citations::default() }
}

fn appeal(id: &str) -> Appeal {
    Appeal {
        breach: id.parse().unwrap(), grounds: "认定情节过重".parse().unwrap(), documents: Citations::default()
    }
}

fn on_appeal(id: &str, finding: BreachFinding) -> AppealRuling {
    AppealRuling {
        breach: id.parse().unwrap(),
        finding,
        reasons: "情节轻微".parse().unwrap(),
        documents: Citations::default(),
    }
}

async fn ruled_and_appealed(engine: Engine) {
    let stage = Stage::on(engine).await;
    let (centre, enterprise, supervisor) = (&stage.cast.centre, &stage.cast.enterprise, &stage.cast.supervisor);
    let early = stage.offer().await;
    stage.post(centre, "c-1", "", early).await.accepted();
    let unsigned = stage.post(enterprise, "c-1", "breaches", report("b-1", Side::Unit, "u-1")).await;
    assert_eq!(unsigned.problem(), "state-forbids");
    stage.effective("c-2", stage.offer_for_a_year(2026).await).await;

    let refused = async |by: &Actor, what: Breach| {
        let answer = stage.post(by, "c-2", "breaches", what).await;
        (answer.problem().to_owned(), answer.body["errors"][0]["pointer"].as_str().unwrap_or_default().to_owned())
    };
    // Nobody reports itself or for others, and only what was promised can be broken.
    assert_eq!(refused(enterprise, report("b-1", Side::Enterprise, "e-1")).await.0, "not-a-party");
    assert_eq!(refused(&stage.cast.rival, report("b-1", Side::Unit, "u-1")).await.0, "role-not-entitled");
    let not_promised = ("unknown-reference".to_owned(), "/clauses/0".to_owned());
    assert_eq!(refused(enterprise, report("b-1", Side::Unit, "e-1")).await, not_promised);
    stage.post(enterprise, "c-2", "breaches", report("b-1", Side::Unit, "u-1")).await.accepted();
    assert_eq!(refused(enterprise, report("b-1", Side::Unit, "u-2")).await.0, "duplicate");

    let early = stage.post(supervisor, "c-2", "breach-rulings", ruling("b-1", BreachFinding::Serious)).await;
    assert_eq!((early.problem(), &early.body["rule"]["id"]), ("window-open", &"CM-ANSWER".into()), "{}", early.body);
    assert_eq!(stage.post(enterprise, "c-2", "breach-answers", answer("b-1")).await.problem(), "not-a-party");
    stage.post(centre, "c-2", "breach-answers", answer("b-1")).await.accepted();
    assert_eq!(stage.post(centre, "c-2", "breach-answers", answer("b-1")).await.problem(), "state-forbids");
    assert_eq!(
        stage.post(centre, "c-2", "breach-rulings", ruling("b-1", BreachFinding::Dismissed)).await.problem(),
        "role-not-entitled"
    );
    stage.post(supervisor, "c-2", "breach-rulings", ruling("b-1", BreachFinding::Serious)).await.accepted();
    let view = stage.view("c-2").await;
    assert_eq!((&view["breaches"][0]["status"], &view["breaches"][0]["finding"]), (&"ruled".into(), &"serious".into()));

    // An appeal suspends the finding; another supervisor decides it, once.
    stage.post(centre, "c-2", "breach-appeals", appeal("b-1")).await.accepted();
    let view = stage.view("c-2").await;
    assert_eq!(
        (&view["breaches"][0]["status"], &view["breaches"][0]["finding"]),
        (&"appealed".into(), &serde_json::Value::Null)
    );
    let own = stage.post(supervisor, "c-2", "appeal-rulings", on_appeal("b-1", BreachFinding::Serious)).await;
    assert_eq!(own.problem(), "not-impartial");
    stage.post(&stage.province, "c-2", "appeal-rulings", on_appeal("b-1", BreachFinding::Minor)).await.accepted();
    assert_eq!(stage.post(centre, "c-2", "breach-appeals", appeal("b-1")).await.problem(), "state-forbids");
    let view = stage.view("c-2").await;
    assert_eq!((&view["breaches"][0]["status"], &view["breaches"][0]["finding"]), (&"final".into(), &"minor".into()));
    stage.holds().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_breach_is_ruled_and_appealed_on_sqlite() {
    ruled_and_appealed(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_breach_is_ruled_and_appealed_on_postgres() {
    ruled_and_appealed(Engine::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_answer_is_overdue_and_ruled_all_the_same() {
    let stage = Stage::on(Engine::Sqlite).await;
    let (centre, supervisor) = (&stage.cast.centre, &stage.cast.supervisor);
    stage.effective("c-1", stage.offer_for_a_year(2026).await).await;
    stage.post(centre, "c-1", "breaches", report("b-1", Side::Enterprise, "e-1")).await.accepted();
    // A supervisor that reports does not rule.
    stage.post(supervisor, "c-1", "breaches", report("b-2", Side::Enterprise, "e-2")).await.accepted();
    stage.app.days_pass(15).await;
    assert_eq!(stage.view("c-1").await["breaches"][0]["status"], "reported");
    stage.app.days_pass(1).await;
    let view = stage.view("c-1").await;
    assert_eq!(
        (&view["breaches"][0]["status"], &view["breaches"][1]["status"]),
        (&"overdue".into(), &"overdue".into())
    );
    let kinds: Vec<_> = view["records"].as_array().unwrap().iter().map(|record| record["kind"].clone()).collect();
    assert_eq!(kinds.iter().filter(|kind| **kind == "commitment.deadline_passed").count(), 2, "each said once");
    // An answer may still come, until the ruling.
    stage.post(&stage.cast.enterprise, "c-1", "breach-answers", answer("b-2")).await.accepted();
    let partial = stage.post(supervisor, "c-1", "breach-rulings", ruling("b-2", BreachFinding::Minor)).await;
    assert_eq!(partial.problem(), "not-impartial");
    stage.post(&stage.province, "c-1", "breach-rulings", ruling("b-2", BreachFinding::Dismissed)).await.accepted();
    stage.post(supervisor, "c-1", "breach-rulings", ruling("b-1", BreachFinding::Grave)).await.accepted();
    let list = stage.app.get("/v1/commitments").await.body;
    assert_eq!(list["items"][0]["open_breaches"], 0);

    // Fifteen days later the finding stands.
    stage.app.days_pass(17).await;
    let late = stage.post(&stage.cast.enterprise, "c-1", "breach-appeals", appeal("b-1")).await;
    assert_eq!((late.problem(), &late.body["rule"]["id"]), ("window-closed", &"CM-APPEAL".into()), "{}", late.body);
    stage.holds().await;
}

fn reopened(period: CommitmentPeriod, breach: Option<&str>) -> TermReopening {
    TermReopening {
        period,
        breach: breach.map(|id| id.parse().unwrap()),
        reasons: "服务时钟有误".parse().unwrap(),
        documents: Citations::default(),
    }
}

/// A wrong clock let the offer lapse and the terms run out; a supervisor gives them back.
#[tokio::test(flavor = "multi_thread")]
async fn a_supervisor_reopens_what_ended_too_early() {
    let stage = Stage::on(Engine::Sqlite).await;
    let (centre, supervisor) = (&stage.cast.centre, &stage.cast.supervisor);
    let reopen = async |by: &Actor, id: &str, period, breach| {
        stage.post(by, id, "period-reopenings", reopened(period, breach)).await
    };
    let offer = stage.offer_for_a_year(2026).await;
    stage.post(centre, "c-1", "", offer.clone()).await.accepted();
    assert_eq!(reopen(supervisor, "c-1", CommitmentPeriod::Offer, None).await.problem(), "state-forbids");
    stage.effective("c-2", offer).await;
    stage.post(centre, "c-2", "breaches", report("b-1", Side::Enterprise, "e-1")).await.accepted();
    assert_eq!(reopen(supervisor, "c-2", CommitmentPeriod::BreachAnswer, Some("b-1")).await.problem(), "window-open");
    stage.app.days_pass(40).await;
    assert_eq!(stage.view("c-1").await["status"], "lapsed");
    assert_eq!(stage.view("c-2").await["breaches"][0]["status"], "overdue");

    assert_eq!(reopen(centre, "c-1", CommitmentPeriod::Offer, None).await.problem(), "role-not-entitled");
    let missing = reopen(supervisor, "c-2", CommitmentPeriod::Appeal, None).await;
    assert_eq!((missing.status, &missing.body["errors"][0]["pointer"]), (422, &"/breach".into()));
    reopen(supervisor, "c-1", CommitmentPeriod::Offer, None).await.accepted();
    assert_eq!(stage.view("c-1").await["status"], "offered");
    reopen(supervisor, "c-2", CommitmentPeriod::BreachAnswer, Some("b-1")).await.accepted();
    assert_eq!(stage.view("c-2").await["breaches"][0]["status"], "reported");
    let early = stage.post(supervisor, "c-2", "breach-rulings", ruling("b-1", BreachFinding::Serious)).await;
    assert_eq!(early.problem(), "window-open");
    // Mid-autumn festival is in between.
    stage.app.days_pass(20).await;
    stage.post(supervisor, "c-2", "breach-rulings", ruling("b-1", BreachFinding::Serious)).await.accepted();
    stage.app.days_pass(40).await;
    assert_eq!(stage.view("c-1").await["status"], "lapsed", "a second time");
    let enterprise = &stage.cast.enterprise;
    assert_eq!(stage.post(enterprise, "c-2", "breach-appeals", appeal("b-1")).await.problem(), "window-closed");
    reopen(supervisor, "c-2", CommitmentPeriod::Appeal, Some("b-1")).await.accepted();
    stage.post(enterprise, "c-2", "breach-appeals", appeal("b-1")).await.accepted();
    stage.holds().await;
}
