//! The monitor: it says what is wrong, and what was asked for, and both no more often than it must.

use super::shelf::{Forge, ORIGIN, Shelf, clock_after, time};
use super::support::{self, App};
use gongshi::clock::Clock;
use gongshi::log::{AddCheckpoint, Cosigner, NoteSigner};
use gongshi::mirror::Trust;
use gongshi::monitor::{EventLine, Gravity, Monitor, MonitorError, Query, StateError, Watch};
use gongshi::organisation::Role;
use gongshi::record::PrivateKey;
use gongshi::witness::{Witness, WitnessServer};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;

/// A monitor of a forged log, started anew for each round, as cron does.
struct Cron {
    watch: Watch,
    folder: TempDir,
    clock: Clock,
}

impl Cron {
    fn new(forge: &Forge, log: &Shelf) -> Self {
        let watch = Watch {
            log: log.url.clone(),
            mirrors: vec![],
            witnesses: vec![],
            trust: Trust::new(vec![forge.key()], None).unwrap(),
            late: Duration::from_secs(600),
            query: Query::default(),
        };
        Self { watch, folder: tempfile::tempdir().unwrap(), clock: clock_after(forge.entries.len() as i64) }
    }

    fn open(&self) -> Result<Monitor, StateError> {
        Monitor::open(self.watch.clone(), self.folder.path(), self.clock.clone())
    }

    async fn run(&self) -> (Gravity, Vec<Value>) {
        round(&mut self.open().unwrap()).await
    }

    /// One round that must find one thing.
    async fn finds(&self, event: &str) -> Value {
        let (gravity, mut events) = self.run().await;
        assert_eq!((events.len(), events[0]["event"].as_str()), (1, Some(event)), "{events:?}");
        let expected = match event {
            "late-checkpoint" | "unwitnessed" | "unreachable" => Gravity::Warning,
            "match" => Gravity::Fine,
            _ => Gravity::Misbehaviour,
        };
        assert_eq!(gravity, expected);
        for member in ["time", "message_zh", "message_en"] {
            assert!(events[0][member].is_string(), "{events:?}");
        }
        events.remove(0)
    }

    async fn finds_nothing(&self) {
        assert_eq!(self.run().await, (Gravity::Fine, vec![]));
    }

    fn read(&self) -> u64 {
        let state = std::fs::read(self.folder.path().join("state.json")).unwrap();
        serde_json::from_slice::<Value>(&state).unwrap()["read"].as_u64().unwrap()
    }
}

async fn round(monitor: &mut Monitor) -> (Gravity, Vec<Value>) {
    let mut events = Vec::new();
    let mut tell = |line: &EventLine| {
        events.push(serde_json::to_value(line).unwrap());
        Ok(())
    };
    let gravity = monitor.round(&mut tell).await.unwrap();
    (gravity, events)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_honest_log_that_grows_gives_no_alarm() {
    let forge = Forge::of(900);
    let (log, mirror) = (Shelf::start(forge.files(1)).await, Shelf::start(forge.files(1)).await);
    let mut cron = Cron::new(&forge, &log);
    cron.watch.mirrors = vec![mirror.url.clone()];
    for size in [1, 256, 257, 600, 600, 900] {
        log.replace_all(forge.files(size));
        cron.clock.set(time(size as i64));
        cron.finds_nothing().await;
        assert_eq!(cron.read(), size);
    }
    // The mirror has been at the first entry all the time: a smaller view is an older one.
    log.asked();
    cron.finds_nothing().await;
    assert!(log.asked().iter().all(|path| !path.contains("entries")), "what was read is not read again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_split_view_is_seen_against_mirror_witness_and_memory() {
    let forge = Forge::of(700);
    let fork = forge.forked_at(400);
    let (log, mirror) = (Shelf::start(forge.files(600)).await, Shelf::start(fork.files(600)).await);
    let mut cron = Cron::new(&forge, &log);
    cron.watch.mirrors = vec![mirror.url.clone()];
    // The mirror was shown another history: as long, longer, shorter.
    for size in [600, 700, 500] {
        mirror.replace_all(fork.files(size));
        let event = cron.finds("split-view").await;
        assert_eq!((event["size"].as_u64(), event["other_size"].as_u64()), (Some(600), Some(size)));
        let evidence = std::fs::read_to_string(event["evidence"].as_str().unwrap()).unwrap();
        assert_eq!(evidence, format!("{}\n{}", fork.note(size), forge.note(600)));
    }
    assert_eq!(cron.read(), 600, "the log itself has only grown");

    // To a witness, too; it has no tiles, so what is longer can't be compared, but the log is behind it.
    cron.watch.mirrors = vec![];
    let path = format!("{}/checkpoint", gongshi::log::Hash::of(ORIGIN));
    let witness = Shelf::start(HashMap::from([(path.clone(), fork.note(500).into_bytes())])).await;
    cron.watch.witnesses = vec![witness.url.clone()];
    cron.finds("split-view").await;
    witness.remove(&path);
    cron.finds_nothing().await;

    // And the log itself shows another history than it showed before.
    log.replace_all(fork.files(700));
    cron.watch.witnesses = vec![];
    let event = cron.finds("split-view").await;
    assert_eq!(event["other_size"], 600);
    assert_eq!(cron.read(), 600);
    log.replace_all(forge.files(700));
    cron.finds_nothing().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_split_view_is_seen_while_the_log_is_away() {
    let forge = Forge::of(600);
    let (log, mirror) = (Shelf::start(forge.files(600)).await, Shelf::start(forge.files(600)).await);
    let mut cron = Cron::new(&forge, &log);
    cron.watch.mirrors = vec![mirror.url.clone()];
    cron.finds_nothing().await;
    log.replace_all(HashMap::new());
    cron.finds("unreachable").await;
    mirror.replace_all(forge.forked_at(100).files(600));
    let (gravity, events) = cron.run().await;
    let kinds: Vec<_> = events.iter().map(|event| event["event"].as_str().unwrap()).collect();
    assert_eq!((gravity, kinds), (Gravity::Misbehaviour, vec!["unreachable", "split-view"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_roll_back_is_seen() {
    let forge = Forge::of(600);
    let log = Shelf::start(forge.files(600)).await;
    let cron = Cron::new(&forge, &log);
    cron.finds_nothing().await;
    log.replace_all(forge.files(500));
    let event = cron.finds("roll-back").await;
    assert_eq!((event["known"].as_u64(), event["size"].as_u64()), (Some(600), Some(500)));
    assert!(std::path::Path::new(event["evidence"].as_str().unwrap()).exists());
    // It stands, so each run says so; one that goes on says it once.
    cron.finds("roll-back").await;
    let mut monitor = cron.open().unwrap();
    assert_eq!(round(&mut monitor).await.1.len(), 1);
    assert_eq!(round(&mut monitor).await, (Gravity::Misbehaviour, vec![]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_hides_its_tiles_hides_nothing() {
    let forge = Forge::of(600);
    let log = Shelf::start(forge.files(600)).await;
    let cron = Cron::new(&forge, &log);
    cron.finds_nothing().await;
    // The two checkpoints alone convict it.
    for (note, event) in [(forge.note(500), "roll-back"), (forge.forked_at(7).note(600), "split-view")] {
        log.replace_all(HashMap::from([("checkpoint".to_owned(), note.into_bytes())]));
        let (gravity, events) = cron.run().await;
        let mut kinds: Vec<_> = events.iter().map(|event| event["event"].as_str().unwrap()).collect();
        kinds.sort_unstable();
        assert_eq!((gravity, kinds), (Gravity::Misbehaviour, vec!["missing-entries", event]));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_or_changed_is_named() {
    let forge = Forge::of(600);
    let log = Shelf::start(forge.files(600)).await;
    let cron = Cron::new(&forge, &log);
    log.remove("tile/entries/001");
    let event = cron.finds("missing-entries").await;
    assert!(event["detail"].as_str().unwrap().contains("tile/entries/001"), "{event}");
    assert_eq!(cron.read(), 256, "what is there was read");

    log.replace_all(forge.files(600));
    log.change("tile/entries/001", |bytes| {
        let at = bytes.windows(11).position(|part| part == b"\"index\":300").unwrap();
        bytes[at + 10] = b'1';
    });
    assert_eq!(cron.finds("tampered-entry").await["index"], 300);
    log.replace_all(forge.files(600));
    log.remove("tile/1/000.p/2");
    cron.finds("missing-entries").await;
    log.replace_all(forge.files(600));
    cron.finds_nothing().await;
    assert_eq!(cron.read(), 600);
}

#[tokio::test(flavor = "multi_thread")]
async fn entries_that_are_signed_but_break_the_chain_are_named_once() {
    let mut forge = Forge::of(3);
    let (stray, garbage) = (forge.entries[1].clone(), b"not an entry".to_vec());
    forge.entries.extend([stray, garbage]);
    let log = Shelf::start(forge.files(5)).await;
    let cron = Cron::new(&forge, &log);
    let (gravity, events) = cron.run().await;
    let indexes: Vec<_> = events.iter().map(|event| event["index"].as_u64().unwrap()).collect();
    assert_eq!((gravity, indexes), (Gravity::Misbehaviour, vec![3, 4]));
    cron.finds_nothing().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_log_did_not_sign_is_not_its_checkpoint() {
    let forge = Forge::of(10);
    let log = Shelf::start(forge.files(10)).await;
    let mut cron = Cron::new(&forge, &log);
    let thief = NoteSigner::new(ORIGIN, PrivateKey::generate()).unwrap();
    let forged = forge.checkpoint(10).sign(&thief);
    let mirror = Shelf::start(forge.files(10)).await;
    mirror.put(HashMap::from([("checkpoint".to_owned(), forged.clone().into_bytes())]));
    cron.watch.mirrors = vec![mirror.url.clone()];
    assert_eq!(cron.finds("bad-signature").await["source"], mirror.url);
    cron.watch.mirrors = vec![];
    log.put(HashMap::from([("checkpoint".to_owned(), forged.into_bytes())]));
    assert_eq!(cron.finds("bad-signature").await["source"], log.url);
    // A state of one log is not that of another.
    cron.watch.trust = Trust::new(vec![thief.verifier().clone()], None).unwrap();
    assert!(matches!(cron.open(), Err(StateError::Foreign(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_checkpoint_that_lags_behind_what_others_saw_is_late() {
    let forge = Forge::of(600);
    let (log, mirror) = (Shelf::start(forge.files(500)).await, Shelf::start(forge.files(600)).await);
    let mut cron = Cron::new(&forge, &log);
    cron.watch.mirrors = vec![mirror.url.clone()];
    cron.finds_nothing().await;
    cron.clock.advance_millis(599_000);
    cron.finds_nothing().await;
    cron.clock.advance_millis(1000);
    let event = cron.finds("late-checkpoint").await;
    assert_eq!((event["size"].as_u64(), event["known_from"].as_str()), (Some(500), Some(mirror.url.as_str())));
    // Once it comes, its entries say how long they were held back.
    log.replace_all(forge.files(600));
    assert_eq!(cron.finds("late-checkpoint").await["known_from"], "entry 500");
    cron.finds_nothing().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_that_is_dated_back_is_late() {
    let mut forge = Forge::of(300);
    let log = Shelf::start(forge.files(300)).await;
    let cron = Cron::new(&forge, &log);
    cron.clock.set(time(2000));
    cron.finds_nothing().await;
    // At that time the log showed a checkpoint without it.
    let record = forge.record(7);
    forge.append(time(1500), &record);
    log.replace_all(forge.files(301));
    cron.finds_nothing().await;
    cron.clock.set(time(3000));
    cron.finds_nothing().await;
    forge.append(time(2399), &record);
    forge.append(time(2398), &record);
    log.replace_all(forge.files(303));
    let event = cron.finds("late-checkpoint").await;
    assert_eq!((event["known_from"].as_str(), event["seconds"].as_u64()), (Some("entry 301"), Some(601)));
    cron.finds_nothing().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_policy_and_its_witness_are_asked() {
    let forge = Forge::of(10);
    let log = Shelf::start(forge.files(10)).await;
    let mut cron = Cron::new(&forge, &log);
    // A witness of ours, as it runs.
    let cosigner = Cosigner::new("w.example/1", PrivateKey::from_seed([8; 32])).unwrap();
    let vkey = cosigner.verifier().to_string();
    let memory = tempfile::tempdir().unwrap();
    let witness = Arc::new(Witness::open(memory.path(), cosigner, vec![forge.key()], Clock::System).unwrap());
    let server = WitnessServer::bind(Arc::clone(&witness), "127.0.0.1:0".parse().unwrap()).await.unwrap();
    let url = format!("http://{}", server.address());
    tokio::spawn(server.serve(std::future::pending()));
    let policy = format!("log {}\nwitness w {vkey} {url}\nquorum w\n", forge.key());
    cron.watch.trust = Trust::new(vec![], Some(policy.parse().unwrap())).unwrap();
    cron.finds("unwitnessed").await;

    // It saw another history than the log shows.
    let fork = forge.forked_at(5);
    let request = AddCheckpoint { old: 0, proof: vec![], checkpoint: fork.note(8) };
    let line = witness.add_checkpoint(&request.encode()).unwrap();
    let (gravity, events) = cron.run().await;
    assert_eq!(gravity, Gravity::Misbehaviour);
    assert_eq!(events[1]["event"], "split-view", "{events:?}");
    assert_eq!(events[1]["other_source"], url);
    // Its cosignature is on the other history: there the policy is met.
    log.replace_all(fork.files(8));
    log.put(HashMap::from([("checkpoint".to_owned(), format!("{}{line}", fork.note(8)).into_bytes())]));
    let fresh = Cron { folder: tempfile::tempdir().unwrap(), ..cron };
    fresh.finds_nothing().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn matches_are_told_once_and_again_only_after_a_kill() {
    let mut forge = Forge::of(300);
    let enterprise = PrivateKey::from_seed([9; 32]);
    let code = "91410105MA9ABCDE2Y";
    let stream = format!("organisation/{code}");
    let registration = json!({"id": code, "key": enterprise.public().to_jwk(), "roles": ["enterprise"]}).to_string();
    forge.write_as(&enterprise, "organisation.registered", &stream, &registration);
    forge.write(
        "tender.candidates_published",
        "tender/T-7",
        &json!({"lots": [{"bidders": [{"id": code}]}]}).to_string(),
    );
    forge.write_as(&enterprise, "tender.challenged", "tender/T-8", r#"{"facts":"评分有误"}"#);
    forge.write("tender.preannounced", "tender/X-1", r#"{"title":"桥梁","region":"110000"}"#);
    forge.write("tender.awarded", "tender/X-1", "{}");
    forge.grow_to(310);
    let log = Shelf::start(forge.files(302)).await;
    let mut cron = Cron::new(&forge, &log);
    cron.watch.query.organisations = vec![code.parse().unwrap()];

    // Killed after the first match was told: nothing that was told before is known.
    let mut monitor = cron.open().unwrap();
    let mut told = 0;
    let broken = monitor
        .round(&mut |_| {
            told += 1;
            if told == 2 { Err(std::io::ErrorKind::BrokenPipe.into()) } else { Ok(()) }
        })
        .await;
    assert!(matches!(broken, Err(MonitorError::Output(_))));
    drop(monitor);
    let indexes = |events: Vec<Value>| events.iter().map(|event| event["index"].as_u64().unwrap()).collect::<Vec<_>>();
    assert_eq!(indexes(cron.run().await.1), [300, 301], "both, for it can't know what was received");
    cron.finds_nothing().await;

    // By its key, which was registered before the last run.
    log.replace_all(forge.files(310));
    let event = cron.finds("match").await;
    assert_eq!((event["index"].as_u64(), event["kind"].as_str()), (Some(302), Some("tender.challenged")));
    cron.finds_nothing().await;

    // Another query is answered from the beginning; later acts of a tender are where it is.
    cron.watch.query = Query { regions: vec!["11".into()], ..Query::default() };
    assert_eq!(indexes(cron.run().await.1), [303, 304]);
    cron.watch.query.kinds = vec!["tender.awarded".into()];
    assert_eq!(indexes(cron.run().await.1), [304]);
    cron.watch.query = Query { texts: vec!["评分".into(), "T-7".into()], ..Query::default() };
    let found = indexes(cron.run().await.1);
    assert!(found.ends_with(&[301, 302]) && found.contains(&7) && found.contains(&70), "{found:?}");
}

/// The program itself, on a service: JSON lines and exit codes.
#[tokio::test(flavor = "multi_thread")]
async fn the_program_watches_a_service() {
    let app = App::start().await;
    // The program has the system's clock.
    app.clock.set(Clock::System.now());
    let cast = app.cast().await;
    let folder = tempfile::tempdir().unwrap();
    let key = app.log_key().to_string();
    let run = async |log: &str, more: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gongshi"));
        command.args(["monitor", "--log", log, "--key", &key, "--state", "state"]).args(more);
        command.current_dir(folder.path());
        let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
        let lines = String::from_utf8(output.stdout).unwrap();
        let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        (output.status.code(), lines)
    };
    let query = ["--match-organisation", "91350200776049653A"];
    assert_eq!(run(&app.base, &query).await, (Some(0), vec![]));
    app.admit("91350200776049653A", Role::Enterprise, &cast.supervisor).await;
    let (code, lines) = run(&app.base, &query).await;
    let kinds: Vec<_> = lines.iter().map(|line| line["kind"].as_str().unwrap()).collect();
    assert_eq!((code, kinds), (Some(0), vec!["organisation.registered", "organisation.confirmed"]));
    assert_eq!(run(&app.base, &query).await, (Some(0), vec![]));

    // A mirror that stayed behind, shown as if it were the log.
    let copy = folder.path().join("copy");
    support::mirror(&app, &copy).await;
    app.admit("91350500798359476R", Role::Enterprise, &cast.supervisor).await;
    assert_eq!(run(&app.base, &query).await, (Some(0), vec![]));
    let behind = HashMap::from([("checkpoint".to_owned(), std::fs::read(copy.join("checkpoint")).unwrap())]);
    let shelf = Shelf::start(behind).await;
    let (code, lines) = run(&shelf.url, &query).await;
    assert_eq!((code, lines[0]["event"].as_str()), (Some(1), Some("roll-back")), "{lines:?}");
    assert_eq!(run("http://127.0.0.1:1", &query).await.0, Some(3));
    assert_eq!(run(&app.base, &["--match-kind", "tender.preanounced"]).await.0, Some(2));
}
