//! 未认领来款: money in the account that is of no deposit yet.

use super::super::book::{Heading, JournalLine};
use super::super::{BankReceipt, UnallocatedClaim, UnallocatedReceipt, UnallocatedReturn};
use super::decide::{must_be_another, must_have_amount, unknown};
use super::refund::must_be_dated;
use super::{DepositBook, DepositState, require};
use crate::act::{Author, Moment, must_be_past, statuses};
use crate::field::{Fault, ItemId, Money};
use crate::problem::Refusal;
use crate::record::{KeyId, Sealed};

statuses! {
    /// What became of money that fitted no notice.
    pub enum UnallocatedFate {
        /// 未认领
        Open,
        /// 已认领
        Claimed,
        /// 已退回
        Returned,
    }
}

/// Money that fitted no notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnallocatedState {
    pub bank: ItemId,
    pub amount: Money,
    pub value_date: crate::field::Day,
    pub account: Sealed,
    pub entered_by: KeyId,
    pub fate: UnallocatedFate,
    pub entry: u64,
}

impl DepositBook {
    /// A claim, as the receipt of the deposit that it turns out to be.
    pub(super) fn claimed(&self, claim: &UnallocatedClaim) -> Option<BankReceipt> {
        let of = self.unallocated.get(claim.reference.as_str())?;
        Some(BankReceipt {
            deposit: claim.deposit.clone(),
            reference: claim.reference.clone(),
            amount: of.amount,
            value_date: of.value_date,
            account_kind: claim.account_kind,
            account: of.account.clone(),
        })
    }

    pub(super) fn unallocated_lines(&self, act: &UnallocatedReceipt) -> Vec<JournalLine> {
        let currency = act.amount.currency;
        let bank = Heading::CustodyBank.of(&act.bank, currency);
        JournalLine::transfer(bank, Heading::Unallocated.alone(currency), act.amount.amount_minor)
    }

    pub(super) fn return_lines(&self, act: &UnallocatedReturn) -> Vec<JournalLine> {
        let Some(of) = self.unallocated.get(act.receipt.as_str()) else { return Vec::new() };
        let currency = of.amount.currency;
        let transit = || Heading::PaymentsInTransit.of(&of.bank, currency);
        let bank = Heading::CustodyBank.of(&of.bank, currency);
        [
            JournalLine::transfer(Heading::Unallocated.alone(currency), transit(), of.amount.amount_minor),
            JournalLine::transfer(transit(), bank, of.amount.amount_minor),
        ]
        .concat()
    }
}

/// # Errors
/// Nothing, later than today, or entered before.
pub(super) fn decide_receipt(
    book: &DepositBook,
    act: &UnallocatedReceipt,
    by: &Author,
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    book.must_be_payee(by)?;
    must_have_amount(act.amount)?;
    book.must_be_new(act.reference.as_str(), at)?;
    must_be_past(act.value_date <= at.today(), "/value_date")
}

/// # Errors
/// It is claimed or gone; another bank or currency; by who entered it; what the deposit would not take of anybody.
pub(super) fn decide_claim(
    book: &DepositBook,
    deposit: &DepositState,
    act: &UnallocatedClaim,
    by: &Author,
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    book.must_be_payee(by)?;
    let of = open(book, act.reference.as_str(), "/reference")?;
    must_be_another(book, at, &of.entered_by)?;
    if (&of.bank, of.amount.currency) != (&deposit.bank, deposit.currency) {
        let words = ("来款的账户或币种与保证金不符", "it came into another account, or in another currency");
        return Err(Refusal::of_field("/reference", Fault::inconsistent(words)));
    }
    let Some(receipt) = book.claimed(act) else { return Ok(()) };
    require::must_take_money(book, deposit, &receipt, at)
}

/// # Errors
/// It is claimed or gone already; by who entered it.
pub(super) fn decide_return(
    book: &DepositBook,
    act: &UnallocatedReturn,
    by: &Author,
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    book.must_be_payee(by)?;
    let of = open(book, act.receipt.as_str(), "/receipt")?;
    must_be_another(book, at, &of.entered_by)?;
    book.must_be_new(act.reference.as_str(), at)?;
    must_be_dated(act.value_date, Some(of.value_date), at)
}

fn open<'a>(book: &'a DepositBook, reference: &str, pointer: &str) -> Result<&'a UnallocatedState, Refusal> {
    let of = book.unallocated.get(reference).ok_or_else(|| unknown(pointer, reference.to_owned()))?;
    match of.fate {
        UnallocatedFate::Open => Ok(of),
        fate => Err(Refusal::state_forbids("unallocated", fate.name())),
    }
}
