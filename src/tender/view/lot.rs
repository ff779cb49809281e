//! A lot as it is shown: its candidates, and the challenges to its result.

use super::super::projection::AwardSummary;
use super::super::{CandidateState, ChallengeState, LotPhase, LotState, LotStatus, Verdict};
use crate::field::LotId;
use crate::http::{VIEW_BYTES_MAX, VIEW_ITEMS_MAX, first_of};
use crate::law::Running;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where a lot stands; its notices are in the records.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct LotView {
    pub id: String,
    pub title: String,
    pub status: LotStatus,
    /// When the publicity of the candidates is over (UTC); absent also while the tender is suspended, unless it was over before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub candidates_until: Option<String>,
    pub candidates: Vec<CandidateView>,
    /// The first of them; `/v1/tenders/{code}/challenges` lists all.
    pub challenges: Vec<ChallengeView>,
    /// How many there are.
    pub challenge_count: u64,
    /// The winners, in the order of the awards.
    pub awards: Vec<AwardSummary>,
}

/// A candidate and what became of its claims.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct CandidateView {
    pub id: String,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rank: Option<u16>,
    pub verified_claims: Vec<String>,
    pub refuted_claims: Vec<String>,
}

/// A challenge to the result.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct ChallengeView {
    pub id: String,
    pub by: String,
    pub answered: bool,
    /// Absent while the tender is suspended, unless it was over before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer_due: Option<String>,
}

/// A challenge in a list.
#[derive(Serialize, JsonSchema)]
pub struct ChallengeSummary {
    pub lot: String,
    pub id: String,
    pub by: String,
    pub answered: bool,
    /// Absent while the tender is suspended, unless it was over before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer_due: Option<String>,
}

impl ChallengeView {
    fn of(challenge: &ChallengeState, end: &mut impl FnMut(Running) -> Option<String>) -> Self {
        Self {
            id: challenge.id.to_string(),
            by: challenge.by.to_string(),
            answered: challenge.answer.is_some(),
            answer_due: end(challenge.period),
        }
    }
}

impl ChallengeSummary {
    pub(super) fn of(lot: &LotId, challenge: &ChallengeState, end: &mut impl FnMut(Running) -> Option<String>) -> Self {
        let ChallengeView { id, by, answered, answer_due } = ChallengeView::of(challenge, end);
        Self { lot: lot.to_string(), id, by, answered, answer_due }
    }
}

pub(super) fn lot_view(lot: &LotState, end: &mut impl FnMut(Running) -> Option<String>) -> LotView {
    let found =
        |candidate: &CandidateState, verdict| candidate.claims_found(verdict).map(ToString::to_string).collect();
    LotView {
        id: lot.id.to_string(),
        title: lot.title.to_string(),
        status: lot.phase.status(),
        candidates_until: match lot.phase {
            LotPhase::Candidates { window } => end(window),
            _ => None,
        },
        candidates: lot
            .candidates
            .iter()
            .map(|candidate| CandidateView {
                id: candidate.id.to_string(),
                name: candidate.name.to_string(),
                rank: candidate.rank,
                verified_claims: found(candidate, Verdict::Verified),
                refuted_claims: found(candidate, Verdict::Refuted),
            })
            .collect(),
        challenges: first_of(lot.challenges.iter().map(|c| ChallengeView::of(c, end)), VIEW_ITEMS_MAX, VIEW_BYTES_MAX),
        challenge_count: lot.challenges.len() as u64,
        awards: lot.awards.iter().filter_map(|award| AwardSummary::of(lot, award)).collect(),
    }
}
