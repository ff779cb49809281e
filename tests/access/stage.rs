//! A log with two supervisors, a centre and two enterprises, and an announced tender of a public school in Zhengzhou.

use super::support::fixture::{self, act, stream};
use super::support::{Actor, Answer, App, Cast, Engine, audit, mirror};
use gongshi::access::{AccessId, Act, BarScope, Barring, RepairApplication, RepairPath};
use gongshi::bundle::{Maker, Scope, export_bundle};
use gongshi::derived::replay;
use gongshi::field::{Citations, Day, DocumentRef, Party};
use gongshi::law::{Editions, RepairRegime};
use gongshi::ledger::UncitedQuota;
use gongshi::log::Hash;
use gongshi::organisation::Role;
use gongshi::world::Stream;
use serde_json::Value;

pub const TENDER: &str = "HNZB-2026-0042";

pub struct Stage {
    pub app: App,
    pub cast: Cast,
    /// Another supervisor: it rules on what the first one entered.
    pub province: Actor,
}

impl Stage {
    pub async fn on(engine: Engine) -> Self {
        let app = App::start_on(engine).await;
        let cast = app.cast().await;
        let province = app.admit("12100000400000456B", Role::Supervisor, &app.operator()).await;
        Self { app, cast, province }
    }

    /// With a tender whose bids are opened in 35 days.
    pub async fn with_tender(engine: Engine) -> Self {
        let stage = Self::on(engine).await;
        let disclosed = fixture::preannouncement(&stage.cast.centre);
        stage.app.post(&stage.cast.centre, "/v1/tenders", &stream(TENDER), &act(disclosed.clone())).await.accepted();
        stage.app.days_pass(15).await;
        stage.on_tender("announcements", fixture::announcement(&disclosed)).await.accepted();
        stage
    }

    pub async fn on_tender(&self, what: &str, payload: impl Into<gongshi::tender::Act>) -> Answer {
        self.app.post(&self.cast.centre, &format!("/v1/tenders/{TENDER}/{what}"), &stream(TENDER), &act(payload)).await
    }

    /// A document that is uploaded.
    pub async fn paper(&self, title: &str) -> DocumentRef {
        let (id, text) = (Hash::of(title).into(), bytes::Bytes::from(title.to_owned()));
        let (size, chunks) = (text.len() as u64, futures::stream::iter([Ok(text)]));
        let kept = self.app.ledger.keep_document(id, chunks, size, &self.cast.supervisor.id, UncitedQuota::NONE).await;
        kept.unwrap();
        DocumentRef { sha256: id, size, media_type: "text/plain".parse().unwrap(), title: title.parse().unwrap() }
    }

    /// So many days from now.
    pub fn day(&self, plus: i64) -> Day {
        Day::from(self.app.now().plus_millis(plus * super::support::DAY).shanghai_day())
    }

    /// From today on, by the supervisor itself.
    pub async fn ban(&self, whom: &Actor, id: &str, days: i64) -> Barring {
        Barring {
            id: id.parse().unwrap(),
            organisation: whom.id.clone(),
            kind: "tender-ban-fraud".parse().unwrap(),
            name: "某公司".parse().unwrap(),
            authority: Some(Party {
                name: "某市监督局".parse().unwrap(), id: Some(self.cast.supervisor.id.clone())
            }),
            decision: Some("某监罚〔2026〕3号".parse().unwrap()),
            article: Some("《招标投标法》第五十四条第二款".parse().unwrap()),
            scope: Some(BarScope::default()),
            from: Some(self.day(0)),
            to: Some(self.day(days)),
            document: Some(self.paper("处罚决定书").await),
            regime: None,
            numbers_confirmed: None,
        }
    }

    pub async fn application(&self, id: &str) -> RepairApplication {
        RepairApplication {
            id: id.parse().unwrap(),
            bar: "b-1".parse().unwrap(),
            regime: RepairRegime::Ndrc,
            path: RepairPath::Ordinary,
            corrected: Some("已整改".parse().unwrap()),
            obligations: Some("罚款已缴清".parse().unwrap()),
            commitment: Some(self.paper("信用承诺书").await),
            court_decision: None,
            paper: None,
            documents: Citations::default(),
            numbers_confirmed: None,
        }
    }

    /// An act on an organisation's access.
    pub async fn post(&self, by: &Actor, whom: &Actor, what: &str, act: impl Into<Act>) -> Answer {
        let stream = Stream::of(&AccessId(whom.id.clone()));
        self.app.post(by, &format!("/v1/access/{}/{what}", whom.id), &stream, &act.into().into()).await
    }

    /// By the first supervisor.
    pub async fn bar(&self, whom: &Actor, bar: Barring) -> Answer {
        self.post(&self.cast.supervisor, whom, "bars", bar).await
    }

    pub async fn access(&self, whom: &Actor) -> Value {
        let answer = self.app.get(&format!("/v1/organisations/{}/access", whom.id)).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.body
    }

    pub async fn state(&self, whom: &Actor) -> String {
        self.access(whom).await["state"].as_str().unwrap().to_owned()
    }

    /// Strangers agree: an audit of a copy, a bundle of the enterprise, and tables folded anew.
    pub async fn holds(&self) {
        let folder = tempfile::tempdir().unwrap();
        let copy = folder.path().join("copy");
        mirror(&self.app, &copy).await;
        let report = audit(&copy);
        assert!(report.holds(), "{:?}", report.findings);
        let (ledger, out) = (&self.app.ledger, folder.path().join("bundle.zip"));
        let (editions, now) = (Editions::built_in(), self.app.now());
        let maker = Maker { database: &ledger.database, documents: &ledger.documents, editions: &editions, keys: &[] };
        let scope = Scope::Organisation(self.cast.enterprise.id.clone());
        let report = export_bundle(maker, scope, now, &out).await.unwrap().report;
        assert!(report.holds(), "{:?}", report.findings);
        let replayed = replay(&ledger.database, &ledger.editions).await.unwrap();
        assert!(replayed.changed_nothing(), "{replayed:?}");
    }
}
