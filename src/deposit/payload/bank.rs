//! 专户收支: lines of the payee's bank statement that are no deposit; what its interest becomes, and what nobody can explain.

use crate::act::{Payload, cites_document, statuses};
use crate::field::{Currency, Day, DocumentId, DocumentRef, Fault, Faults, ItemId, Line, Money, Prose};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

statuses! {
    /// What such a line is.
    pub enum BankNature {
        /// 银行结息
        Interest,
        /// 银行结息，待分配: what was owed for days before is settled first, the rest is shared by those whose money it is.
        PooledInterest,
        /// 账户手续费: never of a deposit.
        Charge,
        /// 自有资金拨入: for charges, and for what lateness costs.
        OwnFunds,
        /// 自有资金转回: by another person than who approved it (`own_funds_approved`).
        OwnFundsReturned,
    }

    /// On which side a bank differs from the book.
    pub enum DifferenceSide {
        /// 长款: the bank has more.
        Over,
        /// 短款: the bank has less.
        Short,
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
    /// By which own funds go back: with that nature, and with no other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval: Option<ItemId>,
}

/// `deposit.own_funds_approved`: own funds that nothing in the custody account needs are to go back to the payee's own account (自有资金转回经办).
/// They are set apart for it; another person enters the bank's line, a `bank_entered` of `own_funds_returned`. By the payee.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnFundsApproval {
    /// Chosen by whoever signs, unique in the book.
    pub id: ItemId,
    pub bank: ItemId,
    pub amount: Money,
    pub reason: Prose<2000>,
}

/// `deposit.interest_allocated`: what the bank paid on one account is shared by the deposits in it, by their daily products (积数)
/// since interest was last counted, with the largest remainder. By the payee.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InterestAllocation {
    pub bank: ItemId,
    /// All that is to be allocated.
    pub amount: Money,
    /// The bank's day of settlement: days before it count, it itself does not.
    pub up_to: Day,
    /// SHA-256 of the table of shares, as whoever signs computed it: another one is refused.
    pub table: DocumentId,
}

/// `deposit.interest_capitalised`: interest that was allocated becomes principal. By the payee.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InterestCapitalisation {
    pub deposit: ItemId,
    /// All that was allocated and not paid.
    pub amount: Money,
}

/// `deposit.difference_opened`: bank and book differ, and nobody knows why yet. By the payee.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DifferenceOpening {
    /// Chosen by the payee, unique in its book.
    pub id: ItemId,
    pub bank: ItemId,
    pub side: DifferenceSide,
    pub amount: Money,
    /// The day on which they differ.
    pub value_date: Day,
    pub statement: Prose<2000>,
}

/// `deposit.difference_cleared`: it is explained, by another person. What it was is entered besides.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DifferenceClearing {
    pub difference: ItemId,
    pub explanation: Prose<2000>,
    pub document: DocumentRef,
}

/// `deposit.own_costs_overdue`: own costs that a custody account paid were not replaced in time. By the service.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnCostsOverdue {
    pub currency: Currency,
}

impl Payload for BankEntry {
    const KIND: &'static str = "deposit.bank_entered";

    fn check(&self, faults: &mut Faults) {
        match (self.nature == BankNature::OwnFundsReturned, &self.approval) {
            (true, None) => faults.add("/approval", Fault::MissingField),
            (false, Some(_)) => {
                let words =
                    ("只有自有资金转回（own_funds_returned）依据经办", "only own funds that go back are approved");
                faults.add("/approval", Fault::inconsistent(words));
            }
            _ => {}
        }
    }
}

impl Payload for OwnFundsApproval {
    const KIND: &'static str = "deposit.own_funds_approved";
}

impl Payload for InterestAllocation {
    const KIND: &'static str = "deposit.interest_allocated";
}

impl Payload for InterestCapitalisation {
    const KIND: &'static str = "deposit.interest_capitalised";
}

impl Payload for DifferenceOpening {
    const KIND: &'static str = "deposit.difference_opened";
}

impl Payload for DifferenceClearing {
    const KIND: &'static str = "deposit.difference_cleared";

    cites_document!();
}

impl Payload for OwnCostsOverdue {
    const KIND: &'static str = "deposit.own_costs_overdue";
}
