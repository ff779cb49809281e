//! What follows from time alone: the acts that the service signs.

use super::super::{Act, Clearance, Closure, Deadline, DeadlineKind, WindowClosure};
use super::{LotPhase, ObjectionPhase, Phase, Tender};
use crate::field::{Instant, ItemId};
use crate::law::{Law, Running};

impl Tender {
    pub(super) fn due_now(&self, now: Instant, law: Law<'_>) -> Option<Act> {
        if self.is_suspended() || self.phase.is_final() {
            return None;
        }
        self.late_answer(now, law).or_else(|| match &self.phase {
            Phase::Preannounced { waiting } if self.window.is_none_or(|window| law.is_over(window, now)) => {
                self.window_over(*waiting)
            }
            Phase::Announced => self.late_opening(now).or_else(|| self.closure()),
            Phase::Preannounced { .. } | Phase::Cleared | Phase::Terminated | Phase::Closed => None,
        })
    }

    pub(super) fn first_due(&self, law: Law<'_>) -> Option<Instant> {
        if self.is_suspended() || self.phase.is_final() {
            return None;
        }
        let phase = match &self.phase {
            Phase::Preannounced { waiting } => {
                let blocked = self.revision_required || !self.open_objections().is_empty();
                self.window.filter(|_| !(*waiting && blocked)).map(|window| law.end(window).at)
            }
            Phase::Announced if self.lots.iter().all(|lot| lot.phase.is_final()) => Some(self.last_time),
            Phase::Announced => self
                .opening_over()
                .filter(|_| self.lots.iter().any(|lot| lot.phase == LotPhase::Waiting { overdue: false })),
            Phase::Cleared | Phase::Terminated | Phase::Closed => None,
        };
        self.awaited_answers(law).map(|(_, _, due)| due).chain(phase).min()
    }

    /// Answers of which the service has not yet said that they are late, and when they will be.
    fn awaited_answers(&self, law: Law<'_>) -> impl Iterator<Item = (DeadlineKind, &ItemId, Instant)> {
        let objections = self.objections.iter().filter_map(|objection| match objection.phase {
            ObjectionPhase::Filed { answer, overdue: false } => {
                Some((DeadlineKind::ObjectionAnswer, &objection.id, answer))
            }
            _ => None,
        });
        let challenges = self.lots.iter().flat_map(|lot| &lot.challenges);
        let challenges = challenges.filter(|challenge| challenge.answer.is_none() && !challenge.overdue);
        let challenges = challenges.map(|challenge| (DeadlineKind::ChallengeAnswer, &challenge.id, challenge.period));
        objections.chain(challenges).map(move |(kind, item, period): (_, _, Running)| (kind, item, law.end(period).at))
    }

    fn late_answer(&self, now: Instant, law: Law<'_>) -> Option<Act> {
        let (kind, item, due) = self.awaited_answers(law).find(|(_, _, due)| *due <= now)?;
        Some(Deadline { kind, item: item.clone(), due }.into())
    }

    pub(super) fn window_over(&self, waiting: bool) -> Option<Act> {
        let open_objections = self.open_objections();
        if open_objections.is_empty() && !self.revision_required {
            return Some(Clearance { text_version: self.text_version }.into());
        }
        (!waiting).then(|| {
            let (open_count, mut open_objections) = (open_objections.len() as u32, open_objections);
            open_objections.truncate(WindowClosure::NAMED_MAX);
            WindowClosure { open_objections, open_count, revision_required: self.revision_required }.into()
        })
    }

    /// The end of the day on which bids were to be opened.
    pub(super) fn opening_over(&self) -> Option<Instant> {
        let day = self.open?.day().date().succ_opt()?;
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
