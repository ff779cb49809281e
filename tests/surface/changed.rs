//! What a search finds says when it last changed, to those who look again: `updated` of its feed, DTSTAMP of its calendar.

use super::support::fixture::{self, act, stream};
use super::support::{App, Engine};
use gongshi::field::{Citations, Instant};
use gongshi::search::projection::catch_up;
use gongshi::tender::{AnswerOutcome, ObjectionAnswer};
use std::collections::BTreeMap;

/// What stands between two marks in each piece of a text.
fn between<'a>(piece: &'a str, from: &str, to: &str) -> &'a str {
    piece.split(from).nth(1).unwrap_or_else(|| panic!("no {from} in {piece}")).split(to).next().unwrap()
}

/// Of each entry of the feed by its title: when it came up, and when it last changed.
async fn entries(app: &App) -> BTreeMap<String, [Instant; 2]> {
    catch_up(&app.ledger).await.unwrap();
    let feed = app.get("/v1/search.atom").await.body.as_str().unwrap().to_owned();
    let entry = |piece: &str| {
        let times = ["published", "updated"].map(|name| between(piece, &format!("<{name}>"), "<").parse().unwrap());
        (between(piece, "<id>", "</id>").rsplit_once("log/").unwrap().1.to_owned(), times)
    };
    let found: BTreeMap<_, _> = feed.split("<entry>").skip(1).map(entry).collect();
    let newest = found.values().map(|[_, updated]| *updated).max().unwrap();
    assert_eq!(between(&feed, "<updated>", "<").parse::<Instant>().unwrap(), newest, "{feed}");
    found
}

/// When the dates of the calendar were said last.
async fn stamps(app: &App) -> Vec<String> {
    let calendar = app.get("/v1/search.ics").await.body.as_str().unwrap().to_owned();
    calendar.split("DTSTAMP:").skip(1).map(|rest| rest.split("\r\n").next().unwrap().to_owned()).collect()
}

async fn a_search_says_when_things_changed(engine: Engine) {
    let app = App::start_on(engine).await;
    let cast = app.cast().await;
    let tender = stream("T-1");
    let disclosed = act(fixture::preannouncement(&cast.centre));
    app.post(&cast.centre, "/v1/tenders", &tender, &disclosed).await.accepted();
    app.clock.advance_millis(3_600_000);
    let objected = act(fixture::objection("o-1"));
    app.post(&cast.enterprise, "/v1/tenders/T-1/objections", &tender, &objected).await.accepted();
    let filed = app.now();
    let before = entries(&app).await;
    let (key, objection) = ("tender/T-1", "objection/T-1%2Fo-1");
    assert_eq!(before[key][1], filed, "{before:?}");
    assert_eq!(before[objection], [filed, filed]);
    assert!(before[key][0] < filed);
    let said = stamps(&app).await;

    app.clock.advance_millis(3_600_000);
    let answer = ObjectionAnswer {
        objection: "o-1".parse().unwrap(),
        outcome: AnswerOutcome::Rejected,
        reasons: "不予采纳".parse().unwrap(),
        documents: Citations::default(),
        numbers_confirmed: None,
    };
    app.post(&cast.centre, "/v1/tenders/T-1/objection-answers", &tender, &act(answer)).await.accepted();
    let answered = app.now();
    let after = entries(&app).await;
    for id in [key, objection] {
        assert_eq!(after[id], [before[id][0], answered], "{engine:?} {id}");
    }
    // An organisation was confirmed after it had registered, and nothing has happened to it since.
    let organisation = format!("organisation/{}", cast.enterprise.id);
    assert_eq!(after[&organisation], before[&organisation]);
    assert!(after[&organisation][0] <= after[&organisation][1]);
    let now = stamps(&app).await;
    assert!(!said.is_empty() && !now.is_empty(), "{said:?} {now:?}");
    let newest = answered.to_string()[..19].replace(['-', ':'], "") + "Z";
    assert!(now.iter().all(|stamp| *stamp == newest) && said.iter().all(|stamp| *stamp < newest), "{said:?} {now:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_says_when_things_changed_on_sqlite() {
    a_search_says_when_things_changed(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_says_when_things_changed_on_postgres() {
    a_search_says_when_things_changed(Engine::Postgres).await;
}
