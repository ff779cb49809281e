//! What an act says of the organisation that a bar is about.

use super::super::{Act, BarRulingOutcome, RepairOutcome};
use super::{Access, Bar};
use crate::act::{Bearing, Fact};
use crate::field::OrganisationId;

/// A bar is said of its organisation, and taken back by what lifts it.
pub(super) fn bearings(state: Option<&Access>, act: &Act) -> Vec<Bearing> {
    let lifted = |lifts: bool, which: &dyn Fn(&Bar) -> bool| {
        let Some(access) = state else { return Vec::new() };
        let bar = access.bars.iter().find(|bar| which(bar) && bar.lifted.is_none());
        let undone = bar.filter(|_| lifts).map(|bar| bar.entered.entry);
        vec![Bearing::concerned(&access.organisation).undoing(undone)]
    };
    match act {
        Act::Barred(barring) => {
            // Without them it was refused.
            let days = barring.from.zip(barring.to);
            let said = |of: &OrganisationId| days.map(|(from, to)| Bearing::new(of, Fact::Barred { from, to }));
            said(&barring.organisation).into_iter().collect()
        }
        Act::Revoked(revocation) => lifted(true, &|bar| bar.id == revocation.bar),
        Act::ObjectionRuled(ruling) => lifted(ruling.outcome == BarRulingOutcome::Upheld, &|bar| {
            bar.objections.iter().any(|filed| filed.id == ruling.objection)
        }),
        Act::RepairDecided(decision) => lifted(decision.outcome == RepairOutcome::Approved, &|bar| {
            bar.applications.iter().any(|filed| filed.id == decision.application)
        }),
        Act::Objected(_) | Act::RepairApplied(_) => Vec::new(),
    }
}
