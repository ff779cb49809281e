//! What closes soon, among many that don't.

use crate::support::fixture::{self, act, day, stream};
use crate::support::{App, Engine};
use gongshi::tender::{PlannedDates, Preannouncement, Windows};

/// Windows that are long, and older than the two that end first.
const LONG: usize = 150;

fn disclosed(centre: &crate::support::Actor, days: u16) -> Preannouncement {
    let disclosed = fixture::preannouncement(centre);
    let planned = PlannedDates { announce: day("2026-08-31"), ..disclosed.planned };
    let windows = Windows { objection: fixture::days(days), ..disclosed.windows };
    Preannouncement { planned, windows, ..disclosed }
}

async fn what_closes_first_is_first(engine: Engine) {
    let app = App::start_on(engine).await;
    let cast = app.cast().await;
    for n in 0..LONG {
        let long = act(disclosed(&cast.centre, 20));
        app.post(&cast.centre, "/v1/tenders", &stream(&format!("LONG-{n}")), &long).await.accepted();
    }
    for (code, days) in [("SECOND", 10), ("FIRST", 5)] {
        app.post(&cast.centre, "/v1/tenders", &stream(code), &act(disclosed(&cast.centre, days))).await.accepted();
    }
    let (mut seen, mut ends, mut after) = (Vec::new(), Vec::new(), String::new());
    loop {
        let page = app.get(&format!("/v1/tenders?order=closing&limit=40{after}")).await.body;
        for item in page["items"].as_array().unwrap() {
            seen.push(item["code"].as_str().unwrap().to_owned());
            ends.push(item["window_until"].as_str().unwrap().to_owned());
            assert!(item["first_time"].as_str().unwrap() < item["window_until"].as_str().unwrap());
        }
        let Some(next) = page["next"].as_str() else { break };
        after = format!("&after={next}");
    }
    assert_eq!((seen.len(), &seen[0], &seen[1]), (LONG + 2, &"FIRST".to_owned(), &"SECOND".to_owned()));
    assert!(ends.is_sorted());
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), LONG + 2, "each once");
    for address in ["/zh/", "/en/"] {
        let home = String::from_utf8(app.bytes(address).await).unwrap();
        let link = |code: &str| home.find(&format!("{address}tenders/{code}\""));
        assert!(link("FIRST").unwrap() < link("SECOND").unwrap(), "{home}");
    }
    let narrow =
        app.get("/v1/tenders?order=closing&status=preannounced&region=4101&q=实验楼&limit=2&counts=true").await.body;
    assert_eq!((&narrow["items"][0]["code"], &narrow["items"][1]["code"]), (&"FIRST".into(), &"SECOND".into()));
    let of_centre = app.get(&format!("/v1/tenders?order=closing&centre={}&limit=1", cast.centre.id)).await.body;
    assert_eq!(of_centre["items"][0]["code"], "FIRST");
    // What is over is none of them, whatever is still waited for.
    let objection = act(fixture::objection("o-1"));
    app.post(&cast.enterprise, "/v1/tenders/FIRST/objections", &stream("FIRST"), &objection).await.accepted();
    app.days_pass(8).await;
    let waits = app.get("/v1/tenders/FIRST").await.body;
    assert_eq!((&waits["status"], waits["window_until"].is_string()), (&"waiting".into(), true));
    let left = app.get("/v1/tenders?order=closing&limit=500").await.body;
    assert_eq!((left["items"].as_array().unwrap().len(), &left["items"][0]["code"]), (LONG + 1, &"SECOND".into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_closes_first_is_first_on_both_engines() {
    what_closes_first_is_first(Engine::Sqlite).await;
    what_closes_first_is_first(Engine::Postgres).await;
}
