//! What an accepted act makes of a deposit. What it posts is asked before anything changes.

use super::super::interest::{BalanceStep, product};
use super::super::{Act, BankNature, BankReceipt, DepositNotice, RefundApproval, RefundOutcome, SchemePublication};
use super::timers::Awaited;
use super::{
    ClockState, DepositBook, DepositState, HoldState, ReceiptState, RefundPhase, RefundState, SchemeState,
    UnallocatedFate, UnallocatedState, day_begins, day_of, end_of, refund_sums, renewed_sums,
};
use crate::act::Place;
use crate::calendar::Period;
use crate::field::{Day, ItemId};
use crate::law::{DepositKind, Law, Running};
use std::collections::{BTreeMap, BTreeSet};

impl DepositBook {
    pub(super) fn fold(&mut self, act: &Act, place: &Place, law: Law<'_>) {
        let lines = self.postings(act);
        // One that `decide` would have refused moves nothing.
        if !lines.is_empty() && self.book.try_lines(&lines).is_err() {
            return;
        }
        let taken = if let Act::EntryReversed(reversal) = act { self.own_voucher(reversal) } else { None };
        self.note_entered(act, &lines, place);
        self.note_step(act, &lines, place);
        self.note_assessed(act, place);
        let counting = self.counting(act, &lines, place);
        match act {
            Act::EntryReversed(reversal) => self.take_entry_back(reversal),
            Act::SchemePublished(scheme) => self.publish(scheme, place),
            Act::Announced(notice) => self.add(DepositState::announced(notice, place)),
            Act::StatementReconciled(act) => self.reconcile(act, place),
            Act::OpenItemResolved(act) => self.resolve(act, place),
            Act::ReconciliationWithdrawn(act) => self.withdraw(act, place),
            act if act.deposit().is_some() => self.fold_deposit(act, place, law),
            act => self.fold_bank(act, place, law),
        }
        if !lines.is_empty() {
            let _ = self.book.post(&lines);
            self.note_custody(&lines, place);
        }
        self.counted(counting);
        self.watch_own_costs(act, &lines, taken, place, law);
        // Interest is allocated to deposits that the act does not name.
        let moved = lines.iter().filter_map(|line| line.account.deposit().cloned());
        for id in moved.chain(act.deposit().cloned()).collect::<BTreeSet<_>>() {
            self.watch_refund(&id, place, law);
        }
        for id in act.deposit().into_iter().chain(act.part()) {
            self.watch_cover(id, place, law);
            self.watch_counted(id, place, law);
        }
    }

    fn publish(&mut self, scheme: &SchemePublication, place: &Place) {
        let publication = scheme.clone();
        let known = self.schemes.entry(scheme.id.clone());
        known
            .and_modify(|known| known.publication = publication.clone())
            .or_insert(SchemeState { publication, entry: place.index });
    }

    /// What is of no deposit.
    fn fold_bank(&mut self, act: &Act, place: &Place, law: Law<'_>) {
        match act {
            Act::BankEntered(entry) => {
                self.references.insert(entry.reference.as_str());
                match (&entry.nature, &entry.approval) {
                    (BankNature::PooledInterest, _) => self.pool(entry),
                    (BankNature::OwnFundsReturned, Some(approval)) => self.return_own_funds(approval, entry),
                    _ => {}
                }
            }
            Act::UnallocatedReceived(receipt) => {
                self.references.insert(receipt.reference.as_str());
                let state = UnallocatedState {
                    bank: receipt.bank.clone(),
                    amount: receipt.amount,
                    value_date: receipt.value_date,
                    account: receipt.account.clone(),
                    entered_by: place.kid,
                    fate: UnallocatedFate::Open,
                    entry: place.index,
                };
                self.unallocated.insert(receipt.reference.as_str().into(), state);
            }
            Act::UnallocatedReturned(back) => {
                self.references.insert(back.reference.as_str());
                self.move_unallocated(back.receipt.as_str(), UnallocatedFate::Returned);
            }
            Act::InterestAllocated(allocation) => self.allocate(allocation, place, law),
            Act::DifferenceOpened(opening) => self.open_difference(opening, place),
            Act::DifferenceCleared(clearing) => {
                if let Some(difference) = self.differences.get_mut(&clearing.difference) {
                    difference.is_cleared = true;
                }
            }
            Act::OwnCostsOverdue(overdue) => self.own_costs_are_overdue(overdue, place),
            Act::OwnFundsApproved(approval) => self.approve_own_funds(approval, place),
            _ => {}
        }
    }

    pub(super) fn move_unallocated(&mut self, reference: &str, fate: UnallocatedFate) {
        if let Some(of) = self.unallocated.get_mut(reference) {
            of.fate = fate;
        }
    }

    fn fold_deposit(&mut self, act: &Act, place: &Place, law: Law<'_>) {
        let Some(id) = act.deposit().cloned() else { return };
        match act {
            Act::Received(receipt) => self.receive(&id, receipt, place),
            Act::UnallocatedClaimed(claim) => {
                if let Some(receipt) = self.claimed(claim) {
                    self.receive(&id, &receipt, place);
                    self.move_unallocated(claim.reference.as_str(), UnallocatedFate::Claimed);
                }
            }
            Act::ReceiptReversed(reversal) => self.take_back(&id, reversal.reference.as_str(), law),
            Act::InterestCapitalised(act) => self.with(&id, |deposit| {
                let change_minor = act.amount.amount_minor;
                deposit.steps.push(BalanceStep { day: day_of(place), change_minor });
                deposit.allocated_minor -= change_minor;
                deposit.capitalised_minor += change_minor;
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
            Act::RefundInstructed(instruction) => {
                self.with(&id, |deposit| {
                    if let Some(refund) = deposit.refunds.get_mut(&instruction.refund) {
                        (refund.phase, refund.instructed) = (RefundPhase::Instructed, Some(day_of(place)));
                        refund.settled_by = None;
                    }
                });
                self.counted_for_good(&id, &instruction.refund, law);
            }
            Act::RefundSettled(settlement) => {
                self.references.insert(settlement.reference.as_str());
                let day = settlement.value_date;
                let is_there = settlement.outcome == RefundOutcome::Confirmed;
                let counted_late = if is_there { self.count_refund(&id, day, law) } else { None };
                self.with(&id, |deposit| {
                    if let Some(refund) = deposit.refunds.get_mut(&settlement.refund) {
                        refund.settle(settlement.outcome, settlement.reference.as_str(), day, counted_late);
                    }
                });
            }
            act => self.fold_forfeiture(&id, act, place, law),
        }
    }

    pub(super) fn with(&mut self, id: &ItemId, change: impl FnOnce(&mut DepositState)) {
        if let Some(deposit) = self.deposits.get_mut(id) {
            change(deposit);
        }
    }

    fn receive(&mut self, id: &ItemId, receipt: &BankReceipt, place: &Place) {
        self.references.insert(receipt.reference.as_str());
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
                topup: deposit.topup,
                was_whole: deposit.was_whole,
                is_reversed: false,
            });
            deposit.steps.push(BalanceStep { day: receipt.value_date, change_minor: receipt.amount.amount_minor });
        });
        self.count_backdated(id, receipt.value_date, receipt.amount.amount_minor);
    }

    /// What was claimed waits for whose it is again.
    fn take_back(&mut self, id: &ItemId, reference: &str, law: Law<'_>) {
        let Some(deposit) = self.deposits.get_mut(id) else { return };
        let found = deposit.receipts.iter_mut().rev().find(|known| *known.reference == *reference);
        let Some(receipt) = found else { return };
        receipt.is_reversed = true;
        let (day, change_minor) = (receipt.value_date, -(receipt.available_minor + receipt.excess_minor));
        let (topup, was_whole, voucher) = (receipt.topup, receipt.was_whole, receipt.voucher);
        deposit.steps.push(BalanceStep { day, change_minor });
        if !law.edition().deposits.guards.entries.is_silent() {
            // What came in since would have made it whole.
            deposit.was_whole &= was_whole || deposit.receipts.iter().any(|of| !of.is_reversed && of.voucher > voucher);
            self.demand_again(id, topup);
        }
        if !law.edition().deposits.guards.reversal.is_silent() {
            self.count_backdated(id, day, change_minor);
            // What nobody had claimed was entered once, and still is.
            if !self.unallocated.contains_key(reference) {
                self.references.remove(reference);
            }
        }
        self.move_unallocated(reference, UnallocatedFate::Open);
    }

    /// What bears interest from a day up to which it was counted already: the difference is added, nothing is edited.
    pub(super) fn count_backdated(&mut self, id: &ItemId, from: Day, amount_minor: i64) {
        let Some(deposit) = self.deposits.get(id) else { return };
        let Some(counted) = deposit.counted_to.filter(|counted| from < *counted) else { return };
        let rates = self.schemes.get(&deposit.scheme).map(SchemeState::rates).unwrap_or_default();
        let more = product(amount_minor, rates, from, counted);
        self.with(id, |deposit| {
            deposit.carry += more;
            deposit.note_backdated(BalanceStep { day: from, change_minor: amount_minor }, more);
        });
    }

    /// A hold lets go of so much, at most of what it has.
    pub(super) fn lessen(&mut self, id: &ItemId, hold: &ItemId, amount_minor: i64) {
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
        self.note_due(id);
        self.with(id, |deposit| deposit.clock = Some(clock));
    }

    /// What has come back to a deposit has its whole time again, where all the rest was gone.
    pub(super) fn restart_clock(&mut self, id: &ItemId, place: &Place) {
        let Some(deposit) = self.deposits.get_mut(id) else { return };
        let Some(clock) = deposit.clock else { return };
        match deposit.unsettled_minor(&self.book) {
            0 => {}
            left if left == deposit.allocated_minor => return deposit.note_kept_clock(),
            _ => return,
        }
        self.timers.stop(clock.running, &deposit.awaited_refund());
        let running = Running::new(day_begins(day_of(place)), clock.running.period);
        (deposit.clock, deposit.overdue) = (Some(ClockState { running, ..clock }), None);
    }

    pub(super) fn kind_of<'l>(&self, id: &ItemId, law: Law<'l>) -> Option<&'l DepositKind> {
        let kind = self.schemes.get(&self.deposits.get(id)?.scheme)?.kind();
        law.edition().deposits.kinds.iter().find(|known| known.id == *kind)
    }

    fn approve(&mut self, id: &ItemId, approval: &RefundApproval, place: &Place, law: Law<'_>) {
        let (kind, day, amount) = (self.kind_of(id, law), approval.value_date, approval.amount.amount_minor);
        let Some(deposit) = self.deposits.get(id) else { return };
        if let Some(before) = deposit.refunds.get(&approval.id) {
            let carry = renewed_sums(self, deposit, before, kind, day, law).carry;
            self.with(id, |deposit| deposit.renew(approval, carry, place));
            return;
        }
        let carry = refund_sums(self, deposit, kind, amount, day, law).carry;
        self.with(id, |deposit| {
            deposit.carry = carry;
            deposit.allocated_minor = 0;
            deposit.charged_to = Some(day);
            deposit.count_to(day);
            deposit.steps.push(BalanceStep { day, change_minor: -amount });
            let state = RefundState {
                principal_minor: amount,
                interest_minor: approval.interest_minor,
                overdue_minor: approval.overdue_minor,
                value_date: day,
                approved_by: place.kid,
                phase: RefundPhase::Approved,
                instructed: None,
                arrived: None,
                settled_by: None,
                counted_late: None,
            };
            deposit.refunds.insert(approval.id.clone(), state);
        });
    }

    /// Whether it was late; nothing where what was too much went back before anything was due.
    fn count_refund(&mut self, id: &ItemId, arrived: Day, law: Law<'_>) -> Option<bool> {
        let is_late = self.deposits.get(id)?.due_day(law)? < arrived;
        self.counts_of_refunds(id, is_late).into_iter().flatten().for_each(|count| *count += 1);
        Some(is_late)
    }

    /// Where a deposit and the book count refunds that were late, or in time.
    pub(super) fn counts_of_refunds(&mut self, id: &ItemId, is_late: bool) -> Option<[&mut u64; 2]> {
        let deposit = self.deposits.get_mut(id)?;
        Some(if is_late {
            [&mut deposit.refunds_late, &mut self.refunds_late]
        } else {
            [&mut deposit.refunds_in_time, &mut self.refunds_in_time]
        })
    }

    /// Its refund is waited for while its clock runs and something is to go back.
    fn watch_refund(&mut self, id: &ItemId, place: &Place, law: Law<'_>) {
        let Some(deposit) = self.deposits.get_mut(id) else { return };
        deposit.last_entry = place.index;
        deposit.awaits_held = !law.edition().deposits.guards.held.is_silent();
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

impl DepositState {
    /// A refund that did not go out goes out later, with what has come on top meanwhile.
    fn renew(&mut self, approval: &RefundApproval, carry: i128, place: &Place) {
        self.carry = carry;
        self.charged_to = self.charged_to.max(Some(approval.value_date));
        if let Some(refund) = self.refunds.get_mut(&approval.id) {
            (refund.interest_minor, refund.overdue_minor) = (approval.interest_minor, approval.overdue_minor);
            (refund.value_date, refund.approved_by) = (approval.value_date, place.kid);
            refund.settled_by = None;
        }
    }

    fn announced(notice: &DepositNotice, place: &Place) -> Self {
        Self {
            id: notice.id.clone(),
            scheme: notice.scheme.clone(),
            payer: notice.payer.clone(),
            bidder: notice.payer.clone(),
            part: None,
            passed_minor: 0,
            secures: notice.secures.clone(),
            procurement: notice.procurement.clone(),
            currency: notice.required.currency,
            base_minor: notice.base.amount_minor,
            required_minor: notice.required.amount_minor,
            asked_minor: notice.required.amount_minor,
            score: notice.score,
            assessed: place.time,
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
            allocated_minor: 0,
            capitalised_minor: 0,
            clock: None,
            charged_to: None,
            overdue: None,
            awaits_held: false,
            refunds_in_time: 0,
            refunds_late: 0,
            was_whole: false,
            topup: None,
            surplus: None,
            unclaimed: None,
            steps_unclaimed: Vec::new(),
            counted_steps: Vec::new(),
            counted_stands: 0,
            last_entry: place.index,
        }
    }
}
