//! 结息分配: the bank's interest on one account, shared by those whose money lay there.

use super::super::book::{Heading, JournalLine, LINES_MAX};
use super::super::interest::{DatedRate, allocate, product_of_steps};
use super::super::{BankEntry, InterestAllocation, InterestCapitalisation};
use super::decide::{must_be_amount, unknown};
use super::{DepositBook, DepositState};
use crate::act::{Author, Moment, Place, must_be_past};
use crate::field::{Currency, Day, DocumentId, Fault, ItemId};
use crate::law::{ALLOCATION_LINES_MAX, Law};
use crate::log::Hash;
use crate::problem::{self, Refusal};
use crate::record::KeyId;
use std::fmt::Write;

// What an edition allows, the book takes.
const _: () = assert!(ALLOCATION_LINES_MAX <= LINES_MAX);

/// What the bank paid on one account to be allocated, and what of it was.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PoolState {
    pub received_minor: i64,
    pub allocated_minor: i64,
    /// Up to which day it was allocated last.
    pub up_to: Option<Day>,
    /// Those allocations that may be taken back.
    pub(super) allocations: Vec<AllocationEntered>,
    /// Up to this entry none may be any more (`stands.rs`).
    pub(super) stands: u64,
}

/// An allocation that may be taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct AllocationEntered {
    pub entry: u64,
    pub amount_minor: i64,
    pub entered_by: KeyId,
    /// The voucher that has it.
    pub voucher: u64,
    /// Up to which day it was allocated before.
    pub before: Option<Day>,
}

impl PoolState {
    /// The entry of the last allocation.
    pub(super) fn last_entry(&self) -> Option<u64> {
        self.allocations.last().map(|of| of.entry)
    }
}

/// A line of the table by which interest is allocated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InterestShare {
    pub deposit: ItemId,
    /// 积数: minor units times days since interest was last counted.
    pub product: i128,
    pub share_minor: i64,
}

/// The table of one allocation, in the order of the deposits' ids: who had money there, and gets how much.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllocationTable(pub Vec<InterestShare>);

impl AllocationTable {
    /// SHA-256 of its lines: deposit, product and share, with a tab between and a line feed behind each line.
    pub fn digest(&self) -> DocumentId {
        let mut text = String::new();
        for InterestShare { deposit, product, share_minor } in &self.0 {
            let _ = writeln!(text, "{deposit}\t{product}\t{share_minor}");
        }
        DocumentId::from(Hash::of(text))
    }

    /// Those that get anything.
    fn shares(&self) -> impl Iterator<Item = &InterestShare> {
        self.0.iter().filter(|share| share.share_minor > 0)
    }

    fn total_minor(&self) -> i64 {
        self.0.iter().map(|share| share.share_minor).sum()
    }
}

impl DepositState {
    /// 积数 of what it has in the account, from when interest was last counted up to a day.
    fn daily_product(&self, up_to: Day) -> i128 {
        let first = self.counted_to.or_else(|| self.steps.iter().map(|step| step.day).min());
        let Some(from) = first else { return 0 };
        product_of_steps(&self.steps, &[DatedRate { from, rate_ppm: 1 }], from, up_to).max(0)
    }
}

impl DepositBook {
    /// What is still to be allocated on an account.
    pub fn to_allocate_minor(&self, bank: &ItemId, currency: Currency) -> i64 {
        self.book.standing(&Heading::InterestToAllocate.of(bank, currency))
    }

    /// Who gets what of it, by the days up to one.
    pub fn allocation(&self, bank: &ItemId, currency: Currency, up_to: Day) -> AllocationTable {
        let here = self.deposits.values().filter(|deposit| deposit.bank == *bank && deposit.currency == currency);
        let products = here.map(|deposit| (deposit.id.clone(), deposit.daily_product(up_to)));
        let products: Vec<_> = products.filter(|(_, product)| *product > 0).collect();
        let weights: Vec<u64> =
            products.iter().map(|(_, product)| u64::try_from(*product).unwrap_or(u64::MAX)).collect();
        let shares = allocate(self.to_allocate_minor(bank, currency), &weights);
        let line = |((deposit, product), share_minor)| InterestShare { deposit, product, share_minor };
        AllocationTable(products.into_iter().zip(shares).map(line).collect())
    }

    pub(super) fn allocation_lines(&self, act: &InterestAllocation) -> Vec<JournalLine> {
        let currency = act.amount.currency;
        let table = self.allocation(&act.bank, currency, act.up_to);
        let credits = table
            .shares()
            .map(|share| JournalLine::credit(Heading::InterestPayable.of(&share.deposit, currency), share.share_minor));
        let debit = JournalLine::debit(Heading::InterestToAllocate.of(&act.bank, currency), act.amount.amount_minor);
        std::iter::once(debit).chain(credits).collect()
    }

    /// What was owed for days that are over comes first; the rest waits for its allocation.
    pub(super) fn pooled_lines(&self, entry: &BankEntry) -> Vec<JournalLine> {
        let of = |heading: Heading| heading.of(&entry.bank, entry.amount.currency);
        let owed = self.book.standing(&of(Heading::InterestReceivable)).clamp(0, entry.amount.amount_minor);
        [
            JournalLine::transfer(of(Heading::CustodyBank), of(Heading::InterestReceivable), owed),
            JournalLine::transfer(
                of(Heading::CustodyBank),
                of(Heading::InterestToAllocate),
                entry.amount.amount_minor - owed,
            ),
        ]
        .concat()
    }

    /// It covers what is missing first.
    pub(super) fn capitalisation_lines(
        &self,
        deposit: &DepositState,
        act: &InterestCapitalisation,
    ) -> Vec<JournalLine> {
        let amount = act.amount.amount_minor;
        let available = amount.min(deposit.shortfall_minor(&self.book));
        let from = || deposit.account(Heading::InterestPayable);
        [
            JournalLine::transfer(from(), deposit.account(Heading::Available), available),
            JournalLine::transfer(from(), deposit.account(Heading::Excess), amount - available),
        ]
        .concat()
    }

    pub(super) fn pool(&mut self, entry: &BankEntry) {
        let owed = self.book.standing(&Heading::InterestReceivable.of(&entry.bank, entry.amount.currency));
        let pool = self.pools.entry((entry.bank.clone(), entry.amount.currency)).or_default();
        pool.received_minor += entry.amount.amount_minor - owed.clamp(0, entry.amount.amount_minor);
    }

    /// The days up to then are paid for: interest is counted anew from there, whatever the rate would have come to.
    pub(super) fn allocate(&mut self, act: &InterestAllocation, place: &Place, law: Law<'_>) {
        self.leave_room(&act.bank, act.amount.currency, law);
        let table = self.allocation(&act.bank, act.amount.currency, act.up_to);
        for share in table.0 {
            if let Some(deposit) = self.deposits.get_mut(&share.deposit) {
                let is_idle = deposit.unsettled_minor(&self.book) == 0;
                deposit.take_share(share.share_minor, act.up_to, place.index, is_idle);
            }
        }
        let voucher = self.book.vouchers() + 1;
        let pool = self.pools.entry((act.bank.clone(), act.amount.currency)).or_default();
        pool.allocations.push(AllocationEntered {
            entry: place.index,
            amount_minor: act.amount.amount_minor,
            entered_by: place.kid,
            voucher,
            before: pool.up_to,
        });
        pool.allocated_minor += act.amount.amount_minor;
        pool.up_to = Some(act.up_to);
    }
}

/// # Errors
/// Nothing to allocate, nobody to have it, or another table than there is.
pub(super) fn decide_allocation(
    book: &DepositBook,
    act: &InterestAllocation,
    by: &Author,
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    book.must_be_payee(by)?;
    let currency = act.amount.currency;
    let Some(pool) = book.pools.get(&(act.bank.clone(), currency)) else {
        return Err(unknown("/bank", act.bank.to_string()));
    };
    must_be_past(act.up_to <= at.today(), "/up_to")?;
    if let Some(before) = pool.up_to.filter(|before| act.up_to <= *before) {
        return Err(Refusal::of_field("/up_to", Fault::DatesOutOfOrder { earlier: before.to_string() }));
    }
    let (left, table) = (book.to_allocate_minor(&act.bank, currency), book.allocation(&act.bank, currency, act.up_to));
    must_be_said("/amount/amount_minor", act.amount.amount_minor, left)?;
    if left == 0 || table.total_minor() != left {
        let words = ("没有可参与分配的保证金", "no deposit has a share in it");
        return Err(Refusal::of_field("/up_to", Fault::inconsistent(words)));
    }
    must_fit_a_voucher(&table, &act.bank, at)?;
    let right = table.digest();
    if act.table == right {
        return Ok(());
    }
    let words = (format!("分配表的哈希应为 {right}"), format!("the hash of the table is {right}"));
    Err(Refusal::of_field("/table", Fault::inconsistent(words)))
}

/// The record names no share, for everybody derives them; but what they post is one voucher.
///
/// # Errors
/// More deposits have a share than the edition gives lines to the voucher, of which one is the account's.
fn must_fit_a_voucher(table: &AllocationTable, bank: &ItemId, at: &Moment<'_>) -> Result<(), Refusal> {
    let terms = &at.law.edition().deposits.guards.allocation;
    let (shares, most) = (table.shares().count(), terms.lines() - 1);
    if shares <= most {
        return Ok(());
    }
    let zh = format!(
        "专户 {bank} 参与分配的保证金有 {shares} 笔，一次分配至多 {most} 笔：其中有退还的，退还后再分配；新收的保证金请另设专户"
    );
    let en = format!(
        "{shares} deposits in {bank} have a share, and one allocation is for {most} at most: \
         allocate when some of them have gone back, and take new ones in another custody account"
    );
    let told = Refusal::new(&problem::STATE_FORBIDS, zh, en);
    Err(if terms.rule.is_silent() { told } else { told.citing(&terms.rule.id, &terms.rule.law) })
}

/// # Errors
/// Another amount than was allocated and not paid.
pub(super) fn decide_capitalisation(
    book: &DepositBook,
    deposit: &DepositState,
    act: &InterestCapitalisation,
    by: &Author,
) -> Result<(), Refusal> {
    book.must_be_payee(by)?;
    must_be_amount(act.amount, deposit.currency)?;
    must_be_said("/amount/amount_minor", act.amount.amount_minor, deposit.allocated_minor)
}

/// # Errors
/// Another number than was worked out.
pub(super) fn must_be_said(pointer: &'static str, said: i64, right: i64) -> Result<(), Refusal> {
    if said == right {
        return Ok(());
    }
    let words = (format!("应为 {right}，实为 {said}"), format!("it is {right}, not {said}"));
    Err(Refusal::of_field(pointer, Fault::inconsistent(words)))
}
