//! What a side says of the other: first sealed, then in words.

use super::opening::DIMENSIONS_MAX;
use crate::act::{Payload, confirms_numbers};
use crate::evaluation::Salt;
use crate::field::{Citations, Dimension, DocumentRef, Fault, Faults, NumberConfirmation, Prose};
use crate::log::Hash;
use crate::template::Side;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `evaluation.sealed` [each side]: it has rated the other, and nobody can read how.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RatingSeal {
    /// SHA-256 of the rating in the form of FORMAT.md §12, which has one length whatever it says.
    pub seal: Hash,
}

/// How the other side kept one of its promises.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Score {
    pub dimension: Dimension,
    #[schemars(range(min = 0, max = SCORE_MAX))]
    pub score: u8,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reasons: Option<Prose<1000>>,
    /// Evidence (证据材料): a very low or a very high score needs one.
    #[serde(default, skip_serializing_if = "Citations::is_empty")]
    pub documents: Citations,
}

/// `evaluation.revealed` [each side]: what it sealed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rating {
    /// What made the seal impossible to guess.
    pub salt: Salt,
    /// One for each dimension that the opening names of the other side.
    #[schemars(length(min = 1, max = DIMENSIONS_MAX))]
    pub scores: Vec<Score>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub statement: Option<Prose<3000>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub numbers_confirmed: Option<NumberConfirmation>,
}

/// `evaluation.replied`: the side that was rated answers, once; its words stand beside the score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RatingReply {
    /// Whose rating is answered.
    pub rater: Side,
    pub statement: Prose<5000>,
    #[serde(default, skip_serializing_if = "Citations::is_empty")]
    pub documents: Citations,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub numbers_confirmed: Option<NumberConfirmation>,
}

/// The best score.
pub(super) const SCORE_MAX: u8 = 100;

/// # Errors
/// Too many points.
pub(super) fn check_score(pointer: String, score: u8, faults: &mut Faults) {
    if score > SCORE_MAX {
        faults.add(pointer, Fault::not_within(0..=SCORE_MAX.into(), ("分", "points")));
    }
}

impl Payload for RatingSeal {
    const KIND: &'static str = "evaluation.sealed";
}

impl Payload for Rating {
    const KIND: &'static str = "evaluation.revealed";

    /// In its sealed form it has less than that, escapes and all; see [`crate::evaluation::SEALED_BYTES`].
    const BYTES_MAX: usize = 32_768;

    confirms_numbers!();

    fn check(&self, faults: &mut Faults) {
        faults.list("/scores", &self.scores, DIMENSIONS_MAX, |score| score.dimension.name());
        for (at, score) in self.scores.iter().enumerate() {
            check_score(format!("/scores/{at}/score"), score.score, faults);
        }
    }

    fn documents(&self) -> Vec<&DocumentRef> {
        self.scores.iter().flat_map(|score| &score.documents).collect()
    }
}

impl Payload for RatingReply {
    const KIND: &'static str = "evaluation.replied";

    confirms_numbers!();

    fn documents(&self) -> Vec<&DocumentRef> {
        self.documents.iter().collect()
    }
}
