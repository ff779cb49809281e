//! What an accepted act makes of an evaluation.

use super::super::{Act, EvaluationOpening, EvaluationPeriod, EvaluationReopening, EvaluationStage, Rating, Scored};
use super::{Criterion, Evaluation, Judgement, RatingPhase, SIDES, ScoredRating};
use crate::act::Place;
use crate::field::OrganisationId;
use crate::law::{DayRule, Law, Running};
use crate::template::Side;

fn begins(term: &DayRule, place: &Place) -> Running {
    Running::new(place.time, term.period())
}

impl Evaluation {
    pub(super) fn opened(opening: &EvaluationOpening, place: &Place, law: Law<'_>) -> Self {
        let terms = &law.edition().evaluation;
        Self {
            version: place.version,
            commitment: opening.commitment.clone(),
            milestone: opening.milestone,
            lot: opening.lot.clone(),
            lost: opening.lost,
            cause: opening.cause,
            unit: opening.unit.clone(),
            enterprise: opening.enterprise.clone(),
            template: opening.template.clone(),
            criteria: opening.dimensions.iter().map(|dimension| Criterion::of(*dimension, law)).collect(),
            unproven: terms.evidence.below..=terms.evidence.above,
            sealing: begins(&terms.sealing, place),
            revealing: None,
            by_unit: RatingPhase::Awaited,
            by_enterprise: RatingPhase::Awaited,
            concluded: None,
            first_time: place.time,
            last_time: place.time,
        }
    }

    pub(super) fn fold(&mut self, act: &Act, place: &Place, law: Law<'_>) {
        let terms = &law.edition().evaluation;
        match act {
            // Made above.
            Act::Opened(_) => {}
            Act::Sealed(sealed) => {
                if let Some(side) = self.side_called(&place.author) {
                    *self.rating_mut(side) = RatingPhase::Sealed { seal: sealed.seal, sealed: place.into() };
                }
                if SIDES.into_iter().all(|side| matches!(self.rating(side), RatingPhase::Sealed { .. })) {
                    self.revealing = Some(begins(&terms.revealing, place));
                }
            }
            Act::Revealed(rating) => {
                if let Some(side) = self.side_called(&place.author)
                    && let RatingPhase::Sealed { sealed, .. } = *self.rating(side)
                {
                    let given = self.scores_in_order(side.other(), rating);
                    *self.rating_mut(side) = RatingPhase::Scored(Box::new(ScoredRating {
                        scores: given.clone(),
                        given,
                        judgement: Judgement::Unjudged,
                        appeal: begins(&terms.appeal, place),
                        sealed,
                        revealed: place.into(),
                        reply: None,
                        entry: Some(place.index),
                    }));
                }
            }
            Act::DeadlinePassed(deadline) => {
                if deadline.stage == EvaluationStage::Sealing {
                    self.revealing = Some(begins(&terms.revealing, place));
                }
                for side in &deadline.missed {
                    let rating = self.rating_mut(*side);
                    match *rating {
                        RatingPhase::Awaited => *rating = RatingPhase::Silent { since: place.into() },
                        RatingPhase::Sealed { seal, sealed } => {
                            *rating = RatingPhase::Withheld { seal, sealed, since: place.into() };
                        }
                        _ => {}
                    }
                }
            }
            Act::Replied(reply) => self.change(reply.rater, |scored| scored.reply = Some(place.into())),
            Act::Verified(verification) => {
                self.judge(verification.rater, &[], place, law, |by| Judgement::Verified { by })
            }
            Act::Corrected(correction) => {
                self.judge(correction.rater, &correction.scores, place, law, |by| Judgement::Corrected { by });
            }
            Act::Appealed(appeal) => self.change(appeal.rater, |scored| {
                scored.judgement = Judgement::Appealed { decided_by: scored.judgement.decided_by().cloned() };
                scored.entry = None;
            }),
            Act::PeriodReopened(reopening) => self.reopen(reopening, place, law),
            Act::AppealRuled(ruling) => self.judge(ruling.rater, &ruling.scores, place, law, |_| Judgement::Final),
        }
        self.conclude(place);
    }

    /// A term runs again, and who missed it has not.
    fn reopen(&mut self, reopening: &EvaluationReopening, place: &Place, law: Law<'_>) {
        let terms = &law.edition().evaluation;
        match (reopening.period, reopening.rater) {
            (EvaluationPeriod::Sealing, _) => {
                self.sealing = begins(&terms.sealing, place);
                self.revealing = None;
            }
            (EvaluationPeriod::Revealing, _) => self.revealing = Some(begins(&terms.revealing, place)),
            (EvaluationPeriod::Appeal, Some(rater)) => {
                let appeal = begins(&terms.appeal, place);
                return self.change(rater, |scored| scored.appeal = appeal);
            }
            (EvaluationPeriod::Appeal, None) => return,
        }
        self.concluded = None;
        for side in SIDES {
            let rating = self.rating_mut(side);
            match *rating {
                RatingPhase::Silent { .. } if reopening.period == EvaluationPeriod::Sealing => {
                    *rating = RatingPhase::Awaited;
                }
                RatingPhase::Withheld { seal, sealed, .. } => *rating = RatingPhase::Sealed { seal, sealed },
                _ => {}
            }
        }
    }

    /// Nothing is left to wait for: nobody may seal any more, and what was sealed is revealed or counts as withheld.
    fn conclude(&mut self, place: &Place) {
        let is_open = |rating: &RatingPhase| matches!(rating, RatingPhase::Awaited | RatingPhase::Sealed { .. });
        if self.concluded.is_none() && !SIDES.into_iter().any(|side| is_open(self.rating(side))) {
            self.concluded = Some(place.time);
        }
    }

    fn side_called(&self, author: &OrganisationId) -> Option<Side> {
        SIDES.into_iter().find(|side| self.party(*side) == author)
    }

    /// The scores of a rating in the order of the criteria.
    pub(super) fn scores_in_order(&self, rated: Side, rating: &Rating) -> Vec<u8> {
        let score = |dimension| rating.scores.iter().find(|score| score.dimension == dimension);
        self.criteria_of(rated).map(|criterion| score(criterion.dimension).map_or(0, |score| score.score)).collect()
    }

    fn change(&mut self, rater: Side, change: impl FnOnce(&mut ScoredRating)) {
        if let RatingPhase::Scored(scored) = self.rating_mut(rater) {
            change(scored);
        }
    }

    /// Puts scores in the place of those that counted; what was decided may be appealed from now on.
    fn judge(
        &mut self,
        rater: Side,
        scores: &[Scored],
        place: &Place,
        law: Law<'_>,
        judgement: impl FnOnce(OrganisationId) -> Judgement,
    ) {
        let RatingPhase::Scored(scored) = self.rating(rater) else { return };
        let scores = self.with(rater.other(), &scored.scores, scores);
        let appeal = begins(&law.edition().evaluation.appeal, place);
        self.change(rater, |scored| {
            scored.scores = scores;
            scored.entry = Some(place.index);
            scored.judgement = judgement(place.author.clone());
            scored.appeal = appeal;
        });
    }
}

impl Judgement {
    /// The supervisor whose decision counts, or is appealed against.
    pub fn decided_by(&self) -> Option<&OrganisationId> {
        match self {
            Self::Verified { by } | Self::Corrected { by } => Some(by),
            Self::Appealed { decided_by } => decided_by.as_ref(),
            Self::Unjudged | Self::Final => None,
        }
    }
}
