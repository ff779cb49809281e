//! A clock that is wrong: nothing is written by it, and nothing is lost by it.

use super::support::fixture::{self, act, stream};
use super::support::{Actor, App, Cast, DAY, Engine, ORIGIN, START, open_at, postgres, process, unlimited};
use super::{Answer, chinese, disclose, header, log_size, preannounced, refused, within};
use gongshi::clock::Clock;
use gongshi::cosigning;
use gongshi::field::Instant;
use gongshi::ledger::{LogKeys, propose_for_ever};
use gongshi::log::{Cosigner, NoteSigner};
use gongshi::organisation::Role;
use gongshi::record::PrivateKey;
use gongshi::witness::{Witness, WitnessServer};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;

const HOUR: i64 = DAY / 24;
const YEAR: i64 = 365 * DAY;

fn start() -> Instant {
    START.parse().unwrap()
}

async fn start_by(clock: Clock) -> App {
    App::start_by(clock, tempfile::tempdir().unwrap(), Engine::Sqlite, unlimited(), None).await
}

/// Moves the wall clock, while no time passes.
fn jump(app: &App, millis: i64) {
    app.clock.set(app.now().plus_millis(millis));
}

async fn post(app: &App, cast: &Cast, code: &str) -> Answer {
    let disclosed = act(fixture::preannouncement_on(&cast.centre, app.now()));
    within(app.post(&cast.centre, "/v1/tenders", &stream(code), &disclosed)).await
}

async fn status(app: &App, code: &str) -> String {
    app.get(&format!("/v1/tenders/{code}")).await.body["status"].as_str().unwrap().to_owned()
}

/// `/readyz` and the metric agree that the clock is wrong, and say why.
async fn is_read_only(app: &App, cause: &str) {
    let ready = app.get("/readyz").await;
    assert_eq!((ready.status, &ready.body["ready"]), (503, &false.into()), "{ready:?}");
    let clock = &ready.body["clock"];
    assert_eq!((&clock["type"], &clock["cause"]), (&"/problems/clock-untrusted".into(), &cause.into()));
    assert_eq!(clock["shows"], app.now().to_string());
    assert!(clock["expected"].as_str().unwrap().parse::<Instant>().is_ok());
    for (zh, en) in [("reason", "reason_en"), ("cure", "cure_en")] {
        assert!(chinese(&clock[zh]) && !chinese(&clock[en]), "{clock}");
    }
    assert!(clock["reason_en"].as_str().unwrap().contains(&app.now().shanghai_text()), "{clock}");
    assert!(clock["cure_en"].as_str().unwrap().contains("SIGUSR1"), "{clock}");
    assert_eq!(trusted(app).await, 0);
}

async fn is_writable(app: &App) {
    let ready = app.get("/readyz").await;
    assert_eq!((ready.status, &ready.body["ready"]), (200, &true.into()), "{ready:?}");
    assert!(ready.body.get("clock").is_none());
    assert_eq!(trusted(app).await, 1);
}

async fn trusted(app: &App) -> u8 {
    let metrics = app.get("/metrics").await.body;
    let line = metrics.as_str().unwrap().lines().find_map(|line| line.strip_prefix("gongshi_clock_trusted "));
    line.unwrap().parse().unwrap()
}

fn is_untrusted(answer: &Answer) {
    refused(answer, "clock-untrusted", 503);
    assert_eq!(header(answer, "retry-after"), "1");
    assert!(chinese(&answer.body["detail"]) && !chinese(&answer.body["detail_en"]), "{answer:?}");
}

async fn upload(app: &App, by: &Actor) -> Answer {
    let sha256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    let request = app.client.put(format!("{}/v1/documents/{sha256}", app.base)).header("content-type", "text/plain");
    app.send(request.bearer_auth(app.token(by)).body("test")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_a_year_ahead_closes_nothing() {
    let app = start_by(Clock::guarded_manual(start(), None)).await;
    let cast = app.cast().await;
    disclose(&app, &cast, "T-1").await;
    is_writable(&app).await;
    let size = log_size(&app).await;
    app.clock.advance_millis(7000);
    jump(&app, YEAR);
    // The very first to see it is a record, signed at the wrong time.
    is_untrusted(&post(&app, &cast, "T-2").await);
    is_read_only(&app, "jumped").await;
    assert_eq!(app.ledger.propose_due().await.unwrap(), 0);
    let lines = serde_json::to_string(&preannounced(&app, &cast, "T-3")).unwrap();
    let bulk = app.client.post(format!("{}/v1/records", app.base)).header("content-type", "application/x-ndjson");
    let bulk = app.send(bulk.body(lines)).await;
    assert_eq!((bulk.status, &bulk.body[0]["problem"]["type"]), (200, &"/problems/clock-untrusted".into()));
    // Nobody can say whether a token has expired; what everybody may read goes on.
    is_untrusted(&upload(&app, &cast.centre).await);
    for path in ["/v1/tenders", "/v1/records", "/v1/log", "/log/checkpoint", "/v1/records/0/proof", "/livez"] {
        assert_eq!(app.get(path).await.status, 200, "{path}");
    }
    assert_eq!((status(&app, "T-1").await.as_str(), log_size(&app).await), ("preannounced", size));

    // It comes back by itself, at the first record already, and the window is as long as it was.
    jump(&app, -YEAR);
    post(&app, &cast, "T-2").await.accepted();
    is_writable(&app).await;
    assert_eq!(upload(&app, &cast.centre).await.status, 201);
    let objection = act(fixture::objection("o-1"));
    let path = "/v1/tenders/T-1/objections";
    within(app.post(&cast.enterprise, path, &stream("T-1"), &objection)).await.accepted();
    app.days_pass(9).await;
    assert_eq!(status(&app, "T-2").await, "cleared", "time that passes is no jump");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_falls_due_is_done_by_the_right_clock_alone() {
    let app = start_by(Clock::guarded_manual(start(), None)).await;
    let cast = app.cast().await;
    disclose(&app, &cast, "T-1").await;
    jump(&app, 9 * DAY);
    let proposing = tokio::spawn(propose_for_ever(Arc::clone(&app.ledger)));
    // It looks every five seconds.
    tokio::time::sleep(Duration::from_secs(6)).await;
    assert_eq!(status(&app, "T-1").await, "preannounced");
    jump(&app, -9 * DAY);
    app.clock.advance_millis(9 * DAY);
    within(async {
        while status(&app, "T-1").await != "cleared" {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    })
    .await;
    proposing.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_set_back_writes_nothing() {
    let app = start_by(Clock::guarded_manual(start(), None)).await;
    let cast = app.cast().await;
    for (back, held) in [(2 * DAY, true), (2 * 60_000, true), (1000, false)] {
        app.clock.advance_millis(HOUR);
        jump(&app, -back);
        let answer = post(&app, &cast, &format!("T-{back}")).await;
        if held {
            is_untrusted(&answer);
            is_read_only(&app, "jumped").await;
            jump(&app, back);
            post(&app, &cast, &format!("T-{back}")).await.accepted();
        } else {
            // A leap second.
            answer.accepted();
        }
        is_writable(&app).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_confirms_a_clock_that_is_right() {
    let app = start_by(Clock::guarded_manual(start(), None)).await;
    let cast = app.cast().await;
    disclose(&app, &cast, "T-1").await;
    // A virtual machine that its host stopped for nine days.
    jump(&app, 9 * DAY);
    is_untrusted(&post(&app, &cast, "T-2").await);
    app.clock.confirm();
    is_writable(&app).await;
    post(&app, &cast, "T-2").await.accepted();
    assert_eq!(app.ledger.propose_due().await.unwrap(), 1);
    assert_eq!(status(&app, "T-1").await, "cleared");
    // That was about this once.
    jump(&app, DAY);
    is_untrusted(&post(&app, &cast, "T-3").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_is_ahead_of_the_clock_is_served_but_not_written() {
    let app = start_by(Clock::guarded_manual(start(), None)).await;
    let cast = app.cast().await;
    // The machine starts again with another time: a dead battery, and nothing to compare with but the log.
    let app = app.restart_by(Clock::guarded_manual(start().plus_millis(-2 * HOUR), None)).await;
    is_read_only(&app, "behind-log").await;
    is_untrusted(&post(&app, &cast, "T-1").await);
    assert_eq!(app.get("/v1/organisations").await.status, 200);
    jump(&app, 2 * HOUR + 1000);
    is_writable(&app).await;
    post(&app, &cast, "T-1").await.accepted();
    // A service that was down for a year, and one whose log was written by a clock that was ahead.
    let app = app.restart_by(Clock::guarded_manual(start().plus_millis(YEAR), None)).await;
    is_writable(&app).await;
    let app = app.restart_by(Clock::guarded_manual(start().plus_millis(-2 * HOUR), None)).await;
    is_read_only(&app, "behind-log").await;
    app.clock.confirm();
    is_writable(&app).await;
    let receipt = post(&app, &cast, "T-2").await.accepted();
    assert_eq!(receipt["time"], start().plus_millis(1000).to_string(), "time in a log never runs back");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_does_not_make_a_wrong_clock_right() {
    let folder = tempfile::tempdir().unwrap();
    let memory = folder.path().join("clock.json");
    let clock = Clock::guarded_manual(start(), Some(memory.clone()));
    let app = start_by(clock).await;
    let cast = app.cast().await;
    app.clock.remember();
    let again = |millis| Clock::guarded_manual(start().plus_millis(millis), Some(memory.clone()));
    let app = app.restart_by(again(YEAR)).await;
    is_read_only(&app, "jumped").await;
    app.clock.remember();
    let app = app.restart_by(again(0)).await;
    post(&app, &cast, "T-1").await.accepted();
    let app = app.restart_by(again(DAY)).await;
    is_read_only(&app, "jumped").await;
    app.clock.confirm();
    // What was confirmed is confirmed for the next start too.
    let app = app.restart_by(again(DAY)).await;
    is_writable(&app).await;
    post(&app, &cast, "T-2").await.accepted();
}

/// A witness whose clock shows `time`; its line in the policy.
async fn witness(folder: &Path, log: &NoteSigner, time: Instant) -> String {
    let cosigner = Cosigner::new("witness.example/w", PrivateKey::from_seed([7; 32])).unwrap();
    let key = cosigner.verifier().clone();
    let witness = Witness::open(folder, cosigner, vec![log.verifier().clone()], Clock::manual(time)).unwrap();
    let server = WitnessServer::bind(Arc::new(witness), "127.0.0.1:0".parse().unwrap()).await.unwrap();
    let line = format!("witness w {key} http://{}\n", server.address());
    tokio::spawn(server.serve(std::future::pending()));
    line
}

async fn eventually_read_only(app: &App) {
    within(async {
        while app.get("/readyz").await.status == 200 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await;
}

/// A log by a clock that is wrong by so much, and a witness that knows the time.
async fn contradicted_by_its_witness(wrong: i64) {
    let (folder, seen) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let keys = LogKeys::in_folder(&folder.path().join("keys")).unwrap();
    let signer = NoteSigner::new(ORIGIN, keys.checkpoint[0].clone()).unwrap();
    let line = witness(seen.path(), &signer, start()).await;
    let policy = format!("log {}\n{line}quorum w\n", signer.verifier()).parse().unwrap();
    let clock = Clock::guarded_manual(start().plus_millis(wrong), None);
    let app = App::start_by(clock, folder, Engine::Sqlite, unlimited(), Some(policy)).await;
    let asking = tokio::spawn(cosigning::run(Arc::clone(&app.ledger), tokio::sync::oneshot::channel().0));
    eventually_read_only(&app).await;
    is_read_only(&app, "witnesses").await;
    let stranger = Actor { id: "91410105MA9ABCDE2Y".parse().unwrap(), key: PrivateKey::generate() };
    is_untrusted(&app.register(&stranger, Role::Enterprise).await);
    jump(&app, -wrong);
    if wrong > 0 {
        // The log has begun in the future by now: somebody must say which of the two is right.
        is_read_only(&app, "behind-log").await;
        app.clock.confirm();
    }
    is_writable(&app).await;
    asking.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn witnesses_tell_a_clock_that_was_ahead_from_the_start() {
    contradicted_by_its_witness(2 * HOUR).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn witnesses_tell_a_clock_that_was_behind_from_the_start() {
    contradicted_by_its_witness(-2 * HOUR).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replica_does_not_follow_another_one_into_the_future() {
    let (folder, url) = (tempfile::tempdir().unwrap(), postgres::fresh_database());
    let clock = Clock::guarded_manual(start(), None);
    let ledger = open_at(folder.path(), url.clone(), clock.clone()).await;
    let app = App::serve(folder, ledger, clock, unlimited()).await;
    let cast = app.cast().await;
    let ahead = Clock::guarded_manual(start().plus_millis(2 * HOUR), None);
    let other = open_at(app.folder.path(), url, ahead.clone()).await;
    let other = App::serve(TempDir::new().unwrap(), other, ahead, unlimited()).await;
    post(&other, &cast, "T-1").await.accepted();
    // Within the batch already, before anybody has looked.
    is_untrusted(&post(&app, &cast, "T-2").await);
    is_read_only(&app, "behind-log").await;
    app.clock.advance_millis(2 * HOUR);
    post(&app, &cast, "T-2").await.accepted();
    is_writable(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_runs_the_process_confirms_its_clock_by_a_signal() {
    let folder = tempfile::tempdir().unwrap();
    let ahead = Clock::System.now().plus_millis(HOUR);
    let ledger = open_at(folder.path(), Engine::Sqlite.database(folder.path()), Clock::manual(ahead)).await;
    ledger.database.close().await;
    drop(ledger);
    let service = process::spawn(folder.path(), None);
    let ready = async || reqwest::get(format!("{}/readyz", service.base)).await.unwrap().status().as_u16();
    assert_eq!(ready().await, 503);
    service.signal("USR1");
    within(async {
        while ready().await != 200 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
}
