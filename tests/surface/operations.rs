//! What operators and developers look at.

use super::support::{App, Engine};
use super::{disclose, header, log_size, refused, within};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_sees_how_the_service_is() {
    let app = App::start().await;
    let cast = app.cast().await;
    disclose(&app, &cast, "T-1").await;
    let alive = app.get("/livez").await;
    assert_eq!((alive.status, alive.body.as_str()), (200, Some("ok\n")));
    let ready = app.get("/readyz").await;
    assert_eq!((ready.status, ready.body), (200, json!({"ready": true, "size": log_size(&app).await})));
    app.get("/nowhere").await;
    let metrics = app.get("/metrics").await;
    assert!(header(&metrics, "content-type").starts_with("text/plain; version=0.0.4"));
    let text = metrics.body.as_str().unwrap();
    let value = |name: &str| -> f64 {
        let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.unwrap_or_else(|| panic!("{name} in {text}")).parse().unwrap()
    };
    assert_eq!(value("gongshi_log_size"), log_size(&app).await as f64);
    assert_eq!(value("gongshi_records_accepted_total"), log_size(&app).await as f64);
    assert_eq!(value("gongshi_http_responses_total{method=\"GET\",status=\"404\"}"), 1.0);
    assert!(value("gongshi_batch_seconds_count") >= 1.0 && value("gongshi_batch_seconds_sum") > 0.0);
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        assert!(line.rsplit_once(' ').is_some_and(|(_, number)| number.parse::<f64>().is_ok()), "{line}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_can_not_fill_the_metrics() {
    let app = App::start().await;
    for n in 0..50 {
        let method = reqwest::Method::from_bytes(format!("STRANGE{n}").as_bytes()).unwrap();
        assert_eq!(app.send(app.client.request(method, format!("{}/livez", app.base))).await.status, 405);
    }
    let metrics = app.get("/metrics").await.body;
    let series = metrics.as_str().unwrap().lines().filter(|line| line.contains("STRANGE")).count();
    assert_eq!(series, 0, "a label of the caller's choice is memory of the caller's choice");
}

async fn without_its_database(engine: Engine) {
    let app = App::start_on(engine).await;
    let cast = app.cast().await;
    app.ledger.database.close().await;
    let ready = within(app.get("/readyz")).await;
    assert_eq!((ready.status, &ready.body["ready"]), (503, &json!(false)), "{ready:?}");
    assert_eq!(ready.body["database"]["cause"], "away", "{ready:?}");
    assert_eq!(app.get("/livez").await.status, 200, "a restart would not help");
    assert_eq!(app.get("/metrics").await.status, 200);
    for path in ["/v1/tenders", "/v1/tenders/T-1", "/v1/records", "/v1/log", "/log/checkpoint", "/log/tile/0/000.p/1"] {
        let answer = within(app.get(path)).await;
        println!("{path}");
        refused(&answer, "unavailable", 503);
        assert_eq!(header(&answer, "retry-after"), "1");
    }
    let disclosed = super::act(super::fixture::preannouncement(&cast.centre));
    let answer = within(app.post(&cast.centre, "/v1/tenders", &super::stream("T-1"), &disclosed)).await;
    refused(&answer, "unavailable", 503);
    // Whose token it is can't be told; that is no fault of the token.
    let answer = within(app.get_as(&cast.centre, "/v1/disclosures/AAAA")).await;
    refused(&answer, "unavailable", 503);
    // A mirror must not take half a log for a whole one.
    let lines = within(app.client.get(format!("{}/v1/records.ndjson", app.base)).send()).await.unwrap();
    assert!(
        lines.status() == 503 || within(lines.bytes()).await.is_err(),
        "an empty answer looks like the end of the log"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn without_its_database_the_service_says_so_on_sqlite() {
    without_its_database(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_its_database_the_service_says_so_on_postgres() {
    without_its_database(Engine::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_api_page_works_without_the_internet() {
    let app = App::start().await;
    for path in ["/api", "/api/"] {
        let page = app.get(path).await;
        assert_eq!((page.status, header(&page, "content-type").starts_with("text/html")), (200, true), "{path}");
        let html = page.body.as_str().unwrap();
        let tags = html.split('<').filter_map(|tag| {
            let tag = tag.split('>').next()?;
            ["script", "link", "img", "iframe"].iter().any(|name| tag.starts_with(name)).then_some(tag)
        });
        for tag in tags {
            for attribute in ["src=", "href="] {
                let value = tag.split(attribute).nth(1).unwrap_or_default().trim_start_matches(['"', '\'']);
                assert!(!value.starts_with("http") && !value.starts_with("//"), "{path} loads <{tag}>");
            }
        }
        assert!(html.len() > 100_000, "the page brings its script along: {} bytes", html.len());
    }
    let yaml = String::from_utf8(app.bytes("/openapi.yaml").await).unwrap();
    assert!(yaml.starts_with("openapi:") && yaml.contains("preannounceTender"));
    // The page of problems links to each of them.
    let list = app.get("/problems").await.body;
    for problem in gongshi::problem::CATALOGUE {
        assert!(list.as_str().unwrap().contains(&format!("/problems/{}", problem.code)));
    }
}
