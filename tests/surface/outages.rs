//! Bad ground: a full disk, a database that is away, a folder that can't be written. The service says so, serves what it
//! can, loses nothing, and goes on by itself.

use super::fixture::{act, preannouncement, stream};
use super::remote::Remote;
use super::support::postgres::Cluster;
use super::support::{Actor, Answer, App, FullDisk, audit, mirror, unlimited};
use super::{chinese, disclose, log_size, refused, within};
use gongshi::clock::Clock;
use serde_json::json;
use std::time::{Duration, Instant};

/// Whoever watches has an answer within this time, whatever happens.
const ANSWERED_WITHIN: Duration = Duration::from_secs(2);

/// What `/readyz` says is wrong with a store, in words that help.
#[track_caller]
fn hindered(answer: &Answer, store: &str) -> String {
    assert_eq!((answer.status, &answer.body["ready"]), (503, &json!(false)), "{answer:?}");
    let said = &answer.body[store];
    assert!(chinese(&said["reason"]) && chinese(&said["cure"]), "{answer:?}");
    assert!(said["reason_en"].is_string() && said["cure_en"].is_string(), "{answer:?}");
    said["cause"].as_str().unwrap().to_owned()
}

async fn ready_within(seconds: u64, readyz: impl AsyncFn() -> Answer) -> Answer {
    let began = Instant::now();
    loop {
        let seen = readyz().await;
        if seen.status == 200 {
            return seen;
        }
        assert!(began.elapsed() < Duration::from_secs(seconds), "still not ready: {seen:?}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_shows_until_there_is_room() {
    let app = App::start().await;
    let cast = app.cast().await;
    let disk = FullDisk::under(&app.ledger.database).await;
    let post = async |n: usize| {
        let disclosed = act(preannouncement(&cast.centre));
        within(app.post(&cast.centre, "/v1/tenders", &stream(&format!("T-{n}")), &disclosed)).await
    };
    let mut taken = 0;
    let full = loop {
        let answer = post(taken).await;
        if answer.status != 201 {
            break answer;
        }
        taken += 1;
        assert!(taken < 200, "the file may not grow");
    };
    refused(&full, "unavailable", 503);
    // At once, and for as long as it lasts: a small write that finds a place is no sign of room.
    for _ in 0..3 {
        assert_eq!(hindered(&app.get("/readyz").await, "database"), "full");
        tokio::time::sleep(Duration::from_millis(1100)).await;
    }
    assert!(app.get("/metrics").await.body.as_str().unwrap().contains("\ngongshi_database_writable 0\n"));
    assert_eq!((app.get("/v1/tenders").await.status, app.get("/livez").await.status), (200, 200));
    disk.make_room().await;
    // By itself: where traffic is turned away from what is not ready, no record comes that would show.
    let seen = ready_within(5, async || app.get("/readyz").await).await;
    assert_eq!(seen.body, json!({"ready": true, "size": log_size(&app).await}));
    assert!(app.get("/metrics").await.body.as_str().unwrap().contains("\ngongshi_database_writable 1\n"));
    for n in taken..taken + 30 {
        post(n).await.accepted();
    }
    let copy = tempfile::tempdir().unwrap();
    mirror(&app, copy.path()).await;
    let report = audit(copy.path());
    assert!(report.holds() && report.entries == app.size(), "{:?}", report.findings);
}

/// No file of the process may grow any more: neither the database nor what is uploaded or uploaded.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_can_be_written_for_a_while() {
    // The kernel would end it otherwise. Its own log is a file, too.
    let remote = Remote::start("trap '' XFSZ; log=$(mktemp) && exec 2>\"$log\" && rm \"$log\"", &[]);
    assert_eq!(remote.get("/readyz").await.status, 200);
    remote.post(1).await.accepted();
    remote.service.limit_files("1");
    for answer in [remote.post(2).await, remote.upload(b"document").await, remote.disclose("value").await] {
        refused(&answer, "unavailable", 503);
    }
    let seen = remote.get("/readyz").await;
    hindered(&seen, "database");
    hindered(&seen, "objects");
    assert_eq!((remote.get("/v1/records/1").await.status, remote.get("/livez").await.status), (200, 200));
    remote.service.limit_files("unlimited");
    ready_within(5, async || remote.get("/readyz").await).await;
    remote.post(2).await.accepted();
    assert_eq!(remote.upload(b"document").await.status, 201);
    assert_eq!(remote.disclose("value").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_that_can_not_be_kept_show() {
    let app = App::start().await;
    let cast = app.cast().await;
    let put = async |actor: &Actor, bytes: &[u8]| {
        let name = super::documents::name(bytes);
        let request = app.client.put(format!("{}/v1/documents/{name}", app.base)).bearer_auth(app.token(actor));
        within(app.send(request.header("content-type", "text/plain").body(bytes.to_vec()))).await
    };
    let incoming = app.folder.path().join("documents/incoming");
    std::fs::remove_dir_all(&incoming).unwrap();
    std::fs::write(&incoming, "no folder").unwrap();
    refused(&put(&cast.centre, b"one").await, "unavailable", 503);
    let seen = app.get("/readyz").await;
    hindered(&seen, "objects");
    assert!(seen.body["database"].is_null(), "{seen:?}");
    // The sender's own fault changes nothing about it, and records that cite nothing are taken.
    disclose(&app, &cast, "T-1").await;
    tokio::time::sleep(Duration::from_millis(1100)).await;
    hindered(&app.get("/readyz").await, "objects");
    std::fs::remove_file(&incoming).unwrap();
    ready_within(5, async || app.get("/readyz").await).await;
    assert_eq!(put(&cast.centre, b"one").await.status, 201);
    let wrong = app.client.put(format!("{}/v1/documents/{}", app.base, super::documents::name(b"two")));
    let wrong = wrong.bearer_auth(app.token(&cast.centre)).header("content-type", "text/plain").body("three");
    refused(&within(app.send(wrong)).await, "document-mismatch", 422);
    assert_eq!(app.get("/readyz").await.status, 200);
}

/// Stopped, its connections are refused; silent, they are not even answered.
#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_goes_away_and_comes_back() {
    let (cluster, folder) = (Cluster::start(""), tempfile::tempdir().unwrap());
    let clock = Clock::manual(super::support::START.parse().unwrap());
    let ledger = super::support::open_at(folder.path(), cluster.url(), clock.clone()).await;
    let app = App::serve(folder, ledger, clock, unlimited()).await;
    let cast = app.cast().await;
    for way in ["stopped", "silent"] {
        if way == "silent" {
            cluster.signal("STOP")
        } else {
            cluster.stop()
        }
        for _ in 0..2 {
            let asked = Instant::now();
            assert_eq!(hindered(&app.get("/readyz").await, "database"), "away", "{way}");
            assert!(asked.elapsed() < ANSWERED_WITHIN, "{way}: {:?}", asked.elapsed());
        }
        let asked = Instant::now();
        let list = async { refused(&within(app.get("/v1/tenders")).await, "unavailable", 503) };
        let (livez, metrics, ()) = tokio::join!(app.get("/livez"), app.get("/metrics"), list);
        assert_eq!((livez.status, metrics.status), (200, 200), "{way}");
        assert!(asked.elapsed() < Duration::from_secs(6), "{way}: {:?}", asked.elapsed());
        if way == "silent" {
            cluster.signal("CONT")
        } else {
            cluster.start_again()
        }
        ready_within(10, async || app.get("/readyz").await).await;
        disclose(&app, &cast, &format!("T-{way}")).await;
    }
}

/// A standby, or a server that was told so, can be read, and that must not pass for ready.
#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_turned_read_only_is_not_ready() {
    let app = App::start_on(super::support::Engine::Postgres).await;
    let gongshi::store::Pools::Postgres(pool) = &app.ledger.database.pools else { panic!("PostgreSQL") };
    let turn = async |read_only: &str| {
        let mut last = pool.acquire().await.unwrap();
        let name: String = sqlx::query_scalar("SELECT current_database()").fetch_one(&mut *last).await.unwrap();
        sqlx::query("SET default_transaction_read_only = off").execute(&mut *last).await.unwrap();
        let set = format!("ALTER DATABASE {name} SET default_transaction_read_only = {read_only}");
        sqlx::query(sqlx::AssertSqlSafe(set)).execute(&mut *last).await.unwrap();
        // Sessions that there are keep what they had.
        let others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                      WHERE datname = current_database() AND pid <> pg_backend_pid()";
        sqlx::query(others).fetch_all(&mut *last).await.unwrap();
        last.close_on_drop();
    };
    assert_eq!(app.get("/readyz").await.status, 200);
    turn("on").await;
    tokio::time::sleep(Duration::from_millis(1500)).await;
    assert_eq!(hindered(&app.get("/readyz").await, "database"), "read-only");
    assert_eq!(app.get("/v1/tenders").await.status, 200);
    turn("off").await;
    ready_within(5, async || app.get("/readyz").await).await;
}
