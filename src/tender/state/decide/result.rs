//! 中标候选人公示, the challenges to it, the findings about claims, and 中标.

use super::super::super::{
    Act, Award, CandidatePublication, Challenge, ChallengeAnswer, Failure, ProjectLeader, PublishedName,
};
use super::super::{CandidateState, LotPhase, LotState, Tender, Verdict};
use super::guard::{candidate, lot, lot_forbids, must_be_announced, must_leave_room, must_not_buy, must_run, unknown};
use super::{bidding, contract, price};
use crate::act::{Acts, Author, Moment, Role, must_be_impartial, must_be_past, must_have};
use crate::field::{Fault, ItemId, LotId};
use crate::problem::{self, Refusal};

pub(super) fn decide_candidates(
    tender: &Tender,
    act: &Act,
    publication: &CandidatePublication,
    by: &Author,
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    must_run(tender, by)?;
    must_be_announced(tender, act)?;
    let lot = lot(tender, &publication.lot, "/lot")?;
    bidding::must_be_others(tender, bidding::candidates(publication))?;
    match lot.phase {
        // Published again after a challenge led to a new evaluation.
        LotPhase::Opened | LotPhase::Candidates { .. } => {}
        LotPhase::Waiting { .. } | LotPhase::Awarded | LotPhase::Contracted | LotPhase::Accepted | LotPhase::Failed => {
            return Err(lot_forbids(lot, act));
        }
    }
    bidding::must_have_bid(lot, publication)?;
    bidding::must_be_active(bidding::candidates(publication), at)?;
    price::of_candidates(tender, lot, publication, at)?;
    for (row, candidate) in publication.candidates.iter().enumerate() {
        if let Some(published) = candidate.leader.as_ref().and_then(ProjectLeader::published) {
            must_have_basis(published, &format!("/candidates/{row}/leader/name/basis"), at)?;
        }
        for (n, claim) in candidate.claims.iter().enumerate() {
            for (day, name) in [(claim.dated, "dated"), (claim.accepted, "accepted")] {
                let is_past = day.is_none_or(|day| day <= at.today());
                must_be_past(is_past, &format!("/candidates/{row}/claims/{n}/{name}"))?;
            }
        }
    }
    Ok(())
}

/// # Errors
/// A name in clear rests on no rule that asks for it today.
fn must_have_basis(published: &PublishedName, pointer: &str, at: &Moment<'_>) -> Result<(), Refusal> {
    let rule = &at.law.edition().persons.leader;
    if published.basis.as_str() == rule.id && rule.holds_on(at.today()) {
        return Ok(());
    }
    let (zh, en) = (
        format!("姓名须密封；依法公布的，basis 应为现行规则 {}", rule.id),
        format!("a name is sealed, or published by the rule in force: basis is {}", rule.id),
    );
    let fault = Fault::inconsistent((zh.as_str(), en.as_str()));
    Err(Refusal::new(&problem::INCONSISTENT, zh, en).citing(&rule.id, &rule.law).at(pointer, fault))
}

pub(super) fn decide_challenge(
    tender: &Tender,
    act: &Act,
    challenge: &Challenge,
    by: &Author,
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    must_have(by, &[Role::Enterprise, Role::Supervisor])?;
    must_not_buy(tender, by)?;
    let lot = lot(tender, &challenge.lot, "/lot")?;
    match lot.phase {
        LotPhase::Candidates { window } if at.law.is_over(window, at.now) && !by.roles.has(Role::Supervisor) => {
            return Err(Refusal::new(
                &problem::WINDOW_CLOSED,
                "中标候选人公示期已过",
                "the publicity of candidates is over",
            ));
        }
        LotPhase::Candidates { .. } => {}
        LotPhase::Waiting { .. }
        | LotPhase::Opened
        | LotPhase::Awarded
        | LotPhase::Contracted
        | LotPhase::Accepted
        | LotPhase::Failed => return Err(lot_forbids(lot, act)),
    }
    if let Some(id) = &challenge.candidate {
        let challenged = candidate(lot, id)?;
        if let Some(claim) = challenge.claim.as_ref().filter(|id| challenged.claim(id).is_none()) {
            return Err(unknown("/claim", claim));
        }
    }
    if tender.challenge(&challenge.id).is_some() {
        return Err(Refusal::of_field("/id", Fault::Duplicate { id: challenge.id.to_string() }));
    }
    must_leave_room(lot.challenges.iter().map(|challenge| &challenge.by), by)
}

pub(super) fn decide_finding(
    tender: &Tender,
    act: &Act,
    verdict: Verdict,
    (lot_id, candidate_id, claim_id): (&LotId, &ItemId, &ItemId),
    by: &Author,
) -> Result<(), Refusal> {
    let lot = lot(tender, lot_id, "/lot")?;
    let candidate = candidate(lot, candidate_id)?;
    let claim = candidate.claim(claim_id).ok_or_else(|| unknown("/claim", claim_id))?;
    // Who issued the claimed fact knows whether it is true, but not in a matter of its own, and it does not overrule a
    // supervisor: the issuer is whoever the candidate names.
    let issued = claim.issuer.as_ref() == Some(&by.id);
    let own = claim.finding.as_ref().is_none_or(|finding| finding.by == by.id);
    if !(issued && own) {
        must_have(by, &[Role::Supervisor])?;
    }
    must_be_impartial(by, tender.interested(act))?;
    match &claim.finding {
        Some(finding) if finding.verdict == verdict => Err(Refusal::state_forbids(act.kind(), verdict.name())),
        _ => Ok(()),
    }
}

pub(super) fn decide_award(
    tender: &Tender,
    act: &Act,
    award: &Award,
    by: &Author,
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    must_run(tender, by)?;
    let lot = lot(tender, &award.lot, "/lot")?;
    match lot.phase {
        LotPhase::Candidates { window } if !at.law.is_over(window, at.now) => {
            return Err(Refusal::window_open(at.law.end(window).at));
        }
        LotPhase::Candidates { .. } => {}
        LotPhase::Awarded if lot.awards.len() < tender.winners_max(lot) => {
            if lot.award(Some(&award.candidate)).is_some() {
                return Err(Refusal::of_field("/candidate", Fault::Duplicate { id: award.candidate.to_string() }));
            }
        }
        LotPhase::Waiting { .. }
        | LotPhase::Opened
        | LotPhase::Awarded
        | LotPhase::Contracted
        | LotPhase::Accepted
        | LotPhase::Failed => return Err(lot_forbids(lot, act)),
    }
    let open: Vec<_> = lot.challenges.iter().filter(|c| c.answer.is_none()).map(|c| c.id.as_str()).collect();
    if !open.is_empty() {
        let ids = open.join(", ");
        let (zh, en) = (format!("质疑尚未答复：{ids}"), format!("open challenges: {ids}"));
        return Err(Refusal::new(&problem::CHALLENGE_OPEN, zh, en));
    }
    let Some(winner) = lot.candidate(&award.candidate) else {
        let (zh, en) = ("中标人须为公示的中标候选人", "the winner must be one of the published candidates");
        let fault = Fault::UnknownReference { id: award.candidate.to_string() };
        return Err(Refusal::new(&problem::NOT_A_CANDIDATE, zh, en)
            .citing("AW-CANDIDATE", "招标投标法 第四十条")
            .at("/candidate", fault));
    };
    if let Some(claim) = winner.claims_found(Verdict::Refuted).next() {
        let (zh, en) = (format!("其声明 {claim} 已被证伪"), format!("its claim {claim} was refuted"));
        return Err(
            Refusal::new(&problem::CLAIM_REFUTED, zh, en).citing("AW-FRAUD", "招标投标法 第三十三条、第五十四条")
        );
    }
    bidding::winner_must_be_active(&winner.members, at)?;
    must_be_next(tender, lot, winner, award)?;
    price::of_award(winner, award, at)
}

/// # Errors
/// 国有资金 tenders take the first-ranked one unless a reason of art. 55 applies; the reason must be said in any case. Nor is
/// one of several without ranks chosen without a word.
fn must_be_next(tender: &Tender, lot: &LotState, winner: &CandidateState, award: &Award) -> Result<(), Refusal> {
    let has_won = |other: &CandidateState| lot.award(Some(&other.id)).is_some();
    let is_before = |other: &&CandidateState| match (other.rank, winner.rank) {
        (Some(other), Some(rank)) => other < rank,
        // Where several may win, those who have no rank are alike.
        (None, None) => other.id != winner.id && tender.winners_max(lot) == 1,
        _ => false,
    };
    if award.reasons.is_some() || lot.candidates.iter().filter(is_before).all(has_won) {
        return Ok(());
    }
    let (zh, en) = (
        "未选第一名，或候选人不排序的，须说明理由",
        "say why this one wins, and not one that is ranked before it or as well",
    );
    Err(Refusal::new(&problem::MISSING_FIELD, zh, en)
        .citing("AW-FIRST", "招标投标法实施条例 第五十五条")
        .at("/reasons", Fault::MissingField))
}

pub(super) fn decide_challenge_answer(
    tender: &Tender,
    act: &Act,
    answer: &ChallengeAnswer,
    by: &Author,
) -> Result<(), Refusal> {
    must_run(tender, by)?;
    let lot = lot(tender, &answer.lot, "/lot")?;
    let challenge = lot.challenges.iter().find(|challenge| challenge.id == answer.challenge);
    match challenge.ok_or_else(|| unknown("/challenge", &answer.challenge))?.answer {
        None => Ok(()),
        Some(_) => Err(Refusal::state_forbids(act.kind(), "answered")),
    }
}

pub(super) fn decide_failure(tender: &Tender, act: &Act, failure: &Failure, by: &Author) -> Result<(), Refusal> {
    must_run(tender, by)?;
    must_be_announced(tender, act)?;
    let lot = lot(tender, &failure.lot, "/lot")?;
    match lot.phase {
        LotPhase::Waiting { .. } | LotPhase::Opened | LotPhase::Candidates { .. } | LotPhase::Awarded => {}
        LotPhase::Contracted | LotPhase::Accepted | LotPhase::Failed => return Err(lot_forbids(lot, act)),
    }
    let falls = match &failure.candidate {
        Some(id) => std::slice::from_ref(contract::award(lot, Some(id))?),
        None => &lot.awards,
    };
    if falls.iter().any(|award| award.contract.is_some()) {
        return Err(Refusal::state_forbids(act.kind(), "contracted"));
    }
    Ok(())
}
