//! Where an evaluation stands and the acts that it allows: pure, exhaustive, without a clock.

mod apply;
mod bearing;
mod decide;
mod owed;
mod result;
mod settled;
mod status;
#[cfg(test)]
mod tests;

pub use owed::{Milestones, ReachedMilestone};
pub use result::Criterion;
pub use settled::{RatingOutcome, RevealedRating, SettledRating, Stamp};
pub use status::{EvaluationStatus, RatingStatus};

use super::{Act, EvaluationDeadline, EvaluationOpening, EvaluationStage};
use crate::act::{Author, Bearing, Capability, Look, Moment, Place, Stream, StreamId};
use crate::commitment::LotBinding;
use crate::field::{CommitmentId, EvaluationId, Instant, Milestone, OrganisationId};
use crate::law::{Edition, Law, Running};
use crate::log::Hash;
use crate::problem::Refusal;
use crate::template::{Side, TemplateRef};

impl StreamId for EvaluationId {
    const PREFIX: &'static str = "evaluation";
}

/// What counts of a rating, and who decided that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judgement {
    /// Nobody looked into it.
    Unjudged,
    /// 已核实
    Verified { by: OrganisationId },
    /// 已更正
    Corrected { by: OrganisationId },
    /// 已申诉, against what this supervisor decided, if one did.
    Appealed { decided_by: Option<OrganisationId> },
    /// On appeal: final.
    Final,
}

/// A rating that can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScoredRating {
    /// What counts for each criterion of the side that is rated, in their order.
    pub scores: Vec<u8>,
    /// What the rater gave.
    pub given: Vec<u8>,
    pub judgement: Judgement,
    /// How long it may be appealed.
    pub appeal: Running,
    /// When the rater was bound by it.
    pub sealed: Stamp,
    pub revealed: Stamp,
    /// When the side that is rated has answered.
    pub reply: Option<Stamp>,
    /// The entry by which the scores count; none while an appeal is undecided.
    pub entry: Option<u64>,
}

/// How far the rating by one side has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RatingPhase {
    /// Not sealed yet.
    Awaited,
    /// 沉默: not sealed in time.
    Silent { since: Stamp },
    /// 已密封
    Sealed { seal: Hash, sealed: Stamp },
    /// 拒不公开: sealed, and not revealed in time.
    Withheld { seal: Hash, sealed: Stamp, since: Stamp },
    /// 已公开
    Scored(Box<ScoredRating>),
}

/// One evaluation; the texts are in the records.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluation {
    pub(in super::super) version: u64,
    pub commitment: CommitmentId,
    pub milestone: Milestone,
    pub lot: Option<LotBinding>,
    /// The enterprise bid and did not win.
    pub lost: bool,
    /// Hash of the entry that brought the commitment here.
    pub cause: Hash,
    pub unit: OrganisationId,
    pub enterprise: OrganisationId,
    pub template: TemplateRef,
    /// What is judged of both sides, and how much it weighs, as the law said when the evaluation was opened.
    pub criteria: Vec<Criterion>,
    /// Scores outside of these need a document: as the law said then.
    pub unproven: std::ops::RangeInclusive<u8>,
    pub sealing: Running,
    /// Once both have sealed, or the time for it is over.
    pub revealing: Option<Running>,
    pub by_unit: RatingPhase,
    pub by_enterprise: RatingPhase,
    /// When nothing was left to wait for.
    pub concluded: Option<Instant>,
    pub first_time: Instant,
    pub last_time: Instant,
}

impl Capability for Evaluation {
    type Id = EvaluationId;
    type Act = Act;

    const IS_DROPPED: bool = true;
    const FALLS_DUE: bool = true;

    fn is_in_law(edition: &Edition) -> bool {
        !edition.evaluation.sealing.rule.is_silent()
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn ties(state: Option<&Self>, act: &Act) -> Vec<Stream> {
        match (state, act) {
            (None, Act::Opened(opening)) => {
                let tender = opening.lot.as_ref().map(|lot| Stream::of(&lot.tender));
                [Stream::of(&opening.commitment), Stream::of(&opening.template.id)].into_iter().chain(tender).collect()
            }
            // Who buys has a stake in what is decided.
            (Some(state), Act::Verified(_) | Act::Corrected(_) | Act::AppealRuled(_) | Act::PeriodReopened(_)) => {
                state.lot.iter().map(|lot| Stream::of(&lot.tender)).collect()
            }
            _ => Vec::new(),
        }
    }

    /// How a promise was kept concerns both sides.
    fn bears_on(state: Option<&Self>, act: &Act) -> Vec<Bearing> {
        state.map(|evaluation| evaluation.bearings(act)).unwrap_or_default()
    }

    fn disputes(state: Option<&Self>, act: &Act) -> Vec<OrganisationId> {
        match (state, act) {
            (Some(evaluation), Act::Appealed(appeal)) => vec![evaluation.party(appeal.rater).clone()],
            _ => Vec::new(),
        }
    }

    fn decide(state: Option<&Self>, act: &Act, at: &Moment<'_>) -> Result<(), Refusal> {
        decide::decide(state, act, at)
    }

    fn begin(act: &Act, place: &Place, law: Law<'_>) -> Option<Self> {
        match act {
            Act::Opened(opening) => Some(Self::opened(opening, place, law)),
            _ => None,
        }
    }

    fn apply(&mut self, act: &Act, place: &Place, law: Law<'_>) {
        self.fold(act, place, law);
        self.version = place.version;
        self.last_time = place.time;
    }

    fn owed(id: &EvaluationId, look: &mut Look<'_>, law: Law<'_>) -> Option<Act> {
        EvaluationOpening::look(id, look, law).map(Act::from)
    }

    fn next_due(&self, law: Law<'_>) -> Option<Instant> {
        self.deadline(law).map(|deadline| deadline.due)
    }

    fn due(&self, now: Instant, law: Law<'_>) -> Option<Act> {
        self.deadline(law).filter(|deadline| deadline.due <= now).map(Act::from)
    }
}

/// Both sides.
pub(super) const SIDES: [Side; 2] = [Side::Unit, Side::Enterprise];

impl Evaluation {
    /// The organisation of a side.
    pub fn party(&self, side: Side) -> &OrganisationId {
        match side {
            Side::Unit => &self.unit,
            Side::Enterprise => &self.enterprise,
        }
    }

    /// The side on which the author stands, if on any. The service acts for nobody.
    pub fn side_of(&self, author: &Author) -> Option<Side> {
        SIDES.into_iter().find(|side| author.is(self.party(*side)))
    }

    /// The rating that one side gives of the other.
    pub fn rating(&self, rater: Side) -> &RatingPhase {
        match rater {
            Side::Unit => &self.by_unit,
            Side::Enterprise => &self.by_enterprise,
        }
    }

    fn rating_mut(&mut self, rater: Side) -> &mut RatingPhase {
        match rater {
            Side::Unit => &mut self.by_unit,
            Side::Enterprise => &mut self.by_enterprise,
        }
    }

    /// Whether what was sealed may be read: both have sealed, or who has not can't any more.
    pub fn may_be_revealed(&self, law: Law<'_>, now: Instant) -> bool {
        self.revealing.is_some() || law.is_over(self.sealing, now)
    }

    /// What the service will have to say if nobody acts before.
    fn deadline(&self, law: Law<'_>) -> Option<EvaluationDeadline> {
        let (stage, running, waits): (_, _, fn(&RatingPhase) -> bool) = match self.revealing {
            None => (EvaluationStage::Sealing, self.sealing, |rating| matches!(rating, RatingPhase::Awaited)),
            Some(running) => {
                (EvaluationStage::Revealing, running, |rating| matches!(rating, RatingPhase::Sealed { .. }))
            }
        };
        let missed: Vec<Side> = SIDES.into_iter().filter(|side| waits(self.rating(*side))).collect();
        (!missed.is_empty()).then(|| EvaluationDeadline { stage, due: law.end(running).at, missed })
    }
}
