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
/// An organisation that is suspended now, or has ended, neither bids nor wins: each is named.
pub(super) fn must_be_active<'a>(
    bidders: impl Iterator<Item = (String, &'a Bidder)>,
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    let mut refused = Vec::new();
    for (pointer, bidder) in bidders {
        let members = bidder.members.iter().enumerate();
        let inactive = members.filter_map(|(at_member, member)| {
            let refusal = inactive(member.id.as_ref()?, at)?;
            Some((format!("{pointer}/members/{at_member}"), refusal))
        });
        refused.extend(inactive);
    }
    all_of(refused)
}

/// # Errors
/// As [`must_be_active`], of a winner that is named by its id.
pub(super) fn winner_must_be_active(members: &[OrganisationId], at: &Moment<'_>) -> Result<(), Refusal> {
    let refused = members.iter().find_map(|id| inactive(id, at));
    all_of(refused.map(|refusal| ("/candidate".to_owned(), refusal)).into_iter().collect())
}

fn inactive(id: &OrganisationId, at: &Moment<'_>) -> Option<Refusal> {
    at.around.get::<Organisation>(id).and_then(|organisation| organisation.must_be_active(at.now).err())
}

/// One refusal for all of them: what the first one is refused for, and each by its place.
fn all_of(refused: Vec<(String, Refusal)>) -> Result<(), Refusal> {
    let Some((_, first)) = refused.first() else { return Ok(()) };
    let problem = first.problem;
    let fields = refused.into_iter().map(|(pointer, refusal)| {
        let fault = Fault::Inconsistent { reason: refusal.detail };
        FieldFault { pointer, fault }
    });
    let (zh, en) = ("被暂停或已终止的主体不得投标、中标", "who is suspended or has ended neither bids nor wins");
    Err(Refusal { fields: fields.collect(), ..Refusal::new(problem, zh, en) })
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
