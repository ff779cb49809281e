//! 分立拆分: a part of a deposit goes to one of those into which its payer was divided.

use crate::act::{Payload, cites_document};
use crate::field::{DocumentRef, ItemId, Money, OrganisationId, Prose};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `deposit.divided`: the payer was divided, and by an agreement to which the payee says yes a part of what is free in the deposit is
/// one successor's: from then on a deposit of its own, for the same thing and with the same clock. What is held, in dispute or
/// guaranteed stays in the rest, which `deposit.succeeded` gives to the last of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DepositDivision {
    pub deposit: ItemId,
    /// What the part is called from now on: a new id of this book.
    pub id: ItemId,
    /// One of the successors that the payer's end names.
    pub successor: OrganisationId,
    /// The interest that it has borne so far goes along in proportion.
    pub amount: Money,
    /// The agreement of all successors.
    pub document: DocumentRef,
}

impl Payload for DepositDivision {
    const KIND: &'static str = "deposit.divided";

    cites_document!();

    fn codes(&self) -> Vec<&OrganisationId> {
        vec![&self.successor]
    }
}

/// `deposit.division_reversed`: a part is put back, by another person, while all of it is there and free (红字冲销): because the division was
/// entered wrongly, or because a receipt of which it has a share was. The deposit is then what it was before the division: whole, and the
/// divided payer's, until that is divided again or `deposit.succeeded` says whose it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DivisionReversal {
    /// The deposit that the part was taken from.
    pub deposit: ItemId,
    /// Its id is not used again.
    pub part: ItemId,
    pub reason: Prose<2000>,
    pub document: DocumentRef,
}

impl Payload for DivisionReversal {
    const KIND: &'static str = "deposit.division_reversed";

    cites_document!();
}
