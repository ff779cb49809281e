//! 无法退还与承继: what nobody takes back, and who takes the place of a payer that is no more.

use crate::act::{Payload, cites_document};
use crate::field::{Day, DocumentRef, ItemId, Line, OrganisationId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `deposit.unclaimed_noticed`: its refund is late and can't be made: the payee asks publicly who claims it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UnclaimedNotice {
    pub deposit: ItemId,
    /// The day on which it was made public; the edition's time runs from then on.
    pub published: Day,
    pub document: DocumentRef,
}

/// `deposit.unclaimed_set_aside`: nobody came in that time, says another person than who gave notice. No more interest is counted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UnclaimedSettingAside {
    pub deposit: ItemId,
}

/// `deposit.unclaimed_remitted`: it was paid to the treasury, as a line of the bank's statement says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UnclaimedRemittance {
    pub deposit: ItemId,
    /// The bank's own reference: each counts once.
    pub reference: Line<64>,
    pub value_date: Day,
}

/// `deposit.unclaimed_reclaimed`: the payer came after all. It is to go back, with a clock of its own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UnclaimedReclaim {
    pub deposit: ItemId,
    /// What shows that it is the payer's.
    pub document: DocumentRef,
}

/// `deposit.unclaimed_recovered`: the treasury paid it back, as a line of the bank's statement says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UnclaimedRecovery {
    pub deposit: ItemId,
    /// The bank's own reference: each counts once.
    pub reference: Line<64>,
    pub value_date: Day,
}

/// `deposit.succeeded`: the payer was merged or divided, as its own records say: whoever succeeds it has the deposit, and everything
/// that is owed on it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DepositSuccession {
    pub deposit: ItemId,
    /// One of the successors that the payer's end names.
    pub successor: OrganisationId,
    /// The registration, and where there are several successors, what gives it to this one.
    pub document: DocumentRef,
}

impl Payload for UnclaimedNotice {
    const KIND: &'static str = "deposit.unclaimed_noticed";

    cites_document!();
}

impl Payload for UnclaimedSettingAside {
    const KIND: &'static str = "deposit.unclaimed_set_aside";
}

impl Payload for UnclaimedRemittance {
    const KIND: &'static str = "deposit.unclaimed_remitted";
}

impl Payload for UnclaimedReclaim {
    const KIND: &'static str = "deposit.unclaimed_reclaimed";

    cites_document!();
}

impl Payload for UnclaimedRecovery {
    const KIND: &'static str = "deposit.unclaimed_recovered";
}

impl Payload for DepositSuccession {
    const KIND: &'static str = "deposit.succeeded";

    cites_document!();

    fn codes(&self) -> Vec<&OrganisationId> {
        vec![&self.successor]
    }
}
