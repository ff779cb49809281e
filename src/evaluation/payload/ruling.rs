//! What supervisors make of a rating, and the appeal to another one.

use super::opening::DIMENSIONS_MAX;
use super::rating::{SCORE_MAX, check_score};
use crate::act::{Payload, confirms_numbers};
use crate::field::{Citations, Dimension, DocumentRef, Faults, NumberConfirmation, Prose};
use crate::template::Side;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A score that counts in the place of the rater's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Scored {
    pub dimension: Dimension,
    #[schemars(range(min = 0, max = SCORE_MAX))]
    pub score: u8,
}

/// `evaluation.verified` [supervisor]: it looked into a rating, and the rating stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RatingVerification {
    pub rater: Side,
    pub reasons: Prose<5000>,
    #[serde(default, skip_serializing_if = "Citations::is_empty")]
    pub documents: Citations,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub numbers_confirmed: Option<NumberConfirmation>,
}

/// `evaluation.corrected` [supervisor]: some scores are not what the evidence says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RatingCorrection {
    pub rater: Side,
    /// Only those that change.
    #[schemars(length(min = 1, max = DIMENSIONS_MAX))]
    pub scores: Vec<Scored>,
    pub reasons: Prose<5000>,
    #[serde(default, skip_serializing_if = "Citations::is_empty")]
    pub documents: Citations,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub numbers_confirmed: Option<NumberConfirmation>,
}

/// `evaluation.appealed`: once, by either side, against a rating as it counts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RatingAppeal {
    pub rater: Side,
    pub grounds: Prose<5000>,
    #[serde(default, skip_serializing_if = "Citations::is_empty")]
    pub documents: Citations,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub numbers_confirmed: Option<NumberConfirmation>,
}

/// `evaluation.appeal_ruled`: by another supervisor than the one whose decision it is about; final.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RatingRuling {
    pub rater: Side,
    /// Only those that change; none where the rating stands.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = DIMENSIONS_MAX))]
    pub scores: Vec<Scored>,
    pub reasons: Prose<5000>,
    #[serde(default, skip_serializing_if = "Citations::is_empty")]
    pub documents: Citations,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub numbers_confirmed: Option<NumberConfirmation>,
}

fn check_scored(scores: &[Scored], faults: &mut Faults) {
    faults.list("/scores", scores, DIMENSIONS_MAX, |score| score.dimension.name());
    for (at, score) in scores.iter().enumerate() {
        check_score(format!("/scores/{at}/score"), score.score, faults);
    }
}

macro_rules! with_documents {
    ($($payload:ident = $kind:literal, $payload_name:ident, $faults:ident => $check:expr;)*) => {
        $(impl Payload for $payload {
            const KIND: &'static str = $kind;

            confirms_numbers!();

            fn check(&self, $faults: &mut Faults) {
                let $payload_name = self;
                $check;
            }

            fn documents(&self) -> Vec<&DocumentRef> {
                self.documents.iter().collect()
            }
        })*
    };
}

with_documents! {
    RatingVerification = "evaluation.verified", _verification, _faults => {};
    RatingCorrection = "evaluation.corrected", correction, faults => check_scored(&correction.scores, faults);
    RatingAppeal = "evaluation.appealed", _appeal, _faults => {};
    RatingRuling = "evaluation.appeal_ruled", ruling, faults => {
        if !ruling.scores.is_empty() {
            check_scored(&ruling.scores, faults);
        }
    };
}
