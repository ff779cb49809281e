//! Who takes long keeps nobody else waiting.

use super::stage::{Stage, settings};
use crate::support::Engine;
use crate::support::postbox::{Hook, Manner};
use gongshi::store::SendingLane;
use gongshi::subscription::{Delivering, MailSettings, Subscriptions, WebhookReach, send_for_ever};
use serde_json::json;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::net::TcpListener;

/// More than are under way in any lane.
const SLOW: usize = 100;
/// How long each of these takes.
const SLOW_MILLIS: u64 = 6_000;

async fn within(limit: Duration, mut there: impl FnMut() -> bool) -> bool {
    let began = Instant::now();
    while !there() {
        if began.elapsed() > limit {
            return false;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    true
}

/// Each of them at a host of its own, as far as the table says.
async fn hosts_of_their_own(stage: &Stage) {
    let mut write = stage.app.ledger.database.begin_write().await.unwrap();
    write.read("UPDATE subscriptions SET place = target", &[]).await.unwrap();
    write.commit().await.unwrap();
}

async fn slow_webhooks_keep_no_prompt_one_waiting(engine: Engine) {
    let (stage, prompt) = (Stage::on(engine).await, Hook::open().await);
    for n in 0..SLOW {
        stage.follow_by_webhook(json!({ "kind": "tender" }), &format!("/{n}")).await;
        hosts_of_their_own(&stage).await;
    }
    let target = json!({ "kind": "webhook", "url": prompt.base });
    assert_eq!(stage.ask(json!({ "kind": "tender" }), target).await.status, 202);
    stage.round().await;
    // It is known that they are slow.
    stage.hook.behave(Manner::Late(SLOW_MILLIS));
    stage.disclose("T-0", "道路").await;
    stage.round().await;
    stage.minutes_pass(1);
    let (now, slow_since) = (stage.app.now(), stage.app.now().plus_millis(-86_400_000));
    let sending = tokio::spawn(send_for_ever(Arc::clone(&stage.subscriptions)));
    for n in 1..=3 {
        stage.disclose(&format!("T-{n}"), "道路").await;
        stage.subscriptions.match_new().await.unwrap();
        let is_told =
            within(Duration::from_millis(SLOW_MILLIS / 2), || prompt.of("subscription.found").len() > n).await;
        assert!(is_told, "{n}");
    }
    sending.abort();
    let due =
        stage.app.ledger.database.due_subscriptions(SendingLane::Prompt, [now, slow_since], Vec::new(), 500).await;
    assert_eq!(due.unwrap(), [], "those that are slow have a lane of their own");
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_webhooks_keep_no_prompt_one_waiting_on_both_engines() {
    slow_webhooks_keep_no_prompt_one_waiting(Engine::Sqlite).await;
    slow_webhooks_keep_no_prompt_one_waiting(Engine::Postgres).await;
}

/// One host has few calls at a time, and no answer is read any longer than it matters.
#[tokio::test(flavor = "multi_thread")]
async fn a_host_is_called_a_few_times_at_once() {
    let stage = Stage::on(Engine::Sqlite).await;
    for n in 0..12 {
        stage.follow_by_webhook(json!({ "kind": "tender" }), &format!("/{n}")).await;
    }
    stage.hook.behave(Manner::Late(3_000));
    stage.disclose("T-1", "道路").await;
    stage.subscriptions.match_new().await.unwrap();
    let sending = tokio::spawn(send_for_ever(Arc::clone(&stage.subscriptions)));
    let told = || stage.hook.of("subscription.found").len();
    assert!(within(Duration::from_millis(2_500), || told() >= 4).await);
    assert_eq!(told(), 4);
    assert!(within(Duration::from_secs(20), || told() == 12).await, "{}", told());
    sending.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_of_mail_that_hangs_keeps_no_webhook_waiting() {
    let stage = Stage::on(Engine::Sqlite).await;
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mail = MailSettings { port: silent.local_addr().unwrap().port(), ..settings(&stage.mail) };
    let delivering = Delivering { base: stage.app.base.clone(), mail: Some(mail), reach: WebhookReach::Anywhere };
    let hanging = Subscriptions::new(Arc::clone(&stage.app.ledger), Some(delivering)).unwrap();
    for n in 0..40 {
        let email = json!({ "kind": "email", "address": format!("reader{n}@example.cn") });
        assert_eq!(stage.ask(json!({}), email).await.status, 202);
    }
    let sending = tokio::spawn(send_for_ever(hanging));
    let accepted = tokio::time::timeout(Duration::from_secs(5), silent.accept()).await.unwrap();
    for n in 1..=2 {
        assert_eq!(stage.ask(json!({}), stage.webhook(&format!("/{n}"))).await.status, 202);
        assert!(within(Duration::from_secs(3), || stage.hook.received().len() == n).await, "{n}");
    }
    sending.abort();
    drop(accepted);
}
