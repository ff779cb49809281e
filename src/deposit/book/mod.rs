//! 账簿: accounts whose balances agree at every voucher.
//!
//! A pure engine: it knows accounts, lines and limits, and nothing of deposits, records or law. A voucher (记账凭证) is taken
//! whole or not at all; nothing is ever edited, a wrong one is reversed (红字冲销) by another.

mod chart;
mod check;
mod journal;
#[cfg(test)]
mod tests;

pub use chart::{BookAccount, Heading, HeadingClass, PostingSide, SubLedger};
pub use check::Imbalance;
pub use journal::{JournalLine, JournalVoucher, ReversalMark};

use crate::field::Currency;
use std::collections::BTreeMap;

/// All accounts of one payee (收取人): those of the money and those that only remember (备查).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccountBook {
    /// What an account has more on its debit side than on its credit side, in minor units (分).
    balances: BTreeMap<BookAccount, i64>,
    /// Vouchers that were posted: the number of the last one.
    vouchers: u64,
}

/// Why lines are no voucher, or not now.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PostingError {
    #[error("a voucher has two lines at least, and {LINES_MAX} at most")]
    Lines,
    #[error("the amount of {account} is not above zero")]
    Amount { account: BookAccount },
    /// Debits and credits differ in a currency, or within the money or the memorandum accounts.
    #[error("{currency:?}: debits and credits differ by {difference}")]
    Unbalanced { currency: Currency, difference: i128 },
    /// An account would go beyond its limit: below zero on its own side.
    #[error("{account} would stand at {balance}")]
    Limit { account: BookAccount, balance: i64 },
    #[error("{account} would be more than can be counted")]
    Overflow { account: BookAccount },
}

/// Lines of one voucher that this engine takes. Only an allocation of interest has many, and how many that may have, the edition says:
/// never more than these.
pub const LINES_MAX: usize = 50_000;

impl AccountBook {
    /// What an account has more on its debit side; 0 for one that nothing was posted to.
    pub fn balance(&self, account: &BookAccount) -> i64 {
        self.balances.get(account).copied().unwrap_or_default()
    }

    /// What an account has on the side on which it normally stands (余额方向).
    pub fn standing(&self, account: &BookAccount) -> i64 {
        account.heading.on_normal_side(self.balance(account))
    }

    /// Every account that was ever posted to, in the order of the chart.
    pub fn accounts(&self) -> impl Iterator<Item = (&BookAccount, i64)> {
        self.balances.iter().map(|(account, balance)| (account, *balance))
    }

    /// The accounts under one heading that were posted to.
    pub fn under(&self, heading: Heading) -> impl Iterator<Item = (&BookAccount, i64)> {
        let first = BookAccount { heading, sub: None, currency: Currency::CNY };
        let rest = self.balances.range(first..).take_while(move |(account, _)| account.heading == heading);
        rest.map(|(account, balance)| (account, *balance))
    }

    /// Whether anything was ever posted to it.
    pub fn knows(&self, account: &BookAccount) -> bool {
        self.balances.contains_key(account)
    }

    /// The number of the last voucher (凭证号): 0 before the first, and no gap between.
    pub fn vouchers(&self) -> u64 {
        self.vouchers
    }

    /// As if so many vouchers had been posted.
    #[cfg(test)]
    pub(crate) fn number_from(&mut self, vouchers: u64) {
        self.vouchers = vouchers;
    }

    /// Whether these lines may be posted now.
    ///
    /// # Errors
    /// The first fault that is found.
    pub fn try_lines(&self, lines: &[JournalLine]) -> Result<(), PostingError> {
        self.running(lines).map(drop)
    }

    /// Posts a voucher, all of its lines or none: the balance of each line's account after it.
    ///
    /// # Errors
    /// As [`Self::try_lines`]; nothing has changed then.
    pub fn post(&mut self, lines: &[JournalLine]) -> Result<Vec<i64>, PostingError> {
        let running = self.running(lines)?;
        for (line, balance) in lines.iter().zip(&running) {
            self.balances.insert(line.account.clone(), *balance);
        }
        self.vouchers += 1;
        Ok(running)
    }

    /// The balance after each line, when all hold.
    ///
    /// # Errors
    /// See [`PostingError`].
    pub fn running(&self, lines: &[JournalLine]) -> Result<Vec<i64>, PostingError> {
        if !(2..=LINES_MAX).contains(&lines.len()) {
            return Err(PostingError::Lines);
        }
        must_balance(lines)?;
        let mut moved: BTreeMap<&BookAccount, i64> = BTreeMap::new();
        let mut running = Vec::with_capacity(lines.len());
        for line in lines {
            let account = &line.account;
            let before = moved.get(account).copied().unwrap_or_else(|| self.balance(account));
            let after = before.checked_add(line.signed()).filter(|after| after.checked_neg().is_some());
            let balance = after.ok_or_else(|| PostingError::Overflow { account: account.clone() })?;
            // After each line, not only in the end: nothing is spent that comes in behind it.
            if account.heading.is_limited() && account.heading.on_normal_side(balance) < 0 {
                return Err(PostingError::Limit { account: account.clone(), balance });
            }
            moved.insert(account, balance);
            running.push(balance);
        }
        Ok(running)
    }
}

/// Debits and credits are equal in each currency, of the money by itself and of the memorandum accounts by themselves.
fn must_balance(lines: &[JournalLine]) -> Result<(), PostingError> {
    let mut sums: BTreeMap<(bool, Currency), i128> = BTreeMap::new();
    for line in lines {
        if line.amount_minor <= 0 {
            return Err(PostingError::Amount { account: line.account.clone() });
        }
        let of = (line.account.heading.is_memorandum(), line.account.currency);
        *sums.entry(of).or_default() += i128::from(line.signed());
    }
    match sums.into_iter().find(|(_, difference)| *difference != 0) {
        Some(((_, currency), difference)) => Err(PostingError::Unbalanced { currency, difference }),
        None => Ok(()),
    }
}
