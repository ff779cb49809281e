//! The change feed: pages, long poll, server-sent events, and the entries as lines.

use super::support::{App, Engine, open_at, postgres};
use super::{disclose, fixture, log_size, read_until, refused, signed, within};
use futures::TryStreamExt;
use gongshi::clock::Clock;
use gongshi::http::Limits;
use gongshi::server::Server;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::AsyncRead;

/// reqwest's bytes as something to read from.
fn reader(response: reqwest::Response) -> impl AsyncRead + Unpin {
    poem::Body::from_bytes_stream(response.bytes_stream().map_err(std::io::Error::other)).into_async_read()
}

/// Long enough to see that nothing comes, short enough to wait for it.
const QUIET: Duration = Duration::from_millis(400);

#[derive(Debug, PartialEq)]
struct Event {
    id: u64,
    data: Value,
}

fn events(text: &str) -> Vec<Event> {
    let blocks = text.split("\n\n").filter(|block| block.contains("data:"));
    blocks
        .map(|block| {
            let field = |name: &str| {
                let prefix = format!("{name}:");
                block.lines().find_map(|line| line.strip_prefix(&prefix)).unwrap_or_else(|| panic!("{block}")).trim()
            };
            assert_eq!(field("event"), "record");
            Event { id: field("id").parse().unwrap(), data: serde_json::from_str(field("data")).unwrap() }
        })
        .collect()
}

async fn follow(base: &str, query: &str, last: Option<u64>) -> impl AsyncRead + Unpin + use<> {
    let request = reqwest::Client::new().get(format!("{base}/v1/records.sse{query}"));
    let request = match last {
        Some(last) => request.header("last-event-id", last.to_string()),
        None => request,
    };
    let response = request.header("accept", "text/event-stream").send().await.unwrap();
    assert_eq!(
        (response.status().as_u16(), &response.headers()["content-type"]),
        (200, &"text/event-stream".parse().unwrap())
    );
    reader(response)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_newest_come_first_for_who_asks_so() {
    let app = App::start().await;
    let cast = app.cast().await;
    disclose(&app, &cast, "T-1").await;
    let size = log_size(&app).await;
    let (mut seen, mut before) = (Vec::new(), u64::MAX);
    while before > 0 {
        let page = within(app.get(&format!("/v1/records?before={before}&limit=3"))).await.body;
        seen.extend(page["items"].as_array().unwrap().iter().map(|item| item["index"].as_u64().unwrap()));
        before = page["next"].as_u64().unwrap();
    }
    assert_eq!(seen, (0..size).rev().collect::<Vec<_>>());
    let newest = within(app.get(&format!("/v1/records?before={}&stream=tender/T-1&limit=1", i64::MAX))).await.body;
    assert_eq!((&newest["items"][0]["version"], newest["items"].as_array().unwrap().len()), (&1.into(), 1));
    for wrong in ["before=5&after=1", "before=5&wait=1", "before=x"] {
        refused(&within(app.get(&format!("/v1/records?{wrong}"))).await, "bad-parameter", 400);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_the_feed_are_the_log_in_order() {
    let app = App::start().await;
    let cast = app.cast().await;
    disclose(&app, &cast, "T-1").await;
    let objection = signed(&app, &cast.enterprise, "T-1", fixture::objection("o-1"));
    let raw = objection.payload_bytes().unwrap();
    app.post_raw("/v1/tenders/T-1/objections", Some(&objection.detached()), raw).await.accepted();
    let (mut seen, mut after) = (Vec::new(), String::new());
    loop {
        let page = app.get(&format!("/v1/records?limit=3{after}")).await.body;
        let items = page["items"].as_array().unwrap();
        if items.is_empty() {
            assert_eq!(page["next"], log_size(&app).await - 1, "the cursor stays where it was");
            break;
        }
        assert!(items.len() <= 3);
        assert_eq!(page["next"], items.last().unwrap()["index"]);
        seen.extend(items.iter().map(|item| item["index"].as_u64().unwrap()));
        after = format!("&after={}", page["next"]);
    }
    assert_eq!(seen, (0..log_size(&app).await).collect::<Vec<_>>());

    let found = async |query: String| -> Vec<u64> {
        let page = app.get(&format!("/v1/records?{query}")).await.body;
        page["items"].as_array().unwrap().iter().map(|item| item["index"].as_u64().unwrap()).collect()
    };
    let size = log_size(&app).await;
    assert_eq!(found("stream=tender/T-1".into()).await, [size - 2, size - 1]);
    assert_eq!(found("kind=tender.objected".into()).await, [size - 1]);
    assert_eq!(found(format!("author={}&stream=tender%2FT-1", cast.centre.id)).await, [size - 2]);
    assert_eq!(found("kind=log.opened".into()).await, [0]);
    assert_eq!(found("kind=tender.awarded".into()).await, [0u64; 0]);
    for beyond in [size, size + 1000, u64::MAX] {
        let page = app.get(&format!("/v1/records?after={beyond}")).await;
        assert_eq!((page.status, &page.body["items"]), (200, &json!([])));
        assert!(page.body["next"].as_u64().unwrap() >= size - 1, "{page:?}");
    }
    for query in
        ["kind=nothing", "stream=T-1", "author=x", "limit=0", "limit=501", "wait=26", "after=-1", "after=x", "limit=x"]
    {
        refused(&app.get(&format!("/v1/records?{query}")).await, "bad-parameter", 400);
    }
}

async fn a_long_poll_waits_for_its_record(engine: Engine) {
    let app = App::start_on(engine).await;
    let cast = app.cast().await;
    let head = log_size(&app).await - 1;
    let begun = Instant::now();
    let page = within(app.get(&format!("/v1/records?after={head}&wait=1"))).await;
    assert_eq!((page.status, page.body), (200, json!({"items": [], "next": head})));
    assert!(begun.elapsed() >= Duration::from_secs(1));
    // What is there already is answered at once.
    let begun = Instant::now();
    assert_eq!(
        app.get("/v1/records?wait=20").await.body["items"].as_array().unwrap().len() as u64,
        log_size(&app).await
    );
    assert!(begun.elapsed() < Duration::from_secs(10));

    let path = format!("/v1/records?after={head}&wait=20&stream=tender/T-2");
    let mut waiting = Box::pin(app.get(&path));
    assert!(tokio::time::timeout(QUIET, &mut waiting).await.is_err(), "it was not waiting");
    disclose(&app, &cast, "T-1").await;
    assert!(tokio::time::timeout(QUIET, &mut waiting).await.is_err(), "it was woken by another tender's record");
    disclose(&app, &cast, "T-2").await;
    let begun = Instant::now();
    let page = waiting.await;
    assert!(begun.elapsed() < Duration::from_secs(10), "it slept on");
    assert_eq!((&page.body["items"][0]["stream"], page.body["next"].as_u64()), (&json!("tender/T-2"), Some(head + 2)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_poll_waits_for_its_record_on_sqlite() {
    a_long_poll_waits_for_its_record(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_poll_waits_for_its_record_on_postgres() {
    a_long_poll_waits_for_its_record(Engine::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn server_sent_events_are_the_feed_and_go_on() {
    let app = App::start().await;
    let cast = app.cast().await;
    let size = log_size(&app).await;
    let mut following = follow(&app.base, "", None).await;
    let seen = events(&read_until(&mut following, "\n\n", size as usize).await);
    let feed = app.get("/v1/records?limit=500").await.body["items"].as_array().unwrap().clone();
    let expected: Vec<_> = feed.into_iter().enumerate().map(|(id, data)| Event { id: id as u64, data }).collect();
    assert_eq!(seen, expected);
    disclose(&app, &cast, "T-1").await;
    let new = events(&read_until(&mut following, "\n\n", 1).await);
    assert_eq!((new[0].id, &new[0].data["kind"]), (size, &json!("tender.preannounced")));

    // A browser that comes back names the last event it saw, whatever the address says.
    let mut resumed = follow(&app.base, "?after=0", Some(size - 2)).await;
    let ids: Vec<_> = events(&read_until(&mut resumed, "\n\n", 2).await).iter().map(|event| event.id).collect();
    assert_eq!(ids, [size - 1, size]);
    let mut after = follow(&app.base, &format!("?after={}", size - 1), None).await;
    assert_eq!(events(&read_until(&mut after, "\n\n", 1).await)[0].id, size);
    refused(&app.get("/v1/records.sse?after=x").await, "bad-parameter", 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn followers_of_one_replica_hear_of_records_that_another_wrote() {
    let app = App::start_on(Engine::Postgres).await;
    let cast = app.cast().await;
    let url = {
        let rows = app.ledger.database.read("SELECT current_database()::text", &[]).await.unwrap();
        format!("{}/{}", postgres::fresh_database().rsplit_once('/').unwrap().0, rows[0].text(0).unwrap())
    };
    let replica = open_at(app.folder.path(), url, Clock::manual(app.now())).await;
    let server = Server::bind(Arc::clone(&replica), "127.0.0.1:0".parse().unwrap(), Limits::default()).await.unwrap();
    let base = format!("http://{}", server.address());
    let serving = tokio::spawn(server.serve(std::future::pending()));
    let head = log_size(&app).await - 1;
    let mut following = follow(&base, &format!("?after={head}"), None).await;
    let mut polling = Box::pin(reqwest::get(format!("{base}/v1/records?after={head}&wait=20")));
    assert!(tokio::time::timeout(QUIET, &mut polling).await.is_err());
    disclose(&app, &cast, "T-1").await;
    let begun = Instant::now();
    let page: Value = serde_json::from_slice(&polling.await.unwrap().bytes().await.unwrap()).unwrap();
    let slept = begun.elapsed();
    assert_eq!(
        (page["items"].as_array().unwrap().len(), slept < Duration::from_secs(10)),
        (1, true),
        "after {slept:?}"
    );
    assert_eq!(events(&read_until(&mut following, "\n\n", 1).await)[0].id, head + 1);
    serving.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_entries_can_be_read_as_lines() {
    let app = App::start().await;
    app.cast().await;
    let lines = String::from_utf8(app.bytes("/v1/records.ndjson").await).unwrap();
    assert_eq!(lines.lines().count() as u64, log_size(&app).await);
    for (index, line) in lines.lines().enumerate() {
        assert_eq!(line.as_bytes(), app.bytes(&format!("/v1/records/{index}/entry")).await);
    }
    let rest = String::from_utf8(app.bytes("/v1/records.ndjson?after=1").await).unwrap();
    assert_eq!(rest.lines().collect::<Vec<_>>(), lines.lines().skip(2).collect::<Vec<_>>());
    for beyond in [log_size(&app).await - 1, log_size(&app).await + 5, u64::MAX] {
        assert_eq!(within(app.bytes(&format!("/v1/records.ndjson?after={beyond}"))).await, b"");
    }
}
