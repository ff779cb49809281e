//! A log with a published template and a disclosed tender.

use super::support::fixture::{self, act, stream};
use super::support::{Actor, Answer, App, Cast, Engine, audit, mirror};
use gongshi::bundle::{Maker, Scope, export_bundle};
use gongshi::commitment::{self, Binding, LotBinding, Offer, YearBinding};
use gongshi::derived::replay;
use gongshi::field::{CommitmentId, TemplateId};
use gongshi::law::Editions;
use gongshi::log::Hash;
use gongshi::organisation::Role;
use gongshi::template::{self, Publication, TemplateRef, models};
use gongshi::tender::Preannouncement;
use gongshi::world::{Act, Stream};
use serde_json::Value;

pub const TENDER: &str = "HNZB-2026-0042";
pub const TEMPLATE: &str = "construction";

pub struct Stage {
    pub app: App,
    pub cast: Cast,
    /// Another supervisor: appeals go there.
    pub province: Actor,
}

pub fn promise(id: &str) -> Stream {
    Stream::of(&id.parse::<CommitmentId>().unwrap())
}

pub fn of(act: impl Into<commitment::Act>) -> Act {
    Act::Commitment(act.into())
}

/// The hash in a receipt.
pub fn entry(receipt: &Value) -> Hash {
    receipt["entry_hash"].as_str().unwrap().parse().unwrap()
}

impl Stage {
    /// The tender asks for no commitment.
    pub async fn on(engine: Engine) -> Self {
        Self::asking(engine, None).await
    }

    /// The tender asks for a commitment on this template.
    pub async fn asking(engine: Engine, template: Option<&str>) -> Self {
        Self::asking_in(App::start_on(engine).await, template).await
    }

    /// The same, in a service that was started before.
    pub async fn asking_in(app: App, template: Option<&str>) -> Self {
        let cast = app.cast().await;
        let province = app.admit("12100000400000456B", Role::Supervisor, &app.operator()).await;
        let stage = Self { app, cast, province };
        stage.publish(&models()[0].publication()).await.accepted();
        let disclosed = act(stage.disclosed(template));
        stage.app.post(&stage.cast.centre, "/v1/tenders", &stream(TENDER), &disclosed).await.accepted();
        stage
    }

    pub fn disclosed(&self, template: Option<&str>) -> Preannouncement {
        let commitment_template = template.map(|id| id.parse().unwrap());
        Preannouncement { commitment_template, ..fixture::preannouncement(&self.cast.centre) }
    }

    /// An act on the tender.
    pub async fn on_tender(&self, by: &Actor, what: &str, payload: impl Into<gongshi::tender::Act>) -> Answer {
        self.app.post(by, &format!("/v1/tenders/{TENDER}/{what}"), &stream(TENDER), &act(payload)).await
    }

    pub async fn publish(&self, text: &Publication) -> Answer {
        self.publish_as(&self.cast.supervisor, text).await
    }

    pub async fn publish_as(&self, by: &Actor, text: &Publication) -> Answer {
        let stream = Stream::of(&TEMPLATE.parse::<TemplateId>().unwrap());
        self.app.post(by, "/v1/templates", &stream, &template::Act::from(text.clone()).into()).await
    }

    /// The latest version of the template.
    pub async fn latest(&self) -> TemplateRef {
        let view = self.app.get(&format!("/v1/templates/{TEMPLATE}")).await.body;
        TemplateRef {
            id: TEMPLATE.parse().unwrap(),
            version: view["version"].as_u64().unwrap() as u32,
            entry: view["entry"].as_str().unwrap().parse().unwrap(),
        }
    }

    /// An offer between the centre and the enterprise, on the tender's only lot.
    pub async fn offer(&self) -> Offer {
        Offer {
            numbers_confirmed: None,
            template: self.latest().await,
            unit: self.cast.centre.id.clone(),
            enterprise: self.cast.enterprise.id.clone(),
            binding: Binding::Lot(LotBinding { tender: TENDER.parse().unwrap(), lot: "1".parse().unwrap() }),
        }
    }

    pub async fn offer_for_a_year(&self, year: u16) -> Offer {
        Offer { binding: Binding::Year(YearBinding { year }), ..self.offer().await }
    }

    pub async fn post(&self, by: &Actor, id: &str, what: &str, act: impl Into<commitment::Act>) -> Answer {
        let path = if what.is_empty() { "/v1/commitments".to_owned() } else { format!("/v1/commitments/{id}/{what}") };
        self.app.post(by, &path, &promise(id), &of(act)).await
    }

    /// Both sides sign.
    pub async fn effective(&self, id: &str, offer: Offer) {
        let receipt = self.post(&self.cast.centre, id, "", offer).await.accepted();
        let acceptance = commitment::Acceptance { offer: entry(&receipt) };
        self.post(&self.cast.enterprise, id, "acceptances", acceptance).await.accepted();
    }

    pub async fn view(&self, id: &str) -> Value {
        self.app.get(&format!("/v1/commitments/{id}")).await.body
    }

    /// Strangers agree: an audit of a copy, a bundle of the tender, and tables folded anew.
    pub async fn holds(&self) {
        let folder = tempfile::tempdir().unwrap();
        let copy = folder.path().join("copy");
        mirror(&self.app, &copy).await;
        let report = audit(&copy);
        assert!(report.holds(), "{:?}", report.findings);
        let (ledger, out) = (&self.app.ledger, folder.path().join("bundle.zip"));
        let (editions, now) = (Editions::built_in(), self.app.now());
        let scopes = [Scope::Tender(TENDER.parse().unwrap()), Scope::Organisation(self.cast.enterprise.id.clone())];
        for scope in scopes {
            let maker =
                Maker { database: &ledger.database, documents: &ledger.documents, editions: &editions, keys: &[] };
            let report = export_bundle(maker, scope, now, &out).await.unwrap().report;
            assert!(report.holds(), "{:?}", report.findings);
        }
        let replayed = replay(&ledger.database, &ledger.editions).await.unwrap();
        assert!(replayed.changed_nothing(), "{replayed:?}");
    }
}
