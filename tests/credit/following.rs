//! Whoever follows grades is told when one becomes another, and of nothing else.

use super::scenes::night;
use super::stage::Stage;
use super::support::Engine;
use futures::StreamExt;
use serde_json::{Value, json};
use std::time::Duration;

async fn grades_are_followed(engine: Engine) {
    let stage = Stage::with_candidates(engine).await;
    let (app, enterprise) = (&stage.app, &stage.cast.enterprise);
    let page = async |query: &str| app.get(&format!("/v1/credit/changes{query}")).await.body;
    assert_eq!(page("").await, json!({"items": [], "more": false}));
    night(app).await;
    let both = page("?limit=1").await;
    assert_eq!(
        (&both["more"], &both["items"][0]["was"], &both["items"][0]["grade"]),
        (&json!(true), &Value::Null, &json!("B"))
    );
    stage.refutes(&stage.cast.supervisor).await;
    night(app).await;
    // A night with another grade of the same letter is none.
    stage.verifies(&stage.province).await;
    night(app).await;
    let of = page(&format!("?organisation={}", enterprise.id)).await;
    let steps: Vec<_> = of["items"].as_array().unwrap().iter().map(|item| (&item["was"], &item["grade"])).collect();
    assert_eq!(steps, [(&Value::Null, &json!("B")), (&json!("B"), &json!("C")), (&json!("C"), &json!("B"))]);
    let down = &of["items"][1];
    let record = app.get(down["record"].as_str().unwrap()).await.body;
    assert_eq!((&record["kind"], &record["time"]), (&json!("credit.graded"), &down["time"]));
    assert_eq!(app.get(down["credit"].as_str().unwrap()).await.body["grade"], "C");
    let (all, rest) = (page("").await, page(&format!("?after={}", down["cursor"].as_str().unwrap())).await);
    assert_eq!((all["items"].as_array().unwrap().len(), told(&rest)), (4, vec!["B"]));
    let lines = String::from_utf8(app.bytes("/v1/credit/changes.ndjson").await).unwrap();
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(json!(lines), all["items"]);
    for bad in ["x", "1~2", "-"] {
        assert_eq!(app.get(&format!("/v1/credit/changes?after={bad}")).await.problem(), "bad-parameter", "{bad}");
    }

    // The next one as it comes.
    let events = app.client.get(format!("{}/v1/credit/changes.sse", app.base));
    let events = events.header("last-event-id", all["next"].as_str().unwrap()).send().await.unwrap();
    let mut bytes = events.bytes_stream();
    stage.rules_on_the_unit(gongshi::commitment::BreachFinding::Grave).await;
    night(app).await;
    let next = tokio::time::timeout(Duration::from_secs(20), bytes.next()).await.unwrap().unwrap().unwrap();
    let next = String::from_utf8_lossy(&next).into_owned();
    assert!(next.contains("grade") && next.contains(stage.cast.centre.id.as_str()), "{next}");
    stage.holds().await;
}

fn told(page: &Value) -> Vec<&str> {
    page["items"].as_array().unwrap().iter().map(|item| item["grade"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn grades_are_followed_on_sqlite() {
    grades_are_followed(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn grades_are_followed_on_postgres() {
    grades_are_followed(Engine::Postgres).await;
}
