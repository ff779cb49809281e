//! A centre with two people, a scheme, and an announced tender of which two enterprises bid.

use super::support::{Actor, Answer, App, Cast, Engine, audit, mirror};
use gongshi::act::Acts;
use gongshi::deposit::{self, DepositBookId};
use gongshi::derived::replay;
use gongshi::ledger::UncitedQuota;
use gongshi::log::Hash;
use gongshi::organisation::{KeyAddition, possession_header};
use gongshi::record::{PrivateKey, Record};
use gongshi::world::Stream;
use serde_json::{Value, json};

pub struct Stage {
    pub app: App,
    pub cast: Cast,
    /// Somebody else of the centre: who checks.
    pub checker: Actor,
}

impl Stage {
    pub async fn on(engine: Engine) -> Self {
        Self::of(App::start_on(engine).await).await
    }

    pub async fn of(app: App) -> Self {
        let cast = app.cast().await;
        let checker = Actor { key: PrivateKey::from_seed([77; 32]), ..cast.centre.clone() };
        let stream = Stream::of(&cast.centre.id);
        let header = possession_header(checker.key.key_id(), &app.ledger.origin(), &stream, app.now());
        let possession = Record::sign(&checker.key, &header, b"").detached().parse().unwrap();
        let addition = KeyAddition { key: checker.key.public().to_jwk(), possession };
        let act = gongshi::organisation::Act::from(addition).into();
        app.post(&cast.centre, &format!("/v1/organisations/{}/keys", cast.centre.id), &stream, &act).await.accepted();
        // Until then nobody could know that it is somebody else's.
        app.clock.advance_millis(4 * super::support::DAY);
        let text = bytes::Bytes::from_static("招标文件".as_bytes());
        let (size, chunks) = (text.len() as u64, futures::stream::iter([Ok(text)]));
        let id = Hash::of("招标文件").into();
        app.ledger.keep_document(id, chunks, size, &cast.centre.id, UncitedQuota::NONE).await.unwrap();
        Self { app, cast, checker }
    }

    pub fn day(&self, plus: i64) -> String {
        self.app.now().plus_millis(plus * super::support::DAY).shanghai_text()[..10].to_owned()
    }

    pub fn stream(&self) -> Stream {
        Stream::of(&DepositBookId(self.cast.centre.id.clone()))
    }

    pub fn path(&self, what: &str) -> String {
        format!("/v1/deposits/{}/{what}", self.cast.centre.id)
    }

    pub async fn post(&self, by: &Actor, what: &str, kind: &str, payload: Value) -> Answer {
        let act = deposit::Act::parse(kind, payload.to_string().as_bytes()).unwrap().unwrap();
        self.app.post(by, &self.path(what), &self.stream(), &act.into()).await
    }

    /// By the centre's clerk.
    pub async fn enters(&self, what: &str, kind: &str, payload: Value) -> Answer {
        self.post(&self.cast.centre, what, kind, payload).await
    }

    pub async fn scheme(&self, kind: &str, article: &str) {
        let scheme = json!({
            "id": "s-1", "kind": kind, "name": "投标保证金", "article": article, "currency": "CNY", "ratio_ppm": 20_000,
            "forms": ["transfer", "bank_guarantee", "surety_guarantee", "insurance", "electronic_guarantee"],
            "day_count": "actual_360", "rates": [{"from": "2020-01-01", "rate_ppm": 500}], "document": paper(),
        });
        self.enters("schemes", "deposit.scheme_published", scheme).await.accepted();
    }

    /// 100,000 yuan from an enterprise, paid in today, for no tender of this log.
    pub async fn paid_in(&self, id: &str, payer: &Actor) {
        let notice = json!({
            "id": id, "scheme": "s-1", "payer": payer.id, "base": yuan(500_000_000), "required": yuan(10_000_000),
            "bank": "icbc", "pay_by": self.day(5),
            "procurement": {"code": "ZB-2026-1", "opened": self.day(0), "notice": paper()},
        });
        self.enters("notices", "deposit.announced", notice).await.accepted();
        let receipt = json!({
            "deposit": id, "reference": format!("HD-{id}"), "amount": yuan(10_000_000), "value_date": self.day(0),
            "account_kind": "basic", "account": {"sealed": "A".repeat(43)},
        });
        self.enters("receipts", "deposit.received", receipt).await.accepted();
    }

    /// As much comes in, and nobody is told from whom: the tender's bids are not opened.
    pub async fn arrives(&self, id: &str) {
        let receipt = json!({
            "bank": "icbc", "reference": format!("HD-{id}"), "amount": yuan(10_000_000), "value_date": self.day(0),
            "account": {"sealed": "A".repeat(43)},
        });
        self.enters("unallocated-receipts", "deposit.unallocated_received", receipt).await.accepted();
    }

    /// The notice of what has come in like that.
    pub async fn announces(&self, id: &str, payer: &Actor, secures: Value) -> Answer {
        let notice = json!({
            "id": id, "scheme": "s-1", "payer": payer.id, "base": yuan(500_000_000), "required": yuan(10_000_000),
            "bank": "icbc", "pay_by": self.day(5), "secures": secures,
        });
        self.enters("notices", "deposit.announced", notice).await
    }

    /// What has come in turns out to be of this deposit.
    pub async fn claims(&self, id: &str) {
        let claim =
            json!({"deposit": id, "reference": format!("HD-{id}"), "account_kind": "basic", "document": paper()});
        self.post(&self.checker, "unallocated-claims", "deposit.unallocated_claimed", claim).await.accepted();
    }

    pub async fn money(&self, id: &str) -> Value {
        let answer = self.app.get_as(&self.cast.supervisor, &self.path(&format!("deposits/{id}/money"))).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.body
    }

    pub async fn deposit(&self, id: &str) -> Value {
        self.app.get(&self.path(&format!("deposits/{id}"))).await.body
    }

    /// The balances of all accounts, by their texts; they add up to nothing.
    pub async fn balances(&self, at: &str) -> Value {
        let path = self.path(&format!("accounts?limit=500{at}"));
        let answer = self.app.get_as(&self.cast.supervisor, &path).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let items = answer.body["items"].as_array().unwrap().clone();
        assert_eq!(items.iter().map(|item| item["balance_minor"].as_i64().unwrap()).sum::<i64>(), 0);
        items
            .into_iter()
            .map(|item| (item["account"].as_str().unwrap().to_owned(), item["balance_minor"].clone()))
            .collect()
    }

    /// The offline audit replays all of it, and the tables are what the entries say.
    pub async fn holds(&self) {
        let folder = tempfile::tempdir().unwrap();
        mirror(&self.app, folder.path()).await;
        let report = audit(folder.path());
        assert!(report.holds(), "{:?}", report.findings);
        let replayed = replay(&self.app.ledger.database, &self.app.ledger.editions).await.unwrap();
        assert!(replayed.changed_nothing(), "{replayed:?}");
    }
}

pub fn yuan(fen: i64) -> Value {
    json!({"currency": "CNY", "amount_minor": fen})
}

pub fn paper() -> Value {
    let title = "招标文件";
    json!({"sha256": Hash::of(title).to_string(), "size": title.len(), "media_type": "text/plain", "title": title})
}
