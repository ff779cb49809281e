//! Which acts a tender allows now, and by whom.

mod bidding;
mod call;
mod contract;
mod disclosure;
pub(super) mod guard;
mod price;
pub(super) mod promise;
mod result;
pub(super) mod round;
mod window;

use super::super::Act;
use super::{ObjectionPhase, ObjectionState, Tender, Verdict, reopening};
use crate::act::{Author, Moment, Role, must_have, must_rule};
use crate::problem::{self, Refusal};
use call::{decide_amendment, decide_announcement, decide_opening};
use disclosure::{decide_answer, decide_escalation, decide_objection, decide_preannouncement, decide_revision};
use guard::{forbids, must_be_announced, must_be_author, must_run, objection, objection_is};
use result::{
    decide_award, decide_candidates, decide_challenge, decide_challenge_answer, decide_failure, decide_finding,
};
use window::minimum;

/// Whether the act may enter the log now.
///
/// # Errors
/// Who may not sign it, the state or the window that forbids it, what it says wrongly; with a citation where the law has one.
pub(super) fn decide(state: Option<&Tender>, act: &Act, at: &Moment<'_>) -> Result<(), Refusal> {
    let by = at.author()?;
    let Some(tender) = state else { return decide_first(act, by, at) };
    if tender.phase.is_final() {
        return Err(forbids(tender, act));
    }
    if tender.is_suspended() && !allowed_while_suspended(act) {
        return Err(forbids(tender, act));
    }
    match act {
        Act::Preannounced(_) | Act::Adopted(_) => Err(forbids(tender, act)),
        Act::WindowClosed(_) | Act::Cleared(_) | Act::DeadlinePassed(_) | Act::Closed(_) => {
            must_have(by, &[Role::Service])?;
            if tender.due_now(at.now, at.law).as_ref() == Some(act) { Ok(()) } else { Err(forbids(tender, act)) }
        }
        Act::Revised(revision) => decide_revision(tender, act, revision, by, at),
        Act::Objected(objection) => decide_objection(tender, act, objection, by, at),
        Act::ObjectionAnswered(answer) => decide_answer(tender, act, answer, by),
        Act::ObjectionEscalated(escalation) => decide_escalation(tender, act, escalation, by, at),
        Act::ObjectionRuled(ruling) => {
            must_rule(by, tender.interested(act))?;
            must_be_open(act, objection(tender, &ruling.objection)?)
        }
        Act::ObjectionWithdrawn(withdrawal) => {
            let objection = objection(tender, &withdrawal.objection)?;
            must_be_author(objection.by == by.id)?;
            must_be_open(act, objection)
        }
        Act::Announced(announcement) => decide_announcement(tender, act, announcement, by, at),
        Act::Clarified(_) => {
            must_run(tender, by)?;
            must_be_announced(tender, act)
        }
        Act::Amended(amendment) => decide_amendment(tender, act, amendment, by, at),
        Act::BidsOpened(opening) => decide_opening(tender, act, opening, by, at),
        Act::Suspended(_) => must_rule(by, tender.interested(act)),
        Act::Resumed(_) => {
            must_rule(by, tender.interested(act))?;
            if tender.is_suspended() { Ok(()) } else { Err(forbids(tender, act)) }
        }
        Act::Terminated(_) => {
            if by.roles.has(Role::Supervisor) {
                return must_rule(by, tender.interested(act));
            }
            must_run(tender, by)
        }
        Act::PeriodReopened(reopening) => reopening::decide(tender, act, reopening, at),
        Act::Failed(failure) => decide_failure(tender, act, failure, by),
        Act::CandidatesPublished(publication) => decide_candidates(tender, act, publication, by, at),
        Act::Challenged(challenge) => decide_challenge(tender, act, challenge, by, at),
        Act::ChallengeAnswered(answer) => decide_challenge_answer(tender, act, answer, by),
        Act::ClaimVerified(finding) => {
            decide_finding(tender, act, Verdict::Verified, (&finding.lot, &finding.candidate, &finding.claim), by)
        }
        Act::ClaimRefuted(finding) => {
            decide_finding(tender, act, Verdict::Refuted, (&finding.lot, &finding.candidate, &finding.claim), by)
        }
        Act::Awarded(award) => decide_award(tender, act, award, by, at),
        Act::ContractPublished(contract) => contract::decide_contract(tender, act, contract, by, at),
        Act::ContractAmended(amendment) => contract::decide_amendment(tender, act, amendment, by, at),
        Act::ContractAccepted(acceptance) => contract::decide_acceptance(tender, act, acceptance, by, at),
    }
}

/// What may begin a tender.
fn decide_first(act: &Act, by: &Author, at: &Moment<'_>) -> Result<(), Refusal> {
    match act {
        Act::Preannounced(disclosed) => decide_preannouncement(disclosed, by, at),
        Act::Adopted(adoption) => {
            must_rule(by, std::iter::once(&adoption.centre).chain(&adoption.procuring_unit.id))?;
            let rule = &at.law.edition().windows.candidates;
            minimum(adoption.windows.candidates, rule, "/windows/candidates", at)?;
            price::of_lots(&adoption.lots, None, "", at)
        }
        _ => Err(Refusal::new(&problem::TENDER_UNKNOWN, "没有该项目", "there is no such tender")),
    }
}

fn must_be_open(act: &Act, objection: &ObjectionState) -> Result<(), Refusal> {
    match objection.phase {
        ObjectionPhase::Filed { .. } | ObjectionPhase::Answered { .. } | ObjectionPhase::Escalated => Ok(()),
        phase @ (ObjectionPhase::Ruled(_) | ObjectionPhase::Withdrawn) => Err(objection_is(act, phase)),
    }
}

/// A suspension stops the tender, not the ways out of it.
fn allowed_while_suspended(act: &Act) -> bool {
    matches!(
        act,
        Act::Resumed(_)
            | Act::Terminated(_)
            | Act::ObjectionAnswered(_)
            | Act::ObjectionEscalated(_)
            | Act::ObjectionRuled(_)
            | Act::ObjectionWithdrawn(_)
            | Act::ChallengeAnswered(_)
            | Act::ClaimVerified(_)
            | Act::ClaimRefuted(_)
    )
}
