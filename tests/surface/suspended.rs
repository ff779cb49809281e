//! A tender that a supervisor has suspended: it is said why, and no date that has stopped to run.

use super::header;
use super::support::fixture::{self, act, stream};
use super::support::{App, Cast};
use gongshi::field::Citations;
use gongshi::search::projection::catch_up;
use gongshi::tender::{AnswerOutcome, ObjectionAnswer, Resumption, SuspensionOrder};
use serde_json::Value;

const WHY: &str = "投诉处理期间暂停（财政部门决定）";

async fn suspend(app: &App, cast: &Cast, code: &str) {
    let order = SuspensionOrder { reason: WHY.parse().unwrap() };
    let path = format!("/v1/tenders/{code}/suspensions");
    app.post(&cast.supervisor, &path, &stream(code), &act(order)).await.accepted();
}

async fn page(app: &App, address: &str) -> String {
    let page = app.get(address).await;
    assert_eq!(page.status, 200, "{address}");
    page.body.as_str().unwrap().to_owned()
}

/// The box of a page that says what happens next.
async fn next(app: &App, tongue: &str, code: &str) -> String {
    let html = page(app, &format!("/{tongue}/tenders/{code}")).await;
    html.split("<section class=\"notice\">").nth(1).unwrap().split("</section>").next().unwrap().to_owned()
}

/// The dates (UTC) of a step that is due in a view.
fn dates(view: &Value) -> Vec<&str> {
    let steps = view["next"].as_array().unwrap().iter();
    steps.flat_map(|step| [&step["from"], &step["until"]]).filter_map(Value::as_str).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_date_that_stands_still_is_shown_and_why_it_does_is_said() {
    let app = App::start().await;
    let cast = app.cast().await;
    let tender = stream("S-1");
    let disclosed = act(fixture::preannouncement(&cast.centre));
    app.post(&cast.centre, "/v1/tenders", &tender, &disclosed).await.accepted();
    for id in ["o-1", "o-2"] {
        let objected = act(fixture::objection(id));
        app.post(&cast.enterprise, "/v1/tenders/S-1/objections", &tender, &objected).await.accepted();
    }
    let rejected = ObjectionAnswer {
        objection: "o-2".parse().unwrap(),
        outcome: AnswerOutcome::Rejected,
        reasons: "不予采纳".parse().unwrap(),
        documents: Citations::default(),
        numbers_confirmed: None,
    };
    app.post(&cast.centre, "/v1/tenders/S-1/objection-answers", &tender, &act(rejected)).await.accepted();
    let running = app.get("/v1/tenders/S-1").await.body;
    assert_eq!((running["suspension"].is_null(), dates(&running).len()), (true, 3), "{running}");

    suspend(&app, &cast, "S-1").await;
    // Long after everything would have been over.
    app.days_pass(40).await;
    let view = app.get("/v1/tenders/S-1").await.body;
    assert_eq!((&view["status"], &view["suspension"]["reason"]), (&"suspended".into(), &WHY.into()));
    assert_eq!(view["suspension"]["by"], cast.supervisor.id.as_str());
    // The answer may be given and the other one escalated, and neither has its date.
    assert_eq!((view["next"].as_array().unwrap().len(), dates(&view).len()), (2, 0), "{view}");
    assert!(view["window_until"].is_null() && view["objections"][0]["answer_due"].is_null(), "{view}");
    for tongue in ["zh", "en"] {
        let said = next(&app, tongue, "S-1").await;
        assert!(said.contains(WHY), "{said}");
        // The only time is that of the decision.
        assert_eq!((said.matches("<time").count(), said.matches("2026-08-03").count()), (1, 2), "{said}");
        assert_eq!(said.matches("2026-").count(), 2, "{said}");
        let stand_still = if tongue == "zh" { "期限中止计算" } else { "the period stands still" };
        assert_eq!(said.matches(stand_still).count(), if tongue == "zh" { 3 } else { 2 }, "{said}");
        // What was planned is told as such.
        let facts = page(&app, &format!("/{tongue}/tenders/S-1")).await;
        assert!(!facts.contains("datetime=\"2026-09-22\""), "{facts}");
        let home = page(&app, &format!("/{tongue}/")).await;
        let closing = home.split("<h2").find(|part| part.contains("异议截止") || part.contains("Objections until"));
        assert!(closing.is_none_or(|part| !part.contains("S-1")), "{closing:?}");
        let objections = page(&app, &format!("/{tongue}/objections")).await;
        assert!(!objections.contains("2026-08-06"), "{objections}");
    }
    catch_up(&app.ledger).await.unwrap();
    for calendar in ["/zh/tenders.ics", "/en/tenders.ics", "/zh/objections.ics", "/v1/search.ics"] {
        let dates = app.get(calendar).await;
        assert_eq!(header(&dates, "content-type"), "text/calendar; charset=utf-8");
        assert!(!dates.body.to_string().contains("BEGIN:VEVENT"), "{calendar}: {}", dates.body);
    }

    let resumed = Resumption { reason: "处理完毕".parse().unwrap() };
    app.post(&cast.supervisor, "/v1/tenders/S-1/resumptions", &tender, &act(resumed)).await.accepted();
    let view = app.get("/v1/tenders/S-1").await.body;
    assert_eq!((view["suspension"].is_null(), dates(&view).len()), (true, 3), "{view}");
    let now = app.now().to_string();
    assert!(dates(&view).iter().all(|date| *date > now.as_str()), "{view}");
    assert!(!next(&app, "zh", "S-1").await.contains(WHY));
}

/// What was over before is over: a suspension gives nobody a new term.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_late_before_is_late_still() {
    let app = App::start().await;
    let cast = app.cast().await;
    let tender = stream("S-2");
    let disclosed = act(fixture::preannouncement(&cast.centre));
    app.post(&cast.centre, "/v1/tenders", &tender, &disclosed).await.accepted();
    let objected = act(fixture::objection("o-1"));
    app.post(&cast.enterprise, "/v1/tenders/S-2/objections", &tender, &objected).await.accepted();
    app.days_pass(10).await;
    let before = app.get("/v1/tenders/S-2").await.body["next"].clone();
    assert_eq!((before.as_array().unwrap().len(), &before[0]["overdue"]), (1, &true.into()), "{before}");
    suspend(&app, &cast, "S-2").await;
    app.days_pass(10).await;
    let view = app.get("/v1/tenders/S-2").await.body;
    assert_eq!((&view["next"], &view["objections"][0]["answer_due"]), (&before, &before[0]["until"]));
    assert!(next(&app, "zh", "S-2").await.contains("已逾期"));
}
