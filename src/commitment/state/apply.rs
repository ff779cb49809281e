//! What an accepted act makes of a commitment.

use super::super::{Act, Offer};
use super::{BreachPhase, BreachState, Commitment, Phase};
use crate::act::Place;
use crate::calendar::{Calendar, Roll};
use crate::field::{Instant, ItemId};
use crate::rulebook::{Term, commitment_terms};
use crate::template::Side;

/// When a term that begins now is over. Calendar days end even in years whose holidays are unknown.
pub(super) fn term_end(term: &Term, now: Instant, calendar: &Calendar) -> Instant {
    let due = calendar.end_of(now.shanghai_day(), term.period(), Roll::default());
    due.map_or(now, crate::calendar::Due::over_at)
}

/// Folds an act that was decided into the state.
pub fn apply(state: Option<Commitment>, act: &Act, place: &Place, calendar: &Calendar) -> Option<Commitment> {
    let mut commitment = match (state, act) {
        (None, Act::Offered(offer)) => return Some(Commitment::offered(offer, place, calendar)),
        (None, _) => return None,
        (Some(commitment), _) => commitment,
    };
    commitment.fold(act, place, calendar);
    commitment.version = place.version;
    commitment.last_time = place.time;
    Some(commitment)
}

impl Commitment {
    fn offered(offer: &Offer, place: &Place, calendar: &Calendar) -> Self {
        let lapses = term_end(&commitment_terms().offer, place.time, calendar);
        Self {
            version: place.version,
            template: offer.template.clone(),
            unit: offer.unit.clone(),
            enterprise: offer.enterprise.clone(),
            binding: offer.binding.clone(),
            offered_by: if place.author == offer.unit { Side::Unit } else { Side::Enterprise },
            offer: place.hash,
            phase: Phase::Offered { lapses },
            breaches: Vec::new(),
            first_time: place.time,
            last_time: place.time,
        }
    }

    fn fold(&mut self, act: &Act, place: &Place, calendar: &Calendar) {
        let now = place.time;
        match act {
            // Made above.
            Act::Offered(_) => {}
            Act::Accepted(_) => self.phase = Phase::Effective { since: now },
            Act::Declined(_) => self.phase = Phase::Declined,
            Act::Lapsed(_) => self.phase = Phase::Lapsed,
            Act::BreachReported(breach) => {
                let answer_due = term_end(&commitment_terms().breach_answer, now, calendar);
                self.breaches.push(BreachState {
                    id: breach.id.clone(),
                    against: breach.against,
                    reported_by: place.author.clone(),
                    phase: BreachPhase::Reported { answer_due, overdue: false },
                });
            }
            Act::BreachAnswered(answer) => self.set(&answer.breach, |_| BreachPhase::Answered),
            Act::DeadlinePassed(deadline) => {
                let answer_due = deadline.due;
                self.set(&deadline.breach, |_| BreachPhase::Reported { answer_due, overdue: true });
            }
            Act::BreachRuled(ruling) => {
                let appeal_until = term_end(&commitment_terms().appeal, now, calendar);
                let (finding, by) = (ruling.finding, place.author.clone());
                self.set(&ruling.breach, |_| BreachPhase::Ruled { finding, by, appeal_until });
            }
            Act::BreachAppealed(appeal) => self.set(&appeal.breach, |phase| match phase {
                BreachPhase::Ruled { finding, by, .. } => BreachPhase::Appealed { finding, by },
                other => other,
            }),
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
