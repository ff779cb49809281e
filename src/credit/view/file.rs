//! What the records of somebody's credit are folded into for its readers.

use super::super::{Act, Credit, CreditObjectionPhase};
use super::next::next_steps;
use super::{ContributionView, CreditObjectionView, CreditView, GradeStepView, PredecessorView, points, record};
use crate::act::{Place, fold};
use crate::field::{Instant, OrganisationId};
use crate::http::{VIEW_BYTES_MAX, VIEW_ITEMS_MAX, first_of};
use crate::law::Law;
use crate::ledger::Folding;
use crate::world;

/// What the entries of somebody's credit are folded into.
#[derive(Default)]
pub struct CreditFile {
    pub(in super::super) state: Option<Credit>,
    pub(in super::super) steps: Vec<GradeStepView>,
}

/// About what an entry that counts takes, and a former grade.
const ITEM_BYTES: usize = 160;

impl Folding for CreditFile {
    fn take(&mut self, act: world::Act, place: &Place, law: Law<'_>) {
        let world::Act::Credit(act) = act else { return };
        if let Act::Graded(graded) = &act {
            self.steps.push(GradeStepView {
                index: place.index,
                time: place.time.to_string(),
                record: record(place.index),
                day: graded.day.to_string(),
                occasion: graded.occasion,
                points: points(graded.points.into()),
                grade: graded.grade,
                contributions: graded.contributions.len() as u64,
                continues: graded.continues,
            });
        }
        fold(&mut self.state, &act, place, law);
    }

    fn bytes(&self) -> usize {
        let counted = self.state.as_ref().map_or(0, |credit| credit.counted.len() + credit.objections.len());
        (counted + self.steps.len()) * ITEM_BYTES
    }
}

impl CreditFile {
    /// The present grade.
    pub(in super::super) fn view(&self, organisation: &OrganisationId, law: Law<'_>, now: Instant) -> CreditView {
        let terms = &law.edition().credit;
        let Some(credit) = &self.state else { return CreditView::new(organisation, terms) };
        let newest = credit.counted.iter().rev();
        let contributions = newest.filter_map(|(entry, counted)| {
            ContributionView::of(*entry, counted, credit.last.day, credit.objection_to(*entry), terms)
        });
        let objections = credit.objections.iter().rev().map(|objection| CreditObjectionView::of(objection, law, now));
        let open = credit.objections.iter().filter(|o| matches!(o.phase, CreditObjectionPhase::Open(_))).count();
        let predecessors = credit.predecessors.iter();
        let predecessors = predecessors.map(|(entry, of)| PredecessorView::of(*entry, of, terms));
        CreditView {
            predecessors: first_of(predecessors, VIEW_ITEMS_MAX, VIEW_BYTES_MAX),
            contributions: first_of(contributions, VIEW_ITEMS_MAX, VIEW_BYTES_MAX),
            contribution_count: credit.counted.len() as u64,
            objections: first_of(objections, VIEW_ITEMS_MAX, VIEW_BYTES_MAX),
            open_objections: open as u64,
            next: first_of(next_steps(credit, now, law), VIEW_ITEMS_MAX, VIEW_BYTES_MAX),
            ..CreditView::of(&credit.last, credit.graded_in, terms)
        }
    }

    /// Whether an objection should have been ruled on.
    pub(in super::super) fn is_overdue(&self, law: Law<'_>, now: Instant) -> bool {
        let objections = self.state.iter().flat_map(|credit| &credit.objections);
        let mut open = objections.filter_map(|objection| match objection.phase {
            CreditObjectionPhase::Open(running) => Some(running),
            CreditObjectionPhase::Ruled(_) => None,
        });
        open.any(|running| law.end(running).at <= now)
    }

    /// The last grade up to an entry, or a moment.
    pub(in super::super) fn step(&self, is_past: impl Fn(&GradeStepView) -> bool) -> Option<u64> {
        let known = self.steps.partition_point(is_past);
        self.steps[..known].last().map(|step| step.index)
    }
}
