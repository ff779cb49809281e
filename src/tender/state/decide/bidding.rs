//! Who may bid for a lot, and that whoever is a candidate has bid.

use super::super::super::{CandidatePublication, Opening};
use super::super::{LotState, Tender};
use crate::act::Moment;
use crate::field::{Bidder, Fault, FieldFault, OrganisationId};
use crate::organisation::Organisation;
use crate::problem::{self, Refusal};

/// # Errors
/// Whoever buys bids for nothing of its own, and is no candidate: nobody awards to itself.
pub(super) fn must_be_others<'a>(
    tender: &Tender,
    bidders: impl Iterator<Item = (String, &'a Bidder)>,
) -> Result<(), Refusal> {
    for (pointer, bidder) in bidders {
        if let Some(member) = bidder.members.iter().position(|member| tender.buys(member)) {
            let (zh, en) = ("采购中心、采购人不得参加本项目投标", "who buys neither bids nor wins in its own tender");
            return Err(Refusal::new(&problem::OWN_MATTER, zh, en)
                .citing("AW-OWN", "招标投标法实施条例 第三十四条")
                .at(format!("{pointer}/members/{member}"), Fault::inconsistent((zh, en))));
        }
    }
    Ok(())
}

pub(super) fn bids(opening: &Opening) -> impl Iterator<Item = (String, &Bidder)> {
    opening.bids.iter().enumerate().map(|(row, bid)| (format!("/bids/{row}/bidder"), &bid.bidder))
}

pub(super) fn candidates(publication: &CandidatePublication) -> impl Iterator<Item = (String, &Bidder)> {
    let candidates = publication.candidates.iter().enumerate();
    candidates.map(|(row, candidate)| (format!("/candidates/{row}/bidder"), &candidate.bidder))
}

fn rejected(publication: &CandidatePublication) -> impl Iterator<Item = (String, &Bidder)> {
    let rejected = publication.rejected.iter().enumerate();
    rejected.map(|(row, rejected)| (format!("/rejected/{row}/bidder"), &rejected.bidder))
}

/// # Errors
/// An organisation that is suspended now neither bids nor wins: each is named.
pub(super) fn must_not_be_suspended<'a>(
    bidders: impl Iterator<Item = (String, &'a Bidder)>,
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    let mut faults = Vec::new();
    for (pointer, bidder) in bidders {
        let members = bidder.members.iter().enumerate();
        let suspended = members.filter(|(_, member)| member.id.as_ref().is_some_and(|id| is_suspended(id, at)));
        faults.extend(suspended.map(|(member, _)| suspended_at(format!("{pointer}/members/{member}"))));
    }
    if faults.is_empty() { Ok(()) } else { Err(Refusal { fields: faults, ..suspended() }) }
}

/// # Errors
/// As [`must_not_be_suspended`], of a winner that is named by its id.
pub(super) fn winner_must_not_be_suspended(members: &[OrganisationId], at: &Moment<'_>) -> Result<(), Refusal> {
    if members.iter().any(|id| is_suspended(id, at)) {
        return Err(Refusal { fields: vec![suspended_at("/candidate".into())], ..suspended() });
    }
    Ok(())
}

fn is_suspended(id: &OrganisationId, at: &Moment<'_>) -> bool {
    at.around.get::<Organisation>(id).is_some_and(|organisation| organisation.is_suspended(at.now))
}

fn suspended_at(pointer: String) -> FieldFault {
    FieldFault { pointer, fault: Fault::inconsistent(("该主体此时处于暂停期", "suspended at this time")) }
}

fn suspended() -> Refusal {
    let (zh, en) = ("该主体被暂停期间不得投标、中标", "who is suspended neither bids nor wins");
    Refusal::new(&problem::ORGANISATION_SUSPENDED, zh, en)
}

/// # Errors
/// Candidates and those who were rejected are bidders that were opened, where that was in this log.
pub(super) fn must_have_bid(lot: &LotState, publication: &CandidatePublication) -> Result<(), Refusal> {
    let Some(bids) = &lot.bids else { return Ok(()) };
    let strangers = candidates(publication)
        .chain(rejected(publication))
        .filter(|(_, bidder)| !bids.iter().any(|bid| bid.bidder.is_same(bidder)));
    let faults: Vec<_> = strangers
        .map(|(pointer, bidder)| FieldFault { pointer, fault: Fault::UnknownReference { id: bidder.name() } })
        .collect();
    if faults.is_empty() {
        return Ok(());
    }
    let (zh, en) =
        ("候选人和被否决者须为开标记录中的投标人", "candidates and rejected bidders are bidders that were opened");
    Err(Refusal { fields: faults, ..Refusal::new(&problem::NOT_A_BIDDER, zh, en) }
        .citing("AW-BIDDER", "招标投标法 第三十六条、第四十条"))
}
