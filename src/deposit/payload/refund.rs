//! 退还: the clock, who says it may go out, who sends it, and that it arrived.

use crate::act::{Payload, statuses};
use crate::field::{Day, DocumentRef, Instant, ItemId, Line, Money, Prose};
use crate::law::RefundEvent;
use crate::record::Sealed;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `deposit.refund_due`: the clock of the refund runs since a day. Award and contract are read off the tender that it
/// secures; the payee, the payer or a supervisor only says that they have happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RefundClockStart {
    pub deposit: ItemId,
    pub event: RefundEvent,
    /// The day of the event: as the tender has it, or as payee and payer agreed.
    pub day: Day,
    /// What shows it, where no tender of this log does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<DocumentRef>,
}

/// `deposit.refund_overdue`: the time is over and it did not go back. By the service, listed publicly.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RefundOverdue {
    pub deposit: ItemId,
    /// When it was due.
    pub due: Instant,
}

/// An account other than the one it came from, with its reason (退款路径例外).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RefundDestination {
    pub account: Sealed,
    pub reason: Prose<2000>,
    pub document: DocumentRef,
}

/// `deposit.refund_approved`: the payee says that so much goes back (经办), with the interest that the scheme gives and what
/// lateness costs, both computed up to the value date.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RefundApproval {
    pub deposit: ItemId,
    /// Chosen by whoever signs, unique for the deposit.
    pub id: ItemId,
    /// Principal; interest comes on top of it.
    pub amount: Money,
    /// The day on which it goes out: interest is counted up to it, and not for it.
    pub value_date: Day,
    /// Interest and charge, as whoever signs computed them: others are refused.
    pub interest_minor: i64,
    pub overdue_minor: i64,
    /// Back to where it came from, but for this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub elsewhere: Option<RefundDestination>,
}

/// `deposit.refund_instructed`: the bank is told to pay (复核), by another person than who approved.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RefundInstruction {
    pub deposit: ItemId,
    pub refund: ItemId,
}

statuses! {
    /// What became of a payment.
    pub enum RefundOutcome {
        /// 已到账
        Confirmed,
        /// 退汇: it came back, and is to be paid again.
        Bounced,
    }
}

/// `deposit.refund_settled`: a line of the bank's statement says what became of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RefundSettlement {
    pub deposit: ItemId,
    pub refund: ItemId,
    pub outcome: RefundOutcome,
    /// The bank's own reference: each counts once.
    pub reference: Line<64>,
    pub value_date: Day,
}

impl Payload for RefundClockStart {
    const KIND: &'static str = "deposit.refund_due";

    fn documents(&self) -> Vec<&DocumentRef> {
        self.document.iter().collect()
    }
}

impl Payload for RefundOverdue {
    const KIND: &'static str = "deposit.refund_overdue";
}

impl Payload for RefundApproval {
    const KIND: &'static str = "deposit.refund_approved";

    fn documents(&self) -> Vec<&DocumentRef> {
        self.elsewhere.iter().map(|elsewhere| &elsewhere.document).collect()
    }

    fn sealed(&self) -> Vec<Sealed> {
        self.elsewhere.iter().map(|elsewhere| elsewhere.account.clone()).collect()
    }
}

impl Payload for RefundInstruction {
    const KIND: &'static str = "deposit.refund_instructed";
}

impl Payload for RefundSettlement {
    const KIND: &'static str = "deposit.refund_settled";
}
