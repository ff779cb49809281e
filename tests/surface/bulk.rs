//! Many records in one request.

use super::support::fixture::{self, stream};
use super::support::{App, Engine};
use super::{Answer, log_size, preannounced, refused, signed, within};
use gongshi::field::DocumentRef;
use gongshi::http::Limits;
use gongshi::record::Record;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::time::{Duration, Instant};

async fn post(app: &App, media_type: &str, body: impl Into<reqwest::Body>) -> Answer {
    let request = app.client.post(format!("{}/v1/records", app.base)).header("content-type", media_type).body(body);
    within(app.send(request)).await
}

async fn post_lines(app: &App, lines: &[String]) -> Vec<Value> {
    let answer = post(app, "application/x-ndjson", lines.join("\n")).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.body.as_array().unwrap().clone()
}

fn line(record: &Record) -> String {
    serde_json::to_string(record).unwrap()
}

/// `ok` or the code of the problem, line by line.
fn outcomes(lines: &[Value]) -> Vec<&str> {
    let code = |line: &'_ Value| line["problem"]["type"].as_str().is_some();
    lines
        .iter()
        .map(|line| {
            assert_ne!(line["receipt"].is_object(), code(line), "a receipt or a problem: {line}");
            line["problem"]["type"].as_str().map_or("ok", |kind| kind.strip_prefix("/problems/").unwrap())
        })
        .collect()
}

async fn each_line_is_judged_by_itself(engine: Engine) {
    let app = App::start_on(engine).await;
    let cast = app.cast().await;
    let size = log_size(&app).await;
    let first = line(&preannounced(&app, &cast, "T-1"));
    let forged = Record { signature: preannounced(&app, &cast, "T-2").signature, ..preannounced(&app, &cast, "T-2") };
    let stranger = signed(&app, &cast.enterprise, "T-3", fixture::preannouncement(&cast.centre));
    let objection = line(&signed(&app, &cast.enterprise, "T-1", fixture::objection("o-1")));
    let lines = [first.clone(), "{no json".into(), line(&forged), line(&stranger), "[]".into(), objection, first];
    let answer = post_lines(&app, &lines).await;
    let expected =
        ["ok", "jws-malformed", "signature-mismatch", "role-not-entitled", "jws-malformed", "ok", "ok"].to_vec();
    assert_eq!(outcomes(&answer), expected);
    assert_eq!(answer.iter().map(|line| line["line"].as_u64().unwrap()).collect::<Vec<_>>(), [0, 1, 2, 3, 4, 5, 6]);
    assert_eq!(answer[0]["receipt"]["index"], answer[6]["receipt"]["index"], "one record, sent twice");
    assert!(answer[5]["receipt"]["proof"].as_str().unwrap().starts_with("c2sp.org/tlog-proof"));
    assert_eq!(log_size(&app).await, size + 2);
    let view = app.get("/v1/tenders/T-1").await.body;
    assert_eq!(view["objections"][0]["id"], "o-1");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_line_is_judged_by_itself_on_sqlite() {
    each_line_is_judged_by_itself(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_line_is_judged_by_itself_on_postgres() {
    each_line_is_judged_by_itself(Engine::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_of_one_stream_keep_their_order() {
    let app = App::start().await;
    let cast = app.cast().await;
    let bytes = "招标文件".as_bytes();
    let sha256 = faster_hex::hex_string(&Sha256::digest(bytes));
    let upload = app.client.put(format!("{}/v1/documents/{sha256}", app.base)).header("content-type", "text/plain");
    assert_eq!(app.send(upload.bearer_auth(app.token(&cast.centre)).body(bytes)).await.status, 201);
    let document = DocumentRef {
        sha256: sha256.parse().unwrap(),
        size: bytes.len() as u64,
        media_type: "text/plain".parse().unwrap(),
        title: "招标文件".parse().unwrap(),
    };
    // The first line of each tender needs a look at the documents; the second must not overtake it meanwhile.
    let mut lines = Vec::new();
    for n in 0..20 {
        let mut disclosed = fixture::preannouncement(&cast.centre);
        disclosed.documents = vec![document.clone()].try_into().unwrap();
        lines.push(line(&signed(&app, &cast.centre, &format!("T-{n}"), disclosed)));
        lines.push(line(&signed(&app, &cast.enterprise, &format!("T-{n}"), fixture::objection("o-1"))));
    }
    let answer = post_lines(&app, &lines).await;
    assert_eq!(outcomes(&answer), vec!["ok"; 40]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_registered_by_one_line_signs_the_next() {
    let app = App::start().await;
    let cast = app.cast().await;
    let newcomer =
        super::Actor { id: "91110000100000008J".parse().unwrap(), key: gongshi::record::PrivateKey::generate() };
    let registration = gongshi::organisation::Registration {
        id: newcomer.id.clone(),
        name: "新单位".parse().unwrap(),
        key: newcomer.key.public().to_jwk(),
        roles: vec![gongshi::organisation::Role::Enterprise],
        region: None,
        code_as_issued: false,
    };
    let confirmation = gongshi::organisation::Confirmation {
        kid: newcomer.key.key_id(),
        roles: vec![gongshi::organisation::Role::Enterprise],
        code_document: None,
    };
    let organisation = gongshi::world::Stream::of(&newcomer.id);
    let sign = |actor: &super::Actor, act: gongshi::organisation::Act| {
        let act: gongshi::world::Act = act.into();
        let payload = serde_json::to_vec(&act.to_value()).unwrap();
        line(&Record::sign(&actor.key, &app.header(actor, &organisation, act.kind()), &payload))
    };
    let lines = [
        sign(&newcomer, registration.into()),
        sign(&cast.supervisor, confirmation.into()),
        line(&preannounced(&app, &cast, "T-1")),
        line(&signed(&app, &newcomer, "T-1", fixture::objection("o-1"))),
    ];
    assert_eq!(outcomes(&post_lines(&app, &lines).await), ["ok", "ok", "ok", "ok"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_oversize_line_is_refused_and_its_neighbours_are_not() {
    let app = App::start().await;
    let cast = app.cast().await;
    let payload = serde_json::to_vec(&fixture::act(fixture::preannouncement(&cast.centre)).to_value()).unwrap();
    let padded = [payload.clone(), vec![b' '; 60_000]].concat();
    let header = app.header(&cast.centre, &stream("T-2"), "tender.preannounced");
    let long = line(&Record::sign(&cast.centre.key, &header, &padded));
    let lines = [line(&preannounced(&app, &cast, "T-1")), long, line(&preannounced(&app, &cast, "T-3"))];
    assert_eq!(outcomes(&post_lines(&app, &lines).await), ["ok", "entry-too-large", "ok"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_number_of_a_line_is_its_number_in_the_body() {
    let app = App::start().await;
    let cast = app.cast().await;
    let body = format!("\r\n{}\r\n\n{{}}\n", line(&preannounced(&app, &cast, "T-1")));
    let answer = post(&app, "application/x-ndjson", body).await.body;
    let numbers: Vec<_> = answer.as_array().unwrap().iter().map(|line| line["line"].as_u64().unwrap()).collect();
    assert_eq!(numbers, [1, 3]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bulk_request_has_limits() {
    let app = App::start().await;
    let size = log_size(&app).await;
    for body in ["", "\n\n \n"] {
        assert_eq!(post(&app, "application/x-ndjson", body).await.body, serde_json::json!([]));
    }
    for media_type in ["application/json", "text/plain", "x"] {
        refused(&post(&app, media_type, "{}").await, "media-type", 415);
    }
    let none = app.client.post(format!("{}/v1/records", app.base)).body("{}");
    refused(&app.send(none).await, "media-type", 415);
    refused(&post(&app, "application/x-ndjson", "{}\n".repeat(5001)).await, "request-too-large", 413);
    refused(
        &post(&app, "application/x-ndjson", "{}\n".repeat(4000) + &"x".repeat(32 << 20)).await,
        "request-too-large",
        413,
    );
    assert_eq!(log_size(&app).await, size);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_media_type_of_lines_is_compared_as_rfc_9110_says() {
    let app = App::start().await;
    for media_type in ["application/x-ndjson; charset=utf-8", "Application/X-NDJSON"] {
        let answer = post(&app, media_type, "{}").await;
        assert_eq!(answer.status, 200, "{media_type}: {answer:?}");
        assert_eq!(outcomes(answer.body.as_array().unwrap()), ["jws-malformed"]);
    }
    refused(&post(&app, "application/x-ndjson-not", "{}").await, "media-type", 415);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rate_of_a_key_holds_in_bulk_too() {
    let limits = Limits { per_address: 0, per_key: 5, ..Limits::default() };
    let app = App::start_with(Engine::Sqlite, limits).await;
    let cast = app.cast().await;
    let lines: Vec<_> = (0..40).map(|n| line(&preannounced(&app, &cast, &format!("T-{n}")))).collect();
    let begun = Instant::now();
    let answer = post_lines(&app, &lines).await;
    let limited = outcomes(&answer).iter().filter(|outcome| **outcome == "rate-limited").count();
    assert!(limited > 0 || begun.elapsed() > Duration::from_secs(5), "40 records at once where 5 a second are allowed");
}
