//! What the registry changes about an organisation, as a supervisor enters it.

use super::{Actor, Answer, App};
use gongshi::field::DocumentRef;
use gongshi::ledger::UncitedQuota;
use gongshi::log::Hash;
use gongshi::organisation::{Act, Ending, EndingGround, Reinstatement, Renaming};
use gongshi::world::Stream;

impl App {
    /// A document that a supervisor uploads.
    pub async fn notice(&self, by: &Actor, title: &str) -> DocumentRef {
        let (id, text) = (Hash::of(title).into(), bytes::Bytes::from(title.to_owned()));
        let (size, chunks) = (text.len() as u64, futures::stream::iter([Ok(text)]));
        self.ledger.keep_document(id, chunks, size, &by.id, UncitedQuota::NONE).await.unwrap();
        DocumentRef { sha256: id, size, media_type: "text/plain".parse().unwrap(), title: title.parse().unwrap() }
    }

    async fn on_organisation(&self, by: &Actor, whom: &Actor, what: &str, act: Act) -> Answer {
        let path = format!("/v1/organisations/{}/{what}", whom.id);
        self.post(by, &path, &Stream::of(&whom.id), &act.into()).await
    }

    /// Merged into one, or divided among some; the entry that says so.
    pub async fn ends(&self, by: &Actor, whom: &Actor, ground: EndingGround, successors: &[&Actor]) -> u64 {
        let (document, effective) = (self.notice(by, "登记通知书").await, self.now().shanghai_day().into());
        let successors = successors.iter().map(|successor| successor.id.clone()).collect();
        let ending = Ending { ground, successors, document, effective };
        let receipt = self.on_organisation(by, whom, "endings", ending.into()).await.accepted();
        receipt["index"].as_u64().unwrap()
    }

    /// Its end was a mistake.
    pub async fn comes_back(&self, by: &Actor, whom: &Actor) {
        let reason = "登记有误，已由登记机关更正".parse().unwrap();
        self.on_organisation(by, whom, "reinstatements", Reinstatement { reason }.into()).await.accepted();
    }

    pub async fn is_renamed(&self, by: &Actor, whom: &Actor, name: &str) {
        let (document, effective) = (self.notice(by, "登记通知书").await, self.now().shanghai_day().into());
        let renaming = Renaming { name: name.parse().unwrap(), document, effective };
        self.on_organisation(by, whom, "renamings", renaming.into()).await.accepted();
    }
}
