//! What the law, or the platform where there is none, says of evaluations.

use super::{DayRule, Rule};
use crate::field::{Dimension, Milestone};
use serde::{Deserialize, Serialize};

/// Terms, weights and bounds of evaluations.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvaluationTerms {
    /// From the opening to the last moment of a seal.
    pub sealing: DayRule,
    /// From when both have sealed, or the time for it is over, to the last moment of what was sealed.
    pub revealing: DayRule,
    /// From what is appealed to the last moment of an appeal.
    pub appeal: DayRule,
    pub evidence: EvidenceRule,
    pub raters: RaterRule,
    pub sample: SampleRule,
    pub conduct: ConductWeights,
}

/// Which scores need a document.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvidenceRule {
    pub below: u8,
    pub above: u8,
    pub rule: Rule,
}

impl EvidenceRule {
    pub fn asks_for_it(&self, score: u8) -> bool {
        score < self.below || score > self.above
    }
}

/// From how many different raters on a procuring unit's score is shown.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RaterRule {
    pub at_least: u16,
    pub rule: Rule,
}

/// How many evaluations a third party asks about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SampleRule {
    pub one_in: std::num::NonZeroU16,
    pub rule: Rule,
}

impl Default for SampleRule {
    fn default() -> Self {
        Self { one_in: std::num::NonZeroU16::MAX, rule: Rule::default() }
    }
}

/// What is judged, and how much it weighs.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConductWeights {
    pub rule: Rule,
    pub weights: Vec<DimensionWeight>,
}

/// One dimension of conduct.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DimensionWeight {
    pub dimension: Dimension,
    pub weight: std::num::NonZeroU16,
    /// When it can be judged.
    pub milestones: Vec<Milestone>,
}

impl ConductWeights {
    /// How much a dimension weighs; nothing where the law does not know it.
    pub fn weight(&self, dimension: Dimension) -> u16 {
        self.weights.iter().find(|known| known.dimension == dimension).map_or(0, |known| known.weight.get())
    }

    pub fn is_judged_at(&self, dimension: Dimension, milestone: Milestone) -> bool {
        self.weights.iter().any(|known| known.dimension == dimension && known.milestones.contains(&milestone))
    }
}

impl EvaluationTerms {
    /// Every rule, with its days where it counts some.
    pub(super) fn rules(&self) -> [(&Rule, Option<u16>); 7] {
        let Self { sealing, revealing, appeal, evidence, raters, sample, conduct } = self;
        [
            (&sealing.rule, Some(sealing.days)),
            (&revealing.rule, Some(revealing.days)),
            (&appeal.rule, Some(appeal.days)),
            (&evidence.rule, None),
            (&raters.rule, None),
            (&sample.rule, None),
            (&conduct.rule, None),
        ]
    }
}
