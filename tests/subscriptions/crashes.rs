//! Whoever is killed, whenever: each entry is told of, and what is told twice has the name that it had.

use super::stage::Stage;
use crate::support::postbox::{Hook, Received};
use crate::support::postgres::fresh_database;
use crate::support::{Engine, open_at, unlimited};
use futures::FutureExt;
use gongshi::clock::Clock;
use gongshi::ledger::Ledger;
use gongshi::store::SendingLane;
use gongshi::subscription::{Delivering, Subscriptions, WebhookReach};
use serde_json::json;
use std::collections::BTreeMap;
use std::pin::pin;
use std::sync::Arc;

/// How often each message came, by its name.
fn by_name(hook: &Hook) -> BTreeMap<String, Vec<Received>> {
    let mut names = BTreeMap::<String, Vec<Received>>::new();
    for received in hook.of("subscription.found") {
        names.entry(received.id.clone()).or_default().push(received);
    }
    names
}

/// Killed after it was polled so often: the future is dropped where it stands, and so are its connection and its transaction. `true` when
/// it was done before.
async fn killed_after<T>(polls: usize, work: impl Future<Output = T>) -> bool {
    let mut work = pin!(work);
    let mut polled = 0;
    std::future::poll_fn(|context| {
        polled += 1;
        if polled > polls {
            return std::task::Poll::Ready(false);
        }
        work.poll_unpin(context).map(|_| true)
    })
    .await
}

/// Both halves of the work are killed at each of their steps in turn.
async fn killed_at_each_step(engine: Engine) {
    let stage = Stage::on(engine).await;
    for path in ["/a", "/b"] {
        stage.follow_by_webhook(json!({ "kind": "tender", "q": if path == "/a" { "道路" } else { "" } }), path).await;
    }
    let (mut entries, mut steps) = (Vec::new(), 0);
    for polls in 1.. {
        entries.push(stage.disclose(&format!("T-{polls}"), "道路").await);
        let matched = killed_after(polls, stage.subscriptions.match_new()).await;
        let sent = killed_after(polls, stage.subscriptions.send_due()).await;
        // Leases run out.
        stage.minutes_pass(4);
        steps = polls;
        if matched && sent {
            break;
        }
    }
    // Anything that is left.
    for _ in 0..3 {
        stage.round().await;
        stage.minutes_pass(400);
    }
    assert!(steps > 3, "{steps}");
    let came = by_name(&stage.hook);
    assert_eq!(came.len(), 2 * entries.len(), "each entry for each subscription, under one name");
    for (name, copies) in &came {
        assert!(copies.iter().all(|copy| copy.body == copies[0].body), "{name}: the same however often");
    }
    let mut told: Vec<u64> = came.values().map(|copies| copies[0].json()["data"]["entry"].as_u64().unwrap()).collect();
    told.sort_unstable();
    told.dedup();
    assert_eq!(told, entries);
    assert_eq!(stage.count("subscription_news").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_each_step_on_both_engines() {
    killed_at_each_step(Engine::Sqlite).await;
    killed_at_each_step(Engine::Postgres).await;
}

/// The one gap: it was sent, and whoever sent it was killed before that was noted.
async fn killed_between_sending_and_noting(engine: Engine) {
    let stage = Stage::on(engine).await;
    stage.follow_by_webhook(json!({}), "/a").await;
    stage.follow_by_mail(json!({})).await;
    stage.disclose("T-1", "道路").await;
    stage.subscriptions.match_new().await.unwrap();
    let (now, mut due) = (stage.app.now(), Vec::new());
    for lane in [SendingLane::Mail, SendingLane::Prompt] {
        due.extend(stage.app.ledger.database.due_subscriptions(lane, [now; 2], Vec::new(), 10).await.unwrap());
    }
    assert_eq!(due.len(), 2);
    let mut names = Vec::new();
    for (id, _) in &due {
        let leased = stage.subscriptions.lease(id).await.unwrap().unwrap();
        assert_eq!(stage.subscriptions.lease(id).await.unwrap(), None, "it is leased");
        stage.subscriptions.deliver(&leased).await;
        names.push(leased.id());
    }
    assert_eq!(stage.round().await, 0, "the leases run");
    // What comes in between is another message.
    stage.disclose("T-2", "桥梁").await;
    stage.minutes_pass(4);
    stage.round().await;
    stage.minutes_pass(10);
    stage.round().await;
    let came = by_name(&stage.hook);
    let mut copies: Vec<_> = came.values().map(Vec::len).collect();
    copies.sort_unstable();
    assert_eq!(copies, [1, 2]);
    let mails: Vec<_> = stage.mail.mails().into_iter().skip(1).collect();
    let ids: Vec<_> = mails.iter().map(|mail| mail.header("Message-ID")).collect();
    assert_eq!((ids.len(), &ids[0]), (3, &ids[1]), "a reader sees the same Message-ID");
    assert_ne!(ids[1], ids[2]);
    assert_eq!(mails[0].text(), mails[1].text());
    assert!(names.iter().all(|name| came.contains_key(name) || ids[0].contains(name.as_str())));
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_between_sending_and_noting_on_both_engines() {
    killed_between_sending_and_noting(Engine::Sqlite).await;
    killed_between_sending_and_noting(Engine::Postgres).await;
}

fn another(ledger: &Arc<Ledger>) -> Arc<Subscriptions> {
    let delivering = Delivering { base: "http://127.0.0.1:1".to_owned(), mail: None, reach: WebhookReach::Anywhere };
    Subscriptions::new(Arc::clone(ledger), Some(delivering)).unwrap()
}

/// Several at work at once, while records come and people subscribe: nothing is sent twice, nothing is left out.
async fn several_at_work(stage: &Stage, workers: Vec<Arc<Subscriptions>>) {
    for n in 0..5 {
        stage.follow_by_webhook(json!({ "kind": "tender" }), &format!("/{n}")).await;
    }
    let work = workers.into_iter().map(|worker| {
        tokio::spawn(async move {
            loop {
                worker.match_new().await.unwrap();
                if worker.send_due().await.unwrap() == 0 {
                    tokio::task::yield_now().await;
                }
            }
        })
    });
    let work: Vec<_> = work.collect();
    let mut entries = Vec::new();
    for n in 0..20 {
        entries.push(stage.disclose(&format!("T-{n}"), "道路").await);
    }
    for _ in 0..600 {
        if by_name(&stage.hook).len() == 5 * entries.len() && stage.count("subscription_news").await == 0 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    work.iter().for_each(tokio::task::JoinHandle::abort);
    let came = by_name(&stage.hook);
    assert_eq!(came.len(), 5 * entries.len());
    assert!(came.values().all(|copies| copies.len() == 1), "no clock moved, so no lease ran out");
}

#[tokio::test(flavor = "multi_thread")]
async fn several_at_work_in_one_process() {
    let stage = Stage::on(Engine::Sqlite).await;
    let workers = vec![Arc::clone(&stage.subscriptions), another(&stage.app.ledger), another(&stage.app.ledger)];
    several_at_work(&stage, workers).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn several_replicas_at_work() {
    let url = fresh_database();
    let stage = Stage::at(tempfile::tempdir().unwrap(), url.clone(), unlimited()).await;
    let replica = open_at(stage.app.folder.path(), url, Clock::manual(stage.app.now())).await;
    let workers = vec![Arc::clone(&stage.subscriptions), another(&replica)];
    several_at_work(&stage, workers).await;
    replica.database.close().await;
}
