//! What an accepted act makes of a commitment.

use super::super::{Act, Offer};
use super::{BreachPhase, BreachState, Commitment, Phase};
use crate::act::Place;
use crate::field::ItemId;
use crate::law::{DayRule, Law, Running};
use crate::template::Side;

fn begins(term: &DayRule, place: &Place) -> Running {
    Running::new(place.time, term.period())
}

impl Commitment {
    pub(super) fn offered(offer: &Offer, place: &Place, law: Law<'_>) -> Self {
        Self {
            version: place.version,
            template: offer.template.clone(),
            unit: offer.unit.clone(),
            enterprise: offer.enterprise.clone(),
            binding: offer.binding.clone(),
            offered_by: if place.author == offer.unit { Side::Unit } else { Side::Enterprise },
            offer: place.hash,
            phase: Phase::Offered { open: begins(&law.edition().commitments.offer, place) },
            breaches: Vec::new(),
            year_ended: None,
            first_time: place.time,
            last_time: place.time,
        }
    }

    pub(super) fn fold(&mut self, act: &Act, place: &Place, law: Law<'_>) {
        let terms = &law.edition().commitments;
        match act {
            // Made above.
            Act::Offered(_) => {}
            Act::Accepted(_) => self.phase = Phase::Effective { since: place.time },
            Act::Declined(_) => self.phase = Phase::Declined,
            Act::Lapsed(_) => self.phase = Phase::Lapsed,
            Act::BreachReported(breach) => {
                self.breaches.push(BreachState {
                    id: breach.id.clone(),
                    against: breach.against,
                    reported_by: place.author.clone(),
                    phase: BreachPhase::Reported { answer: begins(&terms.breach_answer, place), overdue: false },
                });
            }
            Act::BreachAnswered(answer) => self.set(&answer.breach, |_| BreachPhase::Answered),
            Act::DeadlinePassed(deadline) => self.set(&deadline.breach, |phase| match phase {
                BreachPhase::Reported { answer, .. } => BreachPhase::Reported { answer, overdue: true },
                other => other,
            }),
            Act::BreachRuled(ruling) => {
                let (finding, by, entry) = (ruling.finding, place.author.clone(), place.index);
                let appeal = begins(&terms.appeal, place);
                self.set(&ruling.breach, |_| BreachPhase::Ruled { finding, by, entry, appeal });
            }
            Act::BreachAppealed(appeal) => self.set(&appeal.breach, |phase| match phase {
                BreachPhase::Ruled { finding, by, .. } => BreachPhase::Appealed { finding, by },
                other => other,
            }),
            Act::PeriodReopened(reopening) => match &reopening.breach {
                None => self.phase = Phase::Offered { open: begins(&terms.offer, place) },
                Some(breach) => self.set(breach, |phase| match phase {
                    BreachPhase::Reported { .. } => {
                        BreachPhase::Reported { answer: begins(&terms.breach_answer, place), overdue: false }
                    }
                    BreachPhase::Ruled { finding, by, entry, .. } => {
                        BreachPhase::Ruled { finding, by, entry, appeal: begins(&terms.appeal, place) }
                    }
                    other => other,
                }),
            },
            Act::YearEnded(_) => self.year_ended = Some(place.hash),
            Act::AppealRuled(ruling) => {
                let finding = ruling.finding;
                self.set(&ruling.breach, |_| BreachPhase::Final { finding });
            }
        }
    }

    fn set(&mut self, id: &ItemId, next: impl FnOnce(BreachPhase) -> BreachPhase) {
        if let Some(breach) = self.breaches.iter_mut().find(|breach| breach.id == *id) {
            breach.phase = next(breach.phase.clone());
        }
    }
}
