//! What an accepted act makes of a deposit. What it posts is asked before anything changes.

use super::super::interest::{BalanceStep, product};
use super::super::{
    Act, BankReceipt, DepositNotice, Forfeiture, ForfeitureOutcome, GuaranteeCheck, RefundApproval, RefundOutcome,
    SchemePublication,
};
use super::timers::Awaited;
use super::{
    ClockState, DepositBook, DepositState, ForfeiturePhase, ForfeitureState, GuaranteePhase, GuaranteeState, HoldState,
    ReceiptState, RefundPhase, RefundState, SchemeState, refund_sums,
};
use crate::act::Place;
use crate::calendar::Period;
use crate::field::{Day, Instant, ItemId};
use crate::law::{DepositKind, ForfeitTo, Law, Running};
use std::collections::BTreeMap;

fn day_of(place: &Place) -> Day {
    place.time.shanghai_day().into()
}

/// When a day is over.
fn end_of(day: Day) -> Instant {
    day.date().succ_opt().map_or(Instant::from_millis(i64::MAX), Instant::start_of_shanghai_day)
}

fn day_begins(day: Day) -> Instant {
    Instant::start_of_shanghai_day(day.date())
}

impl DepositBook {
    pub(super) fn fold(&mut self, act: &Act, place: &Place, law: Law<'_>) {
        let lines = self.postings(act);
        // One that `decide` would have refused moves nothing.
        if !lines.is_empty() && self.book.try_lines(&lines).is_err() {
            return;
        }
        match act {
            Act::SchemePublished(scheme) => self.publish(scheme, place),
            Act::Announced(notice) => {
                self.deposits.insert(notice.id.clone(), DepositState::announced(notice, place));
            }
            Act::BankEntered(entry) => {
                self.references.insert(entry.reference.as_str().into());
            }
            act => self.fold_deposit(act, place, law),
        }
        if !lines.is_empty() {
            let _ = self.book.post(&lines);
        }
        if let Some(id) = act.deposit() {
            self.watch_refund(&id.clone(), place);
        }
    }

    fn publish(&mut self, scheme: &SchemePublication, place: &Place) {
        let publication = scheme.clone();
        let known = self.schemes.entry(scheme.id.clone());
        known
            .and_modify(|known| known.publication = publication.clone())
            .or_insert(SchemeState { publication, entry: place.index });
    }

    fn fold_deposit(&mut self, act: &Act, place: &Place, law: Law<'_>) {
        let Some(id) = act.deposit().cloned() else { return };
        match act {
            Act::Received(receipt) => self.receive(&id, receipt, place),
            Act::ReceiptReversed(reversal) => self.with(&id, |deposit| {
                let found = deposit.receipts.iter_mut().find(|known| *known.reference == *reversal.reference.as_str());
                let Some(receipt) = found else { return };
                receipt.is_reversed = true;
                let (day, amount) = (receipt.value_date, receipt.available_minor + receipt.excess_minor);
                deposit.steps.push(BalanceStep { day, change_minor: -amount });
            }),
            Act::Held(hold) => {
                let (left_minor, until) = (hold.amount.amount_minor, hold.until);
                let state = HoldState { left_minor, claimed_minor: 0, until, entry: place.index };
                self.timers.at(end_of(until), lapse(&id, &hold.id));
                self.with(&id, |deposit| {
                    deposit.holds.insert(hold.id.clone(), state);
                });
            }
            Act::Released(release) => self.lessen(&id, &release.hold, release.amount.amount_minor),
            Act::HoldLapsed(act) => self.lessen(&id, &act.hold, i64::MAX),
            Act::RefundDue(start) => self.start_clock(&id, start, place, law),
            Act::RefundOverdue(_) => self.with(&id, |deposit| deposit.overdue = Some(place.index)),
            Act::RefundApproved(approval) => self.approve(&id, approval, place, law),
            Act::RefundInstructed(instruction) => self.with(&id, |deposit| {
                if let Some(refund) = deposit.refunds.get_mut(&instruction.refund) {
                    refund.phase = RefundPhase::Instructed;
                }
            }),
            Act::RefundSettled(settlement) => {
                self.references.insert(settlement.reference.as_str().into());
                if settlement.outcome == RefundOutcome::Confirmed {
                    self.count_refund(&id, settlement.value_date, law);
                }
                self.with(&id, |deposit| {
                    let Some(refund) = deposit.refunds.get_mut(&settlement.refund) else { return };
                    (refund.phase, refund.arrived) = match settlement.outcome {
                        RefundOutcome::Confirmed => (RefundPhase::Confirmed, Some(settlement.value_date)),
                        RefundOutcome::Bounced => (RefundPhase::Approved, None),
                    };
                });
            }
            act => self.fold_decision(&id, act, place, law),
        }
    }

    fn fold_decision(&mut self, id: &ItemId, act: &Act, place: &Place, law: Law<'_>) {
        match act {
            Act::Forfeited(forfeiture) => self.decide_forfeiture(id, forfeiture, place, law),
            Act::ForfeitureConfirmed(act) => self.confirm_forfeiture(id, &act.forfeiture, place, law),
            Act::ForfeitureAppealed(act) => {
                self.stop_appeal(id, &act.forfeiture);
                self.move_forfeiture(id, &act.forfeiture, ForfeiturePhase::Appealed);
            }
            Act::ForfeitureRuled(act) => match act.outcome {
                ForfeitureOutcome::Upheld => self.move_forfeiture(id, &act.forfeiture, ForfeiturePhase::Final),
                ForfeitureOutcome::Overturned => self.restore(id, &act.forfeiture),
            },
            Act::ForfeitureFinal(act) => {
                self.stop_appeal(id, &act.forfeiture);
                self.move_forfeiture(id, &act.forfeiture, ForfeiturePhase::Final);
            }
            Act::ForfeitureRemitted(act) => {
                self.references.insert(act.reference.as_str().into());
                self.move_forfeiture(id, &act.forfeiture, ForfeiturePhase::Remitted);
            }
            Act::GuaranteeLodged(lodging) => {
                let issuer: Box<str> = lodging.issuer.name.as_str().into();
                self.covers.insert(lodging.id.clone());
                self.guarantees.insert((issuer.clone(), lodging.number.as_str().into()));
                self.timers.at(end_of(lodging.valid_to), expiry(id, &lodging.id));
                let state = GuaranteeState {
                    form: lodging.form,
                    issuer,
                    number: lodging.number.as_str().into(),
                    amount_minor: lodging.amount.amount_minor,
                    valid_to: lodging.valid_to,
                    claim_by: lodging.claim_by,
                    lodged_by: place.kid,
                    phase: GuaranteePhase::Lodged,
                };
                self.with(id, |deposit| {
                    deposit.guarantees.insert(lodging.id.clone(), state);
                });
            }
            Act::GuaranteeVerified(act) => {
                let phase = match act.outcome {
                    GuaranteeCheck::Genuine => GuaranteePhase::Valid,
                    GuaranteeCheck::Refuted => GuaranteePhase::Refuted,
                };
                self.move_guarantee(id, &act.guarantee, phase);
            }
            Act::GuaranteeReleased(act) => self.move_guarantee(id, &act.guarantee, GuaranteePhase::Released),
            Act::GuaranteeExpired(act) => self.move_guarantee(id, &act.guarantee, GuaranteePhase::Expired),
            _ => {}
        }
    }

    fn with(&mut self, id: &ItemId, change: impl FnOnce(&mut DepositState)) {
        if let Some(deposit) = self.deposits.get_mut(id) {
            change(deposit);
        }
    }

    fn receive(&mut self, id: &ItemId, receipt: &BankReceipt, place: &Place) {
        self.references.insert(receipt.reference.as_str().into());
        let voucher = self.book.vouchers() + 1;
        let Some(deposit) = self.deposits.get(id) else { return };
        let available_minor = deposit.covering_minor(receipt, &self.book);
        let excess_minor = receipt.amount.amount_minor - available_minor;
        self.with(id, |deposit| {
            deposit.receipts.push(ReceiptState {
                reference: receipt.reference.as_str().into(),
                available_minor,
                excess_minor,
                value_date: receipt.value_date,
                entered_by: place.kid,
                voucher,
                is_reversed: false,
            });
            deposit.steps.push(BalanceStep { day: receipt.value_date, change_minor: receipt.amount.amount_minor });
        });
        self.count_backdated(id, receipt.value_date, receipt.amount.amount_minor);
    }

    /// What bears interest from a day up to which it was counted already: the difference is added, nothing is edited.
    fn count_backdated(&mut self, id: &ItemId, from: Day, amount_minor: i64) {
        let Some(deposit) = self.deposits.get(id) else { return };
        let Some(counted) = deposit.counted_to.filter(|counted| from < *counted) else { return };
        let rates = self.schemes.get(&deposit.scheme).map(SchemeState::rates).unwrap_or_default();
        let more = product(amount_minor, rates, from, counted);
        self.with(id, |deposit| deposit.carry += more);
    }

    /// A hold lets go of so much, at most of what it has.
    fn lessen(&mut self, id: &ItemId, hold: &ItemId, amount_minor: i64) {
        let Some(state) = self.deposits.get_mut(id).and_then(|deposit| deposit.holds.get_mut(hold)) else { return };
        state.left_minor -= amount_minor.min(state.left_minor);
        state.claimed_minor = state.claimed_minor.min(state.left_minor);
        if state.left_minor == 0 {
            let until = state.until;
            self.timers.not_at(end_of(until), lapse(id, hold));
        }
    }

    fn start_clock(&mut self, id: &ItemId, start: &super::super::RefundClockStart, place: &Place, law: Law<'_>) {
        let kind = self.kind_of(id, law);
        let own = self.deposits.get(id).and_then(|deposit| self.schemes.get(&deposit.scheme));
        let own = own.and_then(|scheme| scheme.publication.refund_days).map(Period::Days);
        let period = kind.and_then(|kind| kind.refund.period()).or(own).unwrap_or(Period::Days(0));
        let running = Running::new(day_begins(start.day), period);
        let clock = ClockState { event: start.event, day: start.day, running, entry: place.index };
        self.with(id, |deposit| deposit.clock = Some(clock));
    }

    fn kind_of<'l>(&self, id: &ItemId, law: Law<'l>) -> Option<&'l DepositKind> {
        let kind = self.schemes.get(&self.deposits.get(id)?.scheme)?.kind();
        law.edition().deposits.kinds.iter().find(|known| known.id == *kind)
    }

    fn approve(&mut self, id: &ItemId, approval: &RefundApproval, place: &Place, law: Law<'_>) {
        let (kind, day, amount) = (self.kind_of(id, law), approval.value_date, approval.amount.amount_minor);
        let Some(deposit) = self.deposits.get(id) else { return };
        let carry = refund_sums(self, deposit, kind, amount, day, law).carry;
        self.with(id, |deposit| {
            deposit.carry = carry;
            deposit.counted_to = Some(day);
            deposit.charged_to = Some(day);
            let (before, mut later): (Vec<_>, Vec<_>) = deposit.steps.iter().partition(|step| step.day <= day);
            later.push(BalanceStep { day, change_minor: -amount });
            let standing = before.iter().map(|step: &BalanceStep| step.change_minor).sum();
            later.insert(0, BalanceStep { day, change_minor: standing });
            deposit.steps = later;
            let state = RefundState {
                principal_minor: amount,
                interest_minor: approval.interest_minor,
                overdue_minor: approval.overdue_minor,
                value_date: day,
                approved_by: place.kid,
                phase: RefundPhase::Approved,
                arrived: None,
            };
            deposit.refunds.insert(approval.id.clone(), state);
        });
    }

    fn count_refund(&mut self, id: &ItemId, arrived: Day, law: Law<'_>) {
        let due = self.deposits.get(id).and_then(|deposit| deposit.due_day(law));
        match due {
            Some(due) if due < arrived => self.refunds_late += 1,
            Some(_) => self.refunds_in_time += 1,
            // What was too much went back before anything was due.
            None => {}
        }
    }

    fn decide_forfeiture(&mut self, id: &ItemId, forfeiture: &Forfeiture, place: &Place, law: Law<'_>) {
        let ground = self.kind_of(id, law).and_then(|kind| kind.ground(&forfeiture.ground));
        let state = ForfeitureState {
            hold: forfeiture.hold.clone(),
            amount_minor: forfeiture.amount.amount_minor,
            ground: forfeiture.ground.clone(),
            to: ground.map_or(ForfeitTo::Treasury, |ground| ground.to),
            decided_by: place.kid,
            phase: ForfeiturePhase::Decided,
            appeal: None,
        };
        self.with(id, |deposit| {
            if let Some(hold) = deposit.holds.get_mut(&forfeiture.hold) {
                hold.claimed_minor += state.amount_minor;
            }
            deposit.forfeitures.insert(forfeiture.id.clone(), state);
        });
    }

    fn confirm_forfeiture(&mut self, id: &ItemId, forfeiture: &ItemId, place: &Place, law: Law<'_>) {
        let running = Running::new(day_begins(day_of(place)), law.edition().deposits.appeal.period());
        let Some(deposit) = self.deposits.get_mut(id) else { return };
        let Some(state) = deposit.forfeitures.get_mut(forfeiture) else { return };
        (state.phase, state.appeal) = (ForfeiturePhase::Appealable, Some(running));
        let (hold, amount) = (state.hold.clone(), state.amount_minor);
        deposit.steps.push(BalanceStep { day: day_of(place), change_minor: -amount });
        if let Some(hold) = deposit.holds.get_mut(&hold) {
            hold.claimed_minor -= amount;
        }
        self.lessen(id, &hold, amount);
        self.timers.run(running, last(id, forfeiture));
    }

    fn move_forfeiture(&mut self, id: &ItemId, forfeiture: &ItemId, phase: ForfeiturePhase) {
        self.with(id, |deposit| {
            if let Some(state) = deposit.forfeitures.get_mut(forfeiture) {
                state.phase = phase;
            }
        });
    }

    fn stop_appeal(&mut self, id: &ItemId, forfeiture: &ItemId) {
        let running = self.deposits.get(id).and_then(|deposit| deposit.forfeitures.get(forfeiture)?.appeal);
        if let Some(running) = running {
            self.timers.stop(running, &last(id, forfeiture));
        }
    }

    /// It is there again as if it had never been set aside: with interest from that day on.
    fn restore(&mut self, id: &ItemId, forfeiture: &ItemId) {
        self.move_forfeiture(id, forfeiture, ForfeiturePhase::Overturned);
        let Some(state) = self.deposits.get(id).and_then(|deposit| deposit.forfeitures.get(forfeiture)) else { return };
        let Some(running) = state.appeal else { return };
        let (day, amount): (Day, i64) = (running.since.shanghai_day().into(), state.amount_minor);
        self.with(id, |deposit| deposit.steps.push(BalanceStep { day, change_minor: amount }));
        self.count_backdated(id, day, amount);
    }

    fn move_guarantee(&mut self, id: &ItemId, guarantee: &ItemId, phase: GuaranteePhase) {
        let Some(state) = self.deposits.get_mut(id).and_then(|deposit| deposit.guarantees.get_mut(guarantee)) else {
            return;
        };
        state.phase = phase;
        let valid_to = state.valid_to;
        if phase != GuaranteePhase::Valid {
            self.timers.not_at(end_of(valid_to), expiry(id, guarantee));
        }
    }

    /// Its refund is waited for while its clock runs and something is to go back.
    fn watch_refund(&mut self, id: &ItemId, place: &Place) {
        let Some(deposit) = self.deposits.get_mut(id) else { return };
        deposit.last_entry = place.index;
        let Some(clock) = deposit.clock else { return };
        let awaited = deposit.awaited_refund();
        if deposit.overdue.is_none() && deposit.unsettled_minor(&self.book) > 0 {
            self.timers.run(clock.running, awaited);
        } else {
            self.timers.stop(clock.running, &awaited);
        }
        if deposit.overdue.is_some() && deposit.unsettled_minor(&self.book) > 0 {
            self.overdue.insert(id.clone());
        } else {
            self.overdue.remove(id);
        }
    }
}

fn lapse(deposit: &ItemId, hold: &ItemId) -> Awaited {
    Awaited::HoldLapse { deposit: deposit.clone(), hold: hold.clone() }
}

fn expiry(deposit: &ItemId, guarantee: &ItemId) -> Awaited {
    Awaited::GuaranteeExpiry { deposit: deposit.clone(), guarantee: guarantee.clone() }
}

fn last(deposit: &ItemId, forfeiture: &ItemId) -> Awaited {
    Awaited::ForfeitureFinal { deposit: deposit.clone(), forfeiture: forfeiture.clone() }
}

impl DepositState {
    fn announced(notice: &DepositNotice, place: &Place) -> Self {
        Self {
            id: notice.id.clone(),
            scheme: notice.scheme.clone(),
            payer: notice.payer.clone(),
            secures: notice.secures.clone(),
            currency: notice.required.currency,
            base_minor: notice.base.amount_minor,
            required_minor: notice.required.amount_minor,
            bank: notice.bank.clone(),
            pay_by: notice.pay_by,
            entry: place.index,
            announced: place.time,
            receipts: Vec::new(),
            holds: BTreeMap::new(),
            refunds: BTreeMap::new(),
            forfeitures: BTreeMap::new(),
            guarantees: BTreeMap::new(),
            steps: Vec::new(),
            counted_to: None,
            carry: 0,
            clock: None,
            charged_to: None,
            overdue: None,
            last_entry: place.index,
        }
    }
}
