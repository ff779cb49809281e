//! What the service signs: that an evaluation begins, and who let its time pass.

use crate::act::Payload;
use crate::commitment::LotBinding;
use crate::field::{CommitmentId, Dimension, Faults, Instant, Milestone, OrganisationId};
use crate::log::Hash;
use crate::template::{Side, TemplateRef};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `evaluation.opened` [service]: a commitment has come to a milestone, and both sides are asked to rate each other.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EvaluationOpening {
    pub commitment: CommitmentId,
    pub milestone: Milestone,
    /// The lot that has come to it; absent at the end of a year.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lot: Option<LotBinding>,
    /// 未中标: the enterprise bid and did not win. Such ratings are counted apart.
    pub lost: bool,
    /// Hash of the entry that brought it there.
    pub cause: Hash,
    pub unit: OrganisationId,
    pub enterprise: OrganisationId,
    /// The text that both have signed.
    pub template: TemplateRef,
    /// What both promised in it and can be judged by now: each side scores those of the other, all of them once.
    #[schemars(length(min = 1, max = DIMENSIONS_MAX))]
    pub dimensions: Vec<Dimension>,
}

/// What an evaluation waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EvaluationStage {
    /// 密封
    Sealing,
    /// 公开
    Revealing,
}

/// `evaluation.deadline_passed` [service]: the time for sealing, or for revealing what was sealed, is over.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EvaluationDeadline {
    pub stage: EvaluationStage,
    pub due: Instant,
    /// Who said nothing (沉默) in the one, and who withholds (拒不公开) what it sealed in the other.
    #[schemars(length(min = 1, max = 2))]
    pub missed: Vec<Side>,
}

/// As many as there are.
pub(super) const DIMENSIONS_MAX: usize = 13;

impl Payload for EvaluationOpening {
    const KIND: &'static str = "evaluation.opened";

    fn codes(&self) -> Vec<&OrganisationId> {
        vec![&self.unit, &self.enterprise]
    }

    fn check(&self, faults: &mut Faults) {
        faults.list("/dimensions", &self.dimensions, DIMENSIONS_MAX, |dimension| dimension.name());
    }
}

impl Payload for EvaluationDeadline {
    const KIND: &'static str = "evaluation.deadline_passed";

    fn check(&self, faults: &mut Faults) {
        faults.list("/missed", &self.missed, 2, |side| side.name());
    }
}
