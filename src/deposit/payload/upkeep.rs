//! 核定与补足: how much is asked as things change, what is missing or too much then, and guarantees that end.

use crate::act::Payload;
use crate::field::{Fault, Faults, Instant, ItemId, Line, Money};
use crate::law::Grade;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `deposit.assessed`: what is asked is worked out again: the base, the scheme's part, the result's and the credit's. By the payee when
/// something changed, by the service each year and when the payer's grade changed. What is too much then is free to go back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DepositAssessment {
    pub deposit: ItemId,
    /// What the cap is a part of.
    pub base: Money,
    /// The result of risk control (风险防控成效), where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(max = SCORE_MAX))]
    pub score: Option<u8>,
    /// The payer's grade of credit, as its credit has it now; none where it was never graded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grade: Option<Grade>,
    pub required: Money,
    /// The rule of the edition in force by which it was worked out.
    pub rule: Line<64>,
}

/// A score is between 0 and this.
const SCORE_MAX: u8 = 100;

/// `deposit.topup_demanded`: it covers less than is asked (补足通知). By the service, as soon as it does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TopUpDemand {
    pub deposit: ItemId,
    pub missing: Money,
}

/// `deposit.topup_overdue`: what was demanded did not come in time: it stands against the payer. By the service.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TopUpOverdue {
    pub deposit: ItemId,
    /// When it was due.
    pub due: Instant,
}

/// `deposit.surplus_overdue`: what is too much did not go back in time: it stands against the payee. By the service.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SurplusOverdue {
    pub deposit: ItemId,
    /// When it was due.
    pub due: Instant,
}

/// `deposit.guarantee_expiring`: its last day is near (到期预警). By the service, in time for another one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GuaranteeExpiring {
    pub deposit: ItemId,
    pub guarantee: ItemId,
}

impl Payload for DepositAssessment {
    const KIND: &'static str = "deposit.assessed";

    fn check(&self, faults: &mut Faults) {
        if self.score.is_some_and(|score| score > SCORE_MAX) {
            faults.add("/score", Fault::not_within(0..=SCORE_MAX.into(), ("分", "points")));
        }
        if self.required.currency != self.base.currency {
            let words = ("币种须与 base 一致", "of another currency than its base");
            faults.add("/required/currency", Fault::inconsistent(words));
        }
    }
}

impl Payload for TopUpDemand {
    const KIND: &'static str = "deposit.topup_demanded";
}

impl Payload for TopUpOverdue {
    const KIND: &'static str = "deposit.topup_overdue";
}

impl Payload for SurplusOverdue {
    const KIND: &'static str = "deposit.surplus_overdue";
}

impl Payload for GuaranteeExpiring {
    const KIND: &'static str = "deposit.guarantee_expiring";
}
