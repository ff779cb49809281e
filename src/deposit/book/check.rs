//! What holds of a book at every voucher, and the name of what does not.

use super::{AccountBook, BookAccount, SubLedger};
use crate::field::Currency;
use std::collections::BTreeMap;

/// What is wrong with a book.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Imbalance {
    /// 试算不平: the balances of all accounts do not add up to zero.
    #[error("trial balance of {currency:?} (memorandum: {memorandum}) is {sum}")]
    Trial { currency: Currency, memorandum: bool, sum: i128 },
    #[error("{account} stands at {balance}, beyond its limit")]
    Limit { account: BookAccount, balance: i64 },
    /// An account stands where its heading has none.
    #[error("{account} is no account of the chart")]
    Unknown { account: BookAccount },
}

impl AccountBook {
    /// Everything that is wrong with it: nothing, whatever was posted.
    pub fn check(&self) -> Vec<Imbalance> {
        let mut found = Vec::new();
        let mut sums: BTreeMap<(bool, Currency), i128> = BTreeMap::new();
        for (account, balance) in self.accounts() {
            let heading = account.heading;
            *sums.entry((heading.is_memorandum(), account.currency)).or_default() += i128::from(balance);
            if heading.is_limited() && heading.on_normal_side(balance) < 0 {
                found.push(Imbalance::Limit { account: account.clone(), balance });
            }
            if (heading.sub_ledger() == SubLedger::None) != account.sub.is_none() {
                found.push(Imbalance::Unknown { account: account.clone() });
            }
        }
        let unequal = sums.into_iter().filter(|(_, sum)| *sum != 0);
        found.extend(unequal.map(|((memorandum, currency), sum)| Imbalance::Trial { currency, memorandum, sum }));
        found
    }
}
