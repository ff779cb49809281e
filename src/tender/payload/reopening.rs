//! What a supervisor does when a period ended that should not have.

use crate::act::Payload;
use crate::field::{Citations, DocumentRef, Fault, Faults, ItemId, Prose};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A period of a tender's life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TenderPeriod {
    /// 招标前公示期: objections against the disclosed text.
    Objections,
    /// 异议答复期
    ObjectionAnswer,
    /// 投诉期
    Escalation,
    /// 中标候选人公示期
    Candidates,
    /// 质疑答复期
    ChallengeAnswer,
}

/// `tender.period_reopened` [supervisor]: a period that was ended by a wrong clock runs again from now on, in full.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PeriodReopening {
    pub period: TenderPeriod,
    /// The objection, the challenge or the lot; absent for the objection window.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<ItemId>,
    pub reasons: Prose<2000>,
    #[serde(default, skip_serializing_if = "Citations::is_empty")]
    pub documents: Citations,
}

impl Payload for PeriodReopening {
    const KIND: &'static str = "tender.period_reopened";

    fn check(&self, faults: &mut Faults) {
        match (self.period, &self.item) {
            (TenderPeriod::Objections, Some(_)) => {
                let reason =
                    ("项目只有一个异议期，不需 item", "a tender has one objection window, which needs no item");
                faults.add("/item", Fault::inconsistent(reason));
            }
            (TenderPeriod::Objections, None) | (_, Some(_)) => {}
            (_, None) => faults.add("/item", Fault::MissingField),
        }
    }

    fn documents(&self) -> Vec<&DocumentRef> {
        self.documents.iter().collect()
    }
}
