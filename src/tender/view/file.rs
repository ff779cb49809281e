//! A tender as its readers know it: the state, the words of its present text, its notices with what each changed, and its first
//! records.

use super::super::{Act, Clause, ClauseState, EarlierRound, ScoreRow, Tender, score_table_id};
use super::SuspensionView;
use super::notice::{ChangeView, DeadlineChange, NoticeView, changes, is_notice};
use crate::act::{Acts, Place, fold};
use crate::field::{ClauseId, DueTime};
use crate::http::{FirstRecords, RecordKind};
use crate::law::Law;
use crate::ledger::Folding;
use crate::world;

/// What the entries of a tender are folded into.
#[derive(Default)]
pub struct TenderFile {
    pub(super) state: Option<Tender>,
    pub(super) text: Text,
    pub(super) notices: Vec<NoticeView>,
    /// The round before, as the present text names it.
    pub(super) follows: Option<EarlierRound>,
    pub(super) records: FirstRecords,
    /// While it is suspended.
    pub(super) suspension: Option<SuspensionView>,
    /// Of the notices.
    noticed_bytes: usize,
}

/// About what an objection or a challenge takes in the state, and a lot or a candidate.
const ITEM_BYTES: usize = 256;

impl Folding for TenderFile {
    fn take(&mut self, act: world::Act, place: &Place, law: Law<'_>) {
        let world::Act::Tender(act) = act else { return };
        let before = self.state.as_ref().map(|tender| (tender.text_version, tender.bid_deadline));
        let text = self.text.after(&act);
        let changes = text.as_ref().map(|text| changes(&self.text, text)).unwrap_or_default();
        if let Some(text) = text {
            self.text = text;
        }
        if let Some((disclosed, _)) = act.disclosed() {
            self.follows.clone_from(&disclosed.follows);
        }
        fold(&mut self.state, &act, place, law);
        self.suspend(&act, place);
        if is_notice(&act) {
            self.notice(act.kind(), place, before.unwrap_or_default(), changes);
        }
        if self.records.has_room() {
            self.records.take(act.kind(), &act.to_value(), place);
        }
    }

    fn bytes(&self) -> usize {
        let items = self.state.as_ref().map_or(0, |tender| {
            let lots = tender.lots.iter().map(|lot| 1 + lot.challenges.len() + lot.candidates.len());
            tender.objections.len() + tender.clauses.len() + lots.sum::<usize>()
        });
        items * ITEM_BYTES + self.text.bytes() + self.noticed_bytes + self.records.bytes()
    }
}

impl TenderFile {
    /// Remembers why it is suspended, as long as it is.
    fn suspend(&mut self, act: &Act, place: &Place) {
        if let Act::Suspended(order) = act {
            self.suspension = Some(SuspensionView {
                by: place.author.to_string(),
                since: place.time.to_string(),
                reason: order.reason.to_string(),
                index: place.index,
            });
        }
        if !self.state.as_ref().is_some_and(Tender::is_suspended) {
            self.suspension = None;
        }
    }

    fn notice(
        &mut self,
        kind: &str,
        place: &Place,
        (text_version, deadline): (u32, Option<DueTime>),
        changes: Vec<ChangeView>,
    ) {
        let Some(tender) = &self.state else { return };
        let notice = NoticeView {
            index: place.index,
            entry_hash: place.hash.to_string(),
            time: place.time.to_string(),
            kind: RecordKind(kind.to_owned()),
            previous: self.notices.last().map(NoticeView::place),
            disclosure: (tender.text_version != text_version).then_some(tender.text_version),
            changes,
            bid_deadline: DeadlineChange::between(deadline, tender.bid_deadline),
        };
        self.noticed_bytes += notice.bytes();
        self.notices.push(notice);
    }
}

/// The words of a version of a tender.
#[derive(Clone, Default)]
pub(super) struct Text {
    pub clauses: Vec<Clause>,
    pub score_table: Vec<ScoreRow>,
}

impl Text {
    /// The text after an act that states it in full or amends it.
    fn after(&self, act: &Act) -> Option<Self> {
        let (clauses, score_table) = match act {
            Act::Preannounced(disclosed) => (&disclosed.clauses, &disclosed.score_table),
            Act::Revised(revision) => (&revision.preannouncement.clauses, &revision.preannouncement.score_table),
            Act::Announced(announcement) => (&announcement.clauses, &announcement.score_table),
            Act::Amended(amendment) => return Some(self.amended(&amendment.clauses)),
            _ => return None,
        };
        Some(Self { clauses: clauses.clone(), score_table: score_table.clone() })
    }

    fn amended(&self, amended: &[Clause]) -> Self {
        let mut text = self.clone();
        for clause in &mut text.clauses {
            if let Some(amended) = amended.iter().rfind(|amended| amended.id == clause.id) {
                clause.clone_from(amended);
            }
        }
        text
    }

    fn bytes(&self) -> usize {
        let clauses = self.clauses.iter().map(|clause| clause.text.as_str().len());
        let rows = self.score_table.iter().map(|row| row.criteria.as_str().len() + row.item.as_str().len());
        clauses.chain(rows).sum()
    }

    pub(super) fn states(&self) -> Vec<ClauseState> {
        ClauseState::of(&self.clauses, &self.score_table)
    }

    /// A row a line for the score table: item, points, criteria.
    pub(super) fn wording(&self, id: &ClauseId) -> Option<String> {
        if *id != score_table_id() {
            return self.clauses.iter().find(|clause| clause.id == *id).map(|clause| clause.text.to_string());
        }
        let rows = self.score_table.iter().map(|row| {
            let (points, hundredths) = (row.max_points / 100, row.max_points % 100);
            format!("{} · {points}.{hundredths:02} · {}", row.item, row.criteria)
        });
        (!self.score_table.is_empty()).then(|| rows.collect::<Vec<_>>().join("\n"))
    }
}
