//! From the bids on: openings, candidates and their claims, challenges, awards and contracts.

use super::disclosure::is_waiting;
use super::tender::{Subject, complainant};
use super::words::read;
use super::{By, Scene};
use crate::plan::COMMITMENTS;
use crate::seam;
use gongshi::field::{Bidder, CommitmentId, ItemId, LotId, OrganisationId, Party};
use gongshi::organisation::Role;
use gongshi::tender::{
    Act, AnswerOutcome, Award, Bid, Candidate, CandidatePublication, CandidateState, Challenge, ChallengeAnswer, Claim,
    ClaimKind, ClaimRefutation, ClaimVerification, CommitteeMember, Contract, ContractAcceptance, ContractAmendment,
    KeyPerson, LotPhase, LotState, Opening, RejectedBid,
};

pub fn build(scene: &mut Scene<'_>, subject: &Subject<'_>, kind: &str) -> Option<(Act, By)> {
    let by = subject.runner(scene);
    Some(match kind {
        "tender.bids_opened" => (opening(scene, subject).into(), by),
        "tender.candidates_published" => (candidates(scene, subject).into(), by),
        "tender.awarded" => (award(scene, subject).into(), by),
        "contract.published" => {
            let lot = subject.lot(scene, |phase| *phase == LotPhase::Awarded);
            let signed = scene.dice.pick(&[0, 0, 0, -3, 1]);
            let contract = Contract {
                lot,
                number: scene.text("HT-1"),
                price: scene.price(),
                signed: scene.day(signed),
                terms: None,
                documents: scene.documents(),
            };
            (contract.into(), by)
        }
        "contract.amended" => {
            let lot = subject.lot(scene, |phase| *phase == LotPhase::Contracted);
            let price = scene.dice.percent(50).then(|| scene.price());
            let (reason, changes) = (scene.prose("设计变更"), scene.prose("增加连廊"));
            (ContractAmendment { lot, reason, changes, price, documents: scene.documents() }.into(), by)
        }
        "contract.accepted" => {
            let lot = subject.lot(scene, |phase| *phase == LotPhase::Contracted);
            let (passed, opinion) = (scene.dice.percent(75), scene.prose("验收意见"));
            let inspected = scene.day(0);
            (ContractAcceptance { lot, passed, inspected, opinion, documents: scene.documents() }.into(), by)
        }
        _ => return about_candidates(scene, subject, kind),
    })
}

/// An effective commitment that fits, if there is one; sometimes one that doesn't.
fn commitment(scene: &mut Scene<'_>, subject: &Subject<'_>, enterprise: &OrganisationId) -> Option<CommitmentId> {
    let ids: Vec<CommitmentId> = (0..COMMITMENTS).map(|at| read(&format!("C-{at}"))).collect();
    let template = subject.state.and_then(|tender| tender.commitment_template.as_ref());
    let fits = |id: &&CommitmentId| {
        let found = seam::commitment(scene.world, id);
        found.is_some_and(|found| {
            found.is_effective()
                && found.enterprise == *enterprise
                && template.is_none_or(|template| *template == found.template.id)
                && subject.state.is_some_and(|tender| tender.is_bought_by(&found.unit))
        })
    };
    let fitting: Vec<&CommitmentId> = ids.iter().filter(fits).collect();
    match scene.dice.below(20) {
        0 => scene.dice.one_of(&ids).cloned(),
        1 => None,
        2..10 if template.is_none() => None,
        _ => scene.dice.one_of(&fitting).map(|id| (*id).clone()),
    }
}

/// Who has a commitment bids rather than who has none, where one is asked for.
fn enterprise(scene: &mut Scene<'_>, subject: &Subject<'_>) -> (OrganisationId, Option<CommitmentId>) {
    let asked = subject.state.is_some_and(|tender| tender.commitment_template.is_some());
    let mut found = None;
    for _ in 0..if asked { 6 } else { 1 } {
        let at = scene.cast.with_role(Role::Enterprise, &mut scene.dice);
        let id = scene.cast.player(at).id.clone();
        let cited = commitment(scene, subject, &id);
        let done = cited.is_some();
        found = Some((id, cited));
        if done {
            break;
        }
    }
    found.expect("it was tried at least once")
}

fn bidder(scene: &mut Scene<'_>, leader: &OrganisationId) -> Bidder {
    let id = Some(leader.clone()).filter(|_| scene.dice.percent(95));
    let mut members = vec![Party { name: scene.text(&format!("公司{leader}")), id }];
    if scene.dice.percent(15) {
        members.push(Party { name: read("联合体成员"), id: None });
    }
    Bidder { members }
}

fn opening(scene: &mut Scene<'_>, subject: &Subject<'_>) -> Opening {
    let lot = subject.lot(scene, is_waiting);
    let asked = subject.state.is_some_and(|tender| tender.commitment_template.is_some());
    let count = if asked { scene.dice.below(3) } else { scene.dice.below(5) };
    let bid = |scene: &mut Scene<'_>| {
        let (id, commitment) = enterprise(scene, subject);
        Bid { bidder: bidder(scene, &id), price: scene.price(), duration: None, commitment }
    };
    let bids = (0..count).map(|_| bid(scene)).collect();
    let minutes = scene.dice.pick(&[0, 0, 0, -30, 10]);
    Opening { lot, opened_at: scene.now.plus_millis(minutes * 60_000), bids }
}

fn claim(scene: &mut Scene<'_>, at: usize) -> Claim {
    let issuer = scene.dice.between(6, 11) as usize;
    let id = Some(scene.cast.player(issuer).id.clone());
    Claim {
        id: read(&format!("w-{at}")),
        kind: scene.dice.pick(&[ClaimKind::Achievement, ClaimKind::Prize, ClaimKind::Person]),
        title: scene.prose(["某医院工程", "某学校工程"][at % 2]),
        holder: None,
        issuer: scene.dice.percent(80).then(|| Party { name: read("业主"), id }),
        number: None,
        amount: scene.dice.percent(30).then(|| scene.price()),
        dated: None,
        accepted: scene.dice.percent(20).then(|| scene.day(-100)),
        person: scene.sealed(),
        source: None,
        documents: scene.documents(),
    }
}

fn candidates(scene: &mut Scene<'_>, subject: &Subject<'_>) -> CandidatePublication {
    let lot = subject.lot(scene, |phase| matches!(phase, LotPhase::Opened | LotPhase::Candidates { .. }));
    let count = scene.dice.between(1, 3);
    let candidate = |scene: &mut Scene<'_>, at: i64| {
        let (id, _) = enterprise(scene, subject);
        let claims = scene.dice.below(3);
        Candidate {
            id: read(&format!("k-{at}")),
            rank: scene.dice.percent(80).then_some(at as u16),
            bidder: bidder(scene, &id),
            price: scene.price(),
            score: scene.dice.percent(50).then_some(9250),
            quality: None,
            duration: None,
            persons: vec![KeyPerson { role: read("项目经理"), name: scene.sealed(), certificates: Vec::new() }],
            claims: (0..claims).map(|at| claim(scene, at)).collect(),
        }
    };
    let candidates = (1..=count).map(|at| candidate(scene, at)).collect();
    let rejected = scene
        .dice
        .percent(20)
        .then(|| RejectedBid { bidder: bidder(scene, &scene.cast.player(8).id), reason: scene.prose("未响应") });
    let committee = scene.sealed().map(|name| CommitteeMember { role: read("组长"), name });
    CandidatePublication {
        lot,
        candidates,
        rejected: rejected.into_iter().collect(),
        committee: committee.into_iter().collect(),
        channel: scene.prose("书面提出"),
        source: None,
        documents: scene.documents(),
    }
}

fn chosen<'a>(subject: &Subject<'a>, lot: &LotId) -> Option<&'a LotState> {
    subject.state.and_then(|tender| tender.lot(lot))
}

fn award(scene: &mut Scene<'_>, subject: &Subject<'_>) -> Award {
    let lot = subject.lot(scene, |phase| matches!(phase, LotPhase::Candidates { .. }));
    let candidates = chosen(subject, &lot).map(|lot| lot.candidates.as_slice()).unwrap_or_default();
    let winner = scene.dice.one_of(candidates);
    let leader = winner.and_then(|winner| winner.members.first());
    Award {
        candidate: winner.map_or(read("k-9"), |winner| winner.id.clone()),
        commitment: leader.and_then(|leader| commitment(scene, subject, leader)),
        lot,
        price: scene.price(),
        reasons: scene.dice.percent(80).then(|| scene.prose("第一名放弃")),
        scope: None,
        duration: None,
        quality: None,
        persons: Vec::new(),
        certificates: Vec::new(),
        remark: None,
        source: None,
        documents: scene.documents(),
    }
}

fn about_candidates(scene: &mut Scene<'_>, subject: &Subject<'_>, kind: &str) -> Option<(Act, By)> {
    let lot = subject.lot(scene, |phase| matches!(phase, LotPhase::Candidates { .. }));
    let state = chosen(subject, &lot);
    let candidates = state.map(|lot| lot.candidates.as_slice()).unwrap_or_default();
    let candidate: Option<&CandidateState> = scene.dice.one_of(candidates);
    let claim = candidate.and_then(|candidate| scene.dice.one_of(&candidate.claims));
    let issuer = claim.and_then(|claim| claim.issuer.as_ref()).and_then(|id| scene.known(id));
    let candidate_id: ItemId = candidate.map_or(read("k-9"), |candidate| candidate.id.clone());
    let claim_id: ItemId = claim.map_or(read("w-9"), |claim| claim.id.clone());
    let (reasons, documents) = (scene.prose("理由"), scene.documents());
    let finder = match issuer {
        Some(issuer) if scene.dice.percent(50) => issuer,
        _ => scene.player(Role::Supervisor),
    };
    Some(match kind {
        "award.challenged" => {
            let about = scene.dice.below(3);
            let challenge = Challenge {
                id: read(&format!("x-{}", scene.dice.below(12))),
                lot,
                candidate: (about > 0).then_some(candidate_id),
                claim: (about > 1).then_some(claim_id),
                reasons,
                evidence: documents,
            };
            (challenge.into(), complainant(scene))
        }
        "award.challenge_answered" => {
            let challenges = state.map(|lot| lot.challenges.as_slice()).unwrap_or_default();
            let open: Vec<_> = challenges.iter().filter(|challenge| challenge.answer.is_none()).collect();
            let challenge = scene.dice.one_of(&open).map_or(read("x-none"), |challenge| challenge.id.clone());
            let outcome = scene.dice.pick(&[AnswerOutcome::Rejected, AnswerOutcome::Accepted]);
            (ChallengeAnswer { lot, challenge, outcome, reasons, documents }.into(), subject.runner(scene))
        }
        "award.claim_verified" => {
            (ClaimVerification { lot, candidate: candidate_id, claim: claim_id, reasons, documents }.into(), finder)
        }
        "award.claim_refuted" => {
            (ClaimRefutation { lot, candidate: candidate_id, claim: claim_id, reasons, documents }.into(), finder)
        }
        _ => return None,
    })
}
