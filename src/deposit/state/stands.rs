//! 不再冲销的计息: how far back what counted interest may be taken back; no more of it is remembered.
//!
//! An allocation is taken back of all who shared in it, or not at all. So it is the account that says up to which one they stand, and each deposit follows
//! it: none forgets its share of an allocation that the account still has. They stand when the bank was told of a refund of one of those who shared, which
//! counted on from there, and when as many came after them as the edition lets be taken back. What a deposit did itself stands with what came after it.

use super::super::EntryReversal;
use super::counted::CountedStep;
use super::{DepositBook, DepositState, PoolState};
use crate::act::Moment;
use crate::field::{Currency, ItemId};
use crate::law::Law;
use crate::problem::{self, Refusal};

impl CountedStep {
    /// A refund that the bank was not told of is to go out, or to be approved again, with what it has on top; so no edition forgets it.
    /// One without a rule of what stands asks for every approval.
    fn is_awaited(&self, is_ruled: bool) -> bool {
        self.own().is_some_and(|own| own.is_approval() && !(is_ruled && own.is_instructed()))
    }
}

impl DepositState {
    /// Up to which entry nothing that counted its interest may be taken back, where an account's allocations stand up to one.
    fn stands(&self, allocations: u64) -> u64 {
        let shared = self.counted_steps.iter().rfind(|step| step.is_share() && step.entry <= allocations);
        shared.map_or(0, |step| step.entry).max(self.counted_stands)
    }

    fn forget(&mut self, allocations: u64, is_ruled: bool) {
        let stands = self.stands(allocations);
        self.counted_stands = stands;
        self.counted_steps.retain(|step| step.entry > stands || step.is_awaited(is_ruled));
        if self.counted_steps.is_empty() {
            self.counted_steps = Vec::new();
        }
    }
}

impl PoolState {
    fn stands_to(&mut self, entry: u64) {
        let stands = self.stands.max(entry);
        self.stands = stands;
        self.allocations.retain(|of| of.entry > stands);
    }

    /// One more is to be the last of so many.
    fn leave_room(&mut self, last: usize) {
        let over = (self.allocations.len() + 1).saturating_sub(last);
        if let Some(of) = over.checked_sub(1).and_then(|at| self.allocations.get(at)) {
            self.stands_to(of.entry);
        }
    }
}

impl DepositBook {
    /// Up to which entry nothing that counted a deposit's interest may be taken back.
    pub(super) fn counted_stands(&self, deposit: &DepositState) -> u64 {
        let pool = self.pools.get(&(deposit.bank.clone(), deposit.currency));
        deposit.stands(pool.map_or(0, |pool| pool.stands))
    }

    /// The bank is told to pay a refund: what counted interest up to its approval stands.
    pub(super) fn counted_for_good(&mut self, id: &ItemId, refund: &ItemId, law: Law<'_>) {
        let is_ruled = law.edition().deposits.guards.standing.allocations().is_some();
        let Some(deposit) = self.deposits.get_mut(id) else { return };
        let Some(told) = deposit.note_instructed(refund, is_ruled) else { return };
        deposit.counted_stands = deposit.counted_stands.max(told);
        let shared = deposit.counted_steps.iter().rfind(|step| step.is_share() && step.entry < told);
        let mut allocations = 0;
        if let Some(pool) = self.pools.get_mut(&(deposit.bank.clone(), deposit.currency)) {
            pool.stands_to(shared.map_or(0, |step| step.entry));
            allocations = pool.stands;
        }
        deposit.forget(allocations, is_ruled);
    }

    /// Before an allocation: those that are none of the last any more stand.
    pub(super) fn leave_room(&mut self, bank: &ItemId, currency: Currency, law: Law<'_>) {
        let last = law.edition().deposits.guards.standing.allocations();
        let Some(pool) = self.pools.get_mut(&(bank.clone(), currency)) else { return };
        if let Some(last) = last {
            pool.leave_room(last);
        }
        let allocations = pool.stands;
        for deposit in self.deposits.values_mut().filter(|of| of.bank == *bank && of.currency == currency) {
            deposit.forget(allocations, last.is_some());
        }
    }

    /// # Errors
    /// `entry-stands`: what counted interest, so long ago or before a refund that was paid.
    pub(super) fn must_not_stand(&self, reversal: &EntryReversal, at: &Moment<'_>) -> Result<(), Refusal> {
        let Some(entry) = reversal.entry else { return Ok(()) };
        let stands = match (&reversal.bank, &reversal.deposit) {
            (Some(bank), _) => {
                let here = self.pools.iter().filter(|((known, _), _)| known == bank);
                here.map(|(_, pool)| pool.stands).max().unwrap_or_default()
            }
            (None, Some(id)) => {
                let deposit = self.deposits.get(id).filter(|deposit| deposit.entry < entry);
                deposit.map_or(0, |deposit| self.counted_stands(deposit))
            }
            (None, None) => 0,
        };
        if entry > stands {
            return Ok(());
        }
        let guards = &at.law.edition().deposits.guards;
        let (of_last, rule) = match guards.standing.allocations() {
            Some(last) => (
                (format!("，或该专户其后又有 {last} 次结息分配"), format!(", or {last} allocations came after it")),
                &guards.standing.rule,
            ),
            None => (Default::default(), &guards.corrections),
        };
        let zh = format!("计息的登记，截至记录 {stands} 的不再冲销：其后有退还已付款{}；差额以新的登记更正", of_last.0);
        let en = format!(
            "what counted interest stands up to the entry {stands}: the bank was told of a refund after it{}; set the difference right by new entries",
            of_last.1
        );
        Err(Refusal::new(&problem::ENTRY_STANDS, zh, en).citing(&rule.id, &rule.law))
    }
}
