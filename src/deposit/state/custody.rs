//! 专户: what a payee's records move on one custody account, for whoever holds a bank's statement against it.

use super::super::Act;
use super::super::book::BookAccount;
use super::{CustodyState, Journal};
use crate::act::Place;
use crate::field::{Day, OrganisationId};
use crate::law::Law;
use crate::reconciliation::BookMovement;
use std::collections::BTreeMap;

/// Takes the records of one book in their order.
#[derive(Debug)]
pub struct CustodyJournal {
    journal: Journal,
    account: BookAccount,
    movements: Vec<BookMovement>,
    /// Who pays which movement, by its place.
    payers: BTreeMap<usize, OrganisationId>,
    /// The entry of each voucher that may be taken back.
    entries: BTreeMap<u64, u64>,
}

impl CustodyJournal {
    pub fn new(account: BookAccount) -> Self {
        let (journal, movements) = (Journal::default(), Vec::new());
        Self { journal, account, movements, payers: BTreeMap::new(), entries: BTreeMap::new() }
    }

    /// Takes the next record of the book.
    pub fn take(&mut self, act: &Act, place: &Place, law: Law<'_>) {
        let Some(voucher) = self.journal.take(act, place, law) else { return };
        let of_account = voucher.lines.iter().filter(|line| line.account == self.account);
        let amount_minor: i64 = of_account.map(|line| line.signed()).sum();
        if amount_minor == 0 {
            return;
        }
        self.entries.insert(voucher.number, voucher.entry);
        if let Some(payer) = self.payer(act) {
            self.payers.insert(self.movements.len(), payer);
        }
        let (reference, value_date) = at_bank(act);
        self.movements.push(BookMovement {
            entry: voucher.entry,
            voucher: voucher.number,
            booked_on: voucher.day,
            value_date: value_date.unwrap_or(voucher.day),
            amount_minor,
            reference,
            notice: act.deposit().map(ToString::to_string),
            payer: None,
            instructed: self.instructed(act),
            takes_back: voucher.reverses.and_then(|mark| self.entries.get(&mark.voucher).copied()),
        });
    }

    /// The organisations whose names are asked for.
    pub fn payers(&self) -> impl Iterator<Item = &OrganisationId> {
        self.payers.values()
    }

    /// All movements so far, with the payers called as `name` says.
    pub fn movements(&self, name: impl Fn(&OrganisationId) -> Option<String>) -> Vec<BookMovement> {
        let with_payer = |(at, movement): (usize, &BookMovement)| BookMovement {
            payer: self.payers.get(&at).and_then(&name),
            ..movement.clone()
        };
        self.movements.iter().enumerate().map(with_payer).collect()
    }

    /// What became of it so far.
    pub fn custody(&self) -> Option<&CustodyState> {
        self.journal.book()?.custody(self.account.sub.as_ref()?, self.account.currency)
    }

    /// Whether the book knows the account, or some deposit is to be paid into it.
    pub fn knows_account(&self) -> bool {
        self.journal.book().is_some_and(|book| {
            book.book.knows(&self.account)
                || book.deposits.values().any(|deposit| Some(&deposit.bank) == self.account.sub.as_ref())
        })
    }

    /// When the bank was told to pay what it has paid now.
    fn instructed(&self, act: &Act) -> Option<Day> {
        let Act::RefundSettled(settlement) = act else { return None };
        let deposit = self.journal.book()?.deposits.get(&settlement.deposit)?;
        deposit.refunds.get(&settlement.refund)?.instructed
    }

    fn payer(&self, act: &Act) -> Option<OrganisationId> {
        self.journal.book()?.deposits.get(act.deposit()?)?.payer.clone()
    }
}

/// What the bank calls it and when it was there, as the record says. One that takes another back was never at the bank.
fn at_bank(act: &Act) -> (Option<String>, Option<Day>) {
    match act {
        Act::Received(act) => (Some(act.reference.to_string()), Some(act.value_date)),
        Act::BankEntered(act) => (Some(act.reference.to_string()), Some(act.value_date)),
        Act::RefundSettled(act) => (Some(act.reference.to_string()), Some(act.value_date)),
        Act::ForfeitureRemitted(act) => (Some(act.reference.to_string()), Some(act.value_date)),
        Act::UnallocatedReceived(act) => (Some(act.reference.to_string()), Some(act.value_date)),
        Act::UnallocatedReturned(act) => (Some(act.reference.to_string()), Some(act.value_date)),
        Act::GuaranteePaid(act) => (Some(act.reference.to_string()), Some(act.value_date)),
        Act::ForfeitureRecovered(act) => (Some(act.reference.to_string()), Some(act.value_date)),
        Act::UnclaimedRemitted(act) => (Some(act.reference.to_string()), Some(act.value_date)),
        Act::UnclaimedRecovered(act) => (Some(act.reference.to_string()), Some(act.value_date)),
        Act::DifferenceOpened(act) => (None, Some(act.value_date)),
        _ => (None, None),
    }
}
