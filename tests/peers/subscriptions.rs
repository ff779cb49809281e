//! Messages to subscribers, read by a server of mail and a verifier of signatures that nobody here wrote.

use super::support::postbox::Hook;
use super::support::python::python;
use super::support::{App, Engine, START, fixture, open, unlimited};
use gongshi::clock::Clock;
use gongshi::field::Line;
use gongshi::subscription::{MailSettings, MailTls, WebhookReach};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

/// Longer than a line of a mail may be, with what would break a header.
const TITLE: &str = "=?utf-8?q?=0D=0ABcc:_v=40w.cn?= 道路監理：第一标段 = \"甲\" <b> ? ……附属工程及其检测、勘察、绿化、管网、照明、交通安全设施的全过程咨询服务采购项目";

#[tokio::test(flavor = "multi_thread")]
async fn others_read_our_mail_and_verify_our_webhooks() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let script = format!("{}/tests/peers/mails_read.py", env!("CARGO_MANIFEST_DIR"));
    let mut peer = Command::new(python());
    let peer = peer.arg(script).arg(port.to_string()).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut peer = peer.spawn().unwrap();
    let mut printed = BufReader::new(peer.stdout.take().unwrap()).lines();
    assert_eq!(printed.next().unwrap().unwrap(), "listening");

    let (folder, clock) = (tempfile::tempdir().unwrap(), Clock::manual(START.parse().unwrap()));
    let _ = rustls::crypto::ring::default_provider().install_default();
    let ledger = open(folder.path(), Engine::Sqlite, clock.clone()).await;
    let mail = MailSettings {
        host: "127.0.0.1".to_owned(),
        port,
        tls: MailTls::None,
        from: "公示平台 <no-reply@gongshi.example>".parse().unwrap(),
        user: None,
        password: None,
    };
    let (app, subscriptions) =
        App::serve_telling(folder, ledger, clock, unlimited(), Some(mail), WebhookReach::Anywhere).await;
    let (cast, hook) = (app.cast().await, Hook::open().await);
    let ask = async |target: Value| {
        let wish = json!({ "filter": { "q": TITLE }, "language": "zh", "target": target });
        assert_eq!(app.post_raw("/v1/subscriptions", None, wish.to_string().into_bytes()).await.status, 202);
        while subscriptions.send_due().await.unwrap() > 0 {}
    };
    ask(json!({ "kind": "webhook", "url": hook.base })).await;
    ask(json!({ "kind": "email", "address": "li.si+gongshi@example.cn" })).await;
    let mut disclosed = fixture::preannouncement(&cast.centre);
    disclosed.title = Line::new(TITLE).unwrap();
    app.post(&cast.centre, "/v1/tenders", &fixture::stream("T-1"), &fixture::act(disclosed)).await.accepted();
    subscriptions.match_new().await.unwrap();
    while subscriptions.send_due().await.unwrap() > 0 {}

    let mut events: Vec<Value> = hook
        .received()
        .iter()
        .map(|got| json!({ "id": got.id, "timestamp": got.seconds, "signature": got.signature, "body": got.body }))
        .collect();
    assert_eq!(events.len(), 2);
    let mut forged = events[1].clone();
    forged["body"] = forged["body"].as_str().unwrap().replace("T-1", "T-2").into();
    events.push(forged);
    let key = app.get("/v1/subscriptions").await.body["webhook_key"].clone();
    let asked = json!({ "key": key, "events": events }).to_string();
    peer.stdin.take().unwrap().write_all(asked.as_bytes()).unwrap();
    let read: Value = serde_json::from_str(&printed.next().unwrap().unwrap()).unwrap();
    assert!(peer.wait().unwrap().success());
    assert_eq!(read["verdicts"], json!([true, true, false]));
    assert_eq!(
        (&read["from"], &read["to"]),
        (&"no-reply@gongshi.example".into(), &json!(["li.si+gongshi@example.cn"]))
    );
    let header = |name: &str| read["headers"][name].as_str().unwrap().to_owned();
    assert_eq!(header("Subject"), format!("请确认订阅 · {}", app.ledger.origin()));
    assert_eq!(header("From"), "公示平台 <no-reply@gongshi.example>");
    assert_eq!(header("List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
    assert!(header("List-Unsubscribe").starts_with(&format!("<{}/v1/subscription/stop?token=", app.base)));
    assert!(header("Message-ID").ends_with("_confirm@test.gongshi.example>"), "{}", header("Message-ID"));
    let text = read["text"].as_str().unwrap();
    assert!(text.contains("/zh/subscription/confirm?token=") && text.contains("48 小时"), "{text}");
}
