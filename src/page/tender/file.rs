//! All that the page of a tender shows: its view, and its records as acts.

use super::super::refusal::Unshown;
use super::super::story::{self, Story};
use super::super::visit::{Names, Visit};
use crate::act::Acts;
use crate::field::DocumentRef;
use crate::http::encoded;
use crate::tender::{Act, Preannouncement, TenderView};
use std::collections::BTreeSet;

pub(super) type Entry = story::Entry<Act>;

pub(super) struct TenderFile {
    pub view: TenderView,
    pub entries: Vec<Entry>,
    /// Where all records are, when these are not all.
    pub more_records: Option<String>,
    pub names: Names,
}

impl TenderFile {
    pub(super) async fn read(visit: &Visit) -> Result<Self, Unshown> {
        let path = format!("/v1/tenders/{}", encoded(visit.parameter()));
        let Story { view, entries, more } = Story::<TenderView, Act>::read(visit, &path).await?;
        let authors = entries.iter().map(|entry| entry.author.as_str());
        let awaited = view.next.iter().flat_map(|step| &step.by).map(|id| id.as_str());
        let suspended = view.suspension.iter().map(|suspension| suspension.by.as_str());
        let names = visit.names(authors.chain([view.centre.as_str()]).chain(awaited).chain(suspended)).await;
        let names = names.or_as_named(entries.iter().flat_map(|entry| &entry.named));
        Ok(Self { view, entries, more_records: more, names })
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
