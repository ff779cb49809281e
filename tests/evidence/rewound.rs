//! A log that goes back: its database was restored from an old copy, and whoever knows better keeps it from being written on.

use super::support::{Actor, App, Engine, START, fixture, unlimited};
use gongshi::asking;
use gongshi::clock::Clock;
use gongshi::cosigning;
use gongshi::highwater::{Divergence, HighWater, Voucher};
use gongshi::ledger::{Ledger, LedgerError};
use gongshi::log::{Cosigner, NoteSigner, Policy};
use gongshi::mirror::{LogClient, Mirror, Trust};
use gongshi::organisation::Role;
use gongshi::publishing::Publisher;
use gongshi::record::PrivateKey;
use gongshi::store::{Database, ENTRIES, Objects, Table, Value};
use gongshi::witness::{Witness, WitnessServer};
use std::num::NonZero;
use std::path::Path;
use std::sync::Arc;

/// Every row of a database at one moment, to be put back later.
struct OldCopy(Vec<(&'static Table, Vec<Vec<Value>>)>);

async fn rows(database: &Database, table: &Table) -> Vec<Vec<Value>> {
    let sql = format!("SELECT {} FROM {}", table.column_names(), table.name);
    database.read_built(sql, &[]).await.unwrap().iter().map(|row| row.values().to_vec()).collect()
}

impl OldCopy {
    async fn of(database: &Database) -> Self {
        let mut copy = Vec::new();
        for table in gongshi::derived::tables() {
            copy.push((table, rows(database, table).await));
        }
        Self(copy)
    }

    async fn put_back(&self, database: &Database) {
        let mut write = database.begin_write().await.unwrap();
        for (table, rows) in &self.0 {
            write.empty(table).await.unwrap();
            write.put(table, rows.clone()).await.unwrap();
        }
        write.commit().await.unwrap();
    }
}

async fn grows(app: &App, centre: &Actor, codes: &[&str]) {
    for code in codes {
        let disclosed = fixture::act(fixture::preannouncement(centre));
        app.post(centre, "/v1/tenders", &fixture::stream(code), &disclosed).await.accepted();
    }
}

async fn refused(app: &App, centre: &Actor, voucher: &str) {
    let entries = rows(&app.ledger.database, &ENTRIES).await.len();
    let disclosed = fixture::act(fixture::preannouncement(centre));
    let answer = app.post(centre, "/v1/tenders", &fixture::stream("NEW"), &disclosed).await;
    assert_eq!((answer.status, answer.problem()), (503, "log-rewound"), "{answer:?}");
    assert!(answer.body["detail"].as_str().unwrap().contains("gongshi restore"), "{answer:?}");
    let ready = app.get("/readyz").await;
    assert_eq!((ready.status, &ready.body["log"]["cause"]), (503, &voucher.into()), "{ready:?}");
    assert!(app.bytes("/metrics").await.windows(22).any(|line| line == b"\ngongshi_log_rewound 1"));
    // What is there can be read, and compared by others.
    app.bytes("/log/checkpoint").await;
    assert_eq!(rows(&app.ledger.database, &ENTRIES).await.len(), entries, "nothing was written");
}

async fn under_a_running_service(engine: Engine) {
    let app = App::start_on(engine).await;
    let centre = app.cast().await.centre;
    let database = app.ledger.database.clone();
    let old = OldCopy::of(&database).await;
    grows(&app, &centre, &["A", "B"]).await;
    let new = OldCopy::of(&database).await;
    app.ledger.raise_mark().await.unwrap();
    old.put_back(&database).await;
    // Nobody has looked yet: the sequencer itself does not go on from less than it has written.
    let entries = rows(&database, &ENTRIES).await.len();
    let disclosed = fixture::act(fixture::preannouncement(&centre));
    for _ in 0..2 {
        let answer = app.post(&centre, "/v1/tenders", &fixture::stream("C"), &disclosed).await;
        assert_eq!(answer.problem(), "unavailable", "{answer:?}");
    }
    assert_eq!(rows(&database, &ENTRIES).await.len(), entries);
    app.ledger.raise_mark().await.unwrap();
    refused(&app, &centre, "mark").await;
    // Brought back, it goes on by itself.
    new.put_back(&database).await;
    app.ledger.raise_mark().await.unwrap();
    grows(&app, &centre, &["C"]).await;
    assert_eq!(app.get("/readyz").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_put_back_under_a_running_service_sqlite() {
    under_a_running_service(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_put_back_under_a_running_service_postgres() {
    under_a_running_service(Engine::Postgres).await;
}

/// Stops a service as it should be, puts an old copy in the place of its database, and starts it again.
async fn restored_from(old: &OldCopy, app: App) -> App {
    app.ledger.close().await;
    let folder = app.folder.path().to_owned();
    let database = Database::open(&Engine::Sqlite.database(&folder)).await.unwrap();
    old.put_back(&database).await;
    database.close().await;
    app.restart().await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_mark_beside_the_keys_outlives_the_database() {
    let app = App::start().await;
    let centre = app.cast().await.centre;
    let old = OldCopy::of(&app.ledger.database).await;
    grows(&app, &centre, &["A", "B"]).await;
    let app = restored_from(&old, app).await;
    refused(&app, &centre, "mark").await;
    // Whoever takes the mark away can write on, and has another log: the mark, put back, tells.
    let file = app.folder.path().join("high-water");
    let mark = std::fs::read(&file).unwrap();
    std::fs::remove_file(&file).unwrap();
    let app = app.restart().await;
    grows(&app, &centre, &["X", "Y", "Z"]).await;
    std::fs::write(&file, &mark).unwrap();
    let app = app.restart().await;
    refused(&app, &centre, "mark").await;
    assert!(matches!(app.ledger.rewound().unwrap().divergence, Divergence::Forked { .. }));
    // No database at all is no new log.
    app.ledger.database.close().await;
    for name in ["gongshi.sqlite", "gongshi.sqlite-wal", "gongshi.sqlite-shm"] {
        let _ = std::fs::remove_file(app.folder.path().join(name));
    }
    let opened = gone(app.folder.path()).await;
    assert!(matches!(opened, Err(LedgerError::Rewound(_))), "{:?}", opened.err());
}

async fn gone(folder: &Path) -> Result<Arc<Ledger>, LedgerError> {
    let clock = Clock::manual(START.parse().unwrap());
    super::support::open_with(folder, Engine::Sqlite.database(folder), clock, None).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_published_place_and_mirrors_know_better() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let app = App::start().await;
    let centre = app.cast().await.centre;
    let old = OldCopy::of(&app.ledger.database).await;
    grows(&app, &centre, &["A", "B"]).await;
    let (out, copy) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let place = Objects::published(out.path()).unwrap();
    Publisher::new(Arc::clone(&app.ledger), place.clone()).round().await.unwrap();
    let trust = Trust::new(vec![app.log_key()], None).unwrap();
    let client = LogClient::locate(&app.base).await.unwrap();
    Mirror::open(client, trust, copy.path(), NonZero::<usize>::MIN).unwrap().step(|_, _| {}).await.unwrap();
    let mirrors = [copy.path().display().to_string()];
    // As far as they are, or further: nobody objects. Who is not there, or is of another log, stops nothing.
    let stranger = tempfile::tempdir().unwrap();
    let others = App::start().await;
    super::support::mirror(&others, stranger.path()).await;
    let strangers = ["http://127.0.0.1:9".to_owned(), "/nowhere".to_owned(), stranger.path().display().to_string()];
    grows(&app, &centre, &["C"]).await;
    let named = [mirrors.as_slice(), &strangers].concat();
    app.ledger.mirrors.name(&named);
    asking::ask(&app.ledger, Some(&place), &named).await;
    assert_eq!(app.ledger.rewound(), None);
    // Readers are told how far the one is, and that the others say nothing of this log.
    let told = app.get("/v1/log/mirrors").await.body;
    let known = |at: usize, member: &str| told[at][member].clone();
    assert_eq!((known(0, "agrees"), known(0, "size")), (true.into(), (app.size() - 1).into()), "{told}");
    assert!(known(0, "failing_since").is_null() && known(0, "answered_at").is_string(), "{told}");
    assert!((1..4).all(|at| known(at, "failing_since").is_string() && known(at, "size").is_null()), "{told}");
    let page = app.get("/zh/log").await;
    assert!(page.body.as_str().unwrap().contains("http://127.0.0.1:9"), "named on the page");
    app.ledger.close().await;
    std::fs::remove_file(app.folder.path().join("high-water")).unwrap();
    let app = {
        let database = Database::open(&Engine::Sqlite.database(app.folder.path())).await.unwrap();
        old.put_back(&database).await;
        database.close().await;
        app.restart().await
    };
    assert_eq!(app.ledger.rewound(), None, "nobody was asked");
    asking::ask(&app.ledger, None, &mirrors).await;
    refused(&app, &centre, "mirror").await;
    asking::ask(&app.ledger, Some(&place), &[]).await;
    refused(&app, &centre, "published").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn witnesses_know_better_when_they_are_enough() {
    let folder = tempfile::tempdir().unwrap();
    let keys = gongshi::ledger::LogKeys::in_folder(&folder.path().join("keys")).unwrap();
    let log = NoteSigner::new(super::support::ORIGIN, keys.checkpoint[0].clone()).unwrap().verifier().clone();
    let mut text = format!("log {log}\n");
    let mut kept = Vec::new();
    for seed in 1..=3 {
        let cosigner = Cosigner::new(&format!("witness.example/{seed}"), PrivateKey::from_seed([seed; 32])).unwrap();
        let (own, clock) = (tempfile::tempdir().unwrap(), Clock::manual(START.parse().unwrap()));
        let witness = Witness::open(own.path(), cosigner.clone(), vec![log.clone()], clock).unwrap();
        let server = WitnessServer::bind(Arc::new(witness), "127.0.0.1:0".parse().unwrap()).await.unwrap();
        text += &format!("witness w{seed} {} http://{}\n", cosigner.verifier(), server.address());
        kept.push((own, tokio::spawn(server.serve(std::future::pending()))));
    }
    text += "group two 2 w1 w2 w3\nquorum two\n";
    let policy: Policy = text.parse().unwrap();
    let app = App::start_in(folder, Engine::Sqlite, unlimited(), Some(policy.clone())).await;
    let centre = app.cast().await.centre;
    let old = OldCopy::of(&app.ledger.database).await;
    grows(&app, &centre, &["A"]).await;
    asked_once(&app.ledger).await;
    old.put_back(&app.ledger.database).await;
    let clock = app.clock.clone();
    let url = Engine::Sqlite.database(app.folder.path());
    // By a process that has no memory of its own.
    let reopened = super::support::open_with(app.folder.path(), url, clock.clone(), Some(policy)).await.unwrap();
    kept[0].1.abort();
    let _ = (&mut kept[0].1).await;
    asked_once(&reopened).await;
    let rewound = reopened.rewound().expect("two of three contradict it");
    assert_eq!(rewound.voucher, Voucher::Witnesses);
    assert!(matches!(rewound.divergence, Divergence::Behind { .. }), "{rewound}");
    let denying = reopened.witnesses().unwrap().statuses().iter().filter(|status| status.denies.is_some()).count();
    assert_eq!(denying, 2);
    // One alone is not enough to stop a log.
    reopened.witnesses().unwrap().report(1, |status| status.denies = None);
    reopened.weigh_witnesses();
    assert_eq!(reopened.rewound(), None);
    drop(app);
}

async fn asked_once(ledger: &Arc<Ledger>) {
    let (first, asked) = tokio::sync::oneshot::channel();
    let asking = tokio::spawn(cosigning::run(Arc::clone(ledger), first));
    asked.await.unwrap();
    asking.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_mark_follows_the_log_while_it_serves() {
    let app = App::start().await;
    let keeping = tokio::spawn(gongshi::ledger::keep_high_water(Arc::clone(&app.ledger)));
    app.admit("11410100005260004Y", Role::Supervisor, &app.operator()).await;
    let size = app.size();
    let folder = app.folder.path().to_owned();
    let marked = || HighWater::in_folder(&folder).unwrap().mark().map_or(0, |(_, mark)| mark.size);
    for _ in 0..100 {
        if marked() == size {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    assert_eq!(marked(), size);
    keeping.abort();
}
