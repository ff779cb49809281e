//! Who may not bid, be a candidate, win or contract here, because a lawful bar keeps it away.

use super::super::{Act, Method};
use super::Tender;
use crate::access::{GateReach, GatedStep, barred_from};
use crate::act::Moment;
use crate::field::{Bidder, Day, OrganisationId};
use crate::law::{BarField, BarMeasure};
use crate::problem::Refusal;

/// # Errors
/// `organisation-barred`, naming each bidder, member or winner that is.
pub(super) fn check(state: Option<&Tender>, act: &Act, at: &Moment<'_>) -> Result<(), Refusal> {
    let Some(tender) = state else { return Ok(()) };
    let Some((measure, days)) = tender.gate(act, at.today()) else { return Ok(()) };
    barred_from(tender.gated_places(act), &GatedStep { measure, reach: tender.gate_reach(), days }, at)
}

impl Tender {
    /// What an act does that a bar may stop, and the days that count. A bid is made by the deadline and read out at the
    /// opening, whichever day it is entered; a contract is made on the day of its signatures.
    fn gate(&self, act: &Act, today: Day) -> Option<(BarMeasure, Vec<Day>)> {
        Some(match act {
            Act::BidsOpened(opening) => {
                let opened = Day::from(opening.opened_at.shanghai_day());
                let deadline = self.bid_deadline.map(|deadline| deadline.day());
                (BarMeasure::Bidding, deadline.into_iter().chain([opened]).collect())
            }
            Act::CandidatesPublished(_) | Act::Awarded(_) => (BarMeasure::Award, vec![today]),
            Act::ContractPublished(contract) => (BarMeasure::Contract, vec![contract.signed]),
            _ => return None,
        })
    }

    /// Whom a bar may stop from what an act does.
    pub(super) fn gated<'a>(&'a self, act: &'a Act) -> impl Iterator<Item = &'a OrganisationId> {
        self.gated_places(act).into_iter().map(|(_, id)| id)
    }

    /// The same, each with its place in the record.
    fn gated_places<'a>(&'a self, act: &'a Act) -> Vec<(String, &'a OrganisationId)> {
        match act {
            Act::BidsOpened(opening) => {
                let bids = opening.bids.iter().enumerate();
                bids.flat_map(|(row, bid)| members(format!("/bids/{row}/bidder"), &bid.bidder)).collect()
            }
            Act::CandidatesPublished(publication) => {
                let candidates = publication.candidates.iter().enumerate();
                let places = candidates.map(|(row, known)| (format!("/candidates/{row}/bidder"), &known.bidder));
                places.flat_map(|(place, bidder)| members(place, bidder)).collect()
            }
            Act::Awarded(award) => {
                let winner = self.lot(&award.lot).and_then(|lot| lot.candidate(&award.candidate));
                winner.into_iter().flat_map(|winner| &winner.members).map(winning).collect()
            }
            Act::ContractPublished(contract) => {
                let lot = self.lot(&contract.lot);
                let winner = lot.and_then(|lot| lot.candidate(&lot.award(contract.candidate.as_ref())?.candidate));
                winner.into_iter().flat_map(|winner| &winner.members).map(winning).collect()
            }
            _ => Vec::new(),
        }
    }

    /// In which field this purchase may lie, and where.
    ///
    /// Tendering: by open and invited tender (招标投标法 art. 10); other methods are none. Government procurement: where the
    /// procuring unit is no enterprise by its code (GB 32100: those are registered under 9); whose money it is no record says. What
    /// neither method nor unit's code tells is not ruled out.
    pub(super) fn gate_reach(&self) -> GateReach {
        let tendering = self.method.is_none_or(|method| matches!(method, Method::Open | Method::Invited));
        let unit = self.procuring_unit.id.as_ref().filter(|unit| unit.is_uscc());
        let procurement = unit.is_none_or(|unit| !unit.as_str().starts_with('9'));
        let fields = [(BarField::GovernmentProcurement, procurement), (BarField::Tendering, tendering)];
        let fields = fields.into_iter().filter(|(_, may)| *may).map(|(field, _)| field).collect();
        GateReach::Purchase { fields, region: Some(self.region) }
    }
}

fn members(place: String, bidder: &Bidder) -> impl Iterator<Item = (String, &OrganisationId)> {
    let members = bidder.members.iter().enumerate();
    members.filter_map(move |(at, member)| Some((format!("{place}/members/{at}"), member.id.as_ref()?)))
}

fn winning(member: &OrganisationId) -> (String, &OrganisationId) {
    ("/candidate".to_owned(), member)
}
