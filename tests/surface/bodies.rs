//! What strangers send: packed, in several parts, cut short, without an end. None of it may cost much memory, and none of it
//! is taken in part.

use super::support::process::{self, Service};
use super::support::{App, Engine};
use super::{Answer, disclose, documents, fixture, log_size, preannounced, refused, signed, stream, within};
use async_compression::tokio::write::{BrotliEncoder, GzipEncoder, ZstdEncoder};
use gongshi::record::Record;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const MIB: usize = 1 << 20;

pub async fn packed(coding: &str, plain: &[u8]) -> Vec<u8> {
    macro_rules! by {
        ($encoder:ident) => {{
            let mut encoder = $encoder::new(Vec::new());
            encoder.write_all(plain).await.unwrap();
            encoder.shutdown().await.unwrap();
            encoder.into_inner()
        }};
    }
    match coding {
        "gzip" => by!(GzipEncoder),
        "br" => by!(BrotliEncoder),
        _ => by!(ZstdEncoder),
    }
}

async fn post_packed(app: &App, coding: &str, body: Vec<u8>) -> Answer {
    let request = app.client.post(format!("{}/v1/records", app.base)).header("content-type", "application/x-ndjson");
    within(app.send(request.header("content-encoding", coding).body(body))).await
}

fn line(record: &Record) -> Vec<u8> {
    [&serde_json::to_vec(record).unwrap()[..], b"\n"].concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_packed_body_is_read_to_its_end_or_refused() {
    let app = App::start().await;
    let cast = app.cast().await;
    let mut number = 0;
    for coding in ["gzip", "zstd", "br"] {
        let mut next = || {
            number += 1;
            line(&preannounced(&app, &cast, &format!("T-{number}")))
        };
        let (first, second) = (packed(coding, &next()).await, packed(coding, &next()).await);
        let size = log_size(&app).await;
        // A cut, or other bytes behind the end, is seen before anything is posted.
        for body in [
            first[..first.len() - 5].to_vec(),
            first[..1].to_vec(),
            Vec::new(),
            [&first[..], b"GARBAGE"].concat(),
            [&first[..], &[0; 100]].concat(),
            [&first[..], &second[..20]].concat(),
        ] {
            refused(&post_packed(&app, coding, body).await, "bad-parameter", 400);
        }
        assert_eq!(log_size(&app).await, size, "{coding}");
        // Several gzip members or zstd frames are one body; brotli has nothing of the kind.
        let several = [&packed(coding, b"").await[..], &first, &second].concat();
        let answer = post_packed(&app, coding, several).await;
        if coding == "br" {
            refused(&answer, "bad-parameter", 400);
        } else {
            assert_eq!((answer.status, answer.body.as_array().unwrap().len()), (200, 2), "{answer:?}");
            assert_eq!(log_size(&app).await, size + 2, "{coding}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_and_a_document_in_two_members_are_whole() {
    let app = App::start().await;
    let cast = app.cast().await;
    let halves = async |bytes: &[u8]| {
        let (front, back) = bytes.split_at(bytes.len() / 2);
        [packed("gzip", front).await, packed("gzip", back).await].concat()
    };
    let record = preannounced(&app, &cast, "T-1");
    let body = halves(&record.payload_bytes().unwrap()).await;
    let request = app.client.post(format!("{}/v1/tenders", app.base)).header("content-type", "application/json");
    let request = request.header("x-jws-signature", record.detached()).header("content-encoding", "gzip");
    within(app.send(request.body(body))).await.accepted();
    let document = b"%PDF-1.4 ".repeat(500);
    let path = format!("{}/v1/documents/{}", app.base, documents::name(&document));
    let request = app.client.put(&path).header("content-type", "application/pdf").header("content-encoding", "gzip");
    let request = request.bearer_auth(app.token(&cast.centre));
    assert_eq!(within(app.send(request.body(halves(&document).await))).await.status, 201);
    assert!(within(app.client.get(&path).send()).await.unwrap().bytes().await.unwrap() == document);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_is_in_one_coding_that_asks_for_no_more_memory_than_its_standard_allows() {
    let app = App::start().await;
    for coding in ["gzip, gzip", "br, zstd", "compress", ""] {
        refused(&post_packed(&app, coding, b"{}".to_vec()).await, "media-type", 415);
    }
    let twice = app.client.post(format!("{}/v1/records", app.base)).header("content-type", "application/x-ndjson");
    let twice = twice.header("content-encoding", "identity").header("content-encoding", "gzip").body("{}");
    refused(&within(app.send(twice)).await, "media-type", 415);
    // "Large window brotli", with 30 bits: a gigabyte.
    refused(&post_packed(&app, "br", vec![0x11, 0x1e, 0x0b, 0x02, 0x80]).await, "bad-parameter", 400);
    // A zstd frame whose descriptor asks for a window of 128 MiB: exponent 17.
    let wide = [&[0x28, 0xb5, 0x2f, 0xfd, 0x00, 17 << 3][..], &[0x13, 0, 0, b'{', b'}']].concat();
    refused(&post_packed(&app, "zstd", wide).await, "bad-parameter", 400);
    let narrow = [&[0x28, 0xb5, 0x2f, 0xfd, 0x00, 13 << 3][..], &[0x11, 0, 0, b'{', b'}']].concat();
    assert_eq!(post_packed(&app, "zstd", narrow).await.status, 200, "8 MiB are what RFC 9659 allows");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payload_has_the_same_limit_in_a_line_as_alone() {
    let app = App::start().await;
    let cast = app.cast().await;
    let payload = serde_json::to_vec(&fixture::act(fixture::preannouncement(&cast.centre)).to_value()).unwrap();
    let header = app.header(&cast.centre, &stream("T-1"), "tender.preannounced");
    for (bytes, too_large) in [(45_000, false), (45_001, true), (45_002, true), (45_003, true)] {
        let padded = [payload.clone(), vec![b' '; bytes - payload.len()]].concat();
        let record = Record::sign(&cast.centre.key, &header, &padded);
        let alone = within(app.post_raw("/v1/tenders", Some(&record.detached()), padded)).await;
        let problem = alone.body["type"] == "/problems/entry-too-large";
        assert_eq!(problem, too_large, "{bytes}: {alone:?}");
        let body = line(&Record::sign(&cast.centre.key, &header, &record.payload_bytes().unwrap()));
        let answer = post_packed(&app, "gzip", packed("gzip", &body).await).await;
        assert_eq!(answer.body[0]["problem"]["type"] == "/problems/entry-too-large", too_large, "{bytes}: {answer:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disclosure_has_a_limit_too() {
    let app = App::start().await;
    let cast = app.cast().await;
    let post = async |body: String| {
        let request = app.client.post(format!("{}/v1/disclosures", app.base)).header("content-type", "text/plain");
        within(app.send(request.bearer_auth(app.token(&cast.centre)).body(body))).await
    };
    refused(&post("A".repeat(8195)).await, "request-too-large", 413);
    refused(&post("A".repeat(64 * MIB)).await, "request-too-large", 413);
    assert_eq!(post("A".repeat(8190)).await.status, 422);
}

/// The status of each of `count` equal requests at once, and the longest that /livez took meanwhile.
async fn bombard(service: &Service, coding: &str, body: &[u8], count: usize) -> (Vec<u16>, Duration) {
    // Whose body is not read to its end is hung up on after the answer: no connection is used twice.
    let client = reqwest::Client::builder().pool_max_idle_per_host(0).build().unwrap();
    let bomb = || {
        let request =
            client.post(format!("{}/v1/records", service.base)).header("content-type", "application/x-ndjson");
        request.header("content-encoding", coding).body(body.to_vec()).send()
    };
    let mut bombs = tokio::task::JoinSet::from_iter((0..count).map(|_| bomb()));
    let (mut statuses, mut longest) = (Vec::new(), Duration::ZERO);
    while statuses.len() < count {
        let begun = Instant::now();
        within(client.get(format!("{}/livez", service.base)).send()).await.unwrap();
        longest = longest.max(begun.elapsed());
        while let Some(answer) = bombs.try_join_next() {
            statuses.push(answer.unwrap().unwrap().status().as_u16());
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    (statuses, longest)
}

/// Bodies of some kilobytes that unpack to 64 and 256 MiB, from a stranger.
#[tokio::test(flavor = "multi_thread")]
async fn a_little_that_becomes_a_lot_costs_little_memory() {
    let folder = tempfile::tempdir().unwrap();
    let service = process::spawn_with_files(folder.path(), 4096);
    let before = service.resident_max_mib();
    for (coding, plain) in [
        ("br", b"x\n".repeat(32 * MIB)),
        ("zstd", b"x\n".repeat(32 * MIB)),
        ("gzip", vec![0; 256 * MIB]),
        ("zstd", b"\n".repeat(64 * MIB)),
        ("zstd", [vec![b' '; 60_000], vec![b'\n']].concat().repeat(4000)),
        ("zstd", [vec![b'x'; 60_000], vec![b'\n']].concat().repeat(4000)),
    ] {
        let body = packed(coding, &plain).await;
        let (statuses, longest) = bombard(&service, coding, &body, 6).await;
        assert!(statuses.iter().all(|status| matches!(status, 413 | 429 | 503)), "{coding}: {statuses:?}");
        assert!(longest < Duration::from_secs(2), "/livez took {longest:?}");
    }
    let grown = service.resident_max_mib() - before;
    assert!(grown < 250, "{grown} MiB more");
}

/// Bodies that are never finished: each sender holds what it got, and no more than its share of the whole.
#[tokio::test(flavor = "multi_thread")]
async fn bodies_without_an_end_hold_little_memory() {
    let folder = tempfile::tempdir().unwrap();
    let service = process::spawn_with_files(folder.path(), 4096);
    let before = service.resident_max_mib();
    let mut encoder = ZstdEncoder::new(Vec::new());
    let lines = [vec![b'x'; 60_000], vec![b'\n']].concat().repeat(500);
    encoder.write_all(&lines).await.unwrap();
    encoder.flush().await.unwrap();
    let body = encoder.into_inner();
    let address = service.base.strip_prefix("http://").unwrap();
    let mut sockets = Vec::new();
    for _ in 0..20 {
        let mut socket = TcpStream::connect(address).await.unwrap();
        let head = "POST /v1/records HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-ndjson\r\ncontent-encoding: zstd\r\n\
                    content-length: 1000000\r\n\r\n";
        socket.write_all(head.as_bytes()).await.unwrap();
        socket.write_all(&body).await.unwrap();
        sockets.push(socket);
    }
    // Some hold what this address may hold; the others are told so.
    let mut told = 0;
    for socket in &mut sockets {
        let mut seen = [0; 12];
        if let Ok(read) = tokio::time::timeout(Duration::from_secs(4), socket.read_exact(&mut seen)).await {
            read.unwrap();
            assert_eq!(&seen, b"HTTP/1.1 429");
            told += 1;
        }
    }
    assert!((10..20).contains(&told), "{told} were refused");
    let grown = service.resident_max_mib() - before;
    assert!(grown < 150, "{grown} MiB more");
    // Nobody's single record waits for them.
    let record = within(
        reqwest::Client::new()
            .post(format!("{}/v1/tenders", service.base))
            .header("content-type", "application/json")
            .body("{}")
            .send(),
    )
    .await;
    assert_eq!(record.unwrap().status(), 401, "it was read, and has no signature");
}

/// An upload may take long. Whoever may not upload learns it before a byte of it has come.
#[tokio::test(flavor = "multi_thread")]
async fn a_packed_upload_is_not_waited_for_before_its_sender_is_known() {
    let app = App::start().await;
    for (coding, status) in [("gzip", "401"), ("zstd", "401"), ("br", "503")] {
        let mut socket = TcpStream::connect(app.base.strip_prefix("http://").unwrap()).await.unwrap();
        let path = format!("/v1/documents/{}", documents::name(b"x"));
        let head = format!(
            "PUT {path} HTTP/1.1\r\nhost: x\r\ncontent-type: text/plain\r\ncontent-encoding: {coding}\r\n\
             content-length: 100\r\n\r\n"
        );
        socket.write_all(head.as_bytes()).await.unwrap();
        let mut seen = [0; 12];
        within(socket.read_exact(&mut seen)).await.unwrap();
        assert_eq!(str::from_utf8(&seen[9..]).unwrap(), status, "{coding}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn records_in_lines_are_read_however_they_arrive() {
    let app = App::start_on(Engine::Sqlite).await;
    let cast = app.cast().await;
    disclose(&app, &cast, "T-1").await;
    let body = [
        line(&preannounced(&app, &cast, "T-2")),
        line(&signed(&app, &cast.enterprise, "T-1", fixture::objection("o-1"))),
    ]
    .concat();
    let address = app.base.strip_prefix("http://").unwrap();
    let mut socket = TcpStream::connect(address).await.unwrap();
    let head = "POST /v1/records HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-ndjson\r\nconnection: close\r\n\
                transfer-encoding: chunked\r\n\r\n";
    socket.write_all(head.as_bytes()).await.unwrap();
    for piece in body.chunks(97) {
        socket.write_all(format!("{:x}\r\n", piece.len()).as_bytes()).await.unwrap();
        socket.write_all(&[piece, b"\r\n"].concat()).await.unwrap();
    }
    socket.write_all(b"0\r\n\r\n").await.unwrap();
    let mut seen = String::new();
    within(socket.read_to_string(&mut seen)).await.unwrap();
    assert_eq!(seen.matches("\"receipt\"").count(), 2, "{seen}");
}
