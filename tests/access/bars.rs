//! What makes a bar, how it is disputed, and how it ends.

use super::stage::Stage;
use super::support::{Actor, DAY, Engine};
use gongshi::access::{BarObjection, BarObjectionRuling, BarRevocation, BarRulingOutcome, Barring};
use gongshi::field::{Citations, Instant};
use gongshi::record::PrivateKey;

#[tokio::test(flavor = "multi_thread")]
async fn an_own_score_or_a_missing_basis_bars_nobody() {
    let stage = Stage::on(Engine::Sqlite).await;
    let rival = &stage.cast.rival;
    let before = stage.app.size();
    let scored = Barring { kind: "own-score".parse().unwrap(), ..stage.ban(rival, "b-1", 100).await };
    let refused = stage.bar(rival, scored).await;
    assert_eq!((refused.status, refused.problem()), (422, "barred-requires-legal-basis"));
    assert_eq!(refused.body["rule"]["id"], "CR-18");
    assert_eq!(refused.body["errors"][0]["pointer"], "/kind");
    let endless = Barring { to: None, ..stage.ban(rival, "b-1", 100).await };
    let refused = stage.bar(rival, endless).await;
    assert_eq!(
        (refused.problem(), &refused.body["errors"][0]["pointer"]),
        ("barred-requires-legal-basis", &"/to".into())
    );
    assert_eq!(stage.app.size(), before, "nothing was written");
    assert_eq!(stage.state(rival).await, "full");
}

/// A court's list, entered by a supervisor that had no part in it.
async fn a_courts_list_ends_at_midnight_in_shanghai(engine: Engine) {
    let stage = Stage::on(engine).await;
    let rival = &stage.cast.rival;
    let listed = Barring {
        kind: "court-list".parse().unwrap(),
        authority: Some(gongshi::field::Party { name: "某区人民法院".parse().unwrap(), id: None }),
        decision: Some("（2026）豫0105执1234号".parse().unwrap()),
        article: Some("法〔2016〕285号".parse().unwrap()),
        ..stage.ban(rival, "b-1", 2).await
    };
    let receipt = stage.bar(rival, listed).await.accepted();
    let view = stage.access(rival).await;
    let bar = &view["bars"][0];
    assert_eq!((&view["state"], &view["state_zh"]), (&"barred".into(), &"禁入（范围与期限见各项决定）".into()));
    assert_eq!((&bar["entry"], &bar["kind_zh"]), (&receipt["index"], &"失信被执行人".into()));
    assert_eq!(bar["fields"], serde_json::json!(["government_procurement", "tendering"]));
    assert_eq!(bar["ends"], "2026-08-05T16:00:00.000Z");
    assert_eq!(stage.app.get(bar["proof"].as_str().unwrap()).await.status, 200);
    let until: Instant = "2026-08-05T16:00:00.000Z".parse().unwrap();
    stage.app.clock.set(until.plus_millis(-1));
    assert_eq!(stage.state(rival).await, "barred");
    let listed = stage.app.get("/v1/access/bars").await.body;
    assert_eq!(listed["items"][0]["entry"], receipt["index"]);
    stage.app.clock.set(until);
    let over = stage.access(rival).await;
    assert_eq!((&over["state"], over["bars"].as_array().unwrap().len()), (&"full".into(), 0));
    assert_eq!(stage.app.get("/v1/access/bars").await.body["items"].as_array().unwrap().len(), 0);
    stage.holds().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_courts_list_ends_at_midnight_in_shanghai_on_sqlite() {
    a_courts_list_ends_at_midnight_in_shanghai(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_courts_list_ends_at_midnight_in_shanghai_on_postgres() {
    a_courts_list_ends_at_midnight_in_shanghai(Engine::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_revoked_drops_everywhere_and_was_there_before() {
    let stage = Stage::on(Engine::Sqlite).await;
    let rival = &stage.cast.rival;
    let receipt = stage.bar(rival, stage.ban(rival, "b-1", 100).await).await.accepted();
    let then = stage.app.now();
    stage.app.days_pass(1).await;
    let revocation = BarRevocation {
        bar: "b-1".parse().unwrap(),
        reason: "行政复议决定撤销".parse().unwrap(),
        document: stage.paper("复议决定书").await,
        documents: Citations::default(),
    };
    let by_itself = stage.post(rival, rival, "revocations", revocation.clone()).await;
    assert_eq!(by_itself.problem(), "role-not-entitled");
    stage.post(&stage.province, rival, "revocations", revocation).await.accepted();
    assert_eq!(stage.state(rival).await, "full");
    assert_eq!(stage.app.get("/v1/access/bars").await.body["items"].as_array().unwrap().len(), 0);
    for at in [then.to_string(), receipt["index"].to_string()] {
        let past = stage.app.get(&format!("/v1/organisations/{}/access?at={at}", rival.id)).await.body;
        assert_eq!((&past["state"], &past["bars"][0]["id"]), (&"barred".into(), &"b-1".into()), "{at}");
    }
    stage.holds().await;
}

/// Due on the third working day where the supervisor itself decided, on the seventh where the source must be asked.
async fn an_objection_is_marked_at_once_and_has_its_days(engine: Engine) {
    let stage = Stage::on(engine).await;
    let (enterprise, rival) = (&stage.cast.enterprise, &stage.cast.rival);
    stage.bar(rival, stage.ban(rival, "b-1", 400).await).await.accepted();
    let sourced = Barring {
        authority: Some(gongshi::field::Party { name: "某局".parse().unwrap(), id: None }),
        ..stage.ban(enterprise, "b-1", 400).await
    };
    stage.bar(enterprise, sourced).await.accepted();
    let objection = |id: &str| BarObjection {
        id: id.parse().unwrap(),
        bar: "b-1".parse().unwrap(),
        grounds: "处罚对象有误".parse().unwrap(),
        paper: None,
        documents: Citations::default(),
        numbers_confirmed: None,
    };
    // Monday, 3 August: Thursday, 6; Wednesday, 12.
    for (whom, due) in [(rival, "2026-08-06T16:00:00.000Z"), (enterprise, "2026-08-12T16:00:00.000Z")] {
        stage.post(whom, whom, "objections", objection("o-1")).await.accepted();
        let view = stage.access(whom).await;
        let bar = &view["bars"][0];
        assert_eq!((&view["state"], &bar["disputed"]), (&"barred".into(), &true.into()));
        assert_eq!((&bar["objections"][0]["due"], &bar["objections"][0]["overdue"]), (&due.into(), &false.into()));
    }
    let listed = stage.app.get("/v1/access/bars").await.body;
    assert!(listed["items"].as_array().unwrap().iter().all(|bar| bar["disputed"] == true));
    stage.app.clock.advance_millis(4 * DAY);
    let late = stage.access(rival).await;
    assert_eq!(late["bars"][0]["objections"][0]["overdue"], true);
    let next = late["next"].as_array().unwrap().iter().find(|step| step["kind"] == "access.objection_ruled").unwrap();
    assert_eq!(
        (&next["overdue"], &next["by_role"], &next["rule"]),
        (&true.into(), &"supervisor".into(), &"CR-08".into())
    );
    assert_eq!(next["until"], "2026-08-06T16:00:00.000Z");
    assert!(next["not_by"].as_array().unwrap().contains(&stage.cast.supervisor.id.as_str().into()), "{next}");
    // The other one has three days more.
    let overdue = stage.app.get("/v1/access/bars?overdue=true").await.body;
    let listed: Vec<_> = overdue["items"].as_array().unwrap().iter().map(|bar| &bar["organisation"]).collect();
    assert_eq!(listed, [rival.id.as_str()]);
    let ruling = |outcome| BarObjectionRuling {
        objection: "o-1".parse().unwrap(),
        outcome,
        reasons: "已核实".parse().unwrap(),
        documents: Citations::default(),
    };
    let own = stage.post(&stage.cast.supervisor, rival, "objection-rulings", ruling(BarRulingOutcome::Dismissed)).await;
    assert_eq!(own.problem(), "not-impartial");
    stage.post(&stage.province, rival, "objection-rulings", ruling(BarRulingOutcome::Dismissed)).await.accepted();
    stage.post(&stage.province, enterprise, "objection-rulings", ruling(BarRulingOutcome::Upheld)).await.accepted();
    let view = stage.access(rival).await;
    assert_eq!(
        (&view["bars"][0]["disputed"], &view["bars"][0]["objections"][0]["outcome"]),
        (&false.into(), &"dismissed".into())
    );
    assert_eq!(stage.state(enterprise).await, "full");
    assert_eq!(stage.app.get("/v1/access/bars?overdue=true").await.body["items"], serde_json::json!([]));
    stage.holds().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_objection_is_marked_at_once_and_has_its_days_on_sqlite() {
    an_objection_is_marked_at_once_and_has_its_days(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_objection_is_marked_at_once_and_has_its_days_on_postgres() {
    an_objection_is_marked_at_once_and_has_its_days(Engine::Postgres).await;
}

/// A court's list names whom it likes. Whoever is named can ask what it comes to.
async fn a_stranger_that_is_barred_has_credit(engine: Engine) {
    let stage = Stage::on(engine).await;
    let stranger = Actor { id: "91410105MA0000023E".parse().unwrap(), key: PrivateKey::generate() };
    let credit = format!("/v1/organisations/{}/credit", stranger.id);
    assert_eq!(stage.app.get(&credit).await.problem(), "organisation-unknown");
    stage.bar(&stranger, stage.ban(&stranger, "b-1", 10).await).await.accepted();
    let new = stage.app.get(&credit).await;
    assert_eq!((new.status, &new.body["neutral"]), (200, &true.into()), "{new:?}");
    stage.app.days_pass(1).await;
    assert_eq!(stage.app.ledger.grade_due().await.unwrap(), 1);
    for (what, member, known) in [("", "grade", "D"), ("/contributions", "next", ""), ("/grades", "next", "")] {
        let answer = stage.app.get(&format!("{credit}{what}")).await;
        assert_eq!((answer.status, answer.body[member].as_str().unwrap_or_default()), (200, known), "{answer:?}");
    }
    stage.holds().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_that_is_barred_has_credit_on_sqlite() {
    a_stranger_that_is_barred_has_credit(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_that_is_barred_has_credit_on_postgres() {
    a_stranger_that_is_barred_has_credit(Engine::Postgres).await;
}
