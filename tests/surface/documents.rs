//! Documents: bytes that strangers upload and strangers open.

use super::support::{Actor, App, Engine};
use super::{header, refused, within};
use futures::{StreamExt, stream};
use gongshi::http::Limits;
use sha2::{Digest, Sha256};
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

pub fn name(bytes: &[u8]) -> String {
    faster_hex::hex_string(&Sha256::digest(bytes))
}

pub fn put(app: &App, actor: &Actor, name: &str, media_type: &str) -> reqwest::RequestBuilder {
    let request = app.client.put(format!("{}/v1/documents/{name}", app.base));
    request.header("content-type", media_type).bearer_auth(app.token(actor))
}

pub async fn upload(app: &App, actor: &Actor, bytes: &[u8]) {
    let answer = within(app.send(put(app, actor, &name(bytes), "text/plain").body(bytes.to_vec()))).await;
    assert_eq!(answer.status, 201, "{answer:?}");
}

async fn with_limit(document_bytes: u64) -> App {
    let limits = Limits { per_address: 0, per_key: 0, document_bytes, ..Limits::default() };
    App::start_with(Engine::Sqlite, limits).await
}

/// A body without a known length.
fn chunked(bytes: &[u8]) -> reqwest::Body {
    let chunks: Vec<_> = bytes.chunks(1 << 16).map(|chunk| Ok::<_, std::io::Error>(chunk.to_vec())).collect();
    reqwest::Body::wrap_stream(stream::iter(chunks))
}

fn noise(length: u32) -> Vec<u8> {
    (0..length / 4).flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_document_streams_through() {
    let app = with_limit(24 << 20).await;
    let cast = app.cast().await;
    let bytes = noise(20 << 20);
    let answer =
        within(app.send(put(&app, &cast.centre, &name(&bytes), "application/pdf").body(chunked(&bytes)))).await;
    assert_eq!((answer.status, answer.body["size"].as_u64()), (201, Some(20 << 20)), "{answer:?}");
    assert!(app.bytes(&format!("/v1/documents/{}", name(&bytes))).await == bytes);
    // A client that does not know it is there sends all of it again.
    let again = within(app.send(put(&app, &cast.centre, &name(&bytes), "application/pdf").body(chunked(&bytes)))).await;
    assert_eq!(again.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_that_are_not_what_they_claim_leave_nothing() {
    let app = with_limit(1 << 20).await;
    let cast = app.cast().await;
    let (good, path) = (noise(4096), format!("/v1/documents/{}", name(&noise(4096))));
    let other = put(&app, &cast.centre, &name(&good), "application/pdf").body(noise(8192));
    refused(&within(app.send(other)).await, "document-mismatch", 422);
    let long = put(&app, &cast.centre, &name(&good), "application/pdf").body(chunked(&noise(8 << 20)));
    refused(&within(app.send(long)).await, "request-too-large", 413);
    for media_type in ["text/html", "image/svg+xml", "application/javascript", ""] {
        let refusal = within(app.send(put(&app, &cast.centre, &name(&good), media_type).body(good.clone()))).await;
        refused(&refusal, "document-type", 415);
    }
    // The sender goes away half-way.
    let mut socket = TcpStream::connect(app.base.strip_prefix("http://").unwrap()).await.unwrap();
    let head = format!(
        "PUT {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\ncontent-type: application/pdf\r\ncontent-length: 4096\r\n\r\n",
        app.token(&cast.centre)
    );
    socket.write_all(head.as_bytes()).await.unwrap();
    socket.write_all(&good[..2048]).await.unwrap();
    drop(socket);
    refused(&app.get(&path).await, "not-found", 404);
    let right = within(app.send(put(&app, &cast.centre, &name(&good), "application/pdf").body(good.clone()))).await;
    assert_eq!(right.status, 201);
    assert_eq!(app.bytes(&path).await, good);
}

#[tokio::test(flavor = "multi_thread")]
async fn media_types_are_compared_as_rfc_9110_says() {
    let app = with_limit(1 << 20).await;
    let cast = app.cast().await;
    for (bytes, media_type) in [(noise(64), "text/plain; charset=utf-8"), (noise(128), "Application/PDF")] {
        let answer = within(app.send(put(&app, &cast.centre, &name(&bytes), media_type).body(bytes))).await;
        assert_eq!(answer.status, 201, "{media_type}: {answer:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_does_not_run_a_document() {
    let app = with_limit(1 << 20).await;
    let cast = app.cast().await;
    let bytes = b"<script>alert(1)</script>".to_vec();
    upload(&app, &cast.centre, &bytes).await;
    let answer = app.get(&format!("/v1/documents/{}", name(&bytes))).await;
    assert_eq!(header(&answer, "content-type"), "application/octet-stream");
    assert_eq!(header(&answer, "x-content-type-options"), "nosniff");
    assert_eq!(header(&answer, "content-disposition"), format!("attachment; filename=\"{}.bin\"", name(&bytes)));
    assert_eq!(header(&answer, "x-document-media-type"), "application/octet-stream", "no record says what it is");
    assert!(header(&answer, "content-security-policy").contains("sandbox"), "{:?}", answer.headers);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_is_downloaded_once_and_a_broken_download_goes_on() {
    let app = with_limit(1 << 20).await;
    let cast = app.cast().await;
    let bytes = noise(4096);
    upload(&app, &cast.centre, &bytes).await;
    let get = || app.client.get(format!("{}/v1/documents/{}", app.base, name(&bytes)));
    let known = within(app.send(get().header("if-none-match", format!("\"{}\"", name(&bytes))))).await;
    assert_eq!((known.status, known.body.as_str()), (304, Some("")));
    let part = within(get().header("range", "bytes=1000-1999").send()).await.unwrap();
    assert_eq!(part.status(), 206, "documents are up to 256 MiB, and lines are bad");
    assert_eq!(part.bytes().await.unwrap(), bytes[1000..2000]);
    let beyond = within(app.send(get().header("range", "bytes=4096-"))).await;
    assert_eq!((beyond.problem(), header(&beyond, "content-range")), ("range-unsatisfiable", "bytes */4096"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_upload_that_goes_on_is_not_cut() {
    let limits = Limits { per_address: 0, per_key: 0, request_seconds: 1, ..Limits::default() };
    let app = App::start_with(Engine::Sqlite, limits).await;
    let cast = app.cast().await;
    let bytes = noise(4096);
    let chunks: Vec<_> = bytes.chunks(1024).map(<[u8]>::to_vec).collect();
    let slowly = stream::iter(chunks).then(async |chunk| {
        tokio::time::sleep(Duration::from_millis(500)).await;
        Ok::<_, std::io::Error>(chunk)
    });
    let body = reqwest::Body::wrap_stream(Box::pin(slowly));
    let answer = within(app.send(put(&app, &cast.centre, &name(&bytes), "application/pdf").body(body))).await;
    assert_eq!(answer.status, 201, "{answer:?}");
}
