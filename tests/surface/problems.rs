//! The pages of problems: each example is a request that really gets its problem.

use super::support::App;
use super::support::fixture::stream;
use super::{header, within};
use base64_simd::URL_SAFE_NO_PAD;
use reqwest::Method;
use serde_json::{Value, json};

/// The pages' own examples.
fn examples() -> Vec<(String, Value)> {
    let explained: Value = toml::from_str(include_str!("../../src/http/problems.toml")).unwrap();
    explained.as_object().unwrap().iter().map(|(code, explained)| (code.clone(), explained.clone())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_example_gets_its_problem() {
    let app = App::start().await;
    let cast = app.cast().await;
    let document: Value = app.get("/openapi.json").await.body;
    let body = &document["paths"]["/v1/tenders"]["post"]["requestBody"]["content"]["application/json"];
    let mut good = body["example"].clone();
    good["centre"] = json!(cast.centre.id.as_str());
    // The example's unit is registered in the demo only.
    good["procuring_unit"].as_object_mut().unwrap().remove("id");
    let good_header = serde_json::to_value(app.header(&cast.centre, &stream("T-1"), "tender.preannounced")).unwrap();
    let post = async |header: &Value, payload: &Value| {
        let (protected, payload) = (URL_SAFE_NO_PAD.encode_to_string(header.to_string()), payload.to_string());
        let input = format!("{protected}.{}", URL_SAFE_NO_PAD.encode_to_string(&payload));
        let signature = URL_SAFE_NO_PAD.encode_to_string(cast.centre.key.sign(input.as_bytes()));
        let signature = format!("{protected}..{signature}");
        app.post_raw("/v1/tenders?dry_run=1", Some(&signature), payload.into_bytes()).await
    };
    assert_eq!(post(&good_header, &good).await.status, 202, "the example itself is good");
    let mut tried = 0;
    for (code, explained) in examples() {
        let answer = if let Some(request) = explained["request"].as_str() {
            let mut lines = request.lines();
            let mut words = lines.next().unwrap().splitn(3, ' ');
            let method: Method = words.next().unwrap().parse().unwrap();
            let request = app.client.request(method, format!("{}{}", app.base, words.next().unwrap()));
            let request = request.header("content-type", "application/json");
            let request = lines
                .filter_map(|line| line.split_once(": "))
                .fold(request, |request, (name, value)| request.header(name, value));
            within(app.send(request.body(words.next().unwrap_or_default().to_owned()))).await
        } else if let Some(changes) = explained["header"].as_object() {
            let mut header = good_header.clone();
            header.as_object_mut().unwrap().extend(changes.clone());
            post(&header, &good).await
        } else if let Some(changes) = explained["payload"].as_object() {
            let mut payload = good.clone();
            for (pointer, value) in changes {
                let (parent, name) = pointer.rsplit_once('/').unwrap();
                let members = payload.pointer_mut(parent).unwrap().as_object_mut().unwrap();
                match value.as_str() {
                    Some("null") => drop(members.remove(name).unwrap()),
                    _ => drop(members.insert(name.to_owned(), value.clone())),
                }
            }
            post(&good_header, &payload).await
        } else {
            continue;
        };
        assert_eq!(answer.problem(), code, "{answer:?}");
        tried += 1;
    }
    assert!(tried >= 41, "{tried}");
    // It wrote nothing, so all of them were refused or only rehearsed.
    assert_eq!(app.get("/v1/tenders").await.body["items"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn each_type_has_a_page_with_cause_cure_and_answer() {
    let app = App::start().await;
    for (code, explained) in examples() {
        let answer = app.get(&format!("/problems/{code}")).await;
        let page = answer.body.as_str().unwrap().replace("&gt;", ">").replace("&lt;", "<");
        assert_eq!((answer.status, header(&answer, "content-type")), (200, "text/html; charset=utf-8"));
        for member in ["cause", "cure"] {
            for text in explained[member].as_array().unwrap() {
                assert!(page.contains(text.as_str().unwrap()), "{code}: {page}");
            }
        }
        assert!(page.contains(&format!("/problems/{code}")) && page.contains("status"), "{page}");
    }
    assert_eq!(app.get("/problems/nothing").await.problem(), "not-found");
}
