//! What a supervisor does when a term ended that should not have.

use crate::act::Payload;
use crate::field::{Citations, DocumentRef, Fault, Faults, ItemId, Prose};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A term of a commitment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CommitmentPeriod {
    /// 要约接受期
    Offer,
    /// 违诺说明期
    BreachAnswer,
    /// 申诉期
    Appeal,
}

/// `commitment.period_reopened` [supervisor]: a term that was ended by a wrong clock runs again from now on, in full.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TermReopening {
    pub period: CommitmentPeriod,
    /// Absent for the offer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub breach: Option<ItemId>,
    pub reasons: Prose<2000>,
    #[serde(default, skip_serializing_if = "Citations::is_empty")]
    pub documents: Citations,
}

impl Payload for TermReopening {
    const KIND: &'static str = "commitment.period_reopened";

    fn check(&self, faults: &mut Faults) {
        match (self.period, &self.breach) {
            (CommitmentPeriod::Offer, Some(_)) => {
                faults.add(
                    "/breach",
                    Fault::inconsistent(("要约与违约无关，不需 breach", "an offer is about no breach")),
                );
            }
            (CommitmentPeriod::Offer, None) | (_, Some(_)) => {}
            (_, None) => faults.add("/breach", Fault::MissingField),
        }
    }

    fn documents(&self) -> Vec<&DocumentRef> {
        self.documents.iter().collect()
    }
}
