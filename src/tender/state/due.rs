//! What follows from time alone: the acts that the service signs.

use super::super::{Act, Clearance, Closure, Deadline, DeadlineKind, WindowClosure};
use super::{LotPhase, ObjectionPhase, Phase, Tender};
use crate::field::{Instant, ItemId};

impl Tender {
    /// The act that is due now, if any. The scheduler proposes it, `decide` accepts exactly it from the service, and the
    /// auditor's replay arrives at the same one.
    pub fn due(&self, now: Instant) -> Option<Act> {
        if self.is_suspended() || self.phase.is_final() {
            return None;
        }
        self.overdue_objection(now).or_else(|| self.overdue_challenge(now)).or_else(|| match &self.phase {
            Phase::Preannounced { until, waiting } if *until <= now => self.window_over(*waiting),
            Phase::Announced => self.late_opening(now).or_else(|| self.closure()),
            Phase::Preannounced { .. } | Phase::Cleared | Phase::Terminated | Phase::Closed => None,
        })
    }

    /// The earliest instant at which [`Self::due`] may have something; nothing is due before.
    pub fn next_due(&self) -> Option<Instant> {
        if self.is_suspended() || self.phase.is_final() {
            return None;
        }
        let objections = self.objections.iter().filter_map(|objection| match objection.phase {
            ObjectionPhase::Filed { answer_due, overdue: false } => Some(answer_due),
            _ => None,
        });
        let challenges = self.lots.iter().flat_map(|lot| &lot.challenges);
        let challenges = challenges.filter(|c| c.answer.is_none() && !c.overdue).map(|c| c.answer_due);
        let phase = match &self.phase {
            Phase::Preannounced { until, waiting } => {
                let blocked = self.revision_required || !self.open_objections().is_empty();
                (!(*waiting && blocked)).then_some(*until)
            }
            Phase::Announced if self.lots.iter().all(|lot| lot.phase.is_final()) => Some(self.last_time),
            Phase::Announced => self
                .opening_over()
                .filter(|_| self.lots.iter().any(|lot| lot.phase == LotPhase::Waiting { overdue: false })),
            Phase::Cleared | Phase::Terminated | Phase::Closed => None,
        };
        objections.chain(challenges).chain(phase).min()
    }

    fn window_over(&self, waiting: bool) -> Option<Act> {
        let open_objections = self.open_objections();
        if open_objections.is_empty() && !self.revision_required {
            return Some(Clearance { text_version: self.text_version }.into());
        }
        (!waiting).then(|| WindowClosure { open_objections, revision_required: self.revision_required }.into())
    }

    fn overdue_objection(&self, now: Instant) -> Option<Act> {
        self.objections.iter().find_map(|objection| match objection.phase {
            ObjectionPhase::Filed { answer_due, overdue: false } if answer_due <= now => {
                let (kind, item) = (DeadlineKind::ObjectionAnswer, objection.id.clone());
                Some(Deadline { kind, item, due: answer_due }.into())
            }
            _ => None,
        })
    }

    fn overdue_challenge(&self, now: Instant) -> Option<Act> {
        let challenges = self.lots.iter().flat_map(|lot| &lot.challenges);
        let mut late = challenges.filter(|c| c.answer.is_none() && !c.overdue && c.answer_due <= now);
        late.next().map(|challenge| {
            let (kind, item) = (DeadlineKind::ChallengeAnswer, challenge.id.clone());
            Deadline { kind, item, due: challenge.answer_due }.into()
        })
    }

    /// The end of the day on which bids were to be opened.
    fn opening_over(&self) -> Option<Instant> {
        let day = self.open_day?.date().succ_opt()?;
        Some(Instant::start_of_shanghai_day(day))
    }

    fn late_opening(&self, now: Instant) -> Option<Act> {
        let due = self.opening_over().filter(|due| *due <= now)?;
        let lot = self.lots.iter().find(|lot| lot.phase == LotPhase::Waiting { overdue: false })?;
        // Lot ids use a subset of the characters of item ids.
        let item: ItemId = lot.id.as_str().parse().ok()?;
        Some(Deadline { kind: DeadlineKind::BidOpening, item, due }.into())
    }

    fn closure(&self) -> Option<Act> {
        if !self.lots.iter().all(|lot| lot.phase.is_final()) {
            return None;
        }
        let failed = self.lots.iter().filter(|lot| lot.phase == LotPhase::Failed).count() as u32;
        Some(Closure { lots_accepted: self.lots.len() as u32 - failed, lots_failed: failed }.into())
    }
}
