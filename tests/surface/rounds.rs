//! 重新招标: a tender that came to nothing is held again, and each of the two shows the other; and the chain of notices.

use super::support::fixture::{self, act, stream};
use super::support::{App, Cast, Engine, audit, mirror};
use gongshi::tender::{Amendment, Change, Clarification, Difference, EarlierRound, Preannouncement, Termination};
use serde_json::{Value, json};

/// The fixture's text, which takes over that of another tender's lot 1.
fn again(cast: &Cast, earlier: &str) -> Preannouncement {
    let follows =
        EarlierRound { tender: earlier.parse().unwrap(), lots: vec!["1".parse().unwrap()], differences: vec![] };
    Preannouncement { follows: Some(follows), ..fixture::preannouncement(&cast.centre) }
}

async fn post(app: &App, cast: &Cast, code: &str, disclosed: Preannouncement) -> super::Answer {
    app.post(&cast.centre, "/v1/tenders", &stream(code), &act(disclosed)).await
}

async fn terminate(app: &App, cast: &Cast, code: &str) {
    let termination = Termination {
        numbers_confirmed: None,
        reason: "有效投标不足三家".parse().unwrap(),
        documents: gongshi::field::Citations::default(),
    };
    let path = format!("/v1/tenders/{code}/terminations");
    app.post(&cast.centre, &path, &stream(code), &act(termination)).await.accepted();
}

async fn codes(app: &App, query: &str) -> Vec<String> {
    let page = app.get(&format!("/v1/tenders?{query}")).await.body;
    page["items"].as_array().unwrap().iter().map(|item| item["code"].as_str().unwrap().to_owned()).collect()
}

async fn is_held_again(engine: Engine) {
    let app = App::start_on(engine).await;
    let cast = app.cast().await;
    assert_eq!(post(&app, &cast, "R-2", again(&cast, "R-1")).await.problem(), "unknown-reference");
    post(&app, &cast, "R-1", fixture::preannouncement(&cast.centre)).await.accepted();
    let refused = post(&app, &cast, "R-2", again(&cast, "R-1")).await;
    assert_eq!(refused.problem(), "state-forbids", "{refused:?}");
    terminate(&app, &cast, "R-1").await;
    let mut other = again(&cast, "R-1");
    other.clauses[2].text = "计划工期300日历天".parse().unwrap();
    let refused = post(&app, &cast, "R-2", other.clone()).await;
    assert_eq!(refused.problem(), "difference-undeclared", "{refused:?}");
    other.follows.as_mut().unwrap().differences = vec![Difference {
        clause: "s-1".parse().unwrap(),
        change: Change::Changed,
        reason: "延长工期".parse().unwrap(),
    }];
    post(&app, &cast, "R-2", other).await.accepted();

    let second = app.get("/v1/tenders/R-2").await.body;
    assert_eq!((&second["follows"]["tender"], &second["follows"]["lots"]), (&"R-1".into(), &json!(["1"])));
    assert_eq!((&second["follows"]["differences"][0]["clause"], &second["followed_by"]), (&"s-1".into(), &json!([])));
    let first = app.get("/v1/tenders/R-1").await.body;
    assert_eq!(first["followed_by"], json!([{"tender": "R-2", "status": "preannounced", "lots": ["1"]}]));
    assert_eq!(first.get("follows"), None);
    assert_eq!(codes(&app, "follows=R-1").await, ["R-2"]);
    assert_eq!(codes(&app, "follows=R-2").await, [""; 0]);

    // One at a time, also for a service that has read nothing yet; in turn, when the second came to nothing as well.
    // (A test's PostgreSQL is new after a restart.)
    let app = if matches!(engine, Engine::Sqlite) { app.restart().await } else { app };
    assert_eq!(post(&app, &cast, "R-3", again(&cast, "R-1")).await.problem(), "state-forbids");
    terminate(&app, &cast, "R-2").await;
    post(&app, &cast, "R-3", again(&cast, "R-1")).await.accepted();
    assert_eq!(post(&app, &cast, "R-4", again(&cast, "R-1")).await.problem(), "state-forbids");
    let first = app.get("/v1/tenders/R-1").await.body;
    let later: Vec<&Value> = first["followed_by"].as_array().unwrap().iter().map(|later| &later["tender"]).collect();
    assert_eq!(later, ["R-2", "R-3"]);

    // An audit arrives at the same.
    let copy = tempfile::tempdir().unwrap();
    mirror(&app, copy.path()).await;
    let report = audit(copy.path());
    assert!(report.findings.is_empty(), "{:?}", report.findings);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_to_nothing_is_held_again_and_each_shows_the_other() {
    is_held_again(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_to_nothing_is_held_again_on_postgresql() {
    is_held_again(Engine::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_notice_names_the_one_before_and_what_it_changed() {
    let app = App::start().await;
    let cast = app.cast().await;
    let disclosed = fixture::preannouncement(&cast.centre);
    post(&app, &cast, "N-1", disclosed.clone()).await.accepted();
    app.days_pass(8).await;
    let on = stream("N-1");
    let announcement = act(fixture::announcement(&disclosed));
    app.post(&cast.centre, "/v1/tenders/N-1/announcements", &on, &announcement).await.accepted();
    let clarification = Clarification {
        numbers_confirmed: None,
        text: "图纸第三页以本澄清为准".parse().unwrap(),
        documents: gongshi::field::Citations::default(),
    };
    app.post(&cast.centre, "/v1/tenders/N-1/clarifications", &on, &act(clarification)).await.accepted();
    let mut changed = disclosed.clauses[2].clone();
    changed.text = "计划工期300日历天".parse().unwrap();
    let amendment = Amendment {
        numbers_confirmed: None,
        reason: "更正工期".parse().unwrap(),
        clauses: vec![changed],
        bid_deadline: Some(fixture::day("2026-10-12").into()),
        documents: gongshi::field::Citations::default(),
    };
    app.post(&cast.centre, "/v1/tenders/N-1/amendments", &on, &act(amendment)).await.accepted();

    let view = app.get("/v1/tenders/N-1").await.body;
    let notices = view["notices"].as_array().unwrap();
    let kinds: Vec<&Value> = notices.iter().map(|notice| &notice["kind"]).collect();
    assert_eq!(kinds, ["tender.preannounced", "tender.announced", "tender.clarified", "tender.amended"]);
    assert_eq!((&view["notice_count"], notices[0].get("previous")), (&4.into(), None));
    for (earlier, later) in notices.iter().zip(&notices[1..]) {
        assert_eq!(later["previous"], json!({"index": earlier["index"], "entry_hash": earlier["entry_hash"]}));
    }
    let change = &notices[3]["changes"][0];
    assert_eq!((&change["clause"], &change["after"]), (&"s-1".into(), &"计划工期300日历天".into()));
    assert_eq!((&change["before"], &change["tendency"]), (&"计划工期240日历天".into(), &"looser".into()));
    let later = json!({"before": "2026-09-22", "after": "2026-10-12", "tendency": "looser"});
    assert_eq!(notices[3]["bid_deadline"], later);
    assert_eq!((&notices[2]["changes"], notices[2].get("bid_deadline")), (&json!([]), None));
    // The list is the same, page by page.
    let page = app.get("/v1/tenders/N-1/notices?limit=3").await.body;
    let rest = app.get(&format!("/v1/tenders/N-1/notices?after={}", page["next"].as_str().unwrap())).await.body;
    let listed: Vec<&Value> =
        page["items"].as_array().unwrap().iter().chain(rest["items"].as_array().unwrap()).collect();
    assert_eq!(listed, notices.iter().collect::<Vec<_>>());
    assert_eq!(rest.get("next"), None);
}
