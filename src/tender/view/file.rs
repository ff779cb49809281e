//! A tender as its readers know it: the state, the words of its present text, what each version changed, and its first records.

use super::super::{Act, Clause, ClauseState, ScoreRow, Tender, clause_changes, score_table_id};
use super::{ChangeView, TextVersionView};
use crate::act::{Acts, Place, fold};
use crate::field::ClauseId;
use crate::http::FirstRecords;
use crate::law::Law;
use crate::ledger::Folding;
use crate::world;

/// What the entries of a tender are folded into.
#[derive(Default)]
pub struct TenderFile {
    pub(super) state: Option<Tender>,
    pub(super) text: Text,
    pub(super) text_versions: Vec<TextVersionView>,
    pub(super) records: FirstRecords,
    /// Of the wordings in `text_versions`.
    changed_bytes: usize,
}

/// About what an objection or a challenge takes in the state, and a lot or a candidate.
const ITEM_BYTES: usize = 256;

impl Folding for TenderFile {
    fn take(&mut self, act: world::Act, place: &Place, law: Law<'_>) {
        let world::Act::Tender(act) = act else { return };
        match Text::stated(&act) {
            Some(stated) => self.state_text(stated, &act, place, law),
            None => {
                if let Act::Amended(amendment) = &act {
                    self.text.amend(&amendment.clauses);
                }
                fold(&mut self.state, &act, place, law);
            }
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
        items * ITEM_BYTES + self.text.bytes() + self.changed_bytes + self.records.bytes()
    }
}

impl TenderFile {
    fn state_text(&mut self, stated: Text, act: &Act, place: &Place, law: Law<'_>) {
        let changes = change_views(&self.text, &stated);
        let text_version = |state: &Option<Tender>| state.as_ref().map_or(0, |tender| tender.text_version);
        let before = text_version(&self.state);
        self.text = stated;
        fold(&mut self.state, act, place, law);
        let text_version = text_version(&self.state);
        if text_version != before {
            let wordings = changes.iter().flat_map(|change| [&change.before, &change.after]).flatten();
            self.changed_bytes += wordings.map(String::len).sum::<usize>();
            let (index, time) = (place.index, place.time.to_string());
            self.text_versions.push(TextVersionView { text_version, index, time, changes });
        }
    }
}

/// The words of a version of a tender.
#[derive(Default)]
pub(super) struct Text {
    pub clauses: Vec<Clause>,
    pub score_table: Vec<ScoreRow>,
}

impl Text {
    /// What an act states in full.
    fn stated(act: &Act) -> Option<Self> {
        let (clauses, score_table) = match act {
            Act::Preannounced(disclosed) => (&disclosed.clauses, &disclosed.score_table),
            Act::Revised(revision) => (&revision.preannouncement.clauses, &revision.preannouncement.score_table),
            Act::Announced(announcement) => (&announcement.clauses, &announcement.score_table),
            _ => return None,
        };
        Some(Self { clauses: clauses.clone(), score_table: score_table.clone() })
    }

    fn amend(&mut self, amended: &[Clause]) {
        for clause in &mut self.clauses {
            if let Some(amended) = amended.iter().rfind(|amended| amended.id == clause.id) {
                clause.clone_from(amended);
            }
        }
    }

    fn bytes(&self) -> usize {
        let clauses = self.clauses.iter().map(|clause| clause.text.as_str().len());
        let rows = self.score_table.iter().map(|row| row.criteria.as_str().len() + row.item.as_str().len());
        clauses.chain(rows).sum()
    }

    fn states(&self) -> Vec<ClauseState> {
        ClauseState::of(&self.clauses, &self.score_table)
    }

    /// A row a line for the score table: item, points, criteria.
    fn wording(&self, id: &ClauseId) -> Option<String> {
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

fn change_views(before: &Text, after: &Text) -> Vec<ChangeView> {
    // The first version has nothing before it to differ from.
    if before.clauses.is_empty() {
        return Vec::new();
    }
    clause_changes(&before.states(), &after.states())
        .into_iter()
        .map(|change| ChangeView {
            clause: change.clause.to_string(),
            change: change.change,
            material: change.material,
            before: before.wording(&change.clause),
            after: after.wording(&change.clause),
        })
        .collect()
}
