//! What an accepted act makes of a tender.

use super::super::{
    Act, Adoption, AnswerOutcome, CandidatePublication, Clause, DeadlineKind, Preannouncement, RulingOutcome,
};
use super::{
    CandidateState, ChallengeState, ClauseState, Finding, LotPhase, LotState, ObjectionPhase, ObjectionState, Phase,
    Tender, Verdict, clause_changes,
};
use crate::act::Place;
use crate::field::{Day, Instant, ItemId, LotId};
use crate::law::{Law, Running};

impl Tender {
    pub(super) fn preannounced(disclosed: &Preannouncement, now: Instant) -> Self {
        Self {
            version: 0,
            phase: Phase::Preannounced { waiting: false },
            window: Some(disclosed.windows.objection.begins(now)),
            disclosure: 1,
            title: disclosed.title.as_str().into(),
            centre: disclosed.centre.clone(),
            procuring_unit: disclosed.procuring_unit.clone(),
            nature: disclosed.nature,
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
            open_day: Some(disclosed.planned.open),
            lots: disclosed.lots.iter().map(LotState::new).collect(),
            first_time: now,
            last_time: now,
        }
    }

    pub(super) fn adopted(adoption: &Adoption, now: Instant) -> Self {
        Self {
            version: 0,
            phase: Phase::Announced,
            window: None,
            disclosure: 0,
            title: adoption.title.as_str().into(),
            centre: adoption.centre.clone(),
            procuring_unit: adoption.procuring_unit.clone(),
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
            open_day: None,
            // Its bids were opened elsewhere, too.
            lots: adoption.lots.iter().map(|lot| LotState { phase: LotPhase::Opened, ..LotState::new(lot) }).collect(),
            first_time: now,
            last_time: now,
        }
    }

    fn open_window(&mut self, now: Instant) {
        self.window = Some(self.windows.objection.begins(now));
        self.phase = Phase::Preannounced { waiting: false };
    }

    pub(super) fn fold(&mut self, act: &Act, place: &Place, law: Law<'_>) {
        let now = place.time;
        match act {
            // Made above.
            Act::Preannounced(_) | Act::Adopted(_) => {}
            Act::Revised(revision) => self.revise(&revision.preannouncement, now),
            Act::Objected(objection) => {
                let phase = ObjectionPhase::Filed { answer: self.windows.answer.begins(now), overdue: false };
                self.objections.push(ObjectionState { id: objection.id.clone(), by: place.author.clone(), phase });
            }
            Act::ObjectionAnswered(answer) => {
                // The end of a suspension adds all of it; a window that begins within has only the rest to come.
                let past = self.suspended_since.map_or(0, |since| now.millis() - since.millis());
                let escalation = self.windows.escalation.begins(now).moved(-past);
                let outcome = answer.outcome;
                self.set_objection(&answer.objection, ObjectionPhase::Answered { outcome, escalation });
                self.revision_required |= outcome != AnswerOutcome::Rejected;
            }
            Act::ObjectionEscalated(escalation) => self.set_objection(&escalation.objection, ObjectionPhase::Escalated),
            Act::ObjectionRuled(ruling) => {
                self.set_objection(&ruling.objection, ObjectionPhase::Ruled(ruling.outcome));
                self.revision_required |= ruling.outcome == RulingOutcome::Upheld;
            }
            Act::ObjectionWithdrawn(withdrawal) => {
                self.set_objection(&withdrawal.objection, ObjectionPhase::Withdrawn);
            }
            Act::WindowClosed(_) => {
                if let Phase::Preannounced { waiting } = &mut self.phase {
                    *waiting = true;
                }
            }
            Act::Cleared(_) => self.phase = Phase::Cleared,
            Act::Announced(announcement) => {
                let clauses = ClauseState::of(&announcement.clauses, &announcement.score_table);
                let reopens = clause_changes(&self.clauses, &clauses).iter().any(|change| change.material);
                if self.clauses != clauses {
                    self.disclosure += 1;
                    self.clauses = clauses;
                }
                self.bid_deadline = Some(announcement.bid_deadline);
                self.open_day = Some(announcement.open);
                if reopens {
                    self.open_window(now);
                } else {
                    self.phase = Phase::Announced;
                }
            }
            Act::Clarified(_) => {}
            Act::Amended(amendment) => {
                for clause in &amendment.clauses {
                    self.amend_clause(clause);
                }
                if let Some(deadline) = amendment.bid_deadline {
                    self.bid_deadline = Some(deadline);
                    // Bids are opened when the time for them is over (招标投标法 art. 34).
                    self.open_day = self.open_day.max(Some(deadline));
                }
            }
            Act::BidsOpened(opening) => self.set_lot(&opening.lot, LotPhase::Opened),
            Act::Suspended(_) => self.suspended_since = Some(now),
            Act::Resumed(_) => {
                if let Some(since) = self.suspended_since.take() {
                    self.extend_windows(since, now, law);
                    self.extend_days(since, now);
                }
            }
            Act::Terminated(_) => {
                self.phase = Phase::Terminated;
                self.suspended_since = None;
            }
            Act::Failed(failure) => {
                if let Some(lot) = self.lot_mut(&failure.lot) {
                    // An award that fell through is none.
                    (lot.phase, lot.winner, lot.price) = (LotPhase::Failed, None, None);
                }
            }
            Act::DeadlinePassed(deadline) => self.mark_overdue(deadline.kind, &deadline.item),
            Act::CandidatesPublished(publication) => self.publish_candidates(publication, now),
            Act::Challenged(challenge) => {
                let period = self.windows.answer.begins(now);
                if let Some(lot) = self.lot_mut(&challenge.lot) {
                    lot.challenges.push(ChallengeState {
                        id: challenge.id.clone(),
                        by: place.author.clone(),
                        candidate: challenge.candidate.clone(),
                        claim: challenge.claim.clone(),
                        period,
                        overdue: false,
                        answer: None,
                    });
                }
            }
            Act::ChallengeAnswered(answer) => {
                let lot = self.lot_mut(&answer.lot);
                if let Some(c) = lot.and_then(|lot| lot.challenges.iter_mut().find(|c| c.id == answer.challenge)) {
                    c.answer = Some(answer.outcome);
                }
            }
            Act::ClaimVerified(found) => {
                self.find(&found.lot, &found.candidate, &found.claim, Verdict::Verified, place);
            }
            Act::ClaimRefuted(found) => {
                self.find(&found.lot, &found.candidate, &found.claim, Verdict::Refuted, place);
            }
            Act::Awarded(award) => {
                if let Some(lot) = self.lot_mut(&award.lot) {
                    lot.phase = LotPhase::Awarded;
                    lot.winner = Some(award.candidate.clone());
                    lot.price = Some(award.price.clone());
                }
            }
            Act::ContractPublished(contract) => {
                if let Some(lot) = self.lot_mut(&contract.lot) {
                    lot.phase = LotPhase::Contracted;
                    lot.price = Some(contract.price.clone());
                }
            }
            Act::ContractAmended(amendment) => {
                if let (Some(lot), Some(price)) = (self.lot_mut(&amendment.lot), &amendment.price) {
                    lot.price = Some(price.clone());
                }
            }
            Act::ContractAccepted(acceptance) => {
                if acceptance.passed {
                    self.set_lot(&acceptance.lot, LotPhase::Accepted);
                }
            }
            Act::Closed(_) => self.phase = Phase::Closed,
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
            disclosure: self.disclosure + 1,
            objections: std::mem::take(&mut self.objections),
            first_time: self.first_time,
            suspended_since: self.suspended_since,
            revision_required: self.revision_required && !reopens,
            ..revised
        };
    }

    fn amend_clause(&mut self, amended: &Clause) {
        if let Some(clause) = self.clauses.iter_mut().find(|clause| clause.id == amended.id) {
            *clause = ClauseState::of_clause(amended);
        }
    }

    fn set_objection(&mut self, id: &ItemId, phase: ObjectionPhase) {
        if let Some(objection) = self.objections.iter_mut().find(|objection| objection.id == *id) {
            objection.phase = phase;
        }
    }

    fn set_lot(&mut self, id: &LotId, phase: LotPhase) {
        if let Some(lot) = self.lot_mut(id) {
            lot.phase = phase;
        }
    }

    fn mark_overdue(&mut self, kind: DeadlineKind, item: &ItemId) {
        match kind {
            DeadlineKind::ObjectionAnswer => {
                let objection = self.objections.iter_mut().find(|objection| objection.id == *item);
                if let Some(ObjectionState { phase: ObjectionPhase::Filed { overdue, .. }, .. }) = objection {
                    *overdue = true;
                }
            }
            DeadlineKind::ChallengeAnswer => {
                let mut challenges = self.lots.iter_mut().flat_map(|lot| &mut lot.challenges);
                if let Some(challenge) = challenges.find(|challenge| challenge.id == *item) {
                    challenge.overdue = true;
                }
            }
            DeadlineKind::BidOpening => {
                let lot = self.lots.iter_mut().find(|lot| lot.id.as_str() == item.as_str());
                if let Some(LotState { phase: LotPhase::Waiting { overdue }, .. }) = lot {
                    *overdue = true;
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
        let days = now.shanghai_day() - since.shanghai_day();
        for day in [&mut self.bid_deadline, &mut self.open_day].into_iter().flatten() {
            if day.date() >= since.shanghai_day() {
                *day = day.date().checked_add_signed(days).map_or(*day, Day::from);
            }
        }
    }

    fn publish_candidates(&mut self, publication: &CandidatePublication, now: Instant) {
        let window = self.windows.candidates.begins(now);
        let Some(lot) = self.lot_mut(&publication.lot) else { return };
        lot.phase = LotPhase::Candidates { window };
        let earlier = std::mem::take(&mut lot.candidates);
        lot.candidates = publication.candidates.iter().map(CandidateState::of).collect();
        lot.candidates.iter_mut().for_each(|candidate| candidate.inherit(&earlier));
    }

    fn find(&mut self, lot: &LotId, candidate: &ItemId, claim: &ItemId, verdict: Verdict, place: &Place) {
        if let Some(candidate) = self.lot_mut(lot).and_then(|lot| lot.candidate_mut(candidate)) {
            candidate.found(claim, Finding { verdict, by: place.author.clone() });
        }
    }
}
