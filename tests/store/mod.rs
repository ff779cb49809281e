//! The sequencer on both engines: order, replicas, replay, and sudden death.

use super::support::fixture::{self, act, stream};
use super::support::postgres::{Cluster, Pooler};
use super::support::{self, Actor, App, Engine, audit, mirror, postgres, process};
use futures::future::join_all;
use gongshi::clock::Clock;
use gongshi::derived::replay;
use gongshi::http::Limits;
use gongshi::identity::CheckpointKeyAddition;
use gongshi::ledger::Ledger;
use gongshi::log::{NoteKey, NoteSigner, TlogProof};
use gongshi::organisation::{KeyAddition, Role, possession_header};
use gongshi::record::{PrivateKey, Record};
use gongshi::sequencer::projections;
use gongshi::server::Server;
use gongshi::store::{Database, StoreError};
use gongshi::world::Stream;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

async fn replay_gives_the_same_tables(engine: Engine) {
    let app = App::start_on(engine).await;
    let cast = app.cast().await;
    let posts = (0..300).map(|n| {
        let (app, cast) = (&app, &cast);
        async move {
            let tender = stream(&format!("T-{n}"));
            app.post(&cast.centre, "/v1/tenders", &tender, &act(fixture::preannouncement(&cast.centre)))
                .await
                .accepted();
            let path = format!("/v1/tenders/T-{n}/objections");
            app.post(&cast.enterprise, &path, &tender, &act(fixture::objection("o-1"))).await.accepted();
        }
    });
    join_all(posts).await;
    app.days_pass(8).await;
    let before = projections(&app.ledger.database).await.unwrap();
    let shown = ["organisations", "keys", "tenders", "objections"];
    assert!(before.iter().filter(|(name, _)| shown.contains(name)).all(|(_, rows)| !rows.is_empty()));
    let replayed = replay(&app.ledger.database, &app.ledger.editions).await.unwrap();
    assert!(replayed.changed_nothing() && replayed.entries == app.size(), "{replayed:?}");
    // All of it is made again from the entries alone.
    let mut write = app.ledger.database.begin_write().await.unwrap();
    for (table, _) in &before {
        write.read(&format!("DELETE FROM {table}"), &[]).await.unwrap();
    }
    write.commit().await.unwrap();
    let replayed = replay(&app.ledger.database, &app.ledger.editions).await.unwrap();
    let rows: usize = before.iter().map(|(_, rows)| rows.len()).sum();
    assert_eq!(replayed.repaired.values().map(|repaired| repaired.missing).sum::<u64>(), rows as u64);
    assert_eq!(projections(&app.ledger.database).await.unwrap(), before);
    // The service goes on after it.
    let disclosed = act(fixture::preannouncement(&cast.centre));
    app.post(&cast.centre, "/v1/tenders", &stream("AFTER"), &disclosed).await.accepted();
    let copy = tempfile::tempdir().unwrap();
    mirror(&app, copy.path()).await;
    assert!(audit(copy.path()).holds());
}

#[tokio::test(flavor = "multi_thread")]
async fn replay_gives_the_same_tables_on_sqlite() {
    replay_gives_the_same_tables(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn replay_gives_the_same_tables_on_postgres() {
    replay_gives_the_same_tables(Engine::Postgres).await;
}

/// Many objections at once with the same `ver`: one is the next version, the others were too late.
#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_saw_the_same_version_one_writes() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let app = App::start_on(engine).await;
        let cast = app.cast().await;
        let tender = stream("T-1");
        let disclosed = act(fixture::preannouncement(&cast.centre));
        app.post(&cast.centre, "/v1/tenders", &tender, &disclosed).await.accepted();
        let posts = (0..32).map(|n| {
            let mut header = app.header(&cast.enterprise, &tender, "tender.objected");
            header.ver = Some(1);
            let payload = serde_json::to_vec(&act(fixture::objection(&format!("o-{n}"))).to_value()).unwrap();
            let (app, cast) = (&app, &cast);
            async move { app.post_bytes(&cast.enterprise, "/v1/tenders/T-1/objections", &header, &payload).await }
        });
        let answers = join_all(posts).await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
        assert!(answers.iter().filter(|answer| answer.status != 201).all(|answer| answer.problem() == "version-stale"));
    }
}

/// Two services write to one PostgreSQL log at the same time: one order, no gap, no lost record.
#[tokio::test(flavor = "multi_thread")]
async fn replicas_share_one_log() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::tempdir().unwrap();
    let url = postgres::fresh_database();
    let clock = Clock::manual(support::START.parse().unwrap());
    let first: Arc<Ledger> = support::open_at(folder.path(), url.clone(), clock.clone()).await;
    let second = support::open_at(folder.path(), url, clock.clone()).await;
    let operator = first.operator_key().clone();
    let admit = async |ledger: &Ledger, id: &str, role: Role, by: &gongshi::record::PrivateKey| {
        let actor = Actor { id: id.parse().unwrap(), key: gongshi::record::PrivateKey::generate() };
        let stream = Stream::of(&actor.id);
        let registration = gongshi::organisation::Registration {
            id: actor.id.clone(),
            name: "单位".parse().unwrap(),
            key: actor.key.public().to_jwk(),
            roles: vec![role],
            region: None,
            code_as_issued: false,
        };
        let registration = gongshi::organisation::Act::from(registration).into();
        ledger.act_as(&actor.key, &stream, &registration).await.unwrap();
        let confirmation =
            gongshi::organisation::Confirmation { kid: actor.key.key_id(), roles: vec![role], code_document: None };
        let confirmation = gongshi::organisation::Act::from(confirmation).into();
        ledger.act_as(by, &stream, &confirmation).await.unwrap();
        actor
    };
    let supervisor = admit(&first, "11410100005260004Y", Role::Supervisor, &operator).await;
    // What one replica admitted, the other knows.
    let centre = admit(&second, "91410100MA0000015B", Role::Centre, &supervisor.key).await;
    let posts = (0..400).map(|n| {
        let (ledger, centre) = (if n % 2 == 0 { &first } else { &second }, &centre);
        async move {
            let tender = stream(&format!("T-{n}"));
            ledger.act_as(&centre.key, &tender, &act(fixture::preannouncement(centre))).await.unwrap().index
        }
    });
    let mut indexes = join_all(posts).await;
    indexes.sort_unstable();
    assert_eq!(indexes, (5..405).collect::<Vec<u64>>());
    // Both propose what is due; nothing happens twice.
    clock.advance_millis(8 * support::DAY);
    let (a, b) = tokio::join!(first.propose_due(), second.propose_due());
    assert_eq!(a.unwrap() + b.unwrap(), 400);
    let server = Server::bind(Arc::clone(&second), "127.0.0.1:0".parse().unwrap(), Limits::default()).await.unwrap();
    let source = format!("http://{}/log/checkpoint", server.address());
    tokio::spawn(server.serve(std::future::pending()));
    let note = reqwest::get(source).await.unwrap().text().await.unwrap();
    assert_eq!(note.lines().nth(1), Some("805"));
}

/// Records that are acknowledged before each kill.
const ANSWERS_MIN: usize = 20;

/// kill -9 under load, at many moments: every acknowledged record is there with its proof, and the log is whole.
#[expect(clippy::too_many_lines, reason = "one story, told in its order")]
async fn survives_sudden_death(database: Option<String>) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::tempdir().unwrap();
    let client = reqwest::Client::new();
    let mut acknowledged: Vec<(u64, String)> = Vec::new();
    let mut centre: Option<Actor> = None;
    for round in 0..8u64 {
        let mut service = process::spawn(folder.path(), database.as_deref());
        let base = service.base.clone();
        let operator = gongshi::record::load_key(&folder.path().join("keys/operator.jwk")).unwrap();
        let operator = Actor { id: "1241010041580000XR".parse().unwrap(), key: operator };
        let post = async |actor: &Actor, tender: &Stream, act: &gongshi::world::Act| {
            let header = gongshi::record::Header {
                alg: gongshi::record::Alg::EdDsa,
                kid: actor.key.key_id(),
                aud: support::ORIGIN.into(),
                typ: act.kind().into(),
                sub: tender.to_string(),
                jti: uuid::Uuid::new_v4(),
                iat: Clock::System.now().seconds(),
                ver: None,
            };
            let record =
                gongshi::record::Record::sign(&actor.key, &header, &serde_json::to_vec(&act.to_value()).unwrap());
            let request = client.post(format!("{base}/v1/records")).header("content-type", "application/x-ndjson");
            let text = request.body(record.to_json()).send().await?.text().await?;
            let answer: serde_json::Value = serde_json::from_str(&text).unwrap();
            Ok::<_, reqwest::Error>(answer[0].clone())
        };
        if centre.is_none() {
            let mut made = Vec::new();
            for (id, role) in [("11410100005260004Y", Role::Supervisor), ("91410100MA0000015B", Role::Centre)] {
                let actor = Actor { id: id.parse().unwrap(), key: gongshi::record::PrivateKey::generate() };
                let own = Stream::of(&actor.id);
                let registration = gongshi::organisation::Registration {
                    id: actor.id.clone(),
                    name: "单位".parse().unwrap(),
                    key: actor.key.public().to_jwk(),
                    roles: vec![role],
                    region: None,
                    code_as_issued: false,
                };
                post(&actor, &own, &gongshi::organisation::Act::from(registration).into()).await.unwrap();
                let confirmation = gongshi::organisation::Confirmation {
                    kid: actor.key.key_id(),
                    roles: vec![role],
                    code_document: None,
                };
                let by = made.last().unwrap_or(&operator);
                let answer = post(by, &own, &gongshi::organisation::Act::from(confirmation).into()).await.unwrap();
                assert!(answer.get("receipt").is_some(), "{answer}");
                made.push(actor);
            }
            centre = made.pop();
        }
        let centre = centre.as_ref().unwrap();
        let (dead, answered) = (AtomicBool::new(false), AtomicUsize::new(0));
        let load = (0..16u64).map(|worker| {
            let (post, dead, answered) = (&post, &dead, &answered);
            async move {
                let mut kept = Vec::new();
                for n in 0..10_000 {
                    // At midnight, what is planned for today is planned for the day before.
                    let day = Clock::System.now().plus_millis(support::DAY);
                    let disclosed = fixture::preannouncement_on(centre, day);
                    let code = format!("R{round}-{worker}-{n}");
                    match post(centre, &stream(&code), &act(disclosed)).await {
                        Ok(answer) => match answer["receipt"]["index"].as_u64() {
                            Some(index) => {
                                answered.fetch_add(1, Ordering::SeqCst);
                                kept.push((index, answer["receipt"]["entry_hash"].as_str().unwrap().to_owned()))
                            }
                            None => panic!("{answer}"),
                        },
                        Err(_) if dead.load(Ordering::SeqCst) => break,
                        Err(error) => panic!("{error}"),
                    }
                }
                kept
            }
        });
        let kill = async {
            tokio::time::sleep(Duration::from_millis(150 + round * 37)).await;
            // However busy the machine is, a kill is to meet a service at work.
            while answered.load(Ordering::SeqCst) < ANSWERS_MIN {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            dead.store(true, Ordering::SeqCst);
            service.kill();
        };
        let (kept, ()) = tokio::join!(join_all(load), kill);
        acknowledged.extend(kept.into_iter().flatten());
    }
    let mut service = process::spawn(folder.path(), database.as_deref());
    let base = service.base.clone();
    let log = reqwest::get(format!("{base}/v1/log")).await.unwrap().text().await.unwrap();
    let log: serde_json::Value = serde_json::from_str(&log).unwrap();
    let keys = [log["log_key"].as_str().unwrap().parse::<NoteKey>().unwrap()];
    for (index, entry_hash) in &acknowledged {
        let entry = client.get(format!("{base}/v1/records/{index}/entry")).send().await.unwrap().bytes().await.unwrap();
        assert_eq!(gongshi::log::leaf_hash(&entry).to_string(), *entry_hash, "entry {index}");
        let proof = client.get(format!("{base}/v1/records/{index}/proof")).send().await.unwrap().text().await.unwrap();
        TlogProof::parse(&proof).unwrap().verify(&entry, &keys, support::ORIGIN).unwrap();
    }
    service.kill();
    let log = database.unwrap_or_else(|| folder.path().display().to_string());
    let verified = Command::new(env!("CARGO_BIN_EXE_gongshi")).args(["verify", "--json", &log]).output().unwrap();
    assert!(verified.status.success(), "{verified:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_survives_sudden_death() {
    survives_sudden_death(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_survives_sudden_death() {
    survives_sudden_death(Some(postgres::fresh_database())).await;
}

/// A server whose own setting is to commit lazily would lose its last moments in a crash.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_lazy_server_acknowledged_survives_its_crash() {
    let cluster = Cluster::start("-c synchronous_commit=off -c wal_writer_delay=10000");
    let folder = tempfile::tempdir().unwrap();
    let ledger = support::open_at(folder.path(), cluster.url(), Clock::manual(support::START.parse().unwrap())).await;
    let operator = ledger.operator_key().clone();
    let mut kept = Vec::new();
    for seed in [8, 9] {
        let receipt = ledger.act_as(&operator, &Stream::LOG, &addition(seed)).await.unwrap();
        kept.push((receipt.index, receipt.entry_hash));
    }
    cluster.stop();
    cluster.start_again();
    let entries = ledger.database.entries(0, 100).await.unwrap();
    for (index, hash) in kept {
        assert_eq!(
            entries.get(index as usize).map(|bytes| gongshi::log::leaf_hash(bytes)),
            Some(hash),
            "entry {index}"
        );
    }
    ledger.act_as(&operator, &Stream::LOG, &addition(10)).await.unwrap();
}

/// The pool would give the second one another backend, and ask both whether they are there.
#[tokio::test(flavor = "multi_thread")]
async fn writes_that_follow_each_other_have_one_backend() {
    let url = postgres::fresh_database();
    let database = Database::open(&url).await.unwrap();
    let mut backends = Vec::new();
    for _ in 0..3 {
        let mut write = database.begin_write().await.unwrap();
        let rows = write.read("SELECT pg_backend_pid()::bigint", &[]).await.unwrap();
        backends.push(rows[0].integer(0).unwrap());
        write.commit().await.unwrap();
    }
    assert_eq!(backends, [backends[0]; 3]);
    // Whoever comes after it is gone has another.
    let other = Database::open(&url).await.unwrap();
    other.read_built(format!("SELECT pg_terminate_backend({})::int::bigint", backends[0]), &[]).await.unwrap();
    database.begin_write().await.unwrap().commit().await.unwrap();
    // Nor is one kept from those who wait until all of them are closed.
    let write = database.begin_write().await.unwrap();
    let closing = tokio::spawn({
        let database = database.clone();
        async move { database.close().await }
    });
    tokio::task::yield_now().await;
    write.commit().await.unwrap();
    tokio::time::timeout(Duration::from_secs(20), closing).await.expect("it is closed").unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_never_syncs_is_refused() {
    let cluster = Cluster::start("-c fsync=off");
    let refused = Database::open(&cluster.url()).await.unwrap_err();
    assert!(matches!(refused, StoreError::NotDurable { setting: "fsync", .. }), "{refused}");
    let words = refused.to_string();
    assert!(words.contains("停电会丢失已确认的记录") && words.contains("set it to on"), "{words}");
}

/// A checkpoint key to be added: an act of the operator's.
/// PgBouncer lends a connection for as long as `pool_mode` says.
#[tokio::test(flavor = "multi_thread")]
async fn a_pooler_that_lends_no_session_is_refused() {
    let cluster = Cluster::start("");
    let database = cluster.new_database();
    let knows_us = "ignore_startup_parameters = extra_float_digits";
    for (settings, is_taken) in [
        (format!("pool_mode = session\n{knows_us}"), true),
        (format!("pool_mode = transaction\n{knows_us}"), false),
        (format!("pool_mode = transaction\nserver_round_robin = 1\n{knows_us}"), false),
        (format!("pool_mode = statement\n{knows_us}"), false),
        // As it is installed.
        ("pool_mode = session".to_owned(), false),
    ] {
        let pooler = Pooler::before(&cluster, &settings);
        let opened = Database::open(&pooler.url_of(&database)).await;
        match opened {
            Ok(database) if is_taken => database.close().await,
            Err(StoreError::Pooled) if !is_taken => {}
            other => panic!("{settings}: {other:?}"),
        }
    }
}

fn addition(seed: u8) -> gongshi::world::Act {
    let signer = NoteSigner::new(support::ORIGIN, PrivateKey::from_seed([seed; 32])).unwrap();
    let log_key = signer.verifier().to_string().parse().unwrap();
    gongshi::identity::Act::from(CheckpointKeyAddition { log_key }).into()
}

/// The operator's organisation begins in the log's stream: its row is written once, whichever of the two was acted on.
#[tokio::test(flavor = "multi_thread")]
async fn the_operator_acts_on_the_log_and_on_itself_in_one_batch() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let app = App::start_on(engine).await;
        let operator = app.operator();
        let (own, new) = (Stream::of(&operator.id), PrivateKey::from_seed([10; 32]));
        let header = possession_header(new.key_id(), support::ORIGIN, &own, app.now());
        let possession = Record::sign(&new, &header, b"").detached().parse().unwrap();
        let of_itself = gongshi::organisation::Act::from(KeyAddition { key: new.public().to_jwk(), possession }).into();
        let mut underway = Vec::new();
        // The first is written at once, the others meanwhile wait and are one batch.
        for (stream, act) in [(&Stream::LOG, addition(8)), (&Stream::LOG, addition(9)), (&own, of_itself)] {
            let admitted = app.ledger.admit(app.ledger.sign(&operator.key, stream, &act), None).await.unwrap();
            underway.push(app.ledger.enqueue(admitted).await.unwrap());
        }
        for record in underway {
            app.ledger.outcome(record).await.unwrap();
        }
        let replayed = replay(&app.ledger.database, &app.ledger.editions).await.unwrap();
        assert!(replayed.changed_nothing(), "{replayed:?}");
    }
}
