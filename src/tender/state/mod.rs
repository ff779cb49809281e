//! The state of one tender and the acts that it allows: pure, exhaustive, without a clock.

mod access;
mod apply;
mod awarded;
mod bearing;
mod decide;
mod due;
mod interest;
mod lot;
mod milestones;
mod opened;
mod reopening;
mod round;
mod status;

pub use awarded::{AwardState, ContractState};
pub use lot::{CandidateState, ChallengeState, ClaimFinding, ClaimState, LotPhase, LotState, Verdict};
pub use opened::BidState;
pub use round::RoundState;
pub use status::{
    AnswerTiming, AwardStatus, LotBidding, LotStatus, ObjectionResult, ObjectionStatus, OpeningTiming, TenderStatus,
};

use super::{Act, AnswerOutcome, Change, Clause, ClauseKind, Method, RulingOutcome, ScoreRow, Windows, score_table_id};
use crate::access::gate_streams;
use crate::act::{Author, Bearing, Capability, Moment, Place, Role, Stream, StreamId};
use crate::commitment::Call;
use crate::evaluation::{Milestones, ReachedMilestone};
use crate::field::{
    Bidder, ClauseId, Day, DueTime, Instant, ItemId, LotId, Money, Nature, OrganisationId, Party, ProcurementCategory,
    RegionCode, TemplateId, TenderCode,
};
use crate::law::{Law, Running};
use crate::log::Hash;
use crate::problem::Refusal;
use std::any::{Any, TypeId};

impl StreamId for TenderCode {
    const PREFIX: &'static str = "tender";
}

/// Where a tender stands. Its lots run their own way once it is announced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Phase {
    /// 招标前公示: objections are accepted while [`Tender::window`] runs.
    Preannounced {
        /// The service said that the window is over and what it waits for.
        waiting: bool,
    },
    /// The call may be announced.
    Cleared,
    /// 公告发布; see the lots.
    Announced,
    /// 终止.
    Terminated,
    /// 结案: every lot is accepted or failed.
    Closed,
}

impl Phase {
    pub fn is_final(&self) -> bool {
        match self {
            Self::Terminated | Self::Closed => true,
            Self::Preannounced { .. } | Self::Cleared | Self::Announced => false,
        }
    }
}

/// A clause by its content: the text itself is in the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClauseState {
    pub id: ClauseId,
    pub kind: ClauseKind,
    pub text: Hash,
}

/// How far an objection has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ObjectionPhase {
    /// To be answered within the period.
    Filed {
        answer: Running,
        /// The service said that the answer is late.
        overdue: bool,
    },
    /// May be escalated within the period.
    Answered {
        outcome: AnswerOutcome,
        escalation: Running,
    },
    Escalated,
    Ruled(RulingOutcome),
    Withdrawn,
}

impl ObjectionPhase {
    /// Answered, ruled or withdrawn: it does not keep the tender from being cleared.
    pub fn is_dealt_with(self) -> bool {
        match self {
            Self::Filed { .. } | Self::Escalated => false,
            Self::Answered { .. } | Self::Ruled(_) | Self::Withdrawn => true,
        }
    }
}

/// An objection against the disclosed text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectionState {
    pub id: ItemId,
    pub by: OrganisationId,
    pub filed: Instant,
    /// When the newest record about it was written.
    pub changed: Instant,
    pub phase: ObjectionPhase,
    /// Whether it was answered within the period: no phase after the answer says it.
    pub answered: AnswerTiming,
}

/// One tender: what decisions and lists need, no more; the texts are in the records.
#[derive(Debug, Clone, PartialEq)]
pub struct Tender {
    pub(super) version: u64,
    pub phase: Phase,
    /// 终止的日子
    pub terminated: Option<Day>,
    /// The last objection window; none for an adopted tender.
    pub window: Option<Running>,
    /// The version of the disclosed text, from 1; 0 for an adopted tender.
    pub text_version: u32,
    pub title: Box<str>,
    pub centre: OrganisationId,
    pub procuring_unit: Party,
    /// 重新招标: the round before.
    pub follows: Option<RoundState>,
    /// Unknown for an adopted tender whose notices don't say it.
    pub nature: Option<Nature>,
    /// Unknown for an adopted tender.
    pub method: Option<Method>,
    pub region: RegionCode,
    pub category: Option<ProcurementCategory>,
    pub estimate: Option<Money>,
    pub windows: Windows,
    /// Bidders must have signed a commitment on this template.
    pub commitment_template: Option<TemplateId>,
    pub clauses: Vec<ClauseState>,
    pub objections: Vec<ObjectionState>,
    /// An accepted or upheld objection demands a revision or the termination.
    pub revision_required: bool,
    pub suspended_since: Option<Instant>,
    pub bid_deadline: Option<DueTime>,
    pub open: Option<DueTime>,
    pub lots: Vec<LotState>,
    /// What the commitments that its bids and awards cite have come to, in the order of the entries.
    pub milestones: Vec<ReachedMilestone>,
    pub first_time: Instant,
    pub last_time: Instant,
}

/// A difference between two lists of clauses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClauseChange {
    pub clause: ClauseId,
    pub change: Change,
    /// The change matters to who can win.
    pub material: bool,
}

/// What changed from one list of clauses to another, in the order of the new list, removals last.
pub fn clause_changes(old: &[ClauseState], new: &[ClauseState]) -> Vec<ClauseChange> {
    let mut changes = Vec::new();
    for clause in new {
        let before = old.iter().find(|before| before.id == clause.id);
        let change = match before {
            None => Change::Added,
            Some(before) if before.text != clause.text || before.kind != clause.kind => Change::Changed,
            Some(_) => continue,
        };
        // A clause that is relabelled from material to immaterial changed materially.
        let material = clause.kind.is_material() || before.is_some_and(|before| before.kind.is_material());
        changes.push(ClauseChange { clause: clause.id.clone(), change, material });
    }
    for clause in old.iter().filter(|clause| !new.iter().any(|kept| kept.id == clause.id)) {
        let material = clause.kind.is_material();
        changes.push(ClauseChange { clause: clause.id.clone(), change: Change::Removed, material });
    }
    changes
}

impl ClauseState {
    /// The clauses of a text; its score table counts as one, so that it does not change unseen either.
    pub fn of(clauses: &[Clause], score_table: &[ScoreRow]) -> Vec<Self> {
        let scores = (!score_table.is_empty()).then(|| Self {
            id: score_table_id(),
            kind: ClauseKind::Evaluation,
            text: Hash::of(serde_json::to_vec(score_table).unwrap_or_default()),
        });
        clauses.iter().map(Self::of_clause).chain(scores).collect()
    }

    pub fn of_clause(clause: &Clause) -> Self {
        Self { id: clause.id.clone(), kind: clause.kind, text: Hash::of(clause.text.as_str()) }
    }
}

impl Capability for Tender {
    type Id = TenderCode;
    type Act = Act;

    const IS_DROPPED: bool = true;
    const FALLS_DUE: bool = true;
    const ENTAILS: bool = true;

    fn version(&self) -> u64 {
        self.version
    }

    fn ties(state: Option<&Self>, act: &Act) -> Vec<Stream> {
        let promised = act.template().map(Stream::of).into_iter().chain(act.commitments().into_iter().map(Stream::of));
        let buyers = act.disclosed().into_iter().flat_map(|(disclosed, _)| disclosed.buyers()).map(Stream::of);
        promised
            .chain(buyers)
            .chain(decide::round::looked_at(act))
            .chain(state.map(|tender| tender.bidding(act)).into_iter().flatten().map(Stream::of))
            .chain(state.into_iter().flat_map(|tender| gate_streams(tender.gated(act))))
            .collect()
    }

    /// Who may rule on what is escalated.
    fn looks_at_supervisors(_state: Option<&Self>, act: &Act) -> bool {
        matches!(act, Act::ObjectionEscalated(_))
    }

    fn follows(act: &Act) -> Option<Stream> {
        match act {
            Act::Preannounced(_) => decide::round::looked_at(act),
            _ => None,
        }
    }

    /// Who objects or challenges disputes what those who buy have done.
    fn disputes(state: Option<&Self>, act: &Act) -> Vec<OrganisationId> {
        match (state, act) {
            (Some(tender), Act::Objected(_) | Act::ObjectionEscalated(_) | Act::Challenged(_)) => {
                tender.buyers().cloned().collect()
            }
            _ => Vec::new(),
        }
    }

    fn bears_on(state: Option<&Self>, act: &Act) -> Vec<Bearing> {
        state.map(|tender| tender.bearings(act)).unwrap_or_default()
    }

    fn decide(state: Option<&Self>, act: &Act, at: &Moment<'_>) -> Result<(), Refusal> {
        decide::decide(state, act, at)?;
        access::check(state, act, at)?;
        decide::promise::check(state, act, at)
    }

    fn begin(act: &Act, place: &Place, law: Law<'_>) -> Option<Self> {
        let mut tender = match act {
            Act::Preannounced(disclosed) => Self::preannounced(disclosed, place.time),
            Act::Adopted(adoption) => Self::adopted(adoption, place.time),
            _ => return None,
        };
        tender.apply(act, place, law);
        Some(tender)
    }

    fn apply(&mut self, act: &Act, place: &Place, law: Law<'_>) {
        self.fold(act, place, law);
        self.reach_milestones(act, place);
        self.wait_if_unsettled();
        self.version = place.version;
        self.last_time = place.time;
    }

    fn next_due(&self, law: Law<'_>) -> Option<Instant> {
        self.first_due(law)
    }

    fn due(&self, now: Instant, law: Law<'_>) -> Option<Act> {
        self.due_now(now, law)
    }

    fn entails(&self, code: &TenderCode, place: &Place) -> Vec<Stream> {
        self.evaluations_of(code, place).map(|id| Stream::of(&id)).collect()
    }

    fn face(&self, wanted: TypeId) -> Option<Box<dyn Any>> {
        if wanted == TypeId::of::<Milestones>() {
            return Some(Box::new(Milestones(self.milestones.clone())));
        }
        (wanted == TypeId::of::<Call>()).then(|| Box::new(self.call()) as Box<dyn Any>)
    }
}

impl Tender {
    /// What whoever commits to one of its lots looks at.
    fn call(&self) -> Call {
        Call {
            buyers: self.buyers().cloned().collect(),
            is_over: self.phase.is_final(),
            lots: self.lots.iter().map(|lot| (lot.id.clone(), lot.is_before_opening())).collect(),
            reach: self.gate_reach(),
        }
    }

    /// Its centre, and its procuring unit where that is known by its code.
    fn buyers(&self) -> impl Iterator<Item = &OrganisationId> {
        std::iter::once(&self.centre).chain(&self.procuring_unit.id)
    }

    /// Whom an act lets bid or win, as far as they are known by their codes: who is suspended does neither.
    fn bidding<'a>(&'a self, act: &'a Act) -> Vec<&'a OrganisationId> {
        let members = |bidder: &'a Bidder| bidder.members.iter().filter_map(|member| member.id.as_ref());
        match act {
            Act::BidsOpened(opening) => opening.bids.iter().flat_map(|bid| members(&bid.bidder)).collect(),
            Act::CandidatesPublished(publication) => {
                publication.candidates.iter().flat_map(|candidate| members(&candidate.bidder)).collect()
            }
            Act::Awarded(award) => {
                let winner = self.lot(&award.lot).and_then(|lot| lot.candidate(&award.candidate));
                winner.into_iter().flat_map(|winner| &winner.members).collect()
            }
            _ => Vec::new(),
        }
    }

    /// How many may win a lot: in a framework agreement (框架协议) every candidate may.
    pub fn winners_max(&self, lot: &LotState) -> usize {
        match (lot.winners_max, self.method) {
            (Some(max), _) => usize::from(max.get()),
            (None, Some(Method::Framework)) => lot.candidates.len(),
            (None, _) => 1,
        }
    }

    pub fn is_suspended(&self) -> bool {
        self.suspended_since.is_some()
    }

    /// Whether a period stands still, so that nobody knows when it ends: the tender is suspended, and it was not over before.
    pub fn stands_still(&self, period: Running, law: Law<'_>) -> bool {
        self.suspended_since.is_some_and(|since| !law.is_over(period, since))
    }

    pub fn lot(&self, id: &LotId) -> Option<&LotState> {
        self.lots.iter().find(|lot| lot.id == *id)
    }

    pub fn objection(&self, id: &ItemId) -> Option<&ObjectionState> {
        self.objections.iter().find(|objection| objection.id == *id)
    }

    fn objection_mut(&mut self, id: &ItemId) -> Option<&mut ObjectionState> {
        self.objections.iter_mut().find(|objection| objection.id == *id)
    }

    fn lot_mut(&mut self, id: &LotId) -> Option<&mut LotState> {
        self.lots.iter_mut().find(|lot| lot.id == *id)
    }

    /// By an item that names a lot: lot ids use a subset of the characters of item ids.
    fn lot_called(&self, id: &ItemId) -> Option<&LotState> {
        self.lots.iter().find(|lot| lot.id.as_str() == id.as_str())
    }

    fn lot_called_mut(&mut self, id: &ItemId) -> Option<&mut LotState> {
        self.lots.iter_mut().find(|lot| lot.id.as_str() == id.as_str())
    }

    fn challenge(&self, id: &ItemId) -> Option<&ChallengeState> {
        self.lots.iter().flat_map(|lot| &lot.challenges).find(|challenge| challenge.id == *id)
    }

    /// Its lot has changed with it.
    fn change_challenge(&mut self, id: &ItemId, now: Instant, change: impl FnOnce(&mut ChallengeState)) {
        for lot in &mut self.lots {
            if let Some(challenge) = lot.challenges.iter_mut().find(|challenge| challenge.id == *id) {
                lot.changed = Some(now);
                return change(challenge);
            }
        }
    }

    fn open_objections(&self) -> Vec<ItemId> {
        self.objections.iter().filter(|o| !o.phase.is_dealt_with()).map(|o| o.id.clone()).collect()
    }

    /// Whether it is the tender's centre or its procuring unit.
    pub fn is_bought_by(&self, organisation: &OrganisationId) -> bool {
        self.buyers().any(|buyer| buyer == organisation)
    }

    /// Whether nobody may know yet who bids for a lot: its bids are not opened, and still may be.
    pub fn keeps_bidders_secret(&self, lot: &LotId) -> bool {
        !self.phase.is_final() && self.lots.iter().any(|known| known.id == *lot && known.is_before_opening())
    }

    /// Whether the author runs this tender: its centre, or the procuring unit itself.
    fn is_run_by(&self, by: &Author) -> bool {
        runs(by, &self.centre, &self.procuring_unit)
    }
}

fn runs(by: &Author, centre: &OrganisationId, unit: &Party) -> bool {
    (by.roles.has(Role::Centre) && by.id == *centre)
        || (by.roles.has(Role::ProcuringUnit) && unit.id.as_ref() == Some(&by.id))
}

#[cfg(test)]
mod tests;
