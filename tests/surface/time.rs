//! Clients that take their time, and a service that is told to stop.

use super::support::{App, Engine, ORIGIN, START, open};
use super::within;
use gongshi::clock::Clock;
use gongshi::http::Limits;
use gongshi::record::Bearer;
use gongshi::server::Server;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

fn address(app: &App) -> &str {
    app.base.strip_prefix("http://").unwrap()
}

/// Everything until the server closes the connection.
async fn rest(socket: &mut TcpStream) -> String {
    let mut seen = Vec::new();
    // A reset ends the connection as well as a FIN does.
    let _ = within(socket.read_to_end(&mut seen)).await;
    String::from_utf8_lossy(&seen).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_never_ends_is_given_up() {
    let limits = Limits { per_address: 0, per_key: 0, request_seconds: 1, ..Limits::default() };
    let app = App::start_with(Engine::Sqlite, limits).await;
    let cast = app.cast().await;
    let token = Bearer::issue(&cast.centre.key, ORIGIN, app.now());
    for head in [
        "POST /v1/tenders HTTP/1.1\r\ncontent-type: application/json\r\n".to_owned(),
        "POST /v1/records HTTP/1.1\r\ncontent-type: application/x-ndjson\r\n".to_owned(),
        format!(
            "PUT /v1/documents/{} HTTP/1.1\r\ncontent-type: text/plain\r\nauthorization: Bearer {token}\r\n",
            "0".repeat(64)
        ),
    ] {
        let mut socket = TcpStream::connect(address(&app)).await.unwrap();
        socket.write_all(format!("{head}host: x\r\ncontent-length: 1000\r\n\r\n{{").as_bytes()).await.unwrap();
        let answer = rest(&mut socket).await;
        let status = answer.split(' ').nth(1).unwrap_or_default();
        assert!(["408", "503"].contains(&status), "{head}: {answer}");
        assert!(answer.contains("application/problem+json"), "{answer}");
    }
    assert_eq!(app.get("/livez").await.status, 200);
}

struct Stoppable {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<()>,
    _folder: TempDir,
}

impl Stoppable {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let ledger = open(folder.path(), Engine::Sqlite, Clock::manual(START.parse().unwrap())).await;
        let server = Server::bind(ledger, "127.0.0.1:0".parse().unwrap(), Limits::default()).await.unwrap();
        let (address, (stop, stopped)) = (server.address(), oneshot::channel());
        let serving = tokio::spawn(server.serve(async {
            let _ = stopped.await;
        }));
        Self { address, stop, serving, _folder: folder }
    }

    async fn send(&self, text: &str) -> TcpStream {
        let mut socket = TcpStream::connect(self.address).await.unwrap();
        socket.write_all(text.as_bytes()).await.unwrap();
        socket
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_has_begun_is_finished_when_the_service_stops() {
    let service = Stoppable::start().await;
    let head = "POST /v1/tenders HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nexpect: 100-continue\r\ncontent-length: 2\r\n\r\n";
    let mut begun = service.send(head).await;
    // The server asks for the body, so the request is in its hands.
    let mut asked = [0; 25];
    within(begun.read_exact(&mut asked)).await.unwrap();
    assert!(asked.starts_with(b"HTTP/1.1 100 "));
    service.stop.send(()).unwrap();
    within(async {
        while TcpStream::connect(service.address).await.is_ok() {
            tokio::task::yield_now().await;
        }
    })
    .await;
    begun.write_all(b"{}").await.unwrap();
    let answer = rest(&mut begun).await;
    assert!(answer.starts_with("HTTP/1.1 401 ") && answer.contains("signature-missing"), "{answer}");
    within(service.serving).await.unwrap();
}

/// What holds a connection open, and how soon the service is gone all the same.
async fn stops_within(limit: Duration, request: &str, sign_of_life: &str) {
    let service = Stoppable::start().await;
    let mut held = service.send(request).await;
    if !sign_of_life.is_empty() {
        super::read_until(&mut held, sign_of_life, 1).await;
    }
    // A second connection that is answered: by then the first one has been accepted.
    let mut idle = service.send("GET /livez HTTP/1.1\r\nhost: x\r\n\r\n").await;
    super::read_until(&mut idle, "ok\n", 1).await;
    let begun = Instant::now();
    service.stop.send(()).unwrap();
    within(service.serving).await.unwrap();
    assert!(begun.elapsed() < limit, "it took {:?}", begun.elapsed());
    rest(&mut held).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_connection_does_not_hold_the_service() {
    stops_within(Duration::from_secs(3), "", "").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_that_is_never_finished_does_not_hold_the_service() {
    stops_within(Duration::from_secs(15), "GET /livez HTTP/1.1\r\nhost:", "").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_follower_does_not_hold_the_service() {
    stops_within(Duration::from_secs(15), "GET /v1/records.sse HTTP/1.1\r\nhost: x\r\n\r\n", "log.opened").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_poll_does_not_hold_the_service() {
    stops_within(Duration::from_secs(15), "GET /v1/records?after=0&wait=25 HTTP/1.1\r\nhost: x\r\n\r\n", "").await;
}
