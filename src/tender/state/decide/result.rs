//! 中标候选人公示, the challenges to it, the findings about claims, and 中标.

use super::super::super::{Act, Award, CandidatePublication, Challenge, ChallengeAnswer, Contract, Failure};
use super::super::{LotPhase, Tender, Verdict};
use super::guard::{candidate, lot, lot_forbids, must_be_announced, must_leave_room, must_not_buy, must_run, unknown};
use crate::act::{Acts, Author, Moment, Role, must_be_impartial, must_have};
use crate::field::{Fault, ItemId, LotId};
use crate::problem::{self, Refusal};

pub(super) fn decide_candidates(
    tender: &Tender,
    act: &Act,
    publication: &CandidatePublication,
    by: &Author,
) -> Result<(), Refusal> {
    must_run(tender, by)?;
    must_be_announced(tender, act)?;
    let lot = lot(tender, &publication.lot, "/lot")?;
    must_be_others(tender, publication)?;
    match lot.phase {
        // Published again after a challenge led to a new evaluation.
        LotPhase::Opened | LotPhase::Candidates { .. } => Ok(()),
        LotPhase::Waiting { .. } | LotPhase::Awarded | LotPhase::Contracted | LotPhase::Accepted | LotPhase::Failed => {
            Err(lot_forbids(lot, act))
        }
    }
}

/// # Errors
/// Whoever buys is no candidate of its own tender: nobody awards to itself.
fn must_be_others(tender: &Tender, publication: &CandidatePublication) -> Result<(), Refusal> {
    for (row, candidate) in publication.candidates.iter().enumerate() {
        if let Some(member) = candidate.bidder.members.iter().position(|member| tender.buys(member)) {
            let (zh, en) = ("采购中心、采购人不得成为本项目候选人", "who buys is no candidate of its own tender");
            let pointer = format!("/candidates/{row}/bidder/members/{member}");
            return Err(Refusal::new(&problem::OWN_MATTER, zh, en)
                .citing("AW-OWN", "招标投标法实施条例 第三十四条")
                .at(pointer, Fault::inconsistent((zh, en))));
        }
    }
    Ok(())
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
    // 国有资金 tenders take the first-ranked one unless a reason of art. 55 applies; the reason must be said in any case.
    if winner.rank.is_some_and(|rank| rank > 1) && award.reasons.is_none() {
        let (zh, en) = ("未选第一名须说明理由", "say why the first-ranked candidate does not win");
        return Err(Refusal::new(&problem::MISSING_FIELD, zh, en)
            .citing("AW-FIRST", "招标投标法实施条例 第五十五条")
            .at("/reasons", Fault::MissingField));
    }
    Ok(())
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
        LotPhase::Waiting { .. } | LotPhase::Opened | LotPhase::Candidates { .. } | LotPhase::Awarded => Ok(()),
        LotPhase::Contracted | LotPhase::Accepted | LotPhase::Failed => Err(lot_forbids(lot, act)),
    }
}

pub(super) fn decide_contract(
    tender: &Tender,
    act: &Act,
    contract: &Contract,
    by: &Author,
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    must_run(tender, by)?;
    let lot = lot(tender, &contract.lot, "/lot")?;
    if contract.signed > at.today() {
        return Err(Refusal::of_field("/signed", Fault::DatesOutOfOrder { earlier: "today".into() }));
    }
    if lot.phase == LotPhase::Awarded { Ok(()) } else { Err(lot_forbids(lot, act)) }
}
