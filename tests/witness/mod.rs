//! Witnessing over HTTP: the log asks, witnesses judge, receipts become stronger, and nobody who posts has to wait.

use super::support::{self, App, Engine, ORIGIN, START, unlimited};
use gongshi::clock::Clock;
use gongshi::cosigning;
use gongshi::ledger::{LedgerError, LogKeys};
use gongshi::log::{
    AddCheckpoint, Checkpoint, Cosigner, Hash, NoteKey, NoteSigner, Policy, SignedNote, TlogProof, consistency_plan,
};
use gongshi::organisation::Role;
use gongshi::record::PrivateKey;
use gongshi::witness::{Witness, WitnessServer};
use poem::listener::{Acceptor, Listener, TcpListener};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::task::JoinHandle;

/// The log's own signer, as whoever runs it has it: an honest operator uses it once a size.
fn signer(folder: &Path) -> NoteSigner {
    NoteSigner::new(ORIGIN, LogKeys::in_folder(&folder.join("keys")).unwrap().checkpoint.swap_remove(0)).unwrap()
}

/// An honest witness that can be stopped.
struct Honest {
    folder: TempDir,
    cosigner: Cosigner,
    address: SocketAddr,
    serving: Option<JoinHandle<()>>,
}

impl Honest {
    async fn start(seed: u8, log: &NoteKey) -> Self {
        let cosigner = Cosigner::new(&format!("witness.example/{seed}"), PrivateKey::from_seed([seed; 32])).unwrap();
        let (folder, address) = (tempfile::tempdir().unwrap(), "127.0.0.1:0".parse().unwrap());
        let mut honest = Self { folder, cosigner, address, serving: None };
        honest.go_on(log).await;
        honest
    }

    async fn go_on(&mut self, log: &NoteKey) {
        let (folder, clock) = (self.folder.path(), Clock::manual(START.parse().unwrap()));
        let witness = Witness::open(folder, self.cosigner.clone(), vec![log.clone()], clock).unwrap();
        let server = WitnessServer::bind(Arc::new(witness), self.address).await.unwrap();
        self.address = server.address();
        self.serving = Some(tokio::spawn(server.serve(std::future::pending())));
    }

    async fn stop(&mut self) {
        if let Some(serving) = self.serving.take() {
            serving.abort();
            let _ = serving.await;
        }
    }

    fn line(&self, name: &str) -> String {
        format!("witness {name} {} http://{}\n", self.cosigner.verifier(), self.address)
    }
}

/// A witness that answers every request with whatever `lie` makes of the checkpoint.
async fn liar(lie: impl Fn(&str) -> (u16, String) + Clone + Send + Sync + 'static) -> SocketAddr {
    let acceptor = TcpListener::bind("127.0.0.1:0").into_acceptor().await.unwrap();
    let address = *acceptor.local_addr()[0].as_socket_addr().unwrap();
    let endpoint = poem::endpoint::make(move |request: poem::Request| {
        let lie = lie.clone();
        async move {
            let body = request.into_body().into_string().await.unwrap();
            let (status, answer) = lie(&AddCheckpoint::parse(&body).unwrap().checkpoint);
            poem::Response::builder().status(poem::http::StatusCode::from_u16(status).unwrap()).body(answer)
        }
    });
    tokio::spawn(poem::Server::new_with_acceptor(acceptor).run(endpoint));
    address
}

async fn eventually(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    for _ in 0..100 {
        if holds().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{what} did not come about");
}

async fn witnessed_size(app: &App) -> Option<u64> {
    app.get("/v1/log").await.body["witnessed_size"].as_u64()
}

/// The names of the witnesses whose cosignatures in the note hold.
fn cosigners<'p>(note: &str, policy: &'p Policy) -> Vec<&'p str> {
    let note = SignedNote::parse(note).unwrap();
    let found = note.cosignatures(policy.witnesses.iter().map(|witness| &witness.key));
    let names = policy.witnesses.iter().filter(|witness| found.iter().any(|line| *line.by == witness.key));
    names.map(|witness| witness.name.as_str()).collect()
}

async fn three_are_enough_for_what_one_denies_and_one_misses(engine: Engine) {
    let folder = tempfile::tempdir().unwrap();
    let key = signer(folder.path()).verifier().clone();
    let honest = [Honest::start(1, &key).await, Honest::start(2, &key).await, Honest::start(3, &key).await];
    let forger = Cosigner::new("witness.example/forger", PrivateKey::from_seed([4; 32])).unwrap();
    let dreamer = Cosigner::new("witness.example/dreamer", PrivateKey::from_seed([5; 32])).unwrap();
    let down = Cosigner::new("witness.example/down", PrivateKey::from_seed([6; 32])).unwrap();
    // One signs another tree than it was shown, one claims to have seen a longer log, one is not there.
    let forging = forger.clone();
    let forgery = liar(move |note| {
        let text = SignedNote::parse(note).unwrap().text().replace("\n1\n", "\n2\n") + "x\n";
        (200, forging.cosign(&text, 1_785_700_000))
    });
    let dream = liar(|_| (409, "1000000\n".to_owned()));
    let mut text = format!("log {key}\n{}{}{}", honest[0].line("a"), honest[1].line("b"), honest[2].line("c"));
    text += &format!("witness forger {} http://{}\n", forger.verifier(), forgery.await);
    text += &format!("witness dreamer {} http://{}\n", dreamer.verifier(), dream.await);
    text += &format!("witness down {} http://127.0.0.1:9\n", down.verifier());
    text += "group three 3 a b c forger dreamer down\nquorum three\n";
    let policy: Policy = text.parse().unwrap();

    let app = App::start_in(folder, engine, unlimited(), Some(policy.clone())).await;
    let asking = tokio::spawn(cosigning::run(Arc::clone(&app.ledger), tokio::sync::oneshot::channel().0));
    let posted = std::time::Instant::now();
    app.admit("11410100005260004Y", Role::Supervisor, &app.operator()).await;
    assert!(posted.elapsed() < Duration::from_secs(5), "posting waits for nobody");

    eventually("a witnessed checkpoint", async || witnessed_size(&app).await == Some(app.size())).await;
    let note = String::from_utf8(app.bytes("/log/witnessed-checkpoint").await).unwrap();
    assert_eq!(cosigners(&note, &policy), ["a", "b", "c"]);
    assert_eq!(String::from_utf8(app.bytes("/log/checkpoint").await).unwrap(), note);
    // The receipt of a record is upgraded: its proof now leads to a checkpoint that three others have seen.
    let proof = String::from_utf8(app.bytes("/v1/records/1/proof").await).unwrap();
    let proof = TlogProof::parse(&proof).unwrap();
    proof.verify(&app.bytes("/v1/records/1/entry").await, std::slice::from_ref(&key), ORIGIN).unwrap();
    assert_eq!(cosigners(&proof.checkpoint, &policy), ["a", "b", "c"]);

    // An auditor asks for what the policy asks, of the whole log and of one receipt.
    let (copy, note) = (tempfile::tempdir().unwrap(), app.folder.path().join("policy"));
    support::mirror(&app, copy.path()).await;
    let verified = async |policy: &str| {
        std::fs::write(&note, policy).unwrap();
        let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_gongshi"));
        let output = command.args(["verify", "--json", "--policy"]).arg(&note).arg(copy.path()).output().await.unwrap();
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        (output.status.success(), report["witnesses"].clone(), report["findings"][0]["reason"].clone())
    };
    assert_eq!(verified(&text).await, (true, serde_json::json!(["a", "b", "c"]), serde_json::Value::Null));
    let four = text.replace("three 3", "three 4");
    assert_eq!(verified(&four).await, (false, serde_json::json!(["a", "b", "c"]), "unwitnessed".into()));
    let elsewhere = NoteSigner::new("other.example/log", PrivateKey::from_seed([9; 32])).unwrap();
    let other = text.replace(&key.to_string(), &elsewhere.verifier().to_string());
    assert_eq!(verified(&other).await.2, "unwitnessed");

    // Who does not cosign shows everywhere that an operator looks.
    eventually("all failures", async || {
        app.get("/readyz").await.body["witnesses_failing"].as_object().is_some_and(|failing| failing.len() == 3)
    })
    .await;
    let ready = app.get("/readyz").await.body;
    assert_eq!((ready["ready"].as_bool(), ready["witnessed_size"].as_u64()), (Some(true), Some(app.size())));
    let witnesses = app.get("/v1/log/witnesses").await.body;
    for (at, name) in ["a", "b", "c", "forger", "dreamer", "down"].into_iter().enumerate() {
        assert_eq!(witnesses[at]["name"], name);
        assert_eq!(witnesses[at]["size"], if at < 3 { app.size() } else { 0 }, "{name}");
        assert_eq!(witnesses[at]["failing_since"].is_string(), at >= 3, "{name}");
        assert_eq!(ready["witnesses_failing"][name].is_string(), at >= 3, "{name}");
    }
    let metrics = String::from_utf8(app.bytes("/metrics").await).unwrap();
    assert!(metrics.contains(&format!("gongshi_witnessed_size {}\n", app.size())), "{metrics}");
    assert!(metrics.contains("gongshi_witness_failures_total{witness=\"down\"}"), "{metrics}");

    // The next records are witnessed from the size that each witness knows.
    app.admit("91410100MA0000015B", Role::Supervisor, &app.operator()).await;
    eventually("the next checkpoint", async || witnessed_size(&app).await == Some(app.size())).await;
    asking.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn three_of_six_on_sqlite() {
    three_are_enough_for_what_one_denies_and_one_misses(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn three_of_six_on_postgres() {
    three_are_enough_for_what_one_denies_and_one_misses(Engine::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_enough_witnesses_records_are_still_taken_and_made_up_for_later() {
    let folder = tempfile::tempdir().unwrap();
    let key = signer(folder.path()).verifier().clone();
    let mut pair = [Honest::start(1, &key).await, Honest::start(2, &key).await];
    let text = format!("{}{}group both all a b\nquorum both\n", pair[0].line("a"), pair[1].line("b"));
    let policy: Policy = text.parse().unwrap();
    pair[1].stop().await;
    let app = App::start_in(folder, Engine::Sqlite, unlimited(), Some(policy.clone())).await;
    let asking = tokio::spawn(cosigning::run(Arc::clone(&app.ledger), tokio::sync::oneshot::channel().0));
    app.admit("11410100005260004Y", Role::Supervisor, &app.operator()).await;

    eventually("one cosignature", async || {
        cosigners(&String::from_utf8(app.bytes("/log/checkpoint").await).unwrap(), &policy) == ["a"]
    })
    .await;
    assert_eq!(witnessed_size(&app).await, None);
    assert_eq!(app.get("/log/witnessed-checkpoint").await.problem(), "not-found");
    eventually("the failure", async || app.get("/readyz").await.body["witnesses_failing"]["b"].is_string()).await;

    pair[1].go_on(&key).await;
    eventually("the second cosignature", async || witnessed_size(&app).await == Some(app.size())).await;
    assert!(app.get("/readyz").await.body["witnesses_failing"].as_object().unwrap().is_empty());
    asking.abort();
}

#[tokio::test]
async fn a_policy_for_another_log_is_not_taken() {
    let folder = tempfile::tempdir().unwrap();
    let other = NoteSigner::new("other.example/log", PrivateKey::from_seed([9; 32])).unwrap();
    let policy: Policy = format!("log {}\nquorum none\n", other.verifier()).parse().unwrap();
    let clock = Clock::manual(START.parse().unwrap());
    let opened = support::open_with(folder.path(), Engine::Sqlite.database(folder.path()), clock, Some(policy)).await;
    assert!(matches!(opened, Err(LedgerError::Policy(_))));
}

/// The witness as a process of its own, which is killed and comes back.
#[tokio::test(flavor = "multi_thread")]
async fn a_witness_refuses_what_is_not_the_same_log_grown_even_after_a_crash() {
    let app = App::start().await;
    let signer = signer(app.folder.path());
    let other = NoteSigner::new("other.example/log", PrivateKey::from_seed([9; 32])).unwrap();
    let memory = tempfile::tempdir().unwrap();
    let logs = [signer.verifier().to_string(), other.verifier().to_string()];
    let spawn = || support::process::spawn_witness(memory.path(), "witness.example/w", &logs);
    let mut witness = spawn();
    let add = async |base: &str, old: u64, proof: Vec<Hash>, checkpoint: &str| {
        let body = AddCheckpoint { old, proof, checkpoint: checkpoint.to_owned() }.encode();
        let answer = app.client.post(format!("{base}/add-checkpoint")).body(body).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    let (young, small) = app.ledger.checkpoint().await.unwrap();
    app.admit("11410100005260004Y", Role::Supervisor, &app.operator()).await;
    let (grown, large) = app.ledger.checkpoint().await.unwrap();
    let proof = app.ledger.tree.resolve(&consistency_plan(small.size, large.size).unwrap()).await.unwrap();
    let forged = Checkpoint { root: Hash::of("another tree"), ..large.clone() }.sign(&signer);
    let stolen = large.clone().sign(&NoteSigner::new(ORIGIN, PrivateKey::from_seed([8; 32])).unwrap());
    let elsewhere = Checkpoint { origin: "third.example/log".into(), ..small.clone() };
    let elsewhere = elsewhere.sign(&NoteSigner::new("third.example/log", PrivateKey::from_seed([7; 32])).unwrap());

    assert_eq!(add(&witness.base, 0, vec![], &young).await.0, 200);
    assert_eq!(add(&witness.base, small.size, vec![], &grown).await.0, 422, "no proof");
    assert_eq!(add(&witness.base, small.size, proof.clone(), &forged).await.0, 422, "another tree");
    assert_eq!(add(&witness.base, small.size, proof.clone(), &stolen).await.0, 403);
    assert_eq!(add(&witness.base, 0, vec![], &elsewhere).await.0, 404);
    assert_eq!(add(&witness.base, 0, vec![], &grown).await, (409, format!("{}\n", small.size)));
    let (status, line) = add(&witness.base, small.size, proof.clone(), &grown).await;
    assert_eq!(status, 200, "{line}");
    // What was signed is remembered by whoever starts next, however this one ended.
    witness.kill();
    let witness = spawn();
    assert_eq!(add(&witness.base, 0, vec![], &young).await, (409, format!("{}\n", large.size)), "a roll-back");
    assert_eq!(add(&witness.base, large.size, vec![], &forged).await.0, 422, "a fork");
    assert_eq!(add(&witness.base, large.size, vec![], &young).await.0, 400);
    assert_eq!(add(&witness.base, large.size, vec![], &grown).await.0, 200, "the same again");
    let fork = std::fs::read_dir(memory.path().join("evidence")).unwrap().map(|file| file.unwrap().path());
    let fork = std::fs::read_to_string(fork.last().expect("the fork is kept as evidence")).unwrap();
    assert!(fork.contains(&forged) && fork.contains(&large.root.to_base64()), "{fork}");
    // The second log is a log of its own.
    let first = Checkpoint { origin: "other.example/log".into(), ..small }.sign(&other);
    assert_eq!(add(&witness.base, 0, vec![], &first).await.0, 200);
    let seen = format!("{}/{}/checkpoint", witness.base, Hash::of(ORIGIN));
    let seen = app.client.get(seen).send().await.unwrap().text().await.unwrap();
    assert!(seen.starts_with(&format!("{ORIGIN}\n{}\n", large.size)), "{seen}");
    assert!(Checkpoint::open(&seen, std::slice::from_ref(signer.verifier()), ORIGIN).is_ok());
}
