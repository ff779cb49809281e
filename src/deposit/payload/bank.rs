//! 专户收支: lines of the payee's bank statement that are no deposit.

use crate::act::{Payload, statuses};
use crate::field::{Day, ItemId, Line, Money};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

statuses! {
    /// What such a line is.
    pub enum BankNature {
        /// 银行结息
        Interest,
        /// 账户手续费: never of a deposit.
        Charge,
        /// 自有资金拨入: for charges, and for what lateness costs.
        OwnFunds,
    }
}

/// `deposit.bank_entered`: by the payee.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BankEntry {
    pub bank: ItemId,
    pub nature: BankNature,
    /// The bank's own reference: each counts once.
    pub reference: Line<64>,
    pub amount: Money,
    pub value_date: Day,
}

impl Payload for BankEntry {
    const KIND: &'static str = "deposit.bank_entered";
}
