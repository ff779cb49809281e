//! What a supervisor does when a term ended that should not have.

use crate::act::Payload;
use crate::field::{Citations, DocumentRef, Fault, Faults, Prose};
use crate::template::Side;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A term of an evaluation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EvaluationPeriod {
    /// 密封期: only while nobody can read anything.
    Sealing,
    /// 公开期
    Revealing,
    /// 申诉期
    Appeal,
}

/// `evaluation.period_reopened` [supervisor]: a term that was ended by a wrong clock runs again from now on, in full.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EvaluationReopening {
    pub period: EvaluationPeriod,
    /// Whose rating may be appealed again; absent for the other terms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rater: Option<Side>,
    pub reasons: Prose<2000>,
    #[serde(default, skip_serializing_if = "Citations::is_empty")]
    pub documents: Citations,
}

impl Payload for EvaluationReopening {
    const KIND: &'static str = "evaluation.period_reopened";

    fn check(&self, faults: &mut Faults) {
        match (self.period, self.rater) {
            (EvaluationPeriod::Appeal, None) => faults.add("/rater", Fault::MissingField),
            (EvaluationPeriod::Appeal, Some(_)) | (_, None) => {}
            (_, Some(_)) => {
                faults.add("/rater", Fault::inconsistent(("该期间属于双方，不需 rater", "that term is both sides'")));
            }
        }
    }

    fn documents(&self) -> Vec<&DocumentRef> {
        self.documents.iter().collect()
    }
}
