//! A period that runs again, because a wrong clock had ended it.

use super::super::{Act, PeriodReopening, TenderPeriod};
use super::decide::guard::{forbids, unknown};
use super::{AnswerTiming, LotPhase, ObjectionPhase, Phase, Tender};
use crate::act::{Moment, must_rule};
use crate::field::{Instant, ItemId};
use crate::law::Running;
use crate::problem::Refusal;

/// # Errors
/// Who is no supervisor, or has a stake in it, may not; what still runs, or what later acts rest on, is not reopened.
pub(super) fn decide(tender: &Tender, act: &Act, reopening: &PeriodReopening, at: &Moment<'_>) -> Result<(), Refusal> {
    must_rule(at.author()?, tender.interested(act))?;
    let period = match (&reopening.item, reopening.period) {
        (_, TenderPeriod::Objections) => tender.ended_window(),
        (Some(id), kind) => tender.period_of(kind, id)?,
        (None, _) => None,
    };
    match period {
        Some(period) if at.law.is_over(period, at.now) => Ok(()),
        Some(period) => Err(Refusal::window_open(at.law.end(period).at)),
        None => Err(forbids(tender, act)),
    }
}

impl Tender {
    /// The objection window, as long as nothing was announced after it.
    fn ended_window(&self) -> Option<Running> {
        self.window.filter(|_| matches!(self.phase, Phase::Preannounced { .. } | Phase::Cleared))
    }

    /// The period of an item, while something can still be done within it.
    fn period_of(&self, kind: TenderPeriod, id: &ItemId) -> Result<Option<Running>, Refusal> {
        let unknown = || unknown("/item", id);
        Ok(match kind {
            TenderPeriod::Objections => self.ended_window(),
            TenderPeriod::ObjectionAnswer | TenderPeriod::Escalation => {
                match (kind, self.objection(id).ok_or_else(unknown)?.phase) {
                    (TenderPeriod::ObjectionAnswer, ObjectionPhase::Filed { answer, .. }) => Some(answer),
                    (TenderPeriod::Escalation, ObjectionPhase::Answered { escalation, .. }) => Some(escalation),
                    _ => None,
                }
            }
            TenderPeriod::Candidates => match self.lot_called(id).ok_or_else(unknown)?.phase {
                LotPhase::Candidates { window } => Some(window),
                _ => None,
            },
            TenderPeriod::ChallengeAnswer => {
                let challenge = self.challenge(id).ok_or_else(unknown)?;
                challenge.answer.is_none().then_some(challenge.period)
            }
        })
    }

    pub(super) fn reopen(&mut self, reopening: &PeriodReopening, now: Instant) {
        let windows = self.windows;
        match (reopening.period, &reopening.item) {
            (TenderPeriod::Objections, _) => self.open_window(now),
            (TenderPeriod::ObjectionAnswer | TenderPeriod::Escalation, Some(id)) => {
                let Some(objection) = self.objection_mut(id) else { return };
                objection.changed = now;
                match &mut objection.phase {
                    ObjectionPhase::Filed { answer, overdue } => {
                        (*answer, *overdue) = (windows.answer.begins(now), false);
                        objection.answered = AnswerTiming::Open;
                    }
                    ObjectionPhase::Answered { escalation, .. } => *escalation = windows.escalation.begins(now),
                    ObjectionPhase::Escalated | ObjectionPhase::Ruled(_) | ObjectionPhase::Withdrawn => {}
                }
            }
            (TenderPeriod::Candidates, Some(id)) => {
                if let Some(lot) = self.lot_called_mut(id)
                    && let LotPhase::Candidates { window } = &mut lot.phase
                {
                    (*window, lot.changed) = (windows.candidates.begins(now), Some(now));
                }
            }
            (TenderPeriod::ChallengeAnswer, Some(id)) => {
                let period = windows.answer.begins(now);
                self.change_challenge(id, now, |challenge| (challenge.period, challenge.overdue) = (period, false));
            }
            // Refused with the payload.
            (_, None) => {}
        }
    }
}
