//! 专户: what else moves on the payee's accounts.

use super::super::book::{Heading, JournalLine};
use super::super::{Act, BankEntry, BankNature, DifferenceClearing, DifferenceOpening, DifferenceSide};
use super::decide::{duplicate, must_be_another, must_have_amount, unknown};
use super::{DepositBook, own_funds};
use crate::act::{Author, Moment, Place, must_be_past};
use crate::field::{Currency, ItemId, Money};
use crate::problem::{self, Refusal};
use crate::record::KeyId;

/// Bank and book differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DifferenceState {
    pub bank: ItemId,
    pub side: DifferenceSide,
    pub amount: Money,
    pub opened_by: KeyId,
    pub is_cleared: bool,
}

impl DepositBook {
    /// What the payee has put in of its own and not spent: the rest of the custody accounts is others' money.
    pub(super) fn own_minor(&self, currency: Currency) -> i64 {
        let standing = |heading: Heading| self.book.standing(&heading.alone(currency));
        standing(Heading::OwnFunds)
            - standing(Heading::OwnBank)
            - standing(Heading::OverdueCost)
            - standing(Heading::BankCharges)
    }

    pub(super) fn bank_lines(&self, entry: &BankEntry) -> Vec<JournalLine> {
        let (currency, amount): (Currency, i64) = (entry.amount.currency, entry.amount.amount_minor);
        let of = |heading: Heading| heading.of(&entry.bank, currency);
        match entry.nature {
            BankNature::Interest => {
                JournalLine::transfer(of(Heading::CustodyBank), of(Heading::InterestReceivable), amount)
            }
            BankNature::PooledInterest => self.pooled_lines(entry),
            BankNature::Charge => {
                JournalLine::transfer(Heading::BankCharges.alone(currency), of(Heading::CustodyBank), amount)
            }
            BankNature::OwnFundsReturned => {
                JournalLine::transfer(Heading::OwnPayable.alone(currency), of(Heading::CustodyBank), amount)
            }
            BankNature::OwnFunds => {
                let own = || Heading::OwnBank.alone(currency);
                [
                    JournalLine::transfer(own(), Heading::OwnFunds.alone(currency), amount),
                    JournalLine::transfer(of(Heading::CustodyBank), own(), amount),
                ]
                .concat()
            }
        }
    }

    pub(super) fn difference_lines(&self, act: &Act) -> Vec<JournalLine> {
        let lines = |bank: &ItemId, side: DifferenceSide, amount: Money| {
            let account = Heading::CustodyBank.of(bank, amount.currency);
            let difference = Heading::Difference.alone(amount.currency);
            match side {
                DifferenceSide::Over => JournalLine::transfer(account, difference, amount.amount_minor),
                DifferenceSide::Short => JournalLine::transfer(difference, account, amount.amount_minor),
            }
        };
        match act {
            Act::DifferenceOpened(act) => lines(&act.bank, act.side, act.amount),
            Act::DifferenceCleared(act) => {
                let of = self.differences.get(&act.difference);
                of.map(|of| JournalLine::reversed(&lines(&of.bank, of.side, of.amount))).unwrap_or_default()
            }
            _ => Vec::new(),
        }
    }

    pub(super) fn open_difference(&mut self, act: &DifferenceOpening, place: &Place) {
        let state = DifferenceState {
            bank: act.bank.clone(),
            side: act.side,
            amount: act.amount,
            opened_by: place.kid,
            is_cleared: false,
        };
        self.differences.insert(act.id.clone(), state);
    }
}

/// # Errors
/// Nothing, later than today, or entered before; a charge that nothing of the payee's own covers, where the law has no time for that.
pub(super) fn decide_entry(book: &DepositBook, entry: &BankEntry, by: &Author, at: &Moment<'_>) -> Result<(), Refusal> {
    book.must_be_payee(by)?;
    book.must_be_new(entry.reference.as_str(), at)?;
    must_have_amount(entry.amount)?;
    must_be_past(entry.value_date <= at.today(), "/value_date")?;
    if entry.nature == BankNature::OwnFundsReturned {
        return own_funds::decide_return(book, entry, at);
    }
    // A charge takes nothing of the deposits for good: own funds come first, or within the time that the edition has for it.
    let waits = !at.law.edition().deposits.own_costs.rule.is_silent();
    let missing = book.own_minor(entry.amount.currency) < entry.amount.amount_minor;
    if entry.nature == BankNature::Charge && missing && !waits {
        let (zh, en) = (
            "账户手续费不得动用保证金，须先拨入自有资金",
            "a bank charge is not paid out of deposits: own funds come first",
        );
        return Err(Refusal::new(&problem::BALANCE_INSUFFICIENT, zh, en));
    }
    Ok(())
}

/// # Errors
/// Nothing, later than today, or under a name that there is.
pub(super) fn decide_opening(
    book: &DepositBook,
    act: &DifferenceOpening,
    by: &Author,
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    book.must_be_payee(by)?;
    must_have_amount(act.amount)?;
    if book.differences.contains_key(&act.id) {
        return Err(duplicate("/id", &act.id));
    }
    must_be_past(act.value_date <= at.today(), "/value_date")
}

/// # Errors
/// None that is open; by who opened it.
pub(super) fn decide_clearing(
    book: &DepositBook,
    act: &DifferenceClearing,
    by: &Author,
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    book.must_be_payee(by)?;
    let of = book.differences.get(&act.difference);
    let of = of.ok_or_else(|| unknown("/difference", act.difference.to_string()))?;
    if of.is_cleared {
        return Err(Refusal::state_forbids("deposit.difference_cleared", "cleared"));
    }
    must_be_another(book, at, &of.opened_by)
}
