//! All that the page of a tender shows: its view, and its records as acts.

use super::super::refusal::Unshown;
use super::super::visit::{Names, Visit};
use crate::act::Acts;
use crate::field::DocumentRef;
use crate::http::{RecordView, encoded};
use crate::tender::{Act, Preannouncement, TenderView};
use std::collections::BTreeSet;

/// Records that the page shows; a link leads to all.
const RECORDS_SHOWN: u32 = 500;

/// A record of the tender.
pub(super) struct Entry {
    pub index: u64,
    pub time: String,
    pub kind: String,
    pub author: String,
    /// What it says; absent for a kind that this version does not know.
    pub act: Option<Act>,
}

pub(super) struct TenderFile {
    pub view: TenderView,
    pub entries: Vec<Entry>,
    /// Where all records are, when these are not all.
    pub more_records: Option<String>,
    pub names: Names,
}

impl TenderFile {
    pub(super) async fn read(visit: &Visit) -> Result<Self, Unshown> {
        let code = encoded(visit.parameter());
        let view: TenderView = visit.view_without(&format!("/v1/tenders/{code}"), "records").await?;
        let all = format!("/v1/records?stream={}", encoded(&format!("tender/{}", view.code)));
        let records: Vec<RecordView> = visit.items(&format!("{all}&limit={RECORDS_SHOWN}")).await?.items;
        let entries: Vec<_> = records.into_iter().map(Entry::of).collect();
        let parties = entries.iter().map(|entry| entry.author.as_str()).collect::<BTreeSet<_>>();
        let parties = parties.into_iter().chain([view.centre.as_str()]).collect::<BTreeSet<_>>();
        let names = visit.names(parties.into_iter()).await;
        let more_records = (view.version > entries.len() as u64).then_some(all);
        Ok(Self { view, entries, more_records, names })
    }

    /// The records that say something, with what they say.
    pub(super) fn acts(&self) -> impl Iterator<Item = (&Entry, &Act)> {
        self.entries.iter().filter_map(|entry| Some((entry, entry.act.as_ref()?)))
    }

    /// The text as it was disclosed last.
    pub(super) fn disclosed(&self) -> Option<&Preannouncement> {
        self.acts().filter_map(|(_, act)| Some(act.disclosed()?.0)).last()
    }

    /// Every document that a record cites, once.
    pub(super) fn documents(&self) -> impl Iterator<Item = &DocumentRef> {
        let mut seen = BTreeSet::new();
        self.acts().flat_map(|(_, act)| act.documents()).filter(move |document| seen.insert(document.sha256))
    }

    /// Whether a notice changed what stood before.
    pub(super) fn has_changes(&self) -> bool {
        self.view.notices.iter().any(|notice| !notice.changes.is_empty() || notice.bid_deadline.is_some())
    }
}

impl Entry {
    fn of(record: RecordView) -> Self {
        let payload = serde_json::to_vec(&record.payload.0).unwrap_or_default();
        let act = Act::parse(&record.kind.0, &payload).and_then(Result::ok);
        Self { index: record.index, time: record.time, kind: record.kind.0, author: record.author, act }
    }
}
