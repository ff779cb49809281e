//! 更正: what was entered, and was not so.

use crate::act::{Payload, cites_document};
use crate::field::{DocumentRef, Fault, Faults, ItemId, Line, Prose};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `deposit.entry_reversed`: what was entered wrongly is taken back, once, by another person (红字冲销), while nothing rests on it. Of the
/// bank's statement, by its reference, which may be entered again as what it is: a `bank_entered`, an `unallocated_received` that nobody has
/// claimed, an `unallocated_returned`, a `refund_settled`, a `forfeiture_remitted`, a `guarantee_paid`, a `forfeiture_recovered`, an
/// `unclaimed_remitted` or an `unclaimed_recovered`. By its entry, for which the bank has no line: an `unclaimed_noticed`, an
/// `unclaimed_set_aside`, an `unclaimed_reclaimed`, an `own_funds_approved`, a `refund_approved` that the bank was not told of, an
/// `interest_capitalised`, or, with its `bank`, an `interest_allocated`. A receipt of a deposit has `receipt_reversed`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EntryReversal {
    /// The deposit that it was entered for, if it was for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deposit: Option<ItemId>,
    /// The custody account whose interest was allocated, where that is taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bank: Option<ItemId>,
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
        if self.bank.is_some() && (self.deposit.is_some() || self.reference.is_some()) {
            let words =
                ("只用于结息分配，另以 entry 指明", "of an allocation of interest alone, which its entry names");
            faults.add("/bank", Fault::inconsistent(words));
        }
    }

    cites_document!();
}
