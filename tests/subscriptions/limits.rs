//! What strangers may have this service send, and to whom.

use super::stage::{Stage, link};
use crate::support::postbox::Manner;
use crate::support::{App, Engine, START, open, unlimited};
use gongshi::clock::Clock;
use gongshi::http::Limits;
use gongshi::subscription::WebhookReach;
use serde_json::{Value, json};
use std::time::Duration;

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_gets_somebody_three_messages_in_two_days_whatever_he_does() {
    let stage = Stage::on(Engine::Sqlite).await;
    let mut answers = Vec::new();
    for n in 0..10 {
        let user = ["v.ictim", "Victim", "vic.tim+x", "victim"][n % 4];
        let address = format!("{user}+{n}@example.cn");
        answers.push(stage.ask(json!({ "q": format!("字{n}") }), json!({ "kind": "email", "address": address })).await);
        answers.push(stage.ask(json!({ "q": format!("字{n}") }), stage.webhook("/victim")).await);
    }
    assert!(answers.iter().all(|answer| answer.status == 202 && answer.body == answers[0].body), "{answers:?}");
    stage.hook.behave(Manner::Status(404));
    let mut tried = 0;
    for _ in 0..47 {
        stage.disclose(&format!("T-{tried}-{}", stage.app.size()), "字1").await;
        tried += stage.round().await;
        stage.minutes_pass(60);
    }
    assert_eq!(stage.mail.mails().len(), 3);
    let hosts = stage.hook.received();
    let names: std::collections::BTreeSet<_> = hosts.iter().map(|received| &received.id).collect();
    assert_eq!(names.len(), 3);
    // Who waits for longer than two days is forgotten.
    stage.minutes_pass(120);
    assert_eq!(stage.ask(json!({}), json!({ "kind": "email", "address": "other@example.cn" })).await.status, 202);
    let sql = "SELECT target FROM subscriptions WHERE since > $1";
    let left = stage.app.ledger.database.read(sql, &[gongshi::store::Value::Integer(0)]).await.unwrap();
    assert_eq!(left.len(), 1);
}

/// Whoever declines what he did not ask for is asked no more, whoever tries and however he is written, and nothing that says who he is
/// is kept.
#[tokio::test(flavor = "multi_thread")]
async fn who_declines_is_asked_by_nobody_for_a_month() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let stage = Stage::on(engine).await;
        let ask = async |user: &str, n: usize| {
            let target = json!({ "kind": "email", "address": format!("{user}@example.cn") });
            assert_eq!(stage.ask(json!({ "q": format!("字{n}") }), target).await.status, 202);
            stage.round().await;
            stage.mail.mails().len()
        };
        assert_eq!((ask("victim", 0).await, ask("victim", 1).await, ask("other", 0).await), (1, 2, 3));
        let manage = link(&stage.mail.mails()[0], "/zh/subscription?token=");
        let page = String::from_utf8(stage.app.bytes(&format!("/zh/subscription?token={manage}")).await).unwrap();
        assert!(page.contains("30 天内不会再有确认请求发来"), "{page}");
        for _ in 0..2 {
            let stopped = stage.app.post_raw(&format!("/v1/subscription/stop?token={manage}"), None, Vec::new()).await;
            assert_eq!(stopped.status, 204);
        }
        assert_eq!(stage.count("subscriptions").await, 1, "the other one's");
        for (n, user) in ["victim", "vic.tim", "Victim+1"].into_iter().enumerate() {
            assert_eq!(ask(user, n).await, 3, "{user}");
        }
        let kept = stage.app.ledger.database.read("SELECT receiver FROM subscription_declines", &[]).await.unwrap();
        assert!(kept.len() == 1 && !kept[0].text(0).unwrap().contains("victim"));
        stage.minutes_pass(31 * 24 * 60);
        assert_eq!(ask("victim", 9).await, 4, "a month later");
        // A webhook declines by 410: that URL, for others may be at its host.
        stage.hook.behave(Manner::Status(410));
        for (path, expected) in [("/a", 1), ("/a", 1), ("/b", 2)] {
            assert_eq!(stage.ask(json!({}), stage.webhook(path)).await.status, 202);
            stage.round().await;
            assert_eq!(stage.hook.received().len(), expected, "{path}");
        }
    }
}

/// What a server of mail refuses counts at its place all the same, so that nobody makes it refuse again and again.
#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_mailbox_is_tried_three_times_in_two_days() {
    let stage = Stage::on(Engine::Sqlite).await;
    stage.mail.refuse(Some("550 no such user"));
    let mut tried = 0;
    for n in 0..10 {
        let nobody = json!({ "kind": "email", "address": "nobody@example.cn" });
        assert_eq!(stage.ask(json!({ "q": format!("字{n}") }), nobody).await.status, 202);
        tried += stage.round().await;
        stage.minutes_pass(60);
    }
    assert_eq!(tried, 3);
}

/// Whoever confirms while an attempt runs has confirmed, whatever becomes of the attempt.
#[tokio::test(flavor = "multi_thread")]
async fn an_attempt_that_fails_forgets_nothing_that_was_confirmed_meanwhile() {
    let stage = Stage::on(Engine::Sqlite).await;
    assert_eq!(stage.ask(json!({}), json!({ "kind": "email", "address": "li@example.cn" })).await.status, 202);
    let id = stage.app.ledger.database.read("SELECT id FROM subscriptions", &[]).await.unwrap();
    let leased = stage.subscriptions.lease(id[0].text(0).unwrap()).await.unwrap().unwrap();
    stage.subscriptions.deliver(&leased).await;
    stage.mail.refuse(Some("550 your host has no name"));
    let failed = stage.subscriptions.deliver(&leased).await;
    let token = link(&stage.mail.mails()[0], "/subscription/confirm?token=");
    let path = format!("/v1/subscription/confirm?token={token}");
    assert_eq!(stage.app.post_raw(&path, None, Vec::new()).await.status, 200);
    stage.subscriptions.note(&leased, failed, Duration::ZERO).await.unwrap();
    let state = stage.app.ledger.database.read("SELECT state FROM subscriptions", &[]).await.unwrap();
    assert_eq!((state.len(), state[0].text(0).unwrap()), (1, "active"));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_target_has_twenty_subscriptions() {
    let stage = Stage::on(Engine::Sqlite).await;
    for n in 0..25 {
        stage.follow_by_webhook(json!({ "q": format!("字{n}") }), "/a").await;
    }
    assert_eq!(stage.count("subscriptions").await, 20);
    stage.follow_by_webhook(json!({}), "/b").await;
    assert_eq!(stage.count("subscriptions").await, 21, "another has its own");
}

#[tokio::test(flavor = "multi_thread")]
async fn asks_are_counted_by_address() {
    let limits =
        Limits { per_address: 1000, subscriptions_per_address: 3, registrations_per_address: 0, ..unlimited() };
    let stage = Stage::with(Engine::Sqlite, limits).await;
    let mut statuses = Vec::new();
    for n in 0..5 {
        statuses.push(stage.ask(json!({}), stage.webhook(&format!("/{n}"))).await.status);
    }
    assert_eq!(statuses, [202, 202, 202, 429, 429]);
}

/// Every fault of a wish is told at once, each with its pointer.
#[tokio::test(flavor = "multi_thread")]
async fn a_wish_is_read_strictly() {
    let stage = Stage::on(Engine::Sqlite).await;
    let pointers = |body: &Value| -> Vec<String> {
        body["errors"].as_array().unwrap().iter().map(|error| error["pointer"].as_str().unwrap().to_owned()).collect()
    };
    let webhook = stage.webhook("/a");
    for (filter, target, expected) in [
        (
            json!({ "status": "lost", "region": "4", "year": 12 }),
            webhook.clone(),
            vec!["/filter/status", "/filter/region", "/filter/year"],
        ),
        (json!({ "q": "字".repeat(801) }), webhook.clone(), vec!["/filter/q"]),
        (json!({ "limit": 3 }), webhook.clone(), vec!["/filter/limit"]),
        (json!({ "kind": "bid", "unit": "x" }), webhook.clone(), vec!["/filter/kind", "/filter/unit"]),
        (json!({}), json!({ "kind": "email", "address": "li" }), vec!["/target/address"]),
        (json!({}), json!({ "kind": "webhook", "url": "ftp://x" }), vec!["/target/url"]),
        (json!({}), json!({ "kind": "pigeon" }), vec!["/target/kind"]),
        (json!({}), json!({}), vec!["/target/kind"]),
    ] {
        let refused = stage.ask(filter.clone(), target.clone()).await;
        assert_eq!(refused.status, 422, "{filter} {target}: {}", refused.body);
        assert_eq!(pointers(&refused.body), expected, "{}", refused.body);
    }
    for nothing in ["", "x", "x.y", "AAAAAAAAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAA"] {
        assert_eq!(stage.app.get(&format!("/v1/subscription?token={nothing}")).await.problem(), "not-found");
        for act in ["confirm", "stop"] {
            let answer = stage.app.post_raw(&format!("/v1/subscription/{act}?token={nothing}"), None, Vec::new()).await;
            assert_eq!(answer.problem(), "not-found");
        }
    }
    assert_eq!(stage.count("subscriptions").await, 0);
}

/// Neighbours of the service are out of reach: by their addresses, and by names that lead to them.
#[tokio::test(flavor = "multi_thread")]
async fn webhooks_are_at_public_hosts() {
    let (folder, clock) = (tempfile::tempdir().unwrap(), Clock::manual(START.parse().unwrap()));
    let _ = rustls::crypto::ring::default_provider().install_default();
    let ledger = open(folder.path(), Engine::Sqlite, clock.clone()).await;
    let (app, subscriptions) = App::serve_telling(folder, ledger, clock, unlimited(), None, WebhookReach::Public).await;
    let hook = crate::support::postbox::Hook::open().await;
    let port = hook.base.rsplit(':').next().unwrap();
    let ask = async |target: Value| {
        let wish = json!({ "language": "en", "target": target });
        app.post_raw("/v1/subscriptions", None, wish.to_string().into_bytes()).await
    };
    for url in [
        &hook.base,
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://10.0.0.1/",
        "http://example.cn/",
        "https://[::ffff:127.0.0.1]/",
        "https://0.0.0.0/",
        "https://017700000001/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://127.1./",
        "https://１２７.0.0.1/",
        "https://169.254.169.254:443/latest/meta-data",
        "https://a@hooks.example.cn/",
        "gopher://hooks.example.cn/",
    ] {
        let refused = ask(json!({ "kind": "webhook", "url": url })).await;
        assert_eq!((refused.status, &refused.body["errors"][0]["pointer"]), (422, &"/target/url".into()), "{url}");
    }
    let mail = ask(json!({ "kind": "email", "address": "li@example.cn" })).await;
    assert_eq!((mail.status, mail.problem()), (422, "not-sent"));
    // A name of this very machine.
    let url = format!("https://localhost:{port}/");
    assert_eq!(ask(json!({ "kind": "webhook", "url": url })).await.status, 202);
    assert_eq!(subscriptions.send_due().await.unwrap(), 1);
    let fault = app.ledger.database.read("SELECT fault FROM subscriptions", &[]).await.unwrap();
    assert_eq!(fault[0].text(0).unwrap(), "the host has no address of the public network");
    assert_eq!(hook.received(), []);
}
