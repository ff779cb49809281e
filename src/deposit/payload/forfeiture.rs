//! 不予退还: on a ground of the law's list, by two people, after the time for an appeal.

use crate::act::{Payload, cites_document, statuses};
use crate::field::{Citations, Day, DocumentRef, ItemId, Line, Money, Prose};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `deposit.forfeited`: the payee decides that a part of what is held is not given back. Nothing moves yet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Forfeiture {
    pub deposit: ItemId,
    /// Chosen by whoever signs, unique for the deposit.
    pub id: ItemId,
    pub hold: ItemId,
    pub amount: Money,
    /// One of those that the edition lists for this kind.
    pub ground: ItemId,
    pub reasons: Prose<5000>,
    /// The decision.
    pub document: DocumentRef,
}

/// `deposit.forfeiture_confirmed`: by another person of the payee. The money is set aside, and may be appealed for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ForfeitureConfirmation {
    pub deposit: ItemId,
    pub forfeiture: ItemId,
}

/// `deposit.forfeiture_appealed`: by the payer, while its time runs. Nothing is paid out until it is ruled on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ForfeitureAppeal {
    pub deposit: ItemId,
    pub forfeiture: ItemId,
    pub grounds: Prose<5000>,
    #[serde(default, skip_serializing_if = "Citations::is_empty")]
    pub documents: Citations,
}

statuses! {
    /// What becomes of an appeal.
    pub enum ForfeitureOutcome {
        /// 维持
        Upheld,
        /// 撤销: the money is available again, with interest for the time between.
        Overturned,
    }
}

/// `deposit.forfeiture_ruled`: by a supervisor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ForfeitureRuling {
    pub deposit: ItemId,
    pub forfeiture: ItemId,
    pub outcome: ForfeitureOutcome,
    pub reasons: Prose<5000>,
    #[serde(default, skip_serializing_if = "Citations::is_empty")]
    pub documents: Citations,
}

/// `deposit.forfeiture_final`: nobody appealed in time. By the service.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ForfeitureFinal {
    pub deposit: ItemId,
    pub forfeiture: ItemId,
}

/// `deposit.forfeiture_remitted`: it was paid to whom the law names (缴库): a line of the bank's statement says so.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ForfeitureRemittance {
    pub deposit: ItemId,
    pub forfeiture: ItemId,
    /// The bank's own reference: each counts once.
    pub reference: Line<64>,
    pub value_date: Day,
}

/// `deposit.forfeiture_annulled`: a court or a review takes back what was final. By a supervisor. What was paid out comes back first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ForfeitureAnnulment {
    pub deposit: ItemId,
    pub forfeiture: ItemId,
    pub reasons: Prose<5000>,
    /// The judgment.
    pub document: DocumentRef,
}

/// `deposit.forfeiture_recovered`: the treasury paid back, as a line of the bank's statement says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ForfeitureRecovery {
    pub deposit: ItemId,
    pub forfeiture: ItemId,
    /// The bank's own reference: each counts once.
    pub reference: Line<64>,
    pub value_date: Day,
}

impl Payload for Forfeiture {
    const KIND: &'static str = "deposit.forfeited";

    cites_document!();
}

impl Payload for ForfeitureConfirmation {
    const KIND: &'static str = "deposit.forfeiture_confirmed";
}

impl Payload for ForfeitureAppeal {
    const KIND: &'static str = "deposit.forfeiture_appealed";

    fn documents(&self) -> Vec<&DocumentRef> {
        self.documents.iter().collect()
    }
}

impl Payload for ForfeitureRuling {
    const KIND: &'static str = "deposit.forfeiture_ruled";

    fn documents(&self) -> Vec<&DocumentRef> {
        self.documents.iter().collect()
    }
}

impl Payload for ForfeitureFinal {
    const KIND: &'static str = "deposit.forfeiture_final";
}

impl Payload for ForfeitureRemittance {
    const KIND: &'static str = "deposit.forfeiture_remitted";
}

impl Payload for ForfeitureAnnulment {
    const KIND: &'static str = "deposit.forfeiture_annulled";

    cites_document!();
}

impl Payload for ForfeitureRecovery {
    const KIND: &'static str = "deposit.forfeiture_recovered";
}
