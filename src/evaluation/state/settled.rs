//! A rating that nothing is waited for any more, as it is looked at beside those of other evaluations.

use super::{Evaluation, RatingPhase, RatingStatus, SIDES, ScoredRating};
use crate::act::Place;
use crate::field::{Dimension, EvaluationId, Instant, OrganisationId};
use crate::template::Side;

/// Where an entry stands in the log, and since when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stamp {
    pub entry: u64,
    pub time: Instant,
}

/// A rating that can be read, or that its rater has missed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettledRating {
    pub evaluation: EvaluationId,
    pub side: Side,
    pub rater: OrganisationId,
    pub rated: OrganisationId,
    /// The enterprise bid and did not win.
    pub lost: bool,
    /// When the evaluation began.
    pub opened: Instant,
    /// The entry that revealed it, or said that its time is over.
    pub settled: Stamp,
    pub outcome: RatingOutcome,
}

/// What the rater said, if it did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RatingOutcome {
    Revealed(RevealedRating),
    /// 沉默
    Silent,
    /// 拒不公开
    Withheld,
}

/// What the rater gave, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevealedRating {
    /// As given, in the order in which they are judged.
    pub scores: Vec<(Dimension, u8)>,
    /// Hundredths of a point, as given.
    pub given: u16,
    /// Hundredths of a point that count; none while an appeal is undecided.
    pub counted: Option<u16>,
    pub status: RatingStatus,
    /// When the rater was bound by it.
    pub sealed: Stamp,
    /// 答复: by the side that is rated.
    pub reply: Option<Stamp>,
}

impl From<&Place> for Stamp {
    fn from(place: &Place) -> Self {
        Self { entry: place.index, time: place.time }
    }
}

impl SettledRating {
    /// How far it came.
    pub fn status(&self) -> RatingStatus {
        match &self.outcome {
            RatingOutcome::Revealed(revealed) => revealed.status,
            RatingOutcome::Silent => RatingStatus::Silent,
            RatingOutcome::Withheld => RatingStatus::Withheld,
        }
    }

    /// What was said, if anything.
    pub fn revealed(&self) -> Option<&RevealedRating> {
        match &self.outcome {
            RatingOutcome::Revealed(revealed) => Some(revealed),
            RatingOutcome::Silent | RatingOutcome::Withheld => None,
        }
    }
}

impl Evaluation {
    /// The ratings of this evaluation that nothing is waited for any more.
    pub fn settled(&self, id: &EvaluationId) -> impl Iterator<Item = SettledRating> {
        SIDES.into_iter().filter_map(|side| {
            let (settled, outcome) = match self.rating(side) {
                RatingPhase::Awaited | RatingPhase::Sealed { .. } => return None,
                RatingPhase::Silent { since } => (*since, RatingOutcome::Silent),
                RatingPhase::Withheld { since, .. } => (*since, RatingOutcome::Withheld),
                RatingPhase::Scored(scored) => {
                    (scored.revealed, RatingOutcome::Revealed(self.revealed(side.other(), scored)))
                }
            };
            Some(SettledRating {
                evaluation: id.clone(),
                side,
                rater: self.party(side).clone(),
                rated: self.party(side.other()).clone(),
                lost: self.lost,
                opened: self.first_time,
                settled,
                outcome,
            })
        })
    }

    fn revealed(&self, rated: Side, scored: &ScoredRating) -> RevealedRating {
        let dimensions = self.criteria_of(rated).map(|criterion| criterion.dimension);
        RevealedRating {
            scores: dimensions.zip(scored.given.iter().copied()).collect(),
            given: self.points(rated, &scored.given).unwrap_or_default(),
            counted: self.result(rated),
            status: self.rating(rated.other()).status(),
            sealed: scored.sealed,
            reply: scored.reply,
        }
    }
}
