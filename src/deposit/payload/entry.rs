//! 更正: what a line of the bank's statement was entered as, and was not.

use crate::act::{Payload, cites_document};
use crate::field::{DocumentRef, ItemId, Line, Prose};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `deposit.entry_reversed`: what was entered wrongly of the bank's statement is taken back, once, by another person (红字冲销):
/// a `bank_entered`, an `unallocated_received` that nobody has claimed, an `unallocated_returned`, a `refund_settled` or a
/// `forfeiture_remitted`. Its reference may be entered again, as what it is. A receipt of a deposit has `receipt_reversed`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EntryReversal {
    /// The deposit that the line was entered for, if it was for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deposit: Option<ItemId>,
    /// Of the bank's line.
    pub reference: Line<64>,
    pub reason: Prose<2000>,
    pub document: DocumentRef,
}

impl Payload for EntryReversal {
    const KIND: &'static str = "deposit.entry_reversed";

    cites_document!();
}
