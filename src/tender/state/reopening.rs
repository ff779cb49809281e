//! A period that runs again, because a wrong clock had ended it.

use super::super::{Act, PeriodReopening, TenderPeriod};
use super::decide::guard::{forbids, must_have, unknown};
use super::{ChallengeState, LotPhase, LotState, ObjectionPhase, ObjectionState, Phase, Tender};
use crate::act::{Moment, Role};
use crate::field::{Instant, ItemId};
use crate::law::Running;
use crate::problem::Refusal;

/// # Errors
/// Who is no supervisor may not; what still runs, or what later acts rest on, is not reopened.
pub(super) fn decide(tender: &Tender, act: &Act, reopening: &PeriodReopening, at: &Moment<'_>) -> Result<(), Refusal> {
    must_have(at.author()?, &[Role::Supervisor])?;
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

    /// Lot ids use a subset of the characters of item ids.
    fn lot_called(&self, id: &ItemId) -> Option<&LotState> {
        self.lots.iter().find(|lot| lot.id.as_str() == id.as_str())
    }

    fn challenge(&self, id: &ItemId) -> Option<&ChallengeState> {
        self.lots.iter().flat_map(|lot| &lot.challenges).find(|challenge| challenge.id == *id)
    }

    pub(super) fn reopen(&mut self, reopening: &PeriodReopening, now: Instant) {
        let windows = self.windows;
        let item = reopening.item.as_ref();
        let is_item = |id: &str| item.is_some_and(|item| item.as_str() == id);
        match reopening.period {
            TenderPeriod::Objections => self.open_window(now),
            TenderPeriod::ObjectionAnswer | TenderPeriod::Escalation => {
                let found = self.objections.iter_mut().find(|objection| is_item(objection.id.as_str()));
                if let Some(ObjectionState { phase, .. }) = found {
                    match phase {
                        ObjectionPhase::Filed { answer, overdue } => {
                            (*answer, *overdue) = (windows.answer.begins(now), false);
                        }
                        ObjectionPhase::Answered { escalation, .. } => *escalation = windows.escalation.begins(now),
                        ObjectionPhase::Escalated | ObjectionPhase::Ruled(_) | ObjectionPhase::Withdrawn => {}
                    }
                }
            }
            TenderPeriod::Candidates => {
                let lot = self.lots.iter_mut().find(|lot| is_item(lot.id.as_str()));
                if let Some(LotState { phase: LotPhase::Candidates { window }, .. }) = lot {
                    *window = windows.candidates.begins(now);
                }
            }
            TenderPeriod::ChallengeAnswer => {
                let mut challenges = self.lots.iter_mut().flat_map(|lot| &mut lot.challenges);
                if let Some(challenge) = challenges.find(|challenge| is_item(challenge.id.as_str())) {
                    (challenge.period, challenge.overdue) = (windows.answer.begins(now), false);
                }
            }
        }
    }
}
