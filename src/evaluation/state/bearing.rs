//! What an act says of the side that is rated.

use super::super::{Act, Scored};
use super::result::HUNDREDTHS;
use super::{Evaluation, RatingPhase, SIDES};
use crate::act::{Bearing, Fact};
use crate::template::Side;

impl Evaluation {
    /// A rating is said of the one that it is about, and each decision on it takes the place of what was said before; while an
    /// appeal is undecided nothing is.
    pub(super) fn bearings(&self, act: &Act) -> Vec<Bearing> {
        match act {
            Act::Revealed(rating) => {
                let rated = rating.scores.first().map(|score| score.dimension.side());
                let said = rated.map(|rated| self.said_of(rated, &self.scores_in_order(rated, rating), false));
                said.unwrap_or_default()
            }
            Act::Verified(verification) => self.judged(verification.rater, &[]),
            Act::Corrected(correction) => self.judged(correction.rater, &correction.scores),
            Act::AppealRuled(ruling) => self.judged(ruling.rater, &ruling.scores),
            Act::Appealed(appeal) => {
                let undone = self.counting(appeal.rater);
                self.both(appeal.rater.other(), Fact::Concerned, undone)
            }
            Act::DeadlinePassed(_) | Act::PeriodReopened(_) => {
                SIDES.map(|side| Bearing::concerned(self.party(side))).into()
            }
            Act::Opened(_) | Act::Sealed(_) | Act::Replied(_) => Vec::new(),
        }
    }

    fn judged(&self, rater: Side, corrected: &[Scored]) -> Vec<Bearing> {
        let RatingPhase::Scored(scored) = self.rating(rater) else { return Vec::new() };
        let rated = rater.other();
        self.said_of(rated, &self.with(rated, &scored.scores, corrected), true)
    }

    fn said_of(&self, rated: Side, scores: &[u8], verified: bool) -> Vec<Bearing> {
        let score = self.points(rated, scores).map_or(0, |points| u8::try_from(points / HUNDREDTHS).unwrap_or(u8::MAX));
        let undone = self.counting(rated.other());
        self.both(rated, Fact::Evaluated { score, lost: self.lost, verified }, undone)
    }

    /// The entry by which a side's rating counts.
    fn counting(&self, rater: Side) -> Option<u64> {
        match self.rating(rater) {
            RatingPhase::Scored(scored) => scored.entry,
            _ => None,
        }
    }

    fn both(&self, rated: Side, fact: Fact, undone: Option<u64>) -> Vec<Bearing> {
        let rater = Bearing::concerned(self.party(rated.other()));
        vec![Bearing::new(self.party(rated), fact).undoing(undone), rater]
    }
}
