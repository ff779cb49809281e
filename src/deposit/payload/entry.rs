//! 更正: what was entered, and was not so.

use crate::act::{Payload, cites_document};
use crate::field::{DocumentRef, Fault, Faults, ItemId, Line, Prose};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `deposit.entry_reversed`: what was entered wrongly is taken back, once, by another person (红字冲销), while nothing rests on it. Of the
/// bank's statement, by its reference, which may be entered again as what it is: a `bank_entered`, an `unallocated_received` that nobody has
/// claimed, an `unallocated_returned`, a `refund_settled`, a `forfeiture_remitted`, a `guarantee_paid`, a `forfeiture_recovered`, an
/// `unclaimed_remitted` or an `unclaimed_recovered`. By its entry, for which the bank has no line: an `unclaimed_noticed`, an
/// `unclaimed_set_aside`, an `unclaimed_reclaimed` or an `own_funds_approved`. A receipt of a deposit has `receipt_reversed`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EntryReversal {
    /// The deposit that it was entered for, if it was for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deposit: Option<ItemId>,
    /// Of the bank's line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Line<64>>,
    /// The entry of the log that is taken back, where the bank has no line for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<u64>,
    pub reason: Prose<2000>,
    pub document: DocumentRef,
}

impl Payload for EntryReversal {
    const KIND: &'static str = "deposit.entry_reversed";

    fn check(&self, faults: &mut Faults) {
        match (&self.reference, self.entry) {
            (None, None) => faults.add("/reference", Fault::MissingField),
            (Some(_), Some(_)) => {
                let words = ("已以 reference 指明", "beside a reference, which names it already");
                faults.add("/entry", Fault::inconsistent(words));
            }
            _ => {}
        }
    }

    cites_document!();
}
