//! Mail: confirmed by a link that does nothing until a button is pressed, gathered into few mails, stopped by one press.

use super::stage::{ADDRESS, Stage, link, settings};
use crate::support::Engine;
use gongshi::subscription::{Delivering, MailSettings, MailTls, Subscriptions, WebhookReach};
use serde_json::json;
use std::sync::Arc;

async fn a_mailbox_is_told_after_its_owner_confirmed(engine: Engine) {
    let stage = Stage::on(engine).await;
    let email = json!({ "kind": "email", "address": ADDRESS });
    let taken = stage.ask(json!({ "q": "监理" }), email.clone()).await;
    assert_eq!(taken.status, 202);
    stage.disclose("T-0", "道路监理").await;
    assert_eq!((stage.round().await, stage.mail.mails().len()), (1, 1));
    let asked = &stage.mail.mails()[0];
    assert_eq!(asked.to, ADDRESS);
    for secret in ["token", "."] {
        assert!(!asked.header("Message-ID").is_empty() && !asked.header("Subject").contains(&format!("{secret}=")));
    }
    let token = link(asked, "/zh/subscription/confirm?token=");
    // Programs open links: that alone confirms nothing.
    assert_eq!(
        stage
            .app
            .client
            .get(format!("{}/zh/subscription/confirm?token={token}", stage.app.base))
            .send()
            .await
            .unwrap()
            .status(),
        200
    );
    stage.disclose("T-1", "桥梁监理").await;
    assert_eq!(stage.round().await, 0);
    for _ in 0..2 {
        let confirmed = stage.app.post_raw(&format!("/v1/subscription/confirm?token={token}"), None, Vec::new()).await;
        assert_eq!((confirmed.status, &confirmed.body["state"]), (200, &"active".into()));
    }
    assert_eq!(stage.ask(json!({ "q": "监理" }), email).await.body, taken.body, "nobody learns who follows what");
    assert_eq!(stage.round().await, 0, "it is followed already");

    let first = stage.disclose("T-2", "管网监理").await;
    stage.round().await;
    let (second, third) = (stage.disclose("T-3", "水库监理").await, stage.disclose("T-4", "学校监理").await);
    assert_eq!(stage.round().await, 0, "it rests");
    stage.minutes_pass(10);
    assert_eq!(stage.round().await, 1);
    let mails = stage.mail.mails();
    let [_, one, two] = &mails[..] else { panic!("{mails:?}") };
    assert!(one.text().contains("管网监理") && !one.text().contains("水库监理"), "{}", one.text());
    for part in
        ["水库监理", "学校监理", &format!("/zh/records/{second}"), &format!("/zh/records/{third}"), "/zh/tenders/T-4"]
    {
        assert!(two.text().contains(part), "{part}: {}", two.text());
    }
    assert!(one.header("Message-ID").contains(&format!("_{first}@")), "{}", one.header("Message-ID"));
    assert_eq!(two.header("List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
    assert_eq!(two.header("Auto-Submitted"), "auto-generated");
    assert!(!two.header("Subject").contains("token"));

    // As a program of mail does it (RFC 8058).
    let stop = two.header("List-Unsubscribe");
    let stop = stop.trim_start_matches('<').trim_end_matches('>');
    let form = stage.app.client.post(stop).header("content-type", "application/x-www-form-urlencoded");
    let stopped = form.body("List-Unsubscribe=One-Click").send().await.unwrap();
    assert_eq!(stopped.status(), 204);
    stage.disclose("T-5", "桥梁监理").await;
    stage.minutes_pass(60);
    assert_eq!((stage.round().await, stage.count("subscriptions").await), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mailbox_is_told_after_its_owner_confirmed_on_both_engines() {
    a_mailbox_is_told_after_its_owner_confirmed(Engine::Sqlite).await;
    a_mailbox_is_told_after_its_owner_confirmed(Engine::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_refuses_for_a_while_loses_nothing_and_an_unknown_mailbox_is_written_to_once() {
    let stage = Stage::on(Engine::Sqlite).await;
    stage.follow_by_mail(json!({ "kind": "tender" })).await;
    for refusal in ["451 later", "550 your host has no name"] {
        stage.mail.refuse(Some(refusal));
        let known = stage.mail.mails().len();
        let entry = stage.disclose(&format!("T-{known}"), "道路").await;
        assert_eq!((stage.round().await, stage.mail.mails().len()), (1, known), "{refusal}");
        stage.mail.refuse(None);
        stage.minutes_pass(15);
        stage.round().await;
        let mails = stage.mail.mails();
        assert_eq!(mails.len(), known + 1);
        assert!(mails[known].text().contains(&format!("/records/{entry}")));
        stage.minutes_pass(15);
    }
    stage.mail.refuse(Some("550 no such user"));
    let nobody = json!({ "kind": "email", "address": "nobody@example.cn" });
    assert_eq!(stage.ask(json!({}), nobody).await.status, 202);
    assert_eq!(stage.round().await, 1);
    for _ in 0..47 {
        stage.minutes_pass(60);
        assert_eq!(stage.round().await, 0, "nobody is written to again who is not known to want it");
    }
    stage.minutes_pass(120);
    stage.mail.refuse(None);
    assert_eq!(stage.ask(json!({}), json!({ "kind": "email", "address": "x@example.cn" })).await.status, 202);
    assert_eq!(stage.count("subscriptions").await, 2, "the one that is confirmed, and the new one");
}

/// Where the operator asked for TLS, no letter is sent in clear because a server, or whoever sits before it, offers none.
#[tokio::test(flavor = "multi_thread")]
async fn no_letter_goes_in_clear_where_tls_was_asked_for() {
    let stage = Stage::on(Engine::Sqlite).await;
    for (tls, name) in [(MailTls::Starttls, "a"), (MailTls::Implicit, "b")] {
        let mail = Some(MailSettings { tls, ..settings(&stage.mail) });
        let delivering = Delivering { base: stage.app.base.clone(), mail, reach: WebhookReach::Public };
        let strict = Subscriptions::new(Arc::clone(&stage.app.ledger), Some(delivering)).unwrap();
        let email = json!({ "kind": "email", "address": format!("{name}@example.cn") });
        assert_eq!(stage.ask(json!({}), email).await.status, 202);
        assert_eq!(strict.send_due().await.unwrap(), 1);
        assert_eq!(stage.mail.mails(), [], "{tls:?}");
        stage.minutes_pass(1);
        assert_eq!(stage.round().await, 1, "it is still to be sent");
        assert_eq!(stage.mail.mails().len(), 1);
        stage.mail.forget();
    }
}

/// The pages behind the links, and the form of the search page.
#[tokio::test(flavor = "multi_thread")]
async fn all_of_it_can_be_done_on_pages() {
    let stage = Stage::on(Engine::Sqlite).await;
    let text = async |path: &str| String::from_utf8(stage.app.bytes(path).await).unwrap();
    let search = text("/zh/search?q=监理&kind=tender").await;
    assert!(search.contains("action=\"/zh/subscriptions\"") && search.contains("订阅这个查询"), "{search}");
    let form = async |path: &str, body: &'static str| {
        let request = stage.app.client.post(format!("{}{path}", stage.app.base));
        let request = request.header("content-type", "application/x-www-form-urlencoded").body(body);
        let answer = stage.app.send(request).await;
        (answer.status, answer.body.as_str().unwrap_or_default().to_owned())
    };
    let (status, refused) = form("/en/subscriptions", "q=a&address=nobody").await;
    assert_eq!((status, refused.contains("an address of mail is expected")), (422, true), "{refused}");
    let (status, taken) =
        form("/en/subscriptions", "q=%E7%9B%91%E7%90%86&kind=tender&year=2026&address=li.si%40example.cn").await;
    assert_eq!((status, taken.contains("look into your mail")), (200, true), "{taken}");
    stage.round().await;
    let token = link(&stage.mail.mails()[0], "/en/subscription/confirm?token=");
    let asks = text(&format!("/en/subscription/confirm?token={token}")).await;
    assert!(asks.contains("method=\"post\"") && asks.contains("noindex"), "{asks}");
    let (status, confirmed) = form(&format!("/en/subscription/confirm?token={token}"), "").await;
    assert_eq!((status, confirmed.contains("li.si@example.cn")), (200, true), "{confirmed}");
    stage.disclose("T-1", "道路监理").await;
    stage.round().await;
    let manage = link(stage.mail.mails().last().unwrap(), "/en/subscription?token=");
    for path in ["/en/subscription", "/v1/subscription"] {
        let answer = stage.app.client.get(format!("{}{path}?token={manage}", stage.app.base)).send().await.unwrap();
        assert_eq!(answer.headers()["cache-control"], "no-store", "{path}");
    }
    let shown = text(&format!("/en/subscription?token={manage}")).await;
    assert!(shown.contains("Active") && shown.contains("year=2026"), "{shown}");
    let (status, stopped) = form(&format!("/en/subscription/stop?token={manage}"), "").await;
    assert_eq!((status, stopped.contains("your address is deleted")), (200, true), "{stopped}");
    let (status, _) = form(&format!("/en/subscription/stop?token={token}"), "").await;
    assert_eq!(status, 404, "a link to confirm is none to stop");
    let (status, _) = form(&format!("/en/subscription/confirm?token={token}"), "").await;
    assert_eq!(status, 404);
}
