//! What an accepted act makes of a tender.

use super::super::{
    Act, Adoption, Amendment, Announcement, AnswerOutcome, DeadlineKind, ObjectionAnswer, Preannouncement,
    RulingOutcome,
};
use super::{
    AnswerTiming, CandidateState, ChallengeState, ClauseState, LotPhase, LotState, ObjectionPhase, ObjectionState,
    Phase, RoundState, Tender, Verdict, clause_changes,
};
use crate::act::Place;
use crate::field::{Instant, ItemId};
use crate::law::{Law, Running};

impl Tender {
    pub(super) fn preannounced(disclosed: &Preannouncement, now: Instant) -> Self {
        Self {
            version: 0,
            phase: Phase::Preannounced { waiting: false },
            terminated: None,
            window: Some(disclosed.windows.objection.begins(now)),
            text_version: 1,
            title: disclosed.title.as_str().into(),
            centre: disclosed.centre.clone(),
            procuring_unit: disclosed.procuring_unit.clone(),
            follows: disclosed.follows.as_ref().map(RoundState::of),
            nature: Some(disclosed.nature),
            method: Some(disclosed.method),
            region: disclosed.region,
            category: disclosed.category.clone(),
            estimate: disclosed.estimate,
            windows: disclosed.windows,
            commitment_template: disclosed.commitment_template.clone(),
            clauses: ClauseState::of(&disclosed.clauses, &disclosed.score_table),
            objections: Vec::new(),
            revision_required: false,
            suspended_since: None,
            bid_deadline: Some(disclosed.planned.bid_deadline),
            open: Some(disclosed.planned.open),
            lots: disclosed.lots.iter().map(LotState::new).collect(),
            milestones: Vec::new(),
            first_time: now,
            last_time: now,
        }
    }

    pub(super) fn adopted(adoption: &Adoption, now: Instant) -> Self {
        Self {
            version: 0,
            phase: Phase::Announced,
            terminated: None,
            window: None,
            text_version: 0,
            title: adoption.title.as_str().into(),
            centre: adoption.centre.clone(),
            procuring_unit: adoption.procuring_unit.clone(),
            follows: None,
            nature: adoption.nature,
            method: None,
            region: adoption.region,
            category: None,
            estimate: None,
            windows: adoption.windows,
            commitment_template: None,
            clauses: Vec::new(),
            objections: Vec::new(),
            revision_required: false,
            suspended_since: None,
            bid_deadline: None,
            open: None,
            // Its bids were opened elsewhere, too.
            lots: adoption.lots.iter().map(|lot| LotState { phase: LotPhase::Opened, ..LotState::new(lot) }).collect(),
            milestones: Vec::new(),
            first_time: now,
            last_time: now,
        }
    }

    pub(super) fn open_window(&mut self, now: Instant) {
        self.window = Some(self.windows.objection.begins(now));
        self.phase = Phase::Preannounced { waiting: false };
    }

    pub(super) fn fold(&mut self, act: &Act, place: &Place, law: Law<'_>) {
        let now = place.time;
        match act {
            // Made above.
            Act::Preannounced(_) | Act::Adopted(_) | Act::Clarified(_) => {}
            Act::Revised(revision) => self.revise(&revision.preannouncement, now),
            Act::Objected(objection) => {
                let phase = ObjectionPhase::Filed { answer: self.windows.answer.begins(now), overdue: false };
                let (id, by) = (objection.id.clone(), place.author.clone());
                let answered = AnswerTiming::Open;
                self.objections.push(ObjectionState { id, by, filed: now, changed: now, phase, answered });
            }
            Act::ObjectionAnswered(answer) => self.answer_objection(answer, now, law),
            Act::ObjectionEscalated(escalation) => self.escalate(&escalation.objection, now),
            Act::ObjectionRuled(ruling) => {
                self.set_objection(&ruling.objection, ObjectionPhase::Ruled(ruling.outcome), now);
                self.revision_required |= ruling.outcome == RulingOutcome::Upheld;
            }
            Act::ObjectionWithdrawn(withdrawal) => {
                self.set_objection(&withdrawal.objection, ObjectionPhase::Withdrawn, now);
            }
            Act::WindowClosed(_) => self.phase = Phase::Preannounced { waiting: true },
            Act::Cleared(_) => self.phase = Phase::Cleared,
            Act::Announced(announcement) => self.announce(announcement, now),
            Act::Amended(amendment) => self.amend(amendment),
            Act::BidsOpened(opening) => {
                let is_late = self.opening_over().is_some_and(|over| over <= now);
                if let Some(lot) = self.lot_mut(&opening.lot) {
                    lot.opened_late |= is_late;
                    lot.changed = Some(now);
                    lot.opened(opening);
                }
            }
            Act::Suspended(_) => self.suspended_since = Some(now),
            Act::Resumed(_) => {
                if let Some(since) = self.suspended_since.take() {
                    self.extend_windows(since, now, law);
                    self.extend_days(since, now);
                }
            }
            Act::Terminated(_) => {
                (self.phase, self.suspended_since) = (Phase::Terminated, None);
                self.terminated = Some(now.shanghai_day().into());
            }
            Act::DeadlinePassed(deadline) => self.mark_overdue(deadline.kind, &deadline.item, now),
            Act::PeriodReopened(reopening) => self.reopen(reopening, now),
            Act::Closed(_) => self.phase = Phase::Closed,
            Act::CandidatesPublished(_)
            | Act::Challenged(_)
            | Act::ChallengeAnswered(_)
            | Act::ClaimVerified(_)
            | Act::ClaimRefuted(_)
            | Act::Awarded(_)
            | Act::ContractPublished(_)
            | Act::ContractAmended(_)
            | Act::ContractAccepted(_)
            | Act::Failed(_) => self.fold_into_lot(act, place, law),
        }
    }

    /// What an act makes of the lot that it is about.
    fn fold_into_lot(&mut self, act: &Act, place: &Place, law: Law<'_>) {
        let Some(id) = act.lot() else { return };
        let (windows, now, counted) = (self.windows, place.time, self.counted_until(place.time));
        let Some(lot) = self.lot_mut(id) else { return };
        lot.changed = Some(now);
        match act {
            Act::CandidatesPublished(publication) => {
                lot.phase = LotPhase::Candidates { window: windows.candidates.begins(now) };
                let earlier = std::mem::take(&mut lot.candidates);
                lot.candidates = publication.candidates.iter().map(CandidateState::of).collect();
                lot.candidates.iter_mut().for_each(|candidate| candidate.inherit(&earlier));
                lot.knows_bidders(publication.candidates.iter().map(|candidate| &candidate.bidder));
            }
            Act::Challenged(challenge) => lot.challenges.push(ChallengeState {
                id: challenge.id.clone(),
                by: place.author.clone(),
                candidate: challenge.candidate.clone(),
                claim: challenge.claim.clone(),
                period: windows.answer.begins(now),
                overdue: false,
                answer: None,
            }),
            Act::ChallengeAnswered(answer) => {
                if let Some(challenge) = lot.challenges.iter_mut().find(|known| known.id == answer.challenge) {
                    challenge.overdue |= law.is_over(challenge.period, counted);
                    challenge.answer = Some(answer.outcome);
                }
            }
            Act::ClaimVerified(found) => lot.find(&found.candidate, &found.claim, Verdict::Verified, place),
            Act::ClaimRefuted(found) => lot.find(&found.candidate, &found.claim, Verdict::Refuted, place),
            Act::Awarded(award) => lot.awarded(award, now.shanghai_day().into()),
            Act::ContractPublished(contract) => lot.contracted(contract),
            Act::ContractAmended(amendment) => {
                if let Some(price) = &amendment.price {
                    lot.repriced(amendment.candidate.as_ref(), price);
                }
            }
            Act::ContractAccepted(acceptance) if acceptance.passed => lot.accepted(acceptance.candidate.as_ref()),
            Act::Failed(failure) => lot.fell_through(failure.candidate.as_ref(), now.shanghai_day().into()),
            _ => {}
        }
    }

    /// Nobody's time runs out while the tender is suspended.
    fn counted_until(&self, now: Instant) -> Instant {
        self.suspended_since.unwrap_or(now)
    }

    /// Unanswered, it may be escalated only after the period.
    fn escalate(&mut self, id: &ItemId, now: Instant) {
        if let Some(objection) = self.objection_mut(id) {
            objection.changed = now;
            if matches!(objection.phase, ObjectionPhase::Filed { .. }) {
                objection.answered = AnswerTiming::Late;
            }
            objection.phase = ObjectionPhase::Escalated;
        }
    }

    fn answer_objection(&mut self, answer: &ObjectionAnswer, now: Instant, law: Law<'_>) {
        let counted = self.counted_until(now);
        if let Some(objection) = self.objection_mut(&answer.objection)
            && let ObjectionPhase::Filed { answer: period, overdue } = objection.phase
        {
            let is_late = overdue || law.is_over(period, counted);
            objection.answered = if is_late { AnswerTiming::Late } else { AnswerTiming::InTime };
        }
        // The end of a suspension adds all of it; a window that begins within has only the rest to come.
        let past = self.suspended_since.map_or(0, |since| now.millis() - since.millis());
        let escalation = self.windows.escalation.begins(now).moved(-past);
        let outcome = answer.outcome;
        self.set_objection(&answer.objection, ObjectionPhase::Answered { outcome, escalation }, now);
        self.revision_required |= outcome != AnswerOutcome::Rejected;
    }

    fn announce(&mut self, announcement: &Announcement, now: Instant) {
        let clauses = ClauseState::of(&announcement.clauses, &announcement.score_table);
        let reopens = clause_changes(&self.clauses, &clauses).iter().any(|change| change.material);
        if self.clauses != clauses {
            self.text_version += 1;
            self.clauses = clauses;
        }
        self.bid_deadline = Some(announcement.bid_deadline);
        self.open = Some(announcement.open);
        if reopens {
            self.open_window(now);
        } else {
            self.phase = Phase::Announced;
        }
    }

    fn amend(&mut self, amendment: &Amendment) {
        for amended in &amendment.clauses {
            if let Some(clause) = self.clauses.iter_mut().find(|clause| clause.id == amended.id) {
                *clause = ClauseState::of_clause(amended);
            }
        }
        if let Some(deadline) = amendment.bid_deadline {
            self.bid_deadline = Some(deadline);
            // Bids are opened when the time for them is over (招标投标法 art. 34).
            self.open = Some(self.open.filter(|open| !open.is_before(deadline)).unwrap_or(deadline));
        }
    }

    fn revise(&mut self, disclosed: &Preannouncement, now: Instant) {
        let revised = Self::preannounced(disclosed, now);
        let changes = clause_changes(&self.clauses, &revised.clauses);
        // What an upheld objection demanded matters, whatever clause it is in.
        let reopens = changes.iter().any(|change| change.material || self.revision_required)
            || self.windows != revised.windows
            || (self.method, self.nature) != (revised.method, revised.nature)
            || self.procuring_unit != revised.procuring_unit
            || self.commitment_template != revised.commitment_template
            || self.lots != revised.lots;
        let (phase, window) = if reopens { (revised.phase, revised.window) } else { (self.phase.clone(), self.window) };
        *self = Self {
            phase,
            window,
            version: self.version,
            text_version: self.text_version + 1,
            objections: std::mem::take(&mut self.objections),
            first_time: self.first_time,
            suspended_since: self.suspended_since,
            revision_required: self.revision_required && !reopens,
            ..revised
        };
    }

    fn set_objection(&mut self, id: &ItemId, phase: ObjectionPhase, now: Instant) {
        if let Some(objection) = self.objection_mut(id) {
            (objection.phase, objection.changed) = (phase, now);
        }
    }

    fn mark_overdue(&mut self, kind: DeadlineKind, item: &ItemId, now: Instant) {
        match kind {
            DeadlineKind::ObjectionAnswer => {
                if let Some(objection) = self.objection_mut(item)
                    && let ObjectionPhase::Filed { overdue, .. } = &mut objection.phase
                {
                    (*overdue, objection.answered, objection.changed) = (true, AnswerTiming::Late, now);
                }
            }
            DeadlineKind::ChallengeAnswer => {
                self.change_challenge(item, now, |challenge| challenge.overdue = true);
            }
            DeadlineKind::BidOpening => {
                if let Some(lot) = self.lot_called_mut(item)
                    && let LotPhase::Waiting { overdue } = &mut lot.phase
                {
                    (*overdue, lot.opened_late, lot.changed) = (true, true, Some(now));
                }
            }
        }
    }

    /// Every period that was running when the suspension began moves by its time.
    fn extend_windows(&mut self, since: Instant, now: Instant, law: Law<'_>) {
        let millis = now.millis() - since.millis();
        let extend = |running: &mut Running| {
            if !law.is_over(*running, since) {
                *running = running.moved(millis);
            }
        };
        if let (Phase::Preannounced { .. }, Some(window)) = (&self.phase, &mut self.window) {
            extend(window);
        }
        for objection in &mut self.objections {
            match &mut objection.phase {
                ObjectionPhase::Filed { answer: running, .. }
                | ObjectionPhase::Answered { escalation: running, .. } => extend(running),
                ObjectionPhase::Escalated | ObjectionPhase::Ruled(_) | ObjectionPhase::Withdrawn => {}
            }
        }
        for lot in &mut self.lots {
            if let LotPhase::Candidates { window } = &mut lot.phase {
                extend(window);
            }
            lot.challenges
                .iter_mut()
                .filter(|challenge| challenge.answer.is_none())
                .for_each(|challenge| extend(&mut challenge.period));
        }
    }

    /// An escalation, a ruling or a supervisor's tip may come after the clearance: then the call waits again.
    pub(super) fn wait_if_unsettled(&mut self) {
        if self.phase == Phase::Cleared && (self.revision_required || !self.open_objections().is_empty()) {
            self.phase = Phase::Preannounced { waiting: true };
        }
    }

    /// Days that were still to come when the tender was suspended move by as many days as it was.
    fn extend_days(&mut self, since: Instant, now: Instant) {
        let days = (now.shanghai_day() - since.shanghai_day()).num_days().unsigned_abs();
        for due in [&mut self.bid_deadline, &mut self.open].into_iter().flatten() {
            if !due.is_over(since) {
                *due = due.plus_days(days);
            }
        }
    }
}
