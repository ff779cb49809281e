//! `dry_run=1`: what a record would get, and nothing written.

use super::support::App;
use super::support::fixture;
use super::{log_size, preannounced, refused, signed};
use gongshi::http::Limits;
use gongshi::record::Record;

async fn post(app: &App, path: &str, record: &Record) -> super::Answer {
    app.post_raw(path, Some(&record.detached()), record.payload_bytes().unwrap()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rehearsal_says_what_would_be_and_writes_nothing() {
    let app = App::start().await;
    let cast = app.cast().await;
    let (size, record) = (log_size(&app).await, preannounced(&app, &cast, "T-1"));
    for _ in 0..2 {
        let answer = post(&app, "/v1/tenders?dry_run=1", &record).await;
        assert_eq!(answer.status, 202, "{answer:?}");
        assert_eq!((answer.body["dry_run"].as_bool(), answer.body["index"].as_u64()), (Some(true), Some(size)));
        assert_eq!((answer.body["stream"].as_str(), answer.body["version"].as_u64()), (Some("tender/T-1"), Some(1)));
        assert!(answer.body.get("proof").is_none(), "nothing is proven of what is not there");
    }
    assert_eq!(log_size(&app).await, size);
    refused(&app.get("/v1/tenders/T-1").await, "tender-unknown", 404);
    // The same bytes are taken later on, where they were said to stand, and then they are known.
    let posted = post(&app, "/v1/tenders", &record).await.accepted();
    assert_eq!(posted["index"].as_u64(), Some(size));
    let known = post(&app, "/v1/tenders?dry_run=1", &record).await;
    assert_eq!((known.status, known.body["index"].as_u64()), (200, Some(size)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rehearsal_is_refused_for_what_the_record_would_be() {
    let app = App::start().await;
    let cast = app.cast().await;
    let size = log_size(&app).await;
    let by_bidder = signed(&app, &cast.enterprise, "T-1", fixture::preannouncement(&cast.centre));
    refused(&post(&app, "/v1/tenders?dry_run=1", &by_bidder).await, "role-not-entitled", 403);
    let objection = signed(&app, &cast.enterprise, "T-1", fixture::objection("o-1"));
    refused(&post(&app, "/v1/tenders/T-1/objections?dry_run=1", &objection).await, "tender-unknown", 404);
    refused(&post(&app, "/v1/tenders/T-2/objections?dry_run=1", &objection).await, "stream-mismatch", 422);
    let record = preannounced(&app, &cast, "T-1");
    // Nobody may take a rehearsal for the act, nor the act for a rehearsal.
    for wrong in ["dry_run=true", "dry_run=0", "dryrun=1", "dry_run"] {
        refused(&post(&app, &format!("/v1/tenders?{wrong}"), &record).await, "bad-parameter", 400);
    }
    assert_eq!(log_size(&app).await, size);
}

#[tokio::test(flavor = "multi_thread")]
async fn records_in_bulk_are_rehearsed_each_as_if_it_came_alone() {
    let app = App::start().await;
    let cast = app.cast().await;
    let size = log_size(&app).await;
    let good = preannounced(&app, &cast, "T-1");
    let by_bidder = signed(&app, &cast.enterprise, "T-2", fixture::preannouncement(&cast.centre));
    // It would need the first line.
    let objection = signed(&app, &cast.enterprise, "T-1", fixture::objection("o-1"));
    let body = [good.to_json(), by_bidder.to_json(), objection.to_json(), "{}".to_owned()].join("\n");
    let request = app.client.post(format!("{}/v1/records?dry_run=1", app.base));
    let answer = app.send(request.header("content-type", "application/x-ndjson").body(body)).await;
    let lines = answer.body.as_array().unwrap();
    assert_eq!((answer.status, lines.len()), (200, 4), "{answer:?}");
    assert_eq!(lines[0]["rehearsal"]["index"].as_u64(), Some(size), "{answer:?}");
    assert!(lines.iter().all(|line| line.get("receipt").is_none()), "{answer:?}");
    let problems: Vec<_> = lines[1..].iter().map(|line| line["problem"]["type"].as_str().unwrap()).collect();
    assert_eq!(problems, ["/problems/role-not-entitled", "/problems/tender-unknown", "/problems/jws-malformed"]);
    assert_eq!(log_size(&app).await, size);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rehearsal_counts_as_a_post() {
    let limits = Limits { per_address: 0, per_key: 20, ..Limits::default() };
    let app = App::start_with(super::support::Engine::Sqlite, limits).await;
    let cast = app.cast().await;
    let mut statuses = Vec::new();
    for n in 0..60 {
        let record = preannounced(&app, &cast, &format!("T-{n}"));
        statuses.push(post(&app, "/v1/tenders?dry_run=1", &record).await.status);
    }
    assert!(statuses.contains(&202) && statuses.contains(&429), "{statuses:?}");
}
