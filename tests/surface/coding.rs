//! Content codings, of requests and of answers.

use super::support::App;
use super::{disclose, log_size, preannounced, read_until, refused, within};
use futures::TryStreamExt;
use poem::middleware::Compression;
use poem::{Body, Endpoint, EndpointExt, Request};
use tokio::io::AsyncReadExt;

/// The body in another coding (`""` is none), by way of an endpoint that sends back what it gets.
async fn recode(from: &str, to: &str, body: Body) -> Body {
    let echo = poem::endpoint::make(|mut request: Request| async move { Ok::<_, poem::Error>(request.take_body()) });
    let mut request = Request::builder();
    for (name, coding) in [("content-encoding", from), ("accept-encoding", to)] {
        if !coding.is_empty() {
            request = request.header(name, coding);
        }
    }
    echo.with(Compression::new()).call(request.body(body)).await.unwrap().into_body()
}

async fn fetch(app: &App, path: &str, accept: &str) -> reqwest::Response {
    within(app.client.get(format!("{}{path}", app.base)).header("accept-encoding", accept).send()).await.unwrap()
}

fn value<'a>(response: &'a reqwest::Response, name: &str) -> &'a str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

async fn json_is_sent_as(coding: &str) {
    let app = App::start().await;
    let cast = app.cast().await;
    disclose(&app, &cast, "T-1").await;
    let plain = app.bytes("/v1/tenders/T-1").await;
    let response = fetch(&app, "/v1/tenders/T-1", coding).await;
    assert_eq!((value(&response, "content-encoding"), response.status().as_u16()), (coding, 200));
    let coded = within(response.bytes()).await.unwrap();
    assert!(coded.len() < plain.len() * 3 / 4, "{} of {}", coded.len(), plain.len());
    assert_eq!(recode(coding, "", Body::from(coded)).await.into_vec().await.unwrap(), plain);
}

#[tokio::test(flavor = "multi_thread")]
async fn json_is_compressed_with_gzip() {
    json_is_sent_as("gzip").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn json_is_compressed_with_brotli() {
    json_is_sent_as("br").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn json_is_compressed_with_zstd() {
    json_is_sent_as("zstd").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_refuses_a_coding_does_not_get_it() {
    let app = App::start().await;
    for accept in ["identity", "gzip;q=0", "gzip; q=0", "*;q=0, identity", "br;q=0, gzip;q=0, zstd;q=0"] {
        assert_eq!(value(&fetch(&app, "/v1/log", accept).await, "content-encoding"), "", "{accept}");
    }
    for accept in ["gzip;q=0.5", "GZIP", "x, gzip"] {
        assert_eq!(value(&fetch(&app, "/v1/log", accept).await, "content-encoding"), "gzip", "{accept}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn shared_caches_are_told_that_the_coding_varies() {
    let app = App::start().await;
    for accept in ["gzip", "identity"] {
        let response = fetch(&app, "/log/tile/entries/000.p/1", accept).await;
        assert!(value(&response, "cache-control").contains("public"));
        assert!(value(&response, "vary").to_lowercase().contains("accept-encoding"), "with {accept}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn events_arrive_at_once_even_for_a_client_that_accepts_gzip() {
    let app = App::start().await;
    let cast = app.cast().await;
    let response = fetch(&app, &format!("/v1/records.sse?after={}", log_size(&app).await - 2), "gzip, br").await;
    let coding = value(&response, "content-encoding").to_owned();
    let stream = Body::from_bytes_stream(response.bytes_stream().map_err(std::io::Error::other));
    let mut events = recode(&coding, "", stream).await.into_async_read();
    read_until(&mut events, "\n\n", 1).await;
    disclose(&app, &cast, "T-1").await;
    assert!(read_until(&mut events, "\n\n", 1).await.contains("tender.preannounced"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_compressed_request_is_read_and_an_unknown_coding_refused() {
    let app = App::start().await;
    let cast = app.cast().await;
    let post = async |record: &gongshi::record::Record, coding: &str, body: Vec<u8>| {
        let request = app.client.post(format!("{}/v1/tenders", app.base)).header("content-type", "application/json");
        let request = request.header("x-jws-signature", record.detached()).header("content-encoding", coding);
        within(app.send(request.body(body))).await
    };
    let record = preannounced(&app, &cast, "T-1");
    let plain = record.payload_bytes().unwrap();
    let packed = recode("", "gzip", Body::from(plain.clone())).await.into_vec().await.unwrap();
    assert_ne!(packed, plain);
    post(&record, "gzip", packed).await.accepted();
    // What is not what it says it is.
    assert_eq!(post(&preannounced(&app, &cast, "T-2"), "gzip", plain.clone()).await.status, 400);
    // A little that becomes a lot.
    let bomb = recode("", "gzip", Body::from(vec![b' '; 32 << 20])).await.into_vec().await.unwrap();
    refused(&post(&record, "gzip", bomb).await, "entry-too-large", 413);
    let record = preannounced(&app, &cast, "T-3");
    refused(&post(&record, "compress", record.payload_bytes().unwrap()).await, "media-type", 415);
    assert_eq!(app.get("/v1/records?stream=tender/T-3").await.body["items"], serde_json::json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_download_has_the_length_that_it_says() {
    let app = App::start().await;
    let cast = app.cast().await;
    let bytes = "招标文件 ".repeat(20_000).into_bytes();
    let path = format!("/v1/documents/{}", super::documents::name(&bytes));
    super::documents::upload(&app, &cast.centre, &bytes).await;
    for accept in ["identity", "gzip"] {
        let response = fetch(&app, &path, accept).await;
        let (coding, length) =
            (value(&response, "content-encoding").to_owned(), value(&response, "content-length").parse());
        let body = within(response.bytes()).await.unwrap();
        assert!(length.map_or(true, |length: usize| length == body.len()));
        let mut plain = Vec::new();
        recode(&coding, "", Body::from(body)).await.into_async_read().read_to_end(&mut plain).await.unwrap();
        assert!(plain == bytes, "{accept}");
    }
}
