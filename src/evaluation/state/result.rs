//! What a rating comes to: whole numbers, so that everybody computes the same.

use super::super::Scored;
use super::{Evaluation, Judgement, RatingPhase};
use crate::field::Dimension;
use crate::law::Law;
use crate::template::Side;

/// What is judged, and how much it weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Criterion {
    pub dimension: Dimension,
    pub weight: u16,
}

/// Points are counted in hundredths: 8,550 are 85.50.
pub(super) const HUNDREDTHS: u16 = 100;

impl Criterion {
    pub(super) fn of(dimension: Dimension, law: Law<'_>) -> Self {
        // One that the law does not weigh counts as little as can be.
        let weight = law.edition().evaluation.conduct.weight(dimension).max(1);
        Self { dimension, weight }
    }
}

impl Evaluation {
    /// Scores of a side, with others in the place of some of them.
    pub(super) fn with(&self, rated: Side, scores: &[u8], corrected: &[Scored]) -> Vec<u8> {
        let other = |criterion: Criterion| corrected.iter().find(|scored| scored.dimension == criterion.dimension);
        let scores = self.criteria_of(rated).zip(scores);
        scores.map(|(criterion, score)| other(criterion).map_or(*score, |scored| scored.score)).collect()
    }

    /// What is judged of a side.
    pub fn criteria_of(&self, rated: Side) -> impl Iterator<Item = Criterion> {
        self.criteria.iter().copied().filter(move |criterion| criterion.dimension.side() == rated)
    }

    /// What the rating of a side comes to, in hundredths of a point: each score times its weight, summed, by the sum of the
    /// weights, rounded down. Nothing while there is no rating, or an appeal against it is undecided.
    pub fn result(&self, rated: Side) -> Option<u16> {
        match self.rating(rated.other()) {
            RatingPhase::Scored(scored) if !matches!(scored.judgement, Judgement::Appealed { .. }) => {
                self.points(rated, &scored.scores)
            }
            _ => None,
        }
    }

    pub(super) fn points(&self, rated: Side, scores: &[u8]) -> Option<u16> {
        let mut sum = 0;
        let mut weights = 0;
        for (criterion, score) in self.criteria_of(rated).zip(scores) {
            sum += u32::from(criterion.weight) * u32::from(*score);
            weights += u32::from(criterion.weight);
        }
        u16::try_from((sum * u32::from(HUNDREDTHS)).checked_div(weights)?).ok()
    }
}
