//! 未认领来款: money that came in and nobody knows for which deposit.

use super::PayerAccountKind;
use crate::act::{Payload, cites_document};
use crate::field::{Day, DocumentRef, ItemId, Line, Money, Prose};
use crate::record::Sealed;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `deposit.unallocated_received`: a line of the bank's statement that fits no notice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UnallocatedReceipt {
    pub bank: ItemId,
    /// The bank's own reference: each counts once.
    pub reference: Line<64>,
    pub amount: Money,
    pub value_date: Day,
    /// The number of the payer's account, sealed: where it would go back to.
    pub account: Sealed,
}

/// `deposit.unallocated_claimed`: it is shown to be of a deposit, to another person than who entered it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UnallocatedClaim {
    pub deposit: ItemId,
    /// Of the line that it was.
    pub reference: Line<64>,
    pub account_kind: PayerAccountKind,
    /// What shows it.
    pub document: DocumentRef,
}

/// `deposit.unallocated_returned`: a line of the bank's statement says that it went back, by another person than who entered it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UnallocatedReturn {
    /// Of the line by which it came.
    pub receipt: Line<64>,
    /// Of the line by which it went.
    pub reference: Line<64>,
    pub value_date: Day,
    pub reason: Prose<2000>,
}

impl Payload for UnallocatedReceipt {
    const KIND: &'static str = "deposit.unallocated_received";

    fn sealed(&self) -> Vec<Sealed> {
        vec![self.account.clone()]
    }
}

impl Payload for UnallocatedClaim {
    const KIND: &'static str = "deposit.unallocated_claimed";

    cites_document!();
}

impl Payload for UnallocatedReturn {
    const KIND: &'static str = "deposit.unallocated_returned";
}
