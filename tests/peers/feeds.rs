//! What a query finds, as a feed and as a calendar: other people's parsers read from them what is there.

use super::ask;
use super::support::fixture::{act, objection, preannouncement, stream};
use super::support::{Answer, App, Engine, unlimited};
use gongshi::clock::Clock;
use gongshi::demo;
use gongshi::field::{Instant, Line};
use gongshi::search::projection::catch_up;
use serde_json::{Value, json};

/// The present of the demo.
const PRESENT: &str = "2026-11-23T02:00:00.000Z";

/// Texts that would break a line, a tag or a parameter.
const TITLES: [&str; 3] = [
    "道路监理，一标段;第二行\\n 和<b>\"粗体\"</b> & 末尾",
    "道路监理服务采购项目招标公告的标题很长需要在日历里折行否则不合规范所以这里写得更长一些再长一些直到超过七十五个八位字节",
    "道路监理:BEGIN:VEVENT]]>",
];

/// The lists whose rows have an id, and no calendar or one that is looked at elsewhere.
const LISTS: [(&str, &str); 5] =
    [("organisations", "id"), ("commitments", "id"), ("evaluations", "id"), ("deposits", "id"), ("documents", "title")];

async fn text(app: &App, path: &str) -> String {
    String::from_utf8(app.bytes(path).await).unwrap()
}

async fn read(app: &App, query: &str) -> Value {
    read_of(app, "/v1/search", query).await
}

async fn read_of(app: &App, list: &str, query: &str) -> Value {
    let calendar = text(app, &format!("{list}.ics?q={query}")).await;
    let feed = text(app, &format!("{list}.atom?q={query}")).await;
    serde_json::from_str(&ask("feeds_read.py", &[], &json!({"calendar": calendar, "feed": feed}).to_string())).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn feeds_and_calendars_say_what_the_list_says() {
    let app = App::start().await;
    let cast = app.cast().await;
    for (n, title) in TITLES.iter().enumerate() {
        let mut disclosed = preannouncement(&cast.centre);
        disclosed.title = Line::new(*title).unwrap();
        app.post(&cast.centre, "/v1/tenders", &stream(&format!("T-{n}")), &act(disclosed)).await.accepted();
    }
    app.post(&cast.enterprise, "/v1/tenders/T-0/objections", &stream("T-0"), &act(objection("o-1"))).await.accepted();
    catch_up(&app.ledger).await.unwrap();
    let list: Answer = app.get("/v1/search?q=道路监理").await;
    let items = list.body["items"].as_array().unwrap();
    assert_eq!(items.len(), TITLES.len() + 1);
    let found = read(&app, "道路监理").await;
    let strings = |of: &Value, at: usize| of.as_array().unwrap().iter().map(|row| row[at].clone()).collect::<Vec<_>>();
    let mut listed: Vec<_> =
        items.iter().map(|item| (item["entry"].as_u64().unwrap(), item["title"].clone())).collect();
    listed.sort_by_key(|(entry, _)| std::cmp::Reverse(*entry));
    assert_eq!(strings(&found["entries"], 1), listed.iter().map(|(_, title)| title.clone()).collect::<Vec<_>>());
    let summaries: Vec<String> =
        strings(&found["events"], 1).iter().map(|summary| summary.as_str().unwrap().to_owned()).collect();
    // Each tender's window, deadline and opening, and the objection's answer.
    assert_eq!(summaries.len(), 3 * TITLES.len() + 1, "{summaries:?}");
    for title in TITLES {
        assert!(summaries.iter().filter(|summary| summary.ends_with(title)).count() >= 3, "{title}: {summaries:?}");
    }
    let ids: std::collections::BTreeSet<String> =
        strings(&found["events"], 0).iter().map(|id| id.as_str().unwrap().to_owned()).collect();
    assert_eq!(ids.len(), summaries.len());
    let window = app.get("/v1/tenders?limit=1&order=oldest").await.body["items"][0]["window_until"].clone();
    // It ends at midnight, and stands within the day that ends.
    let ends: Instant = window.as_str().unwrap().parse().unwrap();
    let window = ends.plus_millis(-60_000).to_string()[..16].to_owned();
    let starts = strings(&found["events"], 2);
    assert!(starts.iter().any(|start| start.as_str().unwrap().starts_with(&window)), "{window}: {starts:?}");

    // The list of tenders has the same at its own address, in both languages.
    for list in ["/zh/tenders", "/en/tenders"] {
        let of_list = read_of(&app, list, "道路监理").await;
        let titles: Vec<_> = TITLES.iter().rev().map(|title| Value::from(*title)).collect();
        assert_eq!(strings(&of_list["entries"], 1), titles, "{list}");
        assert_eq!(of_list["events"].as_array().unwrap().len(), 3 * TITLES.len(), "{list}");
        assert_ne!(of_list["id"], found["id"]);
        let none = read_of(&app, list, "飞机").await;
        assert_eq!((none["events"].as_array().unwrap().len(), none["entries"].as_array().unwrap().len()), (0, 0));
    }

    let nothing = read(&app, "飞机").await;
    assert_eq!((nothing["events"].as_array().unwrap().len(), nothing["entries"].as_array().unwrap().len()), (0, 0));
    assert_ne!(nothing["id"], found["id"]);
}

async fn lists_are_feeds(engine: Engine) {
    let present: Instant = PRESENT.parse().unwrap();
    let clock = Clock::manual(present.plus_millis(-demo::DAYS_BACK * 86_400_000));
    let (folder, keys) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let app = App::start_by(clock.clone(), folder, engine, unlimited(), None).await;
    demo::fill(&app.ledger, &clock, present, keys.path()).await.unwrap();
    for (list, title) in LISTS {
        let items = app.get(&format!("/v1/{list}?limit=50")).await.body["items"].as_array().unwrap().clone();
        assert!(items.len() > 2, "{list}");
        let mut names = Vec::new();
        for prefix in ["zh", "en"] {
            let feed = text(&app, &format!("/{prefix}/{list}.atom")).await;
            let read: Value =
                serde_json::from_str(&ask("feeds_read.py", &[], &json!({ "feed": feed }).to_string())).unwrap();
            let entries = read["entries"].as_array().unwrap();
            assert_eq!(entries.len(), items.len(), "{engine:?} {list}");
            for (entry, item) in entries.iter().zip(&items) {
                // An organisation is called by its name.
                let title = item.get("name").filter(|name| *name != "").unwrap_or(&item[title]);
                assert_eq!(entry[1], *title, "{engine:?} {list}");
                assert_eq!(app.get(entry[2].as_str().unwrap()).await.status, 200, "{entry}");
            }
            names.push(read["id"].clone());
        }
        assert_ne!(names[0], names[1], "the two languages are two feeds");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_are_feeds_on_sqlite() {
    lists_are_feeds(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_are_feeds_on_postgres() {
    lists_are_feeds(Engine::Postgres).await;
}
