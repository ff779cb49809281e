//! A service that sends, a webhook, a server of mail, and people who post records.

use crate::support::postbox::{Hook, Mail, MailServer};
use crate::support::{Answer, App, Cast, Engine, START, fixture, open_at, unlimited};
use gongshi::clock::Clock;
use gongshi::field::Line;
use gongshi::http::Limits;
use gongshi::store::Value as Stored;
use gongshi::subscription::{MailSettings, MailTls, Subscriptions, WebhookReach};
use serde_json::{Value, json};
use std::sync::Arc;
use tempfile::TempDir;

pub struct Stage {
    pub app: App,
    pub cast: Cast,
    pub subscriptions: Arc<Subscriptions>,
    pub hook: Hook,
    pub mail: MailServer,
}

pub const ADDRESS: &str = "li.si@example.cn";

impl Stage {
    pub async fn on(engine: Engine) -> Self {
        Self::with(engine, unlimited()).await
    }

    pub async fn with(engine: Engine, limits: Limits) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database_url = engine.database(folder.path());
        Self::at(folder, database_url, limits).await
    }

    pub async fn at(folder: TempDir, database_url: String, limits: Limits) -> Self {
        let clock = Clock::manual(START.parse().unwrap());
        let _ = rustls::crypto::ring::default_provider().install_default();
        let ledger = open_at(folder.path(), database_url, clock.clone()).await;
        let (hook, mail) = (Hook::open().await, MailServer::open().await);
        let settings = settings(&mail);
        let (app, subscriptions) =
            App::serve_telling(folder, ledger, clock, limits, Some(settings), WebhookReach::Anywhere).await;
        let cast = app.cast().await;
        subscriptions.match_new().await.unwrap();
        Self { app, cast, subscriptions, hook, mail }
    }

    pub async fn ask(&self, filter: Value, target: Value) -> Answer {
        let wish = json!({ "filter": filter, "language": "zh", "target": target });
        self.app.post_raw("/v1/subscriptions", None, wish.to_string().into_bytes()).await
    }

    pub fn webhook(&self, path: &str) -> Value {
        json!({ "kind": "webhook", "url": format!("{}{path}", self.hook.base) })
    }

    /// A webhook that follows a search, confirmed.
    pub async fn follow_by_webhook(&self, filter: Value, path: &str) {
        assert_eq!(self.ask(filter, self.webhook(path)).await.status, 202);
        self.round().await;
    }

    /// A mailbox that follows a search, confirmed.
    pub async fn follow_by_mail(&self, filter: Value) {
        assert_eq!(self.ask(filter, json!({ "kind": "email", "address": ADDRESS })).await.status, 202);
        self.round().await;
        let mails = self.mail.mails();
        let token = link(mails.last().unwrap(), "/subscription/confirm?token=");
        assert_eq!(
            self.app.post_raw(&format!("/v1/subscription/confirm?token={token}"), None, Vec::new()).await.status,
            200
        );
    }

    /// What the service does all the time: holds new entries against filters, and sends what is due. How many messages were tried.
    pub async fn round(&self) -> usize {
        self.subscriptions.match_new().await.unwrap();
        let mut tried = 0;
        loop {
            match self.subscriptions.send_due().await.unwrap() {
                0 => return tried,
                more => tried += more,
            }
        }
    }

    pub fn minutes_pass(&self, minutes: i64) {
        self.app.clock.advance_millis(minutes * 60_000);
    }

    /// Discloses a tender, and says which entry that was.
    pub async fn disclose(&self, code: &str, title: &str) -> u64 {
        let mut disclosed = fixture::preannouncement(&self.cast.centre);
        disclosed.title = Line::new(title).unwrap();
        let (stream, act) = (fixture::stream(code), fixture::act(disclosed));
        self.app.post(&self.cast.centre, "/v1/tenders", &stream, &act).await.accepted()["index"].as_u64().unwrap()
    }

    /// Files an objection to a tender.
    pub async fn object(&self, code: &str) -> u64 {
        let path = format!("/v1/tenders/{code}/objections");
        let (stream, act) = (fixture::stream(code), fixture::act(fixture::objection("o-1")));
        self.app.post(&self.cast.enterprise, &path, &stream, &act).await.accepted()["index"].as_u64().unwrap()
    }

    /// Rows of a table.
    pub async fn count(&self, table: &str) -> u64 {
        let sql = format!("SELECT COUNT(*) FROM {table} WHERE $1 = 0");
        self.app.ledger.database.read_built(sql, &[Stored::Integer(0)]).await.unwrap()[0].unsigned(0).unwrap()
    }
}

pub fn settings(mail: &MailServer) -> MailSettings {
    MailSettings {
        host: mail.address.ip().to_string(),
        port: mail.address.port(),
        tls: MailTls::None,
        from: "公示 <no-reply@gongshi.example>".parse().unwrap(),
        user: None,
        password: None,
    }
}

/// The token of the link in a mail that has this in it.
pub fn link(mail: &Mail, path: &str) -> String {
    let links = mail.links();
    let link = links.iter().find(|link| link.contains(path)).unwrap_or_else(|| panic!("{path} in {links:?}"));
    link.split_once("token=").unwrap().1.to_owned()
}
