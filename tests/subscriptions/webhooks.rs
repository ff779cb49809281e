//! Webhooks: what is sent to whom, and that it is signed.

use super::stage::Stage;
use crate::support::Engine;
use crate::support::postbox::{Manner, Received};
use base64_simd::STANDARD;
use ed25519_dalek::{Signature, VerifyingKey};
use serde_json::json;

const FOUND: &str = "subscription.found";
const CHALLENGE: &str = "subscription.challenge";

/// Verified as Standard Webhooks has it, by the key that the service tells.
fn must_be_signed(received: &Received, key: &str) {
    let key: [u8; 32] = STANDARD.decode_to_vec(key.strip_prefix("whpk_").unwrap()).unwrap().try_into().unwrap();
    let signature = received.signature.strip_prefix("v1a,").unwrap();
    let signature = Signature::from_slice(&STANDARD.decode_to_vec(signature).unwrap()).unwrap();
    let signed = format!("{}.{}.{}", received.id, received.seconds, received.body);
    VerifyingKey::from_bytes(&key).unwrap().verify_strict(signed.as_bytes(), &signature).unwrap();
}

async fn a_webhook_is_told_of_what_its_search_newly_finds(engine: Engine) {
    let stage = Stage::on(engine).await;
    stage.disclose("T-0", "道路监理（此前）").await;
    assert_eq!(stage.ask(json!({ "q": "监理" }), stage.webhook("/a")).await.status, 202);
    assert_eq!(stage.hook.received(), [], "nobody is called while somebody waits for the answer");
    assert_eq!(stage.round().await, 1);
    let challenged = stage.hook.received();
    assert_eq!((challenged.len(), challenged[0].kind().as_str(), challenged[0].path.as_str()), (1, CHALLENGE, "/a"));
    let ways = stage.app.get("/v1/subscriptions").await.body;
    assert_eq!((&ways["email"], &ways["webhook"]), (&true.into(), &true.into()));
    let key = ways["webhook_key"].as_str().unwrap();
    must_be_signed(&challenged[0], key);

    let entry = stage.disclose("T-1", "桥梁監理").await;
    stage.disclose("T-2", "绿化养护").await;
    assert_eq!(stage.round().await, 1);
    let found = stage.hook.of(FOUND);
    must_be_signed(&found[0], key);
    let event = found[0].json();
    let data = &event["data"];
    assert_eq!(data["entry"], entry);
    assert_eq!((&data["things"][0]["key"], &data["things"][0]["title"]), (&"T-1".into(), &"桥梁監理".into()));
    assert_eq!((&data["filter"], &data["log"]), (&json!({ "q": "监理" }), &stage.app.ledger.origin().into()));
    assert!(found[0].id.starts_with("msg_") && found[0].id.ends_with(&format!("_{entry}")), "{}", found[0].id);
    let path = |url: &serde_json::Value| url.as_str().unwrap().strip_prefix(&stage.app.base).unwrap().to_owned();
    let record = stage.app.get(&path(&data["record"])).await;
    assert_eq!((record.status, &record.body["time"]), (200, &event["timestamp"]), "{}", record.body);
    assert!(!stage.app.bytes(&path(&data["proof"])).await.is_empty());
    assert_eq!(stage.app.get(&path(&data["things"][0]["url"])).await.status, 200);
    assert_eq!(stage.round().await, 0, "once");

    // The link in each message stops it, and leaves nothing.
    let manage = data["manage"].as_str().unwrap();
    let token = manage.split_once("token=").unwrap().1;
    let shown = stage.app.get(&format!("/v1/subscription?token={token}")).await.body;
    assert_eq!((&shown["state"], &shown["target"]), (&"active".into(), &stage.webhook("/a")));
    for status in [204, 204] {
        let stopped = stage.app.post_raw(&format!("/v1/subscription/stop?token={token}"), None, Vec::new()).await;
        assert_eq!(stopped.status, status, "a second time does no harm");
    }
    assert_eq!(stage.app.get(&format!("/v1/subscription?token={token}")).await.problem(), "not-found");
    stage.disclose("T-3", "管网监理").await;
    assert_eq!(
        (stage.round().await, stage.count("subscriptions").await, stage.count("subscription_news").await),
        (0, 0, 0)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_is_told_of_what_its_search_newly_finds_on_both_engines() {
    a_webhook_is_told_of_what_its_search_newly_finds(Engine::Sqlite).await;
    a_webhook_is_told_of_what_its_search_newly_finds(Engine::Postgres).await;
}

/// What changes and stays in the search is not told again; what comes into it by a change is told, with that entry.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_change_brings_into_a_search_is_told_with_its_entry() {
    let stage = Stage::on(Engine::Sqlite).await;
    stage.follow_by_webhook(json!({ "kind": "tender" }), "/tenders").await;
    stage.follow_by_webhook(json!({ "status": "waiting" }), "/waiting").await;
    let first = stage.disclose("T-1", "道路").await;
    let objected = stage.object("T-1").await;
    stage.app.days_pass(12).await;
    stage.round().await;
    let told = |path: &str| {
        let received = stage.hook.of(FOUND).into_iter().filter(|received| received.path == path);
        received.map(|received| received.json()["data"]["entry"].as_u64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(told("/tenders"), [first]);
    let [waits] = told("/waiting")[..] else { panic!("{:?}", told("/waiting")) };
    assert!(waits > objected, "the end of the window, not the disclosure");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_answer_the_challenge_is_called_no_more() {
    for manner in [Manner::Echo, Manner::Status(204), Manner::Status(500), Manner::Redirect] {
        let stage = Stage::on(Engine::Sqlite).await;
        stage.hook.behave(manner);
        assert_eq!(stage.ask(json!({}), stage.webhook("/a")).await.status, 202);
        let mut tried = 0;
        for _ in 0..60 {
            stage.disclose(&format!("T-{}", stage.app.size()), "道路").await;
            tried += stage.round().await;
            stage.minutes_pass(60);
        }
        assert!((2..=9).contains(&tried), "{tried}");
        let received = stage.hook.received();
        assert!(received.iter().all(|received| received.kind() == CHALLENGE && received.path == "/a"));
        assert_eq!(stage.count("subscriptions").await, 0, "{manner:?}");
    }
}

/// A receiver that is away gets everything when it is back; one that stays away is given up, and its owner can read why.
#[tokio::test(flavor = "multi_thread")]
async fn who_is_away_misses_nothing_and_who_stays_away_is_given_up() {
    let stage = Stage::on(Engine::Sqlite).await;
    stage.follow_by_webhook(json!({ "kind": "tender" }), "/a").await;
    stage.hook.behave(Manner::Status(503));
    let mut entries = Vec::new();
    for n in 0..3 {
        entries.push(stage.disclose(&format!("T-{n}"), "道路").await);
        stage.round().await;
        stage.minutes_pass(40);
    }
    stage.hook.behave(Manner::Willing);
    stage.minutes_pass(60);
    stage.round().await;
    let found = stage.hook.of(FOUND);
    let arrived = found[found.len() - 3..].iter().map(|received| received.json()["data"]["entry"].as_u64().unwrap());
    assert_eq!(arrived.collect::<Vec<_>>(), entries, "in their order");
    let tries: Vec<_> = found.iter().filter(|received| received.json()["data"]["entry"] == entries[0]).collect();
    assert!(tries.len() > 1 && tries.iter().all(|one| one.id == tries[0].id && one.body == tries[0].body));

    stage.hook.behave(Manner::Status(503));
    stage.disclose("T-9", "道路").await;
    for _ in 0..60 {
        stage.round().await;
        stage.minutes_pass(60);
    }
    let manage = found[0].json()["data"]["manage"].as_str().unwrap().split_once("token=").unwrap().1.to_owned();
    let shown = stage.app.get(&format!("/v1/subscription?token={manage}")).await.body;
    assert_eq!((&shown["state"], &shown["fault"]), (&"failed".into(), &"HTTP 503".into()));
    stage.hook.behave(Manner::Willing);
    stage.disclose("T-10", "道路").await;
    assert_eq!((stage.round().await, stage.count("subscription_news").await), (0, 0));
    // Who asks for time is given it.
    stage.follow_by_webhook(json!({ "kind": "tender" }), "/c").await;
    stage.hook.behave(Manner::Busy(7_200));
    stage.disclose("T-12", "道路").await;
    assert_eq!(stage.round().await, 1);
    stage.hook.behave(Manner::Willing);
    stage.minutes_pass(119);
    assert_eq!(stage.round().await, 0);
    stage.minutes_pass(2);
    assert_eq!(stage.round().await, 1);
    // 410 stops it at once.
    stage.follow_by_webhook(json!({ "kind": "tender" }), "/b").await;
    stage.hook.behave(Manner::Status(410));
    stage.disclose("T-11", "道路").await;
    assert_eq!((stage.round().await, stage.round().await), (2, 0), "each is told so");
}
