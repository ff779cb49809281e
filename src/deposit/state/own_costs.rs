//! 自有费用: what custody accounts paid for the payee's own costs, and how long nothing replaces it.
//!
//! What was entered and is reversed counts as never entered: the clock is the one that it would be, with its lateness. So each change of own
//! money is remembered, until it is reversed.

use super::super::book::{Heading, JournalLine};
use super::super::{Act, OwnCostsOverdue};
use super::timers::Awaited;
use super::{DepositBook, day_begins, day_of};
use crate::act::Place;
use crate::field::{Currency, Day};
use crate::law::{Law, Running};

/// Own costs that a custody account paid, and nothing has replaced yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnCostsState {
    pub running: Running,
    /// The entry that says that their time is over.
    pub overdue: Option<u64>,
}

/// What has become of the payee's own money in one currency.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct OwnHistory {
    /// What vouchers have changed of it that were not reversed.
    moves: Vec<OwnMove>,
    /// The day of the first act that bore on it under an edition with a time for own costs: one that has none waits for nothing.
    pub first: Option<Day>,
    /// The clock that was over last, and the entry that says so.
    pub said: Option<(Running, u64)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct OwnMove {
    voucher: u64,
    day: Day,
    change_minor: i64,
}

impl OwnHistory {
    /// Since when it is below zero.
    fn below_since(&self) -> Option<Day> {
        let (mut sum, mut since) = (0, None);
        for of in &self.moves {
            sum += i128::from(of.change_minor);
            since = if sum < 0 { since.or(Some(of.day)) } else { None };
        }
        since.max(self.first.filter(|_| since.is_some()))
    }
}

/// What lines change of own money.
fn change_minor(lines: &[JournalLine]) -> i64 {
    let headings = [Heading::OwnFunds, Heading::OwnBank, Heading::OverdueCost, Heading::BankCharges];
    let own = lines.iter().filter(|line| headings.contains(&line.account.heading));
    own.map(|line| -line.signed()).fold(0, i64::saturating_add)
}

impl DepositBook {
    /// Takes note of what an act has changed of it, whose voucher is the last one, or that the voucher of another one is taken back; whether
    /// that was anything.
    fn note_own(&mut self, currency: Currency, lines: &[JournalLine], taken: Option<u64>, place: &Place) -> bool {
        let change_minor = change_minor(lines);
        if change_minor == 0 {
            return false;
        }
        let (voucher, day) = (self.book.vouchers(), day_of(place));
        let moves = &mut self.own_history.entry(currency).or_default().moves;
        match taken {
            Some(taken) => moves.retain(|of| of.voucher != taken),
            None => moves.push(OwnMove { voucher, day, change_minor }),
        }
        true
    }

    /// The clock of own costs runs while they are not replaced. `taken` is the voucher that an act takes back.
    pub(super) fn watch_own_costs(
        &mut self,
        act: &Act,
        lines: &[JournalLine],
        taken: Option<u64>,
        place: &Place,
        law: Law<'_>,
    ) {
        let currency = match act {
            Act::BankEntered(entry) => Some(entry.amount.currency),
            Act::RefundApproved(approval) => Some(approval.amount.currency),
            Act::OwnFundsApproved(approval) => Some(approval.amount.currency),
            Act::ForfeitureAnnulled(act) => self.deposits.get(&act.deposit).map(|deposit| deposit.currency),
            Act::EntryReversed(_) => lines.first().map(|line| line.account.currency),
            _ => None,
        };
        let Some(currency) = currency else { return };
        let is_unsaid = self.note_own(currency, lines, taken, place) && taken.is_some();
        let (rule, awaited) = (&law.edition().deposits.own_costs, Awaited::OwnCosts { currency });
        if taken.is_none() && !rule.rule.is_silent() {
            self.own_history.entry(currency).or_default().first.get_or_insert(day_of(place));
        }
        match (self.own_minor(currency) < 0, self.own_costs.get(&currency).copied()) {
            (true, _) if is_unsaid && !law.edition().deposits.guards.entries.is_silent() && !rule.rule.is_silent() => {
                self.resume_own_costs(currency, place, law);
            }
            (true, None) if !rule.rule.is_silent() => {
                let running = Running::new(day_begins(day_of(place)), rule.period());
                self.timers.run(running, awaited);
                self.own_costs.insert(currency, OwnCostsState { running, overdue: None });
            }
            (false, Some(state)) => {
                self.timers.stop(state.running, &awaited);
                self.own_costs.remove(&currency);
            }
            _ => {}
        }
    }

    /// The clock is what it would be where nothing that was reversed had been entered.
    fn resume_own_costs(&mut self, currency: Currency, place: &Place, law: Law<'_>) {
        let rule = &law.edition().deposits.own_costs;
        let history = self.own_history.entry(currency).or_default();
        let since = history.below_since().unwrap_or(day_of(place));
        let said = history.said;
        let (awaited, since) = (Awaited::OwnCosts { currency }, day_begins(since));
        let now = self.own_costs.get(&currency).copied();
        if now.is_some_and(|now| now.running.since == since) {
            return;
        }
        if let Some(now) = now {
            self.timers.stop(now.running, &awaited);
        }
        let said = said.filter(|(running, _)| running.since == since);
        let running = said.map_or(Running::new(since, rule.period()), |(running, _)| running);
        let overdue = said.map(|(_, entry)| entry);
        if overdue.is_none() {
            self.timers.run(running, awaited);
        }
        self.own_costs.insert(currency, OwnCostsState { running, overdue });
    }

    pub(super) fn own_costs_are_overdue(&mut self, act: &OwnCostsOverdue, place: &Place) {
        let Some(state) = self.own_costs.get_mut(&act.currency) else { return };
        state.overdue = Some(place.index);
        let running = state.running;
        self.timers.stop(running, &Awaited::OwnCosts { currency: act.currency });
        self.own_history.entry(act.currency).or_default().said = Some((running, place.index));
    }
}
