//! Callers that take streams and connections and give none back: others have room all the same.

use super::support::process;
use super::support::{App, Engine, unlimited};
use super::{refused, within};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

/// A caller at 127.0.0.`last`.
fn at(last: u8) -> reqwest::Client {
    let address = IpAddr::from(Ipv4Addr::new(127, 0, 0, last));
    reqwest::Client::builder().local_address(address).pool_max_idle_per_host(0).build().unwrap()
}

async fn connect(base: &str, last: u8) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(SocketAddr::from(([127, 0, 0, last], 0))).unwrap();
    socket.connect(base.strip_prefix("http://").unwrap().parse().unwrap()).await.unwrap()
}

/// Asks, and gives the status.
async fn ask(socket: &mut TcpStream, path: &str) -> u16 {
    socket.write_all(format!("GET {path} HTTP/1.1\r\nhost: x\r\n\r\n").as_bytes()).await.unwrap();
    let mut seen = [0; 12];
    within(socket.read_exact(&mut seen)).await.unwrap();
    str::from_utf8(&seen[9..]).unwrap().parse().unwrap()
}

/// What is held unfinished ends by itself after 30 s (`Limits::request_seconds`): who is served much sooner did not wait for that.
const SOON: Duration = Duration::from_secs(15);

/// Whether another caller, who is new, is served soon.
async fn others_are_served(base: &str, last: u8) {
    let begun = Instant::now();
    let ready = within(at(last).get(format!("{base}/readyz")).send()).await.unwrap();
    assert_eq!(ready.status(), 200);
    let post = at(last).post(format!("{base}/v1/records")).header("content-type", "application/x-ndjson").body("{}");
    assert_eq!(within(post.send()).await.unwrap().status(), 200);
    assert!(begun.elapsed() < SOON, "after {:?}", begun.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn one_address_has_its_share_of_streams_and_long_polls() {
    let app = App::start_with(Engine::Sqlite, unlimited()).await;
    let size = app.size();
    let mut held = Vec::new();
    let refusal = loop {
        let mut socket = connect(&app.base, 1).await;
        let status = ask(&mut socket, &format!("/v1/records.sse?after={size}")).await;
        if status != 200 {
            break status;
        }
        held.push(socket);
        assert!(held.len() < 1024, "one address takes all streams");
    };
    assert_eq!(refusal, 429);
    assert!(held.len() >= 16, "{} streams", held.len());
    // A long poll is a stream of one event, an export one that ends; what is answered at once is neither.
    for path in [format!("/v1/records?after={size}&wait=5"), "/v1/records.ndjson".to_owned()] {
        refused(&within(app.get(&path)).await, "rate-limited", 429);
    }
    assert_eq!(app.get("/v1/records?wait=5").await.status, 200);
    let mut other = connect(&app.base, 2).await;
    assert_eq!(ask(&mut other, "/v1/records.sse").await, 200);
    others_are_served(&app.base, 3).await;
    // Who leaves makes room.
    held.truncate(held.len() - 3);
    let begun = Instant::now();
    while ask(&mut connect(&app.base, 1).await, "/v1/records.sse").await != 200 {
        assert!(begun.elapsed() < super::PATIENCE);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Where the process may have 1024 files open: far fewer connections fit, and the idle ones make room.
#[tokio::test(flavor = "multi_thread")]
async fn idle_connections_make_room_for_others() {
    let folder = tempfile::tempdir().unwrap();
    let service = process::spawn_with_files(folder.path(), 1024);
    let mut idle = Vec::new();
    for caller in 1..=5 {
        for n in 0..150 {
            let mut socket = connect(&service.base, caller).await;
            // Some say nothing, some half a head, some ask and then keep quiet.
            match n % 3 {
                0 => {}
                1 => socket.write_all(b"GET / HTTP/1.1\r\nhost:").await.unwrap(),
                _ => assert_eq!(ask(&mut socket, "/livez").await, 200),
            }
            idle.push(socket);
        }
        others_are_served(&service.base, 100 + caller).await;
    }
    // The first were closed; of the last none was, such as this one, which has said nothing yet.
    let last = idle.len() - 3;
    assert_eq!(ask(&mut idle[last], "/livez").await, 200);
    let first = idle.first_mut().unwrap();
    assert_eq!(within(first.read(&mut [0; 64])).await.unwrap_or(0), 0);
}

/// Requests that are at work can't be shed. One address has its quarter of them, and the next is served.
#[tokio::test(flavor = "multi_thread")]
async fn unfinished_requests_of_some_addresses_leave_room_for_others() {
    let folder = tempfile::tempdir().unwrap();
    let service = process::spawn_with_files(folder.path(), 1024);
    let mut held = Vec::new();
    for caller in 1..=6 {
        for _ in 0..120 {
            let mut socket = connect(&service.base, caller).await;
            let head =
                "POST /v1/tenders HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{";
            // Where there is no room it may be closed already.
            let _ = socket.write_all(head.as_bytes()).await;
            held.push(socket);
        }
        others_are_served(&service.base, 100 + caller).await;
    }
}
