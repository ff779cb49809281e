//! Keys don't last as long as a log does: replaced with overlap, revoked after a theft, and even the log's own.

use super::copy::{entries_of, write_log};
use super::support::fixture::{self, act, stream};
use super::support::{Actor, App, Engine, ORIGIN, START, mirror, open_as, unlimited};
use super::tampering::{verified, verified_by_python};
use gongshi::clock::Clock;
use gongshi::identity::{
    self, CheckpointKeyAddition, CheckpointKeyRetirement, LogContinuation, ServiceKeyAddition, ServiceKeyRevocation,
};
use gongshi::ledger::LedgerError;
use gongshi::log::{Checkpoint, Hash, NoteSigner, TlogProof, verify_consistency};
use gongshi::organisation::{self, KeyAddition, KeyRevocation, RevocationReason, Role, possession_header};
use gongshi::record::{KeyId, PrivateKey, Record, load_key, save_key};
use gongshi::sequencer::LoadError;
use gongshi::world::Stream;
use serde_json::Value;
use std::process::Command;

const NEXT_ORIGIN: &str = "test.gongshi.example/log-2";

fn addition(signer: &NoteSigner) -> gongshi::world::Act {
    identity::Act::from(CheckpointKeyAddition { log_key: signer.verifier().to_string().parse().unwrap() }).into()
}

fn retirement(signer: &NoteSigner) -> gongshi::world::Act {
    let (log_key, reason) = (signer.verifier().to_string().parse().unwrap(), RevocationReason::Superseded);
    identity::Act::from(CheckpointKeyRetirement { log_key, reason }).into()
}

fn key_added(new: &PrivateKey, stream: &Stream, app: &App) -> KeyAddition {
    let header = possession_header(new.key_id(), &app.ledger.origin(), stream, app.now());
    let possession = Record::sign(new, &header, b"").detached().parse().unwrap();
    KeyAddition { key: new.public().to_jwk(), possession }
}

fn revoked(kid: KeyId, reason: RevocationReason, effective: gongshi::field::Instant) -> gongshi::world::Act {
    organisation::Act::from(KeyRevocation { kid, reason, effective }).into()
}

/// A copy of the log as it is now, verified by both implementations under each of the keys.
async fn holds_under(app: &App, keys: &[&NoteSigner]) -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    mirror(app, copy.path()).await;
    for (holds, report) in [verified(copy.path()), verified_by_python(copy.path())] {
        assert!(holds, "{report:#}");
    }
    for key in keys {
        assert!(pinned(copy.path(), key).0, "{}", key.verifier());
    }
    copy
}

fn pinned(copy: &std::path::Path, key: &NoteSigner) -> (bool, Value) {
    let vkey = key.verifier().to_string();
    let mut command = Command::new(env!("CARGO_BIN_EXE_gongshi"));
    let output = command.args(["verify", "--json", "--key", &vkey]).arg(copy).output().unwrap();
    (output.status.success(), serde_json::from_slice(&output.stdout).unwrap())
}

async fn post_something(app: &App, centre: &Actor, code: &str) -> Value {
    let disclosed = act(fixture::preannouncement_on(centre, app.now()));
    app.post(centre, "/v1/tenders", &stream(code), &disclosed).await.accepted()
}

async fn checkpoint(app: &App) -> String {
    String::from_utf8(app.bytes("/log/checkpoint").await).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_checkpoint_key_is_replaced_with_overlap() {
    let app = App::start().await;
    let cast = app.cast().await;
    let keys = app.folder.path().join("keys");
    let old = NoteSigner::new(ORIGIN, load_key(&keys.join("log.jwk")).unwrap()).unwrap();
    let next = PrivateKey::generate();
    let new = NoteSigner::new(ORIGIN, next.clone()).unwrap();
    let (additions, retirements) = ("/v1/log/checkpoint-keys", "/v1/log/checkpoint-key-retirements");
    let operator = app.operator();

    let by_another = app.post(&cast.supervisor, additions, &Stream::LOG, &addition(&new)).await;
    assert_eq!(by_another.problem(), "role-not-entitled");
    let elsewhere = NoteSigner::new("other.example/log", next.clone()).unwrap();
    let of_another = app.post(&operator, additions, &Stream::LOG, &addition(&elsewhere)).await;
    assert_eq!(of_another.body["errors"][0]["pointer"], "/log_key", "{}", of_another.body);
    let last = app.post(&operator, retirements, &Stream::LOG, &retirement(&old)).await;
    assert_eq!(last.problem(), "last-key");
    app.post(&operator, additions, &Stream::LOG, &addition(&new)).await.accepted();
    assert_eq!(app.post(&operator, additions, &Stream::LOG, &addition(&new)).await.problem(), "key-in-use");
    // The service does not hold it yet: it goes on with the old one, and will not give that one up.
    holds_under(&app, &[&old]).await;
    let unable = app.post(&operator, retirements, &Stream::LOG, &retirement(&old)).await;
    assert_eq!(unable.problem(), "last-key");

    save_key(&keys.join("log-2.jwk"), &next).unwrap();
    let app = app.restart().await;
    let receipt = post_something(&app, &cast.centre, "K-1").await;
    holds_under(&app, &[&old, &new]).await;
    app.post(&operator, retirements, &Stream::LOG, &retirement(&old)).await.accepted();
    let after = holds_under(&app, &[&new]).await;
    let (holds, report) = pinned(after.path(), &old);
    assert!(!holds && report["findings"][0]["reason"] == "checkpoint-invalid", "{report:#}");
    let log = app.get("/v1/log").await.body;
    assert_eq!(log["log_keys"], serde_json::json!([new.verifier().to_string()]));
    assert_eq!(app.post(&operator, additions, &Stream::LOG, &addition(&old)).await.problem(), "key-in-use");

    // A receipt of the time before is as good as ever, and the service does without the old key.
    let proof = TlogProof::parse(receipt["proof"].as_str().unwrap()).unwrap();
    let entry = app.bytes(&format!("/v1/records/{}/entry", receipt["index"])).await;
    for key in [&old, &new] {
        assert!(proof.verify(&entry, std::slice::from_ref(key.verifier()), ORIGIN).is_ok());
    }
    std::fs::remove_file(keys.join("log.jwk")).unwrap();
    let app = app.restart().await;
    post_something(&app, &cast.centre, "K-2").await;
    holds_under(&app, &[&new]).await;
    assert!(!keys.join("log.jwk").exists(), "no key is made up for one that went");
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::too_many_lines, reason = "one story, told in its order")]
async fn a_log_whose_key_was_stolen_goes_on_under_another_name() {
    let app = App::start().await;
    let cast = app.cast().await;
    post_something(&app, &cast.centre, "K-1").await;
    let keys = app.folder.path().join("keys");
    let stolen = NoteSigner::new(ORIGIN, load_key(&keys.join("log.jwk")).unwrap()).unwrap();
    let before = holds_under(&app, &[&stolen]).await;
    let last = checkpoint(&app).await;
    let (mut app, next) = {
        let next = PrivateKey::generate();
        save_key(&keys.join("log-2.jwk"), &next).unwrap();
        (app.restart().await, next)
    };
    let new = NoteSigner::new(NEXT_ORIGIN, next.clone()).unwrap();

    // Only the operator, only from the tree as it is, only under a new name and a new key.
    let continuation = |origin: &str, signer: &NoteSigner, predecessor: &str| {
        let act = LogContinuation {
            origin: origin.parse().unwrap(),
            log_key: signer.verifier().to_string().parse().unwrap(),
            predecessor: predecessor.parse().unwrap(),
            lost: None,
            reason: "私钥泄露".parse().unwrap(),
        };
        gongshi::world::Act::from(identity::Act::from(act))
    };
    let refused = async |actor: &Actor, act: &gongshi::world::Act| {
        let answer = app.post(actor, "/v1/log/continuations", &Stream::LOG, act).await;
        let pointer = answer.body["errors"][0]["pointer"].as_str().unwrap_or_default().to_owned();
        (answer.problem().to_owned(), pointer)
    };
    let good = continuation(NEXT_ORIGIN, &new, &last);
    assert_eq!(refused(&cast.supervisor, &good).await.0, "role-not-entitled");
    let same_key = NoteSigner::new(NEXT_ORIGIN, load_key(&keys.join("log.jwk")).unwrap()).unwrap();
    assert_eq!(refused(&app.operator(), &continuation(NEXT_ORIGIN, &same_key, &last)).await.0, "key-in-use");
    let same_name = NoteSigner::new(ORIGIN, next.clone()).unwrap();
    assert_eq!(refused(&app.operator(), &continuation(ORIGIN, &same_name, &last)).await.0, "state-forbids");
    let claimed = Checkpoint { origin: ORIGIN.into(), size: app.size(), root: Hash::of("x") };
    for lie in [claimed.sign(&stolen), claimed.sign(&new), "…\n".to_owned()] {
        assert_eq!(refused(&app.operator(), &continuation(NEXT_ORIGIN, &new, &lie)).await.1, "/predecessor");
    }
    let index = app.ledger.continue_as(NEXT_ORIGIN, &next, None, "私钥泄露".parse().unwrap()).await.unwrap().index;
    assert_eq!(index + 1, app.size());

    // From here on all is said under the new name.
    let mut header = app.header(&cast.centre, &stream("K-2"), "tender.preannounced");
    header.aud = ORIGIN.into();
    let disclosed = act(fixture::preannouncement_on(&cast.centre, app.now())).to_value();
    let payload = serde_json::to_vec(&disclosed).unwrap();
    assert_eq!(app.post_bytes(&cast.centre, "/v1/tenders", &header, &payload).await.problem(), "audience");
    post_something(&app, &cast.centre, "K-2").await;
    app = app.restart().await;
    post_something(&app, &cast.centre, "K-3").await;
    let after = holds_under(&app, &[&new]).await;
    assert_eq!(verified(after.path()).1["origin"], NEXT_ORIGIN);
    let log = app.get("/v1/log").await.body;
    assert_eq!((&log["origin"], &log["former_origins"][0]), (&NEXT_ORIGIN.into(), &ORIGIN.into()));

    // The old log's last checkpoint leads into the new one's: what was evidence is evidence.
    assert!(pinned(before.path(), &stolen).0);
    let proof = app.get(&format!("/v1/log/consistency?from={index}")).await.body["proof"].clone();
    let proof: Vec<Hash> = serde_json::from_value::<Vec<String>>(proof)
        .unwrap()
        .iter()
        .map(|hash| Hash::from_base64(hash).unwrap())
        .collect();
    let old = Checkpoint::of_note(&last).unwrap();
    let now = Checkpoint::open(&checkpoint(&app).await, std::slice::from_ref(new.verifier()), NEXT_ORIGIN).unwrap();
    assert!(verify_consistency(old.size, &old.root, now.size, &now.root, &proof).is_ok());

    // The thief goes on under the old name, with a record of somebody whose key it has: nobody who knows the new name
    // takes its checkpoint, and nobody takes the new entries under the old key.
    let entries = entries_of(after.path(), app.size());
    let forked = tempfile::tempdir().unwrap();
    write_log(forked.path(), &entries, &stolen);
    let (holds, report) = verified(forked.path());
    assert!(!holds && report["findings"][0]["reason"] == "checkpoint-invalid", "{report:#}");
    assert!(!verified_by_python(forked.path()).0);
    assert!(!pinned(forked.path(), &new).0 && !pinned(forked.path(), &stolen).0);

    // Whoever starts it under the old name is told.
    let url = Engine::Sqlite.database(app.folder.path());
    app.ledger.database.close().await;
    let wrong = open_as(ORIGIN, app.folder.path(), url, app.clock.clone(), None).await;
    assert!(matches!(wrong, Err(LedgerError::Load(LoadError::Origin { .. }))));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_services_key_and_the_operators_are_replaced_with_overlap() {
    let app = App::start().await;
    let cast = app.cast().await;
    let keys = app.folder.path().join("keys");
    let operator = app.operator();
    let own = Stream::of(&operator.id);

    // The operator: an organisation like others.
    let next = Actor { id: operator.id.clone(), key: PrivateKey::generate() };
    let path = |what: &str| format!("/v1/organisations/{}/{what}", operator.id);
    let act = organisation::Act::from(key_added(&next.key, &own, &app)).into();
    app.post(&operator, &path("keys"), &own, &act).await.accepted();
    let app = app.restart().await;
    let superseded = revoked(operator.key.key_id(), RevocationReason::Superseded, app.now());
    app.post(&next, &path("key-revocations"), &own, &superseded).await.accepted();

    // The service: its key comes by a record of the operator's, whose old key is good for nothing now.
    let service = PrivateKey::generate();
    let KeyAddition { key, possession } = key_added(&service, &Stream::LOG, &app);
    let add = identity::Act::from(ServiceKeyAddition { key, possession }).into();
    assert_eq!(app.post(&operator, "/v1/log/service-keys", &Stream::LOG, &add).await.problem(), "key-revoked");
    app.post(&next, "/v1/log/service-keys", &Stream::LOG, &add).await.accepted();
    assert_eq!(app.post(&next, "/v1/log/service-keys", &Stream::LOG, &add).await.problem(), "key-in-use");
    post_something(&app, &cast.centre, "K-1").await;
    app.days_pass(8).await;
    let by_old = load_key(&keys.join("service.jwk")).unwrap().key_id();
    let signed_by = async |app: &App, code: &str| {
        let records = app.get(&format!("/v1/records?stream=tender/{code}")).await.body;
        records["items"].as_array().unwrap().last().unwrap()["kid"].as_str().unwrap().to_owned()
    };
    assert_eq!(signed_by(&app, "K-1").await, by_old.to_string());
    std::fs::remove_file(keys.join("service.jwk")).unwrap();
    save_key(&keys.join("service.jwk"), &service).unwrap();
    let app = app.restart().await;
    let revoke = |kid| {
        let reason = RevocationReason::Superseded;
        identity::Act::from(ServiceKeyRevocation { kid, reason, effective: app.now() }).into()
    };
    let path = "/v1/log/service-key-revocations";
    app.post(&next, path, &Stream::LOG, &revoke(by_old)).await.accepted();
    assert_eq!(app.post(&next, path, &Stream::LOG, &revoke(service.key_id())).await.problem(), "last-key");
    post_something(&app, &cast.centre, "K-2").await;
    app.days_pass(8).await;
    assert_eq!(signed_by(&app, "K-2").await, service.key_id().to_string());
    holds_under(&app, &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_stolen_key_may_have_signed_is_marked() {
    let app = App::start().await;
    let cast = app.cast().await;
    post_something(&app, &cast.centre, "K-1").await;
    app.clock.advance_millis(3_600_000);
    let theft = app.now();
    app.clock.advance_millis(3_600_000);
    let doubtful = post_something(&app, &cast.centre, "K-2").await["index"].clone();
    // The centre finds its key gone: the supervisor revokes it as of then. What it signed since stands, but is marked.
    let centre = Stream::of(&cast.centre.id);
    let path = format!("/v1/organisations/{}/key-revocations", cast.centre.id);
    let revocation = revoked(cast.centre.key.key_id(), RevocationReason::Compromised, theft);
    app.post(&cast.supervisor, &path, &centre, &revocation).await.accepted();
    let disclosed = act(fixture::preannouncement_on(&cast.centre, app.now()));
    let refused = app.post(&cast.centre, "/v1/tenders", &stream("K-3"), &disclosed).await;
    assert_eq!(refused.problem(), "key-revoked");

    let marked = app.get("/v1/records?contested=true").await.body;
    assert_eq!(marked["items"].as_array().unwrap().len(), 1, "{marked:#}");
    assert_eq!(marked["items"][0]["index"], doubtful);
    assert_eq!(marked["items"][0]["contested_from"], theft.to_string());
    let record = app.get(&format!("/v1/records/{doubtful}")).await.body;
    assert_eq!(record["contested_from"], theft.to_string());
    let first = app.get("/v1/records?stream=tender/K-1").await.body;
    assert!(first["items"][0].get("contested_from").is_none());
    let copy = holds_under(&app, &[]).await;
    let contested = &verified(copy.path()).1["contested"][0];
    assert_eq!((&contested["records"], &contested["indexes"][0]), (&1.into(), &doubtful), "{contested}");
    assert_eq!(contested["revoked_by"], cast.supervisor.id.as_str());
}

/// The theft turns out to be older than was thought: more is marked, under the one key.
#[tokio::test(flavor = "multi_thread")]
async fn an_earlier_revocation_supersedes_and_a_later_one_does_not() {
    let app = App::start().await;
    let cast = app.cast().await;
    app.clock.advance_millis(3_600_000);
    let theft = app.now();
    app.clock.advance_millis(3_600_000);
    let doubtful = post_something(&app, &cast.centre, "K-1").await["index"].clone();
    let (centre, kid) = (Stream::of(&cast.centre.id), cast.centre.key.key_id());
    let path = format!("/v1/organisations/{}/key-revocations", cast.centre.id);
    let revoke = async |effective| {
        let act = revoked(kid, RevocationReason::Compromised, effective);
        app.post(&cast.supervisor, &path, &centre, &act).await
    };
    let ahead = revoke(app.now().plus_millis(86_400_000)).await;
    assert_eq!((ahead.problem(), &ahead.body["errors"][0]["pointer"]), ("inconsistent", &"/effective".into()));
    let long_ago = revoke(gongshi::field::Instant::from_millis(0)).await;
    assert_eq!((long_ago.problem(), &long_ago.body["errors"][0]["pointer"]), ("inconsistent", &"/effective".into()));
    let noon = app.now();
    app.clock.advance_millis(1);
    revoke(noon.plus_millis(1)).await.accepted();
    assert_eq!(revoke(app.now()).await.problem(), "state-forbids");
    assert_eq!(app.get("/v1/records?contested=true").await.body["items"], serde_json::json!([]));
    revoke(theft).await.accepted();
    assert_eq!(revoke(noon).await.problem(), "state-forbids");
    let marked = app.get("/v1/records?contested=true").await.body;
    assert_eq!((&marked["items"][0]["index"], marked["items"].as_array().unwrap().len()), (&doubtful, 1));
    let copy = holds_under(&app, &[]).await;
    let contested = verified(copy.path()).1["contested"].clone();
    assert_eq!(contested.as_array().unwrap().len(), 1, "{contested}");
    assert_eq!(contested[0]["indexes"], serde_json::json!([doubtful]));
}

/// Whoever steals a key and revokes the others does not keep the organisation.
#[tokio::test(flavor = "multi_thread")]
async fn an_organisation_whose_keys_are_all_revoked_comes_back() {
    let app = App::start().await;
    let cast = app.cast().await;
    let centre = Stream::of(&cast.centre.id);
    let path = |what: &str| format!("/v1/organisations/{}/{what}", cast.centre.id);
    let thief = Actor { id: cast.centre.id.clone(), key: PrivateKey::generate() };
    let added = organisation::Act::from(key_added(&thief.key, &centre, &app)).into();
    app.post(&cast.centre, &path("keys"), &centre, &added).await.accepted();
    let owner = Actor { id: cast.centre.id.clone(), key: PrivateKey::generate() };
    assert_eq!(app.register(&owner, Role::Centre).await.problem(), "state-forbids");
    for (by, kid) in [(&thief, cast.centre.key.key_id()), (&cast.supervisor, thief.key.key_id())] {
        let act = revoked(kid, RevocationReason::Compromised, app.now());
        app.post(by, &path("key-revocations"), &centre, &act).await.accepted();
    }
    app.register(&owner, Role::Centre).await.accepted();
    assert_eq!(app.confirm(&owner, Role::Enterprise, &cast.supervisor).await.problem(), "inconsistent");
    app.confirm(&owner, Role::Centre, &cast.supervisor).await.accepted();
    post_something(&app, &owner, "K-1").await;
    let admissions = app.get(&format!("/v1/organisations/{}", owner.id)).await.body["admissions"].clone();
    assert_eq!(admissions.as_array().unwrap().len(), 2);
    assert_eq!((&admissions[0]["role"], &admissions[0]["by"]), (&"centre".into(), &cast.supervisor.id.as_str().into()));
    holds_under(&app, &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replica_follows_the_others_new_keys_and_name() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::tempdir().unwrap();
    let (keys, url) = (folder.path().join("keys"), Engine::Postgres.database(folder.path()));
    let clock = Clock::manual(START.parse().unwrap());
    let first = open_as(ORIGIN, folder.path(), url.clone(), clock.clone(), None).await.unwrap();
    let app = App::serve(folder, first, clock, unlimited()).await;
    let cast = app.cast().await;
    let [second, third] = [PrivateKey::generate(), PrivateKey::generate()];
    save_key(&keys.join("log-2.jwk"), &second).unwrap();
    save_key(&keys.join("log-3.jwk"), &third).unwrap();
    let replica = open_as(ORIGIN, app.folder.path(), url, app.clock.clone(), None).await.unwrap();
    let added = addition(&NoteSigner::new(ORIGIN, second).unwrap());
    replica.act_as(replica.operator_key(), &Stream::LOG, &added).await.unwrap();
    // The first service began without the new keys; it signs with what it has, and reads what the other signed.
    post_something(&app, &cast.centre, "K-1").await;
    assert_eq!(app.get("/readyz").await.status, 200);
    replica.continue_as(NEXT_ORIGIN, &third, None, "私钥泄露".parse().unwrap()).await.unwrap();
    assert_eq!(app.get("/v1/log").await.body["origin"], NEXT_ORIGIN);
    assert_eq!(checkpoint(&app).await.lines().next(), Some(NEXT_ORIGIN));
    // It has no key of the new name: it says so and writes nothing.
    let disclosed = act(fixture::preannouncement_on(&cast.centre, app.now()));
    let unable = app.post(&cast.centre, "/v1/tenders", &stream("K-2"), &disclosed).await;
    assert_eq!(unable.problem(), "unavailable");
    replica.act_as(&cast.centre.key, &stream("K-2"), &disclosed).await.unwrap();
    holds_under(&app, &[]).await;
}
