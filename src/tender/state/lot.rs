//! One lot (标段) after the call.

use super::super::{AnswerOutcome, Candidate, Claim};
use super::{AwardState, BidState};
use crate::act::Place;
use crate::field::{Day, Instant, ItemId, LotId, Money, OrganisationId, Price};
use crate::law::Running;
use crate::log::Hash;
use std::collections::BTreeSet;
use std::num::NonZeroU16;
use strum::IntoStaticStr;

/// Where a lot stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LotPhase {
    /// Before and after the call, until the bids are opened.
    Waiting {
        /// The service said that the bids were not opened on the day.
        overdue: bool,
    },
    /// 开标.
    Opened,
    /// 中标候选人公示, while the window runs.
    Candidates { window: Running },
    /// 中标.
    Awarded,
    /// 合同.
    Contracted,
    /// 验收.
    Accepted,
    /// 流标.
    Failed,
}

impl LotPhase {
    pub fn is_final(&self) -> bool {
        match self {
            Self::Accepted | Self::Failed => true,
            Self::Waiting { .. } | Self::Opened | Self::Candidates { .. } | Self::Awarded | Self::Contracted => false,
        }
    }
}

/// What was found about a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Verdict {
    Verified,
    Refuted,
}

impl Verdict {
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// Who found what about a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimFinding {
    pub verdict: Verdict,
    pub by: OrganisationId,
    /// The entry that found it.
    pub entry: u64,
}

/// A claimed fact by its content: the text itself is in the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimState {
    pub id: ItemId,
    /// Of everything but the id.
    pub content: Hash,
    /// Who issued the claimed fact.
    pub issuer: Option<OrganisationId>,
    pub finding: Option<ClaimFinding>,
}

/// A published candidate and what became of its claims.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CandidateState {
    pub id: ItemId,
    pub rank: Option<u16>,
    pub price: Price,
    pub name: Box<str>,
    /// The members' codes, as far as the notice knows them.
    pub members: Vec<OrganisationId>,
    pub claims: Vec<ClaimState>,
}

impl ClaimState {
    fn of(claim: &Claim) -> Self {
        let issuer = claim.issuer.as_ref().and_then(|issuer| issuer.id.clone());
        Self { id: claim.id.clone(), content: claim.content(), issuer, finding: None }
    }
}

impl CandidateState {
    pub(super) fn of(candidate: &Candidate) -> Self {
        Self {
            id: candidate.id.clone(),
            rank: candidate.rank,
            price: candidate.price.clone(),
            name: candidate.bidder.name().into(),
            members: candidate.bidder.codes().cloned().collect(),
            claims: candidate.claims.iter().map(ClaimState::of).collect(),
        }
    }

    pub fn claim(&self, id: &ItemId) -> Option<&ClaimState> {
        self.claims.iter().find(|claim| claim.id == *id)
    }

    /// The claims that were found so.
    pub fn claims_found(&self, verdict: Verdict) -> impl Iterator<Item = &ItemId> {
        let found = move |claim: &&ClaimState| claim.finding.as_ref().is_some_and(|f| f.verdict == verdict);
        self.claims.iter().filter(found).map(|claim| &claim.id)
    }

    pub(super) fn found(&mut self, claim: &ItemId, finding: ClaimFinding) {
        if let Some(claim) = self.claims.iter_mut().find(|known| known.id == *claim) {
            claim.finding = Some(finding);
        }
    }

    fn is_same_bidder(&self, other: &Self) -> bool {
        // Names are not unique, but some notices know nothing else.
        if self.members.is_empty() || other.members.is_empty() {
            return self.name == other.name;
        }
        self.members.iter().any(|member| other.members.contains(member))
    }

    /// What was found about a bidder stays found when the candidates are published again: a refuted claim sticks under
    /// its id, under its content, and even if it is claimed no more (招标投标法 art. 54: who cheats does not win); a
    /// verified one only while it is the same.
    pub(super) fn inherit(&mut self, earlier: &[Self]) {
        for bidder in earlier {
            if !self.is_same_bidder(bidder) {
                continue;
            }
            for old in bidder.claims.iter().filter(|old| old.finding.is_some()) {
                let refuted = old.finding.as_ref().is_some_and(|finding| finding.verdict == Verdict::Refuted);
                let mut again = false;
                for claim in &mut self.claims {
                    if claim.content == old.content || (refuted && claim.id == old.id) {
                        claim.finding.clone_from(&old.finding);
                        again = true;
                    }
                }
                if refuted && !again {
                    self.claims.push(old.clone());
                }
            }
        }
    }
}

/// A challenge to the published result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChallengeState {
    pub id: ItemId,
    pub by: OrganisationId,
    pub candidate: Option<ItemId>,
    pub claim: Option<ItemId>,
    /// For the answer.
    pub period: Running,
    /// The service said that the answer is late.
    pub overdue: bool,
    pub answer: Option<AnswerOutcome>,
}

/// One lot.
#[derive(Debug, Clone, PartialEq)]
pub struct LotState {
    pub id: LotId,
    pub title: Box<str>,
    pub phase: LotPhase,
    pub candidates: Vec<CandidateState>,
    pub challenges: Vec<ChallengeState>,
    pub estimate: Option<Money>,
    /// 最高投标限价.
    pub ceiling: Option<Money>,
    /// 入围家数, where the text says how many may win.
    pub winners_max: Option<NonZeroU16>,
    /// The bids that were opened. `None` before that, and where they were opened outside of this log.
    pub bids: Option<Vec<BidState>>,
    /// They were not opened on the day.
    pub opened_late: bool,
    /// Who bid, as far as the log knows: whoever was opened or was ever a candidate. By code.
    pub bidders: BTreeSet<OrganisationId>,
    /// Who won, in the order of the awards.
    pub awards: Vec<AwardState>,
    /// Who ever won, whatever became of the award. By code.
    pub ever_won: BTreeSet<OrganisationId>,
    /// 流标的日子
    pub failed: Option<Day>,
    /// When the newest record about it was written. None has been as long as it is as the text has it: then lots of two texts are equal.
    pub changed: Option<Instant>,
}

impl LotState {
    pub(super) fn new(lot: &super::super::Lot) -> Self {
        Self {
            id: lot.id.clone(),
            title: lot.title.as_str().into(),
            phase: LotPhase::Waiting { overdue: false },
            candidates: Vec::new(),
            challenges: Vec::new(),
            estimate: lot.estimate,
            ceiling: lot.ceiling,
            winners_max: lot.winners,
            bids: None,
            opened_late: false,
            bidders: BTreeSet::new(),
            awards: Vec::new(),
            ever_won: BTreeSet::new(),
            failed: None,
            changed: None,
        }
    }

    /// Nobody knows the bids yet.
    pub fn is_before_opening(&self) -> bool {
        matches!(self.phase, LotPhase::Waiting { .. })
    }

    pub fn candidate(&self, id: &ItemId) -> Option<&CandidateState> {
        self.candidates.iter().find(|candidate| candidate.id == *id)
    }

    fn candidate_mut(&mut self, id: &ItemId) -> Option<&mut CandidateState> {
        self.candidates.iter_mut().find(|candidate| candidate.id == *id)
    }

    /// Notes what the author of an act found about a claim.
    pub(super) fn find(&mut self, candidate: &ItemId, claim: &ItemId, verdict: Verdict, place: &Place) {
        if let Some(candidate) = self.candidate_mut(candidate) {
            candidate.found(claim, ClaimFinding { verdict, by: place.author.clone(), entry: place.index });
        }
    }

    /// The winners with their names and members, in the order of the awards.
    pub fn winners(&self) -> impl Iterator<Item = &CandidateState> {
        self.awards.iter().filter_map(|award| self.candidate(&award.candidate))
    }
}
