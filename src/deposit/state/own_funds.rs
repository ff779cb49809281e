//! 自有资金转回: the payee's own money that nothing in a custody account needs goes back to its own account. One person approves it, which sets
//! it apart; another one enters the bank's line.

use super::super::book::{Heading, HeadingClass, JournalLine, SubLedger};
use super::super::{BankEntry, DifferenceSide, OwnFundsApproval};
use super::decide::{duplicate, must_be_another, must_be_at_most, must_have_amount, must_have_rule, unknown};
use super::entered::Later;
use super::pool::must_be_said;
use super::refund::must_follow;
use super::{DepositBook, DifferenceState, ForfeiturePhase, UnallocatedFate, day_of};
use crate::act::{Author, Moment, Place};
use crate::field::{Currency, Day, Fault, ItemId, Money};
use crate::problem::Refusal;
use crate::record::KeyId;
use std::collections::BTreeSet;

/// Own funds that are to leave a custody account, or have left it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnFundsState {
    pub bank: ItemId,
    pub amount: Money,
    pub approved_by: KeyId,
    /// The bank did nothing of it before.
    pub approved: Day,
    pub entry: u64,
    /// The voucher that has it.
    pub(super) voucher: u64,
    /// Of the bank's line by which it went.
    pub returned: Option<Box<str>>,
}

impl OwnFundsState {
    pub(super) fn lines(&self) -> Vec<JournalLine> {
        lines(self.amount)
    }

    /// What has to be undone before the approval can be taken back.
    pub(super) fn later(&self) -> Vec<Later> {
        let told = |reference: &str| {
            (
                format!("已转回（流水号 {reference}），须先冲销"),
                format!("it went under {reference}: reverse that first"),
            )
        };
        self.returned.as_deref().map(told).into_iter().collect()
    }
}

/// What of the payee's own funds may leave one custody account, and why no more: parts of its own, of which some are owed still; and what lies there,
/// of which others' is the most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FreeOwnFunds {
    /// What the payee has put in and not spent, over all accounts.
    pub own: i128,
    pub interest_owed: i128,
    pub treasury_owes: i128,
    /// Short somewhere, and nobody knows why.
    pub short: i128,
    /// What the book has in the account.
    pub at_bank: i128,
    /// What is owed for deposits that lie there.
    pub deposits: i128,
    /// Final, and on its way out.
    pub forfeited: i128,
    /// Of nobody yet.
    pub strays: i128,
    /// Approved, and not gone.
    pub waiting: i128,
    pub in_transit: i128,
    pub to_allocate: i128,
    /// The bank has paid it before it was owed to a deposit.
    pub ahead: i128,
    /// Too much there, and nobody knows why.
    pub over: i128,
}

impl FreeOwnFunds {
    /// Own funds that are there, and not owed.
    pub fn own_left(&self) -> i128 {
        self.own - self.interest_owed - self.treasury_owes - self.short
    }

    /// What lies in the account beyond what is others' or spoken for.
    pub fn here_left(&self) -> i128 {
        let others = self.deposits + self.forfeited + self.strays + self.to_allocate + self.ahead + self.over;
        self.at_bank - others - self.in_transit - self.waiting
    }

    pub fn free_minor(&self) -> i64 {
        i64::try_from(self.own_left().min(self.here_left()).max(0)).unwrap_or(i64::MAX)
    }
}

/// What is set apart is no own funds of the account any more, and owed to those.
pub(super) fn lines(amount: Money) -> Vec<JournalLine> {
    let alone = |heading: Heading| heading.alone(amount.currency);
    JournalLine::transfer(alone(Heading::OwnFunds), alone(Heading::OwnPayable), amount.amount_minor)
}

impl DepositBook {
    /// What was approved and has not gone yet.
    pub(super) fn own_funds_approved_minor(&self, currency: Currency) -> i64 {
        self.own_funds_waiting(currency).map(|(_, of)| of.amount.amount_minor).sum()
    }

    /// Each of that, from whatever account.
    pub fn own_funds_waiting(&self, currency: Currency) -> impl Iterator<Item = (&ItemId, &OwnFundsState)> {
        self.own_funds.iter().filter(move |(_, of)| of.returned.is_none() && of.amount.currency == currency)
    }

    pub(super) fn approve_own_funds(&mut self, approval: &OwnFundsApproval, place: &Place) {
        let state = OwnFundsState {
            bank: approval.bank.clone(),
            amount: approval.amount,
            approved_by: place.kid,
            approved: day_of(place),
            entry: place.index,
            voucher: self.book.vouchers() + 1,
            returned: None,
        };
        self.own_funds.insert(approval.id.clone(), state);
    }

    pub(super) fn return_own_funds(&mut self, approval: &ItemId, entry: &BankEntry) {
        if let Some(of) = self.own_funds.get_mut(approval) {
            of.returned = Some(entry.reference.as_str().into());
        }
    }

    /// Own funds that may leave an account: no more than there are, less what the bank, the treasury or shortages that nobody has explained
    /// still owe; and no more than lies in it beyond what is others'.
    pub fn free_own_minor(&self, bank: &ItemId, currency: Currency) -> i64 {
        self.free_own(bank, currency).free_minor()
    }

    /// How it comes to that.
    pub fn free_own(&self, bank: &ItemId, currency: Currency) -> FreeOwnFunds {
        let standing = |heading: Heading| i128::from(self.book.standing(&heading.alone(currency)));
        let interest = self.book.under(Heading::InterestReceivable);
        let interest = interest.filter(|(account, _)| account.currency == currency);
        let short = self.unexplained(currency, DifferenceSide::Short).map(|of| i128::from(of.amount.amount_minor));
        let over = self.unexplained(currency, DifferenceSide::Over).filter(|of| of.bank == *bank);
        let passing = |heading: Heading| i128::from(self.book.standing(&heading.of(bank, currency)));
        let strays = self.unallocated.values().filter(|of| of.fate == UnallocatedFate::Open && of.bank == *bank);
        let strays = strays.map(|of| of.amount).filter(|amount| amount.currency == currency);
        let waiting = self.own_funds_waiting(currency).filter(|(_, of)| of.bank == *bank);
        FreeOwnFunds {
            own: i128::from(self.own_minor(currency)),
            interest_owed: interest.map(|(_, balance)| i128::from(balance.max(0))).sum(),
            treasury_owes: standing(Heading::TreasuryRecoverable),
            short: short.sum(),
            at_bank: passing(Heading::CustodyBank),
            deposits: self.owed_here_minor(bank, currency),
            forfeited: self.forfeited_here_minor(bank, currency),
            strays: strays.map(|amount| i128::from(amount.amount_minor)).sum(),
            waiting: waiting.map(|(_, of)| i128::from(of.amount.amount_minor)).sum(),
            in_transit: passing(Heading::PaymentsInTransit),
            to_allocate: passing(Heading::InterestToAllocate),
            ahead: -i128::from(self.book.balance(&Heading::InterestReceivable.of(bank, currency)).min(0)),
            over: over.map(|of| i128::from(of.amount.amount_minor)).sum(),
        }
    }

    /// Custody accounts from which own funds may go, or that are to be paid into.
    pub fn custody_accounts(&self) -> BTreeSet<(ItemId, Currency)> {
        let moved = self.book.under(Heading::CustodyBank);
        let moved = moved.filter_map(|(account, _)| Some((account.sub.clone()?, account.currency)));
        moved.chain(self.deposits.values().map(|deposit| (deposit.bank.clone(), deposit.currency))).collect()
    }

    /// Where bank and book differ on one side, and nobody knows why yet. What is too much somewhere explains nothing that is missing elsewhere.
    fn unexplained(&self, currency: Currency, side: DifferenceSide) -> impl Iterator<Item = &DifferenceState> {
        let open = self.differences.values().filter(|of| !of.is_cleared);
        open.filter(move |of| of.amount.currency == currency && of.side == side)
    }

    /// What is owed for deposits whose money lies in an account.
    fn owed_here_minor(&self, bank: &ItemId, currency: Currency) -> i128 {
        let lies_here = |id: &ItemId| self.deposits.get(id).is_some_and(|deposit| deposit.bank == *bank);
        let is_owed =
            |heading: Heading| heading.class() == HeadingClass::Liability && heading.sub_ledger() == SubLedger::Deposit;
        let accounts = self.book.accounts().filter(|(account, _)| account.currency == currency);
        let owed =
            accounts.filter(|(account, _)| is_owed(account.heading) && account.sub.as_ref().is_some_and(lies_here));
        owed.map(|(account, balance)| i128::from(account.heading.on_normal_side(balance))).sum()
    }

    /// What is on its way to the treasury, or to the payee's own account, and lies there still.
    fn forfeited_here_minor(&self, bank: &ItemId, currency: Currency) -> i128 {
        let deposits = self.deposits.values().filter(|of| of.bank == *bank && of.currency == currency);
        let forfeited = deposits.flat_map(|of| of.forfeitures.values());
        let forfeited = forfeited.filter(|of| of.phase == ForfeiturePhase::Final);
        forfeited.map(|of| i128::from(of.amount_minor)).sum()
    }
}

/// # Errors
/// The edition has no such act; nothing, or more than is free; an id that is taken; no such account.
pub(super) fn decide_approval(
    book: &DepositBook,
    approval: &OwnFundsApproval,
    by: &Author,
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    book.must_be_payee(by)?;
    let rule = &at.law.edition().deposits.own_funds;
    must_have_rule(rule, at)?;
    must_have_amount(approval.amount)?;
    if book.own_funds.contains_key(&approval.id) {
        return Err(duplicate("/id", &approval.id));
    }
    let currency = approval.amount.currency;
    if !book.knows_bank(&approval.bank, currency) {
        return Err(unknown("/bank", approval.bank.to_string()));
    }
    let free = book.free_own_minor(&approval.bank, currency);
    must_be_at_most(approval.amount, free).map_err(|refusal| refusal.citing(&rule.id, &rule.law))
}

/// # Errors
/// Nobody approved it, or the same person; it has gone already; another account or amount than was approved, or before that.
pub(super) fn decide_return(book: &DepositBook, entry: &BankEntry, at: &Moment<'_>) -> Result<(), Refusal> {
    let rule = &at.law.edition().deposits.own_funds;
    must_have_rule(rule, at)?;
    let Some(id) = &entry.approval else { return Err(Refusal::of_field("/approval", Fault::MissingField)) };
    let of = book.own_funds.get(id).ok_or_else(|| unknown("/approval", id.to_string()))?;
    if of.returned.is_some() {
        return Err(Refusal::state_forbids("deposit.bank_entered", "returned"));
    }
    if entry.bank != of.bank {
        let words = (format!("应为经办的专户 {}", of.bank), format!("it was approved for {}", of.bank));
        return Err(Refusal::of_field("/bank", Fault::inconsistent(words)));
    }
    if entry.amount.currency != of.amount.currency {
        let words = ("币种须与经办一致", "of another currency than was approved");
        return Err(Refusal::of_field("/amount/currency", Fault::inconsistent(words)));
    }
    must_be_said("/amount/amount_minor", entry.amount.amount_minor, of.amount.amount_minor)?;
    must_be_another(book, at, &of.approved_by)?;
    must_follow(entry.value_date, Some(of.approved), at)
}
