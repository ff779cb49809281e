//! The service over HTTP, as its users meet it.

mod closing;

use super::support::fixture::{self, act, day, stream};
use super::support::{self, App, Engine, audit, mirror};
use gongshi::field::{Citations, Day};
use gongshi::organisation;
use gongshi::tender::{
    Amendment, AnswerOutcome, Change, Clarification, ClauseKind, Difference, ObjectionAnswer, Opening, PeriodReopening,
    Revision, TenderPeriod, WindowUnit,
};
use gongshi::world::Stream;

const CODE: &str = "HNZB-2026-0042";

/// The centre finds that the objection is right.
fn accepting(objection: &str) -> ObjectionAnswer {
    ObjectionAnswer {
        numbers_confirmed: None,
        objection: objection.parse().unwrap(),
        outcome: AnswerOutcome::Accepted,
        reasons: "意见成立，予以修改".parse().unwrap(),
        documents: Citations::default(),
    }
}

/// From the pre-announcement to the acceptance, on both engines; then a stranger audits the copy.
async fn whole_life(engine: Engine) {
    let app = App::start_on(engine).await;
    let cast = app.cast().await;
    let (tender, path) = (stream(CODE), |what: &str| format!("/v1/tenders/{CODE}/{what}"));
    let disclosed = fixture::preannouncement(&cast.centre);
    app.post(&cast.centre, "/v1/tenders", &tender, &act(disclosed.clone())).await.accepted();

    // A bidder objects; the centre accepts it and revises; the window starts again.
    app.days_pass(2).await;
    app.post(&cast.enterprise, &path("objections"), &tender, &act(fixture::objection("o-1"))).await.accepted();
    let early = app.post(&cast.centre, &path("announcements"), &tender, &act(fixture::announcement(&disclosed))).await;
    assert_eq!(early.problem(), "objection-open");
    app.post(&cast.centre, &path("objection-answers"), &tender, &act(accepting("o-1"))).await.accepted();
    let mut revised = disclosed.clone();
    revised.clauses[0].text = "具有建筑工程施工总承包资质".parse().unwrap();
    let revision = Revision { reason: "采纳异议 o-1".parse().unwrap(), preannouncement: revised.clone() };
    app.post(&cast.centre, &path("revisions"), &tender, &act(revision)).await.accepted();
    let view = app.get(&format!("/v1/tenders/{CODE}")).await.body;
    assert_eq!(view["disclosures"][1]["changes"][0]["clause"], "q-1");
    assert_eq!(view["disclosures"][1]["changes"][0]["before"], "具有建筑工程施工总承包三级及以上资质");
    let early = app.post(&cast.centre, &path("announcements"), &tender, &act(fixture::announcement(&revised))).await;
    assert_eq!(early.problem(), "window-open");

    app.days_pass(7).await;
    assert_eq!(app.get(&format!("/v1/tenders/{CODE}")).await.body["status"], "cleared");
    app.post(&cast.centre, &path("announcements"), &tender, &act(fixture::announcement(&revised))).await.accepted();
    let clarification = Clarification {
        numbers_confirmed: None,
        text: "图纸以第二版为准".parse().unwrap(),
        documents: Citations::default(),
    };
    app.post(&cast.centre, &path("clarifications"), &tender, &act(clarification)).await.accepted();
    let amendment = Amendment {
        numbers_confirmed: None,
        reason: "延长工期".parse().unwrap(),
        clauses: vec![fixture::clause("s-1", ClauseKind::Schedule, "计划工期260日历天")],
        bid_deadline: Some(day("2026-09-23").into()),
        documents: Citations::default(),
    };
    app.post(&cast.centre, &path("amendments"), &tender, &act(amendment)).await.accepted();

    // 2026-09-23: bids are opened, candidates published, a challenge answered, the contract awarded.
    app.days_pass(42).await;
    let bids = [("甲建设有限公司", 5_000_000), ("乙建工有限公司", 5_100_000)];
    app.post(&cast.centre, &path("openings"), &tender, &act(fixture::opening(app.now(), &bids))).await.accepted();
    let list = vec![
        fixture::candidate("c-1", 1, "甲建设有限公司", &cast.enterprise, 5_000_000),
        fixture::candidate("c-2", 2, "乙建工有限公司", &cast.rival, 5_100_000),
    ];
    app.post(&cast.centre, &path("candidates"), &tender, &act(fixture::candidates(list))).await.accepted();
    let award = act(fixture::award("c-1", 5_000_000));
    assert_eq!(app.post(&cast.centre, &path("awards"), &tender, &award).await.problem(), "window-open");
    app.days_pass(8).await;
    app.post(&cast.centre, &path("awards"), &tender, &award).await.accepted();
    let signed = Day::from(app.now().shanghai_day());
    app.post(&cast.centre, &path("contracts"), &tender, &act(fixture::contract(signed, 5_000_000))).await.accepted();
    app.days_pass(30).await;
    let inspected = Day::from(app.now().shanghai_day());
    app.post(&cast.centre, &path("contract-acceptances"), &tender, &act(fixture::acceptance(inspected)))
        .await
        .accepted();
    app.days_pass(0).await;

    let view = app.get(&format!("/v1/tenders/{CODE}")).await.body;
    assert_eq!((view["status"].as_str(), view["lots"][0]["status"].as_str()), (Some("closed"), Some("accepted")));
    let lots = app.get("/v1/lots?status=accepted").await.body;
    assert_eq!(lots["items"][0]["awards"][0]["name"], "甲建设有限公司");
    let copy = tempfile::tempdir().unwrap();
    mirror(&app, copy.path()).await;
    let report = audit(copy.path());
    assert!(report.holds(), "{:?}", report.findings);
    assert_eq!(report.entries, app.size());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tender_lives_from_disclosure_to_acceptance_on_sqlite() {
    whole_life(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tender_lives_from_disclosure_to_acceptance_on_postgres() {
    whole_life(Engine::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_declared_material_difference_reopens_the_window_and_an_undeclared_one_is_refused() {
    let app = App::start().await;
    let cast = app.cast().await;
    let (tender, path) = (stream(CODE), format!("/v1/tenders/{CODE}/announcements"));
    let disclosed = fixture::preannouncement(&cast.centre);
    app.post(&cast.centre, "/v1/tenders", &tender, &act(disclosed.clone())).await.accepted();
    app.days_pass(9).await;
    let mut stricter = fixture::announcement(&disclosed);
    stricter.clauses[0].text = "具有三项类似业绩".parse().unwrap();
    let refused = app.post(&cast.centre, &path, &tender, &act(stricter.clone())).await;
    assert_eq!((refused.problem(), refused.status), ("difference-undeclared", 422));
    let (clause, change) = ("q-1".parse().unwrap(), Change::Changed);
    stricter.differences = vec![Difference { clause, change, reason: "专家意见".parse().unwrap() }];
    app.post(&cast.centre, &path, &tender, &act(stricter)).await.accepted();
    let view = app.get(&format!("/v1/tenders/{CODE}")).await.body;
    assert_eq!((view["status"].as_str(), view["disclosures"].as_array().unwrap().len()), (Some("preannounced"), 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn windows_below_the_law_are_refused_with_their_citation() {
    let app = App::start().await;
    let cast = app.cast().await;
    let mut disclosed = fixture::preannouncement(&cast.centre);
    disclosed.windows.candidates.count = 2;
    let refused = app.post(&cast.centre, "/v1/tenders", &stream(CODE), &act(disclosed.clone())).await;
    assert_eq!(refused.problem(), "window-too-short");
    assert_eq!(refused.body["rule"]["law"], "招标投标法实施条例（2019）第五十四条");
    assert_eq!(refused.body["errors"][0]["pointer"], "/windows/candidates/count");
    // Working days of a year without an arrangement are counted, and marked.
    disclosed.windows.candidates.count = 3;
    disclosed.windows.objection = gongshi::tender::Window { count: 150, unit: WindowUnit::WorkingDay };
    app.post(&cast.centre, "/v1/tenders", &stream(CODE), &act(disclosed)).await.accepted();
    let view = app.get(&format!("/v1/tenders/{CODE}")).await.body;
    assert!(view["window_until"].as_str().unwrap().starts_with("2027-") && view["provisional"] == true, "{view}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_answer_is_recorded_and_the_tender_waits() {
    let app = App::start().await;
    let cast = app.cast().await;
    let tender = stream(CODE);
    let disclosed = fixture::preannouncement(&cast.centre);
    app.post(&cast.centre, "/v1/tenders", &tender, &act(disclosed)).await.accepted();
    let path = format!("/v1/tenders/{CODE}/objections");
    app.post(&cast.enterprise, &path, &tender, &act(fixture::objection("o-1"))).await.accepted();
    app.days_pass(20).await;
    let view = app.get(&format!("/v1/tenders/{CODE}")).await.body;
    assert_eq!((view["status"].as_str(), view["objections"][0]["status"].as_str()), (Some("waiting"), Some("overdue")));
    let kinds: Vec<_> = view["records"].as_array().unwrap().iter().map(|r| r["kind"].as_str().unwrap()).collect();
    assert!(kinds.contains(&"tender.deadline_passed") && kinds.contains(&"tender.window_closed"), "{kinds:?}");
    assert_eq!(app.get("/v1/objections?status=overdue").await.body["items"][0]["id"], "o-1");
}

/// The facts of bidding, told to a centre that gets them wrong: each refusal names the field, and nothing is written.
#[tokio::test(flavor = "multi_thread")]
async fn the_facts_of_bidding_hold_together() {
    let app = App::start().await;
    let cast = app.cast().await;
    let (tender, path) = (stream(CODE), |what: &str| format!("/v1/tenders/{CODE}/{what}"));
    let mut disclosed = fixture::preannouncement(&cast.centre);
    disclosed.planned.bid_deadline = "2026-09-22T09:30:00+08:00".parse().unwrap();
    disclosed.planned.open = disclosed.planned.bid_deadline;
    disclosed.lots[0].winners = Some("2".parse().unwrap());
    app.post(&cast.centre, "/v1/tenders", &tender, &act(disclosed.clone())).await.accepted();
    app.days_pass(9).await;
    app.post(&cast.centre, &path("announcements"), &tender, &act(fixture::announcement(&disclosed))).await.accepted();
    let view = app.get(&format!("/v1/tenders/{CODE}")).await.body;
    assert_eq!((&view["bid_deadline"], &view["open"]), (&"2026-09-22T09:30:00+08:00".into(), &view["bid_deadline"]));
    app.days_pass(42).await;

    let opening = |rival: i64| Opening {
        bids: vec![
            fixture::bid("甲建设有限公司", &cast.enterprise, 5_000_000),
            fixture::bid("乙建工有限公司", &cast.rival, rival),
        ],
        ..fixture::opening(app.now(), &[])
    };
    // In ten thousand yuan.
    let slip = app.post(&cast.centre, &path("openings"), &tender, &act(opening(510))).await;
    assert_eq!((slip.problem(), &slip.body["errors"][0]["pointer"]), ("amount-unconfirmed", &"/bids/1/price".into()));
    let suspension =
        organisation::Suspension { reason: "涉嫌串通投标".parse().unwrap(), until: Some(day("2026-12-31")) };
    let suspensions = format!("/v1/organisations/{}/suspensions", cast.rival.id);
    let suspension = organisation::Act::from(suspension).into();
    app.post(&cast.supervisor, &suspensions, &Stream::of(&cast.rival.id), &suspension).await.accepted();
    let barred = app.post(&cast.centre, &path("openings"), &tender, &act(opening(5_100_000))).await;
    assert_eq!(barred.problem(), "organisation-suspended");
    assert_eq!(barred.body["errors"][0]["pointer"], "/bids/1/bidder/members/0");
    let reinstatement =
        organisation::Act::from(organisation::Reinstatement { reason: "查无实据".parse().unwrap() }).into();
    let reinstatements = format!("/v1/organisations/{}/reinstatements", cast.rival.id);
    app.post(&cast.supervisor, &reinstatements, &Stream::of(&cast.rival.id), &reinstatement).await.accepted();
    app.post(&cast.centre, &path("openings"), &tender, &act(opening(5_100_000))).await.accepted();

    let list = |rival| {
        let second = fixture::candidate("c-2", 2, "乙建工有限公司", &cast.rival, rival);
        act(fixture::candidates(vec![
            fixture::candidate("c-1", 1, "甲建设有限公司", &cast.enterprise, 5_000_000),
            second,
        ]))
    };
    let other = app.post(&cast.centre, &path("candidates"), &tender, &list(5_000_001)).await;
    assert_eq!((other.problem(), &other.body["rule"]["id"]), ("price-differs", &"AW-OFFER".into()));
    app.post(&cast.centre, &path("candidates"), &tender, &list(5_100_000)).await.accepted();
    app.days_pass(8).await;
    for (id, yuan) in [("c-1", 5_000_000), ("c-2", 5_100_000)] {
        app.post(&cast.centre, &path("awards"), &tender, &act(fixture::award(id, yuan))).await.accepted();
    }
    // Both are found: the lot by either winner, the evidence about each has the tender.
    let awards = app.get(&format!("/v1/tenders/{CODE}")).await.body["lots"][0]["awards"].clone();
    assert_eq!((&awards[0]["candidate"], &awards[1]["name"]), (&"c-1".into(), &"乙建工有限公司".into()));
    for winner in [&cast.enterprise.id, &cast.rival.id] {
        let lots = app.get(&format!("/v1/lots?winner={winner}")).await.body;
        assert_eq!((lots["items"].as_array().unwrap().len(), &lots["items"][0]["awards"]), (1, &awards));
    }
    assert_eq!(app.get(&format!("/v1/lots?winner={}", cast.centre.id)).await.body["items"], serde_json::json!([]));
    let copy = tempfile::tempdir().unwrap();
    mirror(&app, copy.path()).await;
    let report = audit(copy.path());
    assert!(report.holds(), "{:?}", report.findings);
}

fn reopened(period: TenderPeriod, item: Option<&str>) -> PeriodReopening {
    PeriodReopening {
        period,
        item: item.map(|item| item.parse().unwrap()),
        reasons: "服务时钟快了一年，窗口提前结束".parse().unwrap(),
        documents: Citations::default(),
    }
}

/// A wrong clock ended the window and an answer's term; a supervisor gives both back.
#[tokio::test(flavor = "multi_thread")]
async fn a_supervisor_reopens_what_ended_too_early() {
    let app = App::start().await;
    let cast = app.cast().await;
    let tender = stream(CODE);
    let path = |what: &str| format!("/v1/tenders/{CODE}/{what}");
    let disclosed = fixture::preannouncement(&cast.centre);
    app.post(&cast.centre, "/v1/tenders", &tender, &act(disclosed.clone())).await.accepted();
    app.post(&cast.enterprise, &path("objections"), &tender, &act(fixture::objection("o-1"))).await.accepted();
    let reopen = async |by: &support::Actor, period, item| {
        app.post(by, &path("period-reopenings"), &tender, &act(reopened(period, item))).await
    };
    let running = reopen(&cast.supervisor, TenderPeriod::Objections, None).await;
    assert_eq!(running.problem(), "window-open", "{}", running.body);
    app.days_pass(20).await;
    assert_eq!(app.get(&format!("/v1/tenders/{CODE}")).await.body["objections"][0]["status"], "overdue");
    let late = app.post(&cast.enterprise, &path("objections"), &tender, &act(fixture::objection("o-2"))).await;
    assert_eq!(late.problem(), "window-closed");

    assert_eq!(reopen(&cast.centre, TenderPeriod::Objections, None).await.problem(), "role-not-entitled");
    let needless = reopen(&cast.supervisor, TenderPeriod::Objections, Some("o-1")).await;
    assert_eq!((needless.status, &needless.body["errors"][0]["pointer"]), (422, &"/item".into()));
    let missing = reopen(&cast.supervisor, TenderPeriod::ObjectionAnswer, None).await;
    assert_eq!((missing.status, &missing.body["errors"][0]["pointer"]), (422, &"/item".into()));
    let unknown = reopen(&cast.supervisor, TenderPeriod::ObjectionAnswer, Some("o-9")).await;
    assert_eq!(unknown.problem(), "unknown-reference");
    assert_eq!(reopen(&cast.supervisor, TenderPeriod::Escalation, Some("o-1")).await.problem(), "state-forbids");
    reopen(&cast.supervisor, TenderPeriod::Objections, None).await.accepted();
    reopen(&cast.supervisor, TenderPeriod::ObjectionAnswer, Some("o-1")).await.accepted();

    let view = app.get(&format!("/v1/tenders/{CODE}")).await.body;
    assert_eq!((&view["status"], &view["objections"][0]["status"]), (&"preannounced".into(), &"filed".into()));
    app.post(&cast.enterprise, &path("objections"), &tender, &act(fixture::objection("o-2"))).await.accepted();
    let early = app.post(&cast.centre, &path("announcements"), &tender, &act(fixture::announcement(&disclosed))).await;
    assert_eq!(early.problem(), "objection-open");
    app.days_pass(20).await;
    let view = app.get(&format!("/v1/tenders/{CODE}")).await.body;
    let kinds: Vec<_> = view["records"].as_array().unwrap().iter().map(|r| r["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds.iter().filter(|kind| **kind == "tender.window_closed").count(), 2, "{kinds:?}");
    let copy = tempfile::tempdir().unwrap();
    mirror(&app, copy.path()).await;
    let report = audit(copy.path());
    assert!(report.holds(), "{:?}", report.findings);
}
