//! From the bids on: openings, candidates and their claims, challenges, awards and contracts.

use super::disclosure::is_waiting;
use super::tender::{Subject, complainant};
use super::words::read;
use super::{By, Scene};
use crate::plan::COMMITMENTS;
use crate::seam;
use gongshi::field::{Bidder, CommitmentId, ItemId, LotId, OrganisationId, Party, Price};
use gongshi::organisation::Role;
use gongshi::tender::{
    Act, AnswerOutcome, Award, AwardState, Bid, Candidate, CandidatePublication, CandidateState, Certificate,
    Challenge, ChallengeAnswer, Claim, ClaimKind, ClaimRefutation, ClaimVerification, CommitteeMember, Contract,
    ContractAcceptance, ContractAmendment, KeyPerson, LeaderName, LotPhase, LotState, Opening, ProjectLeader,
    PublishedName, RejectedBid,
};

pub fn build(scene: &mut Scene<'_>, subject: &Subject<'_>, kind: &str) -> Option<(Act, By)> {
    let by = subject.runner(scene);
    Some(match kind {
        "tender.bids_opened" => (opening(scene, subject).into(), by),
        "tender.candidates_published" => (candidates(scene, subject).into(), by),
        "tender.awarded" => (award(scene, subject).into(), by),
        "contract.published" => {
            let lot = subject.lot(scene, |phase| *phase == LotPhase::Awarded);
            let signed = scene.dice.pick(&[0, 0, 0, 0, -30, 1]);
            let (candidate, awarded) = winner(scene, subject, &lot, |award| award.contract.is_none());
            let (price, price_difference, confirmed) = scene.said_again(awarded.as_ref());
            let contract = Contract {
                numbers_confirmed: None,
                lot,
                candidate,
                number: scene.text("HT-1"),
                price,
                price_difference,
                confirmed,
                signed: scene.day(signed),
                terms: None,
                documents: scene.documents(),
            };
            (contract.into(), by)
        }
        "contract.amended" => {
            let lot = subject.lot(scene, |phase| *phase == LotPhase::Contracted);
            let (candidate, before) = winner(scene, subject, &lot, |award| award.contract.is_some());
            let before = before.as_ref().and_then(Price::money);
            let (price, confirmed) = match scene.dice.percent(50) {
                true => scene.offer(&[before]),
                false => (scene.price(), None),
            };
            let price = scene.dice.percent(50).then_some(price);
            let confirmed = confirmed.filter(|_| price.is_some());
            let (reason, changes) = (scene.prose("设计变更"), scene.prose("增加连廊"));
            let documents = scene.documents();
            (
                ContractAmendment {
                    numbers_confirmed: None,
                    lot,
                    candidate,
                    reason,
                    changes,
                    price,
                    confirmed,
                    documents,
                }
                .into(),
                by,
            )
        }
        "contract.accepted" => {
            let lot = subject.lot(scene, |phase| *phase == LotPhase::Contracted);
            let (passed, opinion) = (scene.dice.percent(75), scene.prose("验收意见"));
            let (candidate, _) = winner(scene, subject, &lot, |award| award.contract.is_some());
            let inspected = scene.dice.pick(&[0, 0, 0, 0, 0, 0, -90, 2]);
            let inspected = scene.day(inspected);
            let documents = scene.documents();
            (ContractAcceptance { lot, candidate, passed, inspected, opinion, documents }.into(), by)
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
        members.push(Party { name: scene.text(&format!("{leader}的联合体成员")), id: None });
    }
    Bidder { members }
}

fn opening(scene: &mut Scene<'_>, subject: &Subject<'_>) -> Opening {
    let lot = subject.lot(scene, is_waiting);
    let asked = subject.state.is_some_and(|tender| tender.commitment_template.is_some());
    let count = if asked { scene.dice.below(3) } else { scene.dice.below(5) };
    let measures = chosen(subject, &lot).map_or([None, None], |lot| [lot.estimate, lot.ceiling]);
    let mut bids: Vec<Bid> = Vec::new();
    for _ in 0..count {
        let (id, commitment) = enterprise(scene, subject);
        let ((price, confirmed), bidder) = (scene.offer(&measures), bidder(scene, &id));
        // Nobody bids twice, mostly.
        let stands = bids.iter().any(|known| known.bidder.members[0].is_same(&bidder.members[0]));
        if !stands || scene.dice.percent(3) {
            bids.push(Bid { bidder, price, duration: None, confirmed, commitment });
        }
    }
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
    let count = scene.dice.between(1, 3) as usize;
    let opened = chosen(subject, &lot).and_then(|lot| lot.bids.as_deref());
    // Those who bid, or, where that was elsewhere, anybody.
    let mut bids: Vec<(Bidder, Option<Price>)> = match opened {
        Some(bids) if scene.dice.percent(95) => {
            bids.iter().map(|bid| (bid.bidder.clone(), Some(bid.price.clone()))).collect()
        }
        _ => Vec::new(),
    };
    while bids.is_empty() || opened.is_none() && bids.len() < count {
        let (id, _) = enterprise(scene, subject);
        let bidder = bidder(scene, &id);
        bids.retain(|(known, _)| !known.members[0].is_same(&bidder.members[0]));
        bids.push((bidder, None));
    }
    let (ranked, wrong) = (scene.dice.percent(80), scene.dice.percent(4));
    let left = bids.split_off(count.min(bids.len()));
    let mut candidates = Vec::new();
    for (at, (bidder, read_out)) in bids.into_iter().enumerate() {
        let (price, price_difference, confirmed) = scene.said_again(read_out.as_ref());
        let claims = scene.dice.below(3);
        candidates.push(Candidate {
            id: read(&format!("k-{}", at + 1)),
            rank: (ranked && !(wrong && at == 1)).then_some(at as u16 + 1),
            tied: wrong && at == 0,
            bidder,
            price,
            price_difference,
            confirmed,
            score: scene.dice.percent(50).then_some(9250),
            quality: None,
            duration: None,
            leader: leader(scene),
            persons: vec![KeyPerson { role: read("技术负责人"), name: scene.sealed(), certificates: Vec::new() }],
            claims: (0..claims).map(|at| claim(scene, at)).collect(),
        });
    }
    let rejected = left.into_iter().map(|(bidder, _)| RejectedBid { bidder, reason: scene.prose("未响应") }).collect();
    let committee = scene.sealed().map(|name| CommitteeMember { role: read("组长"), name });
    CandidatePublication {
        numbers_confirmed: None,
        lot,
        candidates,
        rejected,
        committee: committee.into_iter().collect(),
        channel: scene.prose("书面提出"),
        source: None,
        documents: scene.documents(),
    }
}

/// Mostly none, or sealed; of some published ones the basis is none.
fn leader(scene: &mut Scene<'_>) -> Option<ProjectLeader> {
    let name = match scene.dice.below(10) {
        0 => LeaderName::Sealed(scene.person()),
        1 => LeaderName::Published(PublishedName {
            name: read("李四"),
            basis: read(scene.dice.pick(&["PN-LEADER", "PN-LEADER", "PN-LEADER", "AW-OWN"])),
        }),
        _ => return None,
    };
    let certificates = vec![Certificate { title: read("一级建造师"), number: read("豫1412010000001") }];
    Some(ProjectLeader { role: read("项目经理"), name, certificates })
}

/// The winner that an act about a contract names, and its price: always where there are several.
fn winner(
    scene: &mut Scene<'_>,
    subject: &Subject<'_>,
    lot: &LotId,
    fits: impl Fn(&AwardState) -> bool,
) -> (Option<ItemId>, Option<Price>) {
    let awards = chosen(subject, lot).map(|lot| lot.awards.as_slice()).unwrap_or_default();
    let fitting: Vec<&AwardState> = awards.iter().filter(|award| fits(award)).collect();
    let Some(award) = scene.dice.one_of(&fitting) else { return (None, None) };
    let named = awards.len() > 1 || scene.dice.percent(20);
    (named.then(|| award.candidate.clone()), Some(award.price.clone()))
}

fn chosen<'a>(subject: &Subject<'a>, lot: &LotId) -> Option<&'a LotState> {
    subject.state.and_then(|tender| tender.lot(lot))
}

fn award(scene: &mut Scene<'_>, subject: &Subject<'_>) -> Award {
    let lot = subject.lot(scene, |phase| matches!(phase, LotPhase::Candidates { .. } | LotPhase::Awarded));
    let candidates = chosen(subject, &lot).map(|lot| lot.candidates.as_slice()).unwrap_or_default();
    let winner = scene.dice.one_of(candidates);
    let leader = winner.and_then(|winner| winner.members.first());
    let (price, price_difference, confirmed) = scene.said_again(winner.map(|winner| &winner.price));
    Award {
        candidate: winner.map_or(read("k-9"), |winner| winner.id.clone()),
        commitment: leader.and_then(|leader| commitment(scene, subject, leader)),
        lot,
        price,
        price_difference,
        confirmed,
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
                numbers_confirmed: None,
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
            (
                ChallengeAnswer { numbers_confirmed: None, lot, challenge, outcome, reasons, documents }.into(),
                subject.runner(scene),
            )
        }
        "award.claim_verified" => (
            ClaimVerification {
                numbers_confirmed: None,
                lot,
                candidate: candidate_id,
                claim: claim_id,
                reasons,
                documents,
            }
            .into(),
            finder,
        ),
        "award.claim_refuted" => (
            ClaimRefutation {
                numbers_confirmed: None,
                lot,
                candidate: candidate_id,
                claim: claim_id,
                reasons,
                documents,
            }
            .into(),
            finder,
        ),
        _ => return None,
    })
}
