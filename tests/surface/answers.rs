//! Every no is a problem that a person and a program understand; and nobody may ask too much.

use super::support::fixture::{self, act, stream};
use super::support::{Answer, App, Engine};
use super::{chinese, header, refused, within};
use gongshi::http::Limits;
use reqwest::Method;

/// Requests that are wrong as HTTP, with what they get.
async fn wrong_requests(app: &App) -> Vec<(String, Answer, &'static str, u16)> {
    let ask = async |method: Method, path: &str, media_type: &str, body: Vec<u8>| {
        let request = app.client.request(method, format!("{}{path}", app.base));
        let request = if media_type.is_empty() { request } else { request.header("content-type", media_type) };
        within(app.send(request.body(body))).await
    };
    let document = format!("/v1/documents/{}", "0".repeat(64));
    let cases = [
        (Method::GET, "/nowhere", "", "not-found", 404),
        (Method::GET, "/v1/nowhere", "", "not-found", 404),
        (Method::GET, "/log/tile/0/x", "", "not-found", 404),
        (Method::GET, "/problems/nothing", "", "not-found", 404),
        (Method::GET, "/v1/tenders/NONE", "", "tender-unknown", 404),
        (Method::GET, "/v1/organisations/91110000100000008J", "", "organisation-unknown", 404),
        (Method::GET, "/v1/organisations/x", "", "bad-parameter", 400),
        (Method::GET, "/v1/records/x", "", "bad-parameter", 400),
        (Method::GET, "/v1/tenders?limit=501", "", "bad-parameter", 400),
        (Method::GET, "/v1/log/consistency", "", "bad-parameter", 400),
        (Method::GET, "/v1/log/consistency?from=9999", "", "bad-parameter", 400),
        (Method::DELETE, "/v1/tenders", "", "method-not-allowed", 405),
        (Method::PUT, "/v1/records/0", "", "method-not-allowed", 405),
        (Method::POST, "/livez", "", "method-not-allowed", 405),
        (Method::POST, "/log/checkpoint", "", "method-not-allowed", 405),
        (Method::POST, "/v1/tenders", "text/plain", "media-type", 415),
        (Method::POST, "/v1/tenders", "", "media-type", 415),
        (Method::POST, "/v1/tenders", "application/json", "signature-missing", 401),
        (Method::POST, "/v1/disclosures", "text/plain", "token-invalid", 401),
        (Method::PUT, &document, "text/plain", "token-invalid", 401),
    ];
    let mut answers = Vec::new();
    for (method, path, media_type, problem, status) in cases {
        let name = format!("{method} {path} {media_type}");
        answers.push((name, ask(method, path, media_type, b"{}".to_vec()).await, problem, status));
    }
    let large = ask(Method::POST, "/v1/tenders", "application/json", vec![b' '; 50_000]).await;
    answers.push(("a large payload".into(), large, "entry-too-large", 413));
    answers
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_as_http_is_a_problem_of_its_own() {
    let app = App::start().await;
    for (name, answer, problem, status) in wrong_requests(&app).await {
        println!("{name}");
        refused(&answer, problem, status);
        assert!(chinese(&answer.body["title"]) && !chinese(&answer.body["title_en"]), "{answer:?}");
        assert_eq!(app.get(answer.body["type"].as_str().unwrap()).await.status, 200, "the type is a page");
        assert_eq!(answer.headers.contains_key("www-authenticate"), status == 401, "{answer:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_detail_of_a_problem_is_chinese_and_english() {
    let app = App::start().await;
    let mut wrong = Vec::new();
    for (name, answer, ..) in wrong_requests(&app).await {
        if !chinese(&answer.body["detail"]) || chinese(&answer.body["detail_en"]) {
            wrong.push(format!("{name}: {} / {}", answer.body["detail"], answer.body["detail_en"]));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_method_is_told_which_are_allowed() {
    let app = App::start().await;
    for (path, expected) in [("/livez", "GET"), ("/v1/tenders", "POST"), ("/v1/records/0", "GET")] {
        let answer = app.send(app.client.patch(format!("{}{path}", app.base))).await;
        refused(&answer, "method-not-allowed", 405);
        assert!(header(&answer, "allow").contains(expected), "{path}: Allow is {:?}", header(&answer, "allow"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_has_a_rate() {
    let limits = Limits { per_address: 3, per_key: 0, ..Limits::default() };
    let app = App::start_with(Engine::Sqlite, limits).await;
    let answers = futures::future::join_all((0..20).map(|_| app.get("/v1/log"))).await;
    let (served, limited): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 200);
    assert!(served.len() >= 3 && limited.len() >= 5, "{} were served", served.len());
    for answer in limited {
        refused(answer, "rate-limited", 429);
        assert!(header(answer, "retry-after").parse::<u32>().unwrap() >= 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_has_a_rate_and_others_are_not_slowed_by_it() {
    let limits = Limits { per_address: 0, per_key: 4, ..Limits::default() };
    let app = App::start_with(Engine::Sqlite, limits).await;
    let cast = app.cast().await;
    let disclosed = act(fixture::preannouncement(&cast.centre));
    let streams: Vec<_> = (0..20).map(|n| stream(&format!("T-{n}"))).collect();
    let answers =
        futures::future::join_all(streams.iter().map(|s| app.post(&cast.centre, "/v1/tenders", s, &disclosed))).await;
    let limited: Vec<_> = answers.iter().filter(|answer| answer.status == 429).collect();
    assert!(limited.len() >= 5 && limited.len() < 20, "{}", limited.len());
    for answer in limited {
        refused(answer, "rate-limited", 429);
        assert!(header(answer, "retry-after").parse::<u32>().unwrap() >= 1);
    }
    // Whoever does not hold the key can't use up its rate, nor is anybody else's used up.
    let other = app.post(&cast.enterprise, "/v1/tenders", &stream("T-X"), &disclosed).await;
    assert_eq!(other.problem(), "role-not-entitled");
}
