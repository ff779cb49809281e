//! A tender as it is read. A view is bounded, whatever was posted: it has the first of what there may be many of, how many there
//! are, and where the rest is listed.

mod file;
mod lot;
mod next;
mod notice;

pub use file::TenderFile;
pub use lot::{CandidateView, ChallengeSummary, LotView};
pub use notice::{NoticeView, TextVersionView};

use super::projection::LaterRoundView;
use super::{
    Clause, EarlierRound, ObjectionPhase, ObjectionState, ObjectionStatus, Phase, ScoreRow, Tender, TenderStatus,
};
use crate::act::Capability;
use crate::field::TenderCode;
use crate::http::{NextStep, StreamRecord, VIEW_BYTES_MAX, VIEW_ITEMS_MAX, behind, encoded, first_of, page_of};
use crate::law::{End, Law, Running};
use crate::world::Stream;
use lot::lot_view;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A tender (招标项目) at the present end of the log.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct TenderView {
    pub code: String,
    /// Version of its stream.
    pub version: u64,
    pub status: TenderStatus,
    pub title: String,
    pub centre: String,
    pub procuring_unit: crate::field::Party,
    /// 重新招标: the tender that came to nothing, in whole or in part, and is held again by this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub follows: Option<EarlierRound>,
    /// The tenders that hold this one again.
    pub followed_by: Vec<LaterRoundView>,
    // Unknown for an adopted tender whose notices don't say it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nature: Option<crate::field::Nature>,
    pub region: String,
    /// When the objection window is over (UTC), while it runs or has just run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window_until: Option<String>,
    /// 暂停: since when, by whom and why; absent unless it is suspended now. Periods that were not over stand still: those have no end
    /// here, and dates for bids move by as many days as it lasts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suspension: Option<SuspensionView>,
    /// One of the dates shown here touches a year whose holidays are not arranged yet, and may still move.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub provisional: bool,
    /// An accepted or upheld objection demands a revision.
    pub revision_required: bool,
    /// A day, or an hour with its zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bid_deadline: Option<String>,
    /// When the bids are opened: a day, or an hour with its zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub open: Option<String>,
    /// Bidders must have signed a commitment on this template before the opening.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commitment_template: Option<crate::field::TemplateId>,
    /// Who may do what, or is to do it, until when and by which rule: the first of what has its time.
    pub next: Vec<NextStep>,
    /// The clauses as they stand now.
    pub clauses: Vec<Clause>,
    pub score_table: Vec<ScoreRow>,
    /// The newest versions of the disclosed text, oldest first; `/v1/tenders/{code}/disclosures` lists all.
    #[serde(rename = "disclosures")]
    pub text_versions: Vec<TextVersionView>,
    /// How many versions there are.
    pub disclosure_count: u64,
    /// The newest notices, oldest first, each with the one before and what it changed; `/v1/tenders/{code}/notices` lists all.
    pub notices: Vec<NoticeView>,
    /// How many there are.
    pub notice_count: u64,
    /// The first of them; `/v1/objections?tender={code}` lists all.
    pub objections: Vec<ObjectionView>,
    /// How many there are.
    pub objection_count: u64,
    /// The first of them; `/v1/tenders/{code}/lots` lists all.
    pub lots: Vec<LotView>,
    /// How many there are.
    pub lot_count: u64,
    /// The first records; there are `version` of them, and `/v1/records?stream=tender/{code}` has all: the whole public file.
    pub records: Vec<StreamRecord>,
    /// Where the rest is read of what is not shown here in full; absent when all is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub more: Option<TenderMore>,
}

/// Where the lists are that a tender's view shows a part of.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct TenderMore {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disclosures: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notices: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub objections: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lots: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub challenges: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub records: Option<String>,
}

/// Why a tender is suspended.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
pub struct SuspensionView {
    pub by: String,
    /// When it was suspended (UTC).
    pub since: String,
    pub reason: String,
    /// The record that says so.
    pub index: u64,
}

/// Where an objection stands; its text is in the record.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct ObjectionView {
    pub id: String,
    pub by: String,
    pub status: ObjectionStatus,
    /// Absent also while the tender is suspended, unless it was over before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer_due: Option<String>,
}

/// Versions of the text in a view, and notices, each with both wordings of what it changed.
const NOTICES_SHOWN: usize = 10;

/// What a view shows of what there may be more of.
struct Shown<'a> {
    text_versions: &'a [TextVersionView],
    notices: &'a [NoticeView],
    objections: &'a [ObjectionView],
    lots: &'a [LotView],
}

/// The first of what comes newest first, oldest first.
fn newest<T: Serialize>(items: impl Iterator<Item = T>) -> Vec<T> {
    let mut newest = first_of(items, NOTICES_SHOWN, VIEW_BYTES_MAX);
    newest.reverse();
    newest
}

fn objection_view(objection: &ObjectionState, end: &mut impl FnMut(Running) -> Option<String>) -> ObjectionView {
    ObjectionView {
        id: objection.id.to_string(),
        by: objection.by.to_string(),
        status: objection.phase.status(),
        answer_due: match objection.phase {
            ObjectionPhase::Filed { answer, .. } => end(answer),
            _ => None,
        },
    }
}

/// When a period ends, if that is known.
fn end_of(tender: &Tender, period: Running, law: Law<'_>) -> Option<End> {
    (!tender.stands_still(period, law)).then(|| law.end(period))
}

impl TenderFile {
    /// The tender under the law as it stands.
    pub fn view(&self, code: &TenderCode, followed_by: Vec<LaterRoundView>, law: Law<'_>) -> Option<TenderView> {
        let tender = self.state.as_ref()?;
        let mut provisional = false;
        let mut end = |period: Running| {
            let end = end_of(tender, period, law)?;
            provisional |= end.provisional;
            Some(end.at.to_string())
        };
        let window = tender.window.filter(|_| matches!(tender.phase, Phase::Preannounced { .. }));
        let window_until = window.and_then(&mut end);
        let lots = tender.lots.iter().map(|lot| lot_view(lot, &mut end));
        let lots = first_of(lots, VIEW_ITEMS_MAX, VIEW_BYTES_MAX);
        let objections = tender.objections.iter().map(|objection| objection_view(objection, &mut end));
        let objections = first_of(objections, VIEW_ITEMS_MAX, VIEW_BYTES_MAX);
        let text_versions = newest(self.notices.iter().rev().filter_map(NoticeView::text_version));
        let notices = newest(self.notices.iter().rev().cloned());
        let more = self.more(
            code,
            &Shown { text_versions: &text_versions, notices: &notices, objections: &objections, lots: &lots },
        );
        Some(TenderView {
            code: code.to_string(),
            version: tender.version(),
            status: tender.status(),
            title: tender.title.to_string(),
            centre: tender.centre.to_string(),
            nature: tender.nature,
            region: tender.region.to_string(),
            window_until,
            suspension: self.suspension.clone(),
            revision_required: tender.revision_required,
            commitment_template: tender.commitment_template.clone(),
            bid_deadline: tender.bid_deadline.map(|due| due.to_string()),
            open: tender.open.map(|due| due.to_string()),
            next: first_of(next::next_steps(tender, law), VIEW_ITEMS_MAX, VIEW_BYTES_MAX),
            clauses: self.text.clauses.clone(),
            score_table: self.text.score_table.clone(),
            disclosure_count: self.text_version_count() as u64,
            text_versions,
            notice_count: self.notices.len() as u64,
            notices,
            follows: self.follows.clone(),
            followed_by,
            objection_count: tender.objections.len() as u64,
            objections,
            lot_count: tender.lots.len() as u64,
            lots,
            provisional,
            procuring_unit: tender.procuring_unit.clone(),
            records: self.records.records().to_vec(),
            more,
        })
    }

    /// The lists of what is shown in part.
    fn more(&self, code: &TenderCode, shown: &Shown<'_>) -> Option<TenderMore> {
        let tender = self.state.as_ref()?;
        let records = self.records.rest(&Stream::of(code), tender.version());
        let code = encoded(code.as_str());
        let list = |is_cut: bool, path: String| is_cut.then_some(path);
        let are_cut = |lot: &LotView| (lot.challenges.len() as u64) < lot.challenge_count;
        let more = TenderMore {
            disclosures: list(
                shown.text_versions.len() < self.text_version_count(),
                format!("/v1/tenders/{code}/disclosures"),
            ),
            notices: list(shown.notices.len() < self.notices.len(), format!("/v1/tenders/{code}/notices")),
            objections: list(shown.objections.len() < tender.objections.len(), format!("/v1/objections?tender={code}")),
            lots: list(shown.lots.len() < tender.lots.len(), format!("/v1/tenders/{code}/lots")),
            challenges: list(shown.lots.iter().any(are_cut), format!("/v1/tenders/{code}/challenges")),
            records,
        };
        let lists = [&more.disclosures, &more.notices, &more.objections, &more.lots, &more.challenges, &more.records];
        lists.iter().any(|list| list.is_some()).then_some(more)
    }

    /// Whether there is such a tender.
    pub fn exists(&self) -> bool {
        self.state.is_some()
    }

    /// The versions of the text behind one, oldest first, and where the next page begins.
    pub fn text_versions(&self, after: u32, limit: u32) -> (Vec<TextVersionView>, Option<String>) {
        let versions: Vec<_> = self.notices.iter().filter(|notice| notice.disclosure > Some(after)).collect();
        let (items, next) = page_of(&versions, 0, limit, |notice| notice.text_version());
        let items: Vec<_> = items.into_iter().flatten().collect();
        let last = next.and_then(|_| items.last()).map(|version| version.text_version.to_string());
        (items, last)
    }

    fn text_version_count(&self) -> usize {
        self.notices.iter().filter(|notice| notice.disclosure.is_some()).count()
    }

    /// The notices behind an index, oldest first, and where the next page begins.
    pub fn notices(&self, after: Option<u64>, limit: u32) -> (Vec<NoticeView>, Option<String>) {
        let first = self.notices.partition_point(|notice| Some(notice.index) <= after);
        let (items, next) = page_of(&self.notices, first, limit, Clone::clone);
        let last = next.and_then(|_| items.last()).map(|notice| notice.index.to_string());
        (items, last)
    }

    /// The lots behind one, in the order in which they were announced.
    pub fn lots(&self, after: Option<&str>, limit: u32, law: Law<'_>) -> (Vec<LotView>, Option<String>) {
        let Some(tender) = &self.state else { return Default::default() };
        let lots = &*tender.lots;
        let first = behind(lots.iter().map(|lot| lot.id.as_str()), after);
        let mut end = |period| Some(end_of(tender, period, law)?.at.to_string());
        let (items, next) = page_of(lots, first, limit, |lot| lot_view(lot, &mut end));
        let last = next.and_then(|_| items.last()).map(|lot| lot.id.clone());
        (items, last)
    }

    /// The challenges behind one, by lot and in the order in which they were filed.
    pub fn challenges(
        &self,
        lot: Option<&str>,
        after: Option<&str>,
        limit: u32,
        law: Law<'_>,
    ) -> (Vec<ChallengeSummary>, Option<String>) {
        let Some(tender) = &self.state else { return Default::default() };
        let lots = tender.lots.iter().filter(|of| lot.is_none_or(|lot| of.id.as_str() == lot));
        let all: Vec<_> =
            lots.flat_map(|lot| lot.challenges.iter().map(move |challenge| (&lot.id, challenge))).collect();
        let first = behind(all.iter().map(|(_, challenge)| challenge.id.as_str()), after);
        let mut end = |period| Some(end_of(tender, period, law)?.at.to_string());
        let (items, next) =
            page_of(&all, first, limit, |(lot, challenge)| ChallengeSummary::of(lot, challenge, &mut end));
        let last = next.and_then(|_| items.last()).map(|challenge| challenge.id.clone());
        (items, last)
    }
}
