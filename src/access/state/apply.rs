//! What an accepted act makes of a bar.

use super::super::{Act, BarRulingOutcome, Barring, RepairOutcome};
use super::decide::basis;
use super::{Access, Bar, Lifting, Mark, ObjectionFiled, RepairFiled};
use crate::act::Place;
use crate::field::ItemId;
use crate::law::{Law, Running, WorkingDayRule};

fn begins(term: &WorkingDayRule, place: &Place) -> Running {
    Running::new(place.time, term.period())
}

impl Bar {
    /// Nothing, where the record lacks what every bar must have: then it was refused.
    pub(super) fn entered(barring: &Barring, place: &Place, law: Law<'_>) -> Option<Self> {
        let basis = basis(barring, &law.edition().access).ok()?;
        Some(Self {
            id: barring.id.clone(),
            kind: barring.kind.clone(),
            name: barring.name.as_str().into(),
            authority: basis.authority.name.as_str().into(),
            authority_id: basis.authority.id.clone(),
            decision: basis.decision.as_str().into(),
            article: basis.article.as_str().into(),
            fields: basis.fields,
            regions: barring.scope.as_ref().map(|scope| scope.regions.clone()).unwrap_or_default(),
            measures: basis.measures,
            from: basis.from,
            to: basis.to,
            document: basis.document.sha256,
            regime: basis.regime,
            entered: Mark::of(place),
            lifted: None,
            objections: Vec::new(),
            applications: Vec::new(),
        })
    }

    /// The first one counts.
    fn lift(&mut self, why: Lifting, place: &Place) {
        self.lifted.get_or_insert_with(|| (why, Mark::of(place)));
    }
}

impl Access {
    pub(super) fn fold(&mut self, act: &Act, place: &Place, law: Law<'_>) {
        let terms = &law.edition().access;
        match act {
            Act::Barred(barring) => self.bars.extend(Bar::entered(barring, place, law)),
            Act::Revoked(revocation) => self.with(&revocation.bar, |bar| bar.lift(Lifting::Revoked, place)),
            Act::Objected(objection) => self.with(&objection.bar, |bar| {
                let term = if bar.is_own_decision() { &terms.objection_own } else { &terms.objection_source };
                let (id, ruling_due) = (objection.id.clone(), begins(term, place));
                bar.objections.push(ObjectionFiled { id, filed: Mark::of(place), ruling_due, ruled: None });
            }),
            Act::ObjectionRuled(ruling) => {
                for bar in &mut self.bars {
                    let Some(filed) = bar.objections.iter_mut().find(|filed| filed.id == ruling.objection) else {
                        continue;
                    };
                    filed.ruled = Some((ruling.outcome, Mark::of(place)));
                    if ruling.outcome == BarRulingOutcome::Upheld {
                        bar.lift(Lifting::Annulled, place);
                    }
                }
            }
            Act::RepairApplied(application) => self.with(&application.bar, |bar| {
                let (id, path) = (application.id.clone(), application.path);
                let decision_due = begins(&terms.repair_decision, place);
                bar.applications.push(RepairFiled { id, path, filed: Mark::of(place), decision_due, decided: None });
            }),
            Act::RepairDecided(decision) => {
                for bar in &mut self.bars {
                    let Some(filed) = bar.applications.iter_mut().find(|filed| filed.id == decision.application) else {
                        continue;
                    };
                    filed.decided = Some((decision.outcome, Mark::of(place)));
                    if decision.outcome == RepairOutcome::Approved {
                        bar.lift(Lifting::Repaired, place);
                    }
                }
            }
        }
    }

    fn with(&mut self, id: &ItemId, change: impl FnOnce(&mut Bar)) {
        if let Some(bar) = self.bars.iter_mut().find(|bar| bar.id == *id) {
            change(bar);
        }
    }
}
