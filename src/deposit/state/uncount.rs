//! What counted a deposit's interest or paid it is taken back: as if it had never been entered.

use super::super::book::Heading;
use super::super::interest::{BalanceStep, DatedRate, product};
use super::counted::{Counted, CountedStep, OwnCounted};
use super::{DepositBook, DepositState, SchemeState, SurplusState};
use crate::field::ItemId;

impl DepositState {
    /// Interest is counted up to where it was before the last step, and what came since stands behind.
    fn uncount(&mut self, step: CountedStep, rates: &[DatedRate]) {
        let since: Vec<BalanceStep> = self.steps.get(step.known..).unwrap_or_default().to_vec();
        self.carry += step.own().map_or(0, |own| own.carry);
        (self.steps, self.counted_to) = (step.steps.into_vec(), step.counted_to);
        self.steps.extend(since);
        let would = |of: &BalanceStep| {
            let counted = step.counted_to.filter(|counted| of.day < *counted);
            counted.map(|counted| product(of.change_minor, rates, of.day, counted))
        };
        for (of, added) in step.backdated {
            let right = would(&of);
            self.carry += right.unwrap_or_default() - added;
            if let (Some(right), Some(before)) = (right, self.counted_steps.last_mut()) {
                before.backdated.push((of, right));
            }
        }
    }
}

impl DepositBook {
    /// As if the last step of one deposit had not been entered.
    pub(super) fn take_counted_back(&mut self, id: &ItemId) {
        let Some(deposit) = self.deposits.get_mut(id) else { return };
        let rates = self.schemes.get(&deposit.scheme).map(SchemeState::rates).unwrap_or_default();
        let Some(step) = deposit.counted_steps.pop() else { return };
        let Some(own) = step.own().cloned() else { return };
        match own.what {
            OwnCounted::Approved { refund, before, allocated_minor, charged_to, .. } => {
                deposit.uncount(step, rates);
                deposit.allocated_minor += allocated_minor;
                deposit.charged_to = charged_to;
                match before {
                    Some(before) => deposit.refunds.insert(refund, before),
                    None => deposit.refunds.remove(&refund),
                };
            }
            OwnCounted::Capitalised { amount_minor, day, from, topup, was_whole, .. } => {
                if let Some(before) = deposit.counted_steps.last_mut() {
                    before.backdated.extend(step.backdated);
                }
                deposit.capitalised_minor -= amount_minor;
                deposit.allocated_minor += amount_minor;
                let covers = own.lines.iter().any(|line| line.account.heading == Heading::Available);
                deposit.was_whole &= was_whole || !covers;
                deposit.steps.push(BalanceStep { day, change_minor: -amount_minor });
                self.count_backdated(id, from, -amount_minor);
                if covers {
                    self.demand_again(id, topup);
                }
            }
        }
        self.surplus_again(id, own.surplus);
    }

    /// The clock of what is too much is the one that it would be, and is said to be over once.
    fn surplus_again(&mut self, id: &ItemId, before: Option<SurplusState>) {
        let Some(deposit) = self.deposits.get_mut(id) else { return };
        let (now, awaited) = (deposit.surplus, deposit.awaited_surplus());
        if now.map(|now| now.running) == before.map(|before| before.running) {
            return;
        }
        if let Some(now) = now {
            self.timers.stop(now.running, &awaited);
        }
        let said = |before: SurplusState| now.filter(|now| before.running.since <= now.running.since)?.overdue;
        deposit.surplus = before.map(|before| SurplusState { overdue: before.overdue.or(said(before)), ..before });
        if let Some(of) = deposit.surplus.filter(|of| of.overdue.is_none()) {
            self.timers.run(of.running, awaited);
        }
    }

    /// As if interest had not been allocated.
    pub(super) fn take_allocation_back(&mut self, bank: &ItemId, entry: u64) {
        let Some((pool, taken)) = self.allocated(bank, entry).map(|(pool, of)| (pool.clone(), of.clone())) else {
            return;
        };
        for deposit in self.deposits.values_mut().filter(|of| (&of.bank, of.currency) == (&pool.0, pool.1)) {
            let Some(step) = deposit.counted_steps.pop_if(|step| step.entry == entry) else { continue };
            let Counted::Allocated { share_minor, is_idle, overdue, .. } = step.what else { continue };
            let rates = self.schemes.get(&deposit.scheme).map(SchemeState::rates).unwrap_or_default();
            deposit.uncount(step, rates);
            // That its refund is late was said of what it had not got.
            let is_idle = is_idle && deposit.unsettled_minor(&self.book) == share_minor;
            if is_idle && deposit.overdue.is_some_and(|said| said > entry) {
                deposit.overdue = overdue;
            }
            deposit.allocated_minor -= share_minor;
        }
        if let Some(of) = self.pools.get_mut(&pool) {
            of.allocations.pop();
            of.allocated_minor -= taken.amount_minor;
            of.up_to = taken.before;
        }
    }
}
