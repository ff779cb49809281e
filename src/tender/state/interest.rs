//! Who has a stake in what: nobody of them rules on it.

use super::super::{Act, PeriodReopening, TenderPeriod};
use super::{CandidateState, ChallengeState, LotState, ObjectionState, Tender};
use crate::field::{ItemId, OrganisationId, Party};

impl Tender {
    /// Who has a stake in what an act decides: those who buy, and whoever bids, objected or challenged where it touches
    /// them. Nobody, for an act that decides nothing between others.
    pub(super) fn interested(&self, act: &Act) -> Vec<&OrganisationId> {
        match act {
            Act::ObjectionRuled(ruling) => self.buyers().chain(self.objectors(&ruling.objection)).collect(),
            // For a time, and for all alike: who brought a tip may have the tender stopped until somebody else has ruled.
            Act::Suspended(_) | Act::Resumed(_) => self.buyers().chain(self.lots.iter().flat_map(bidders)).collect(),
            Act::Terminated(_) => {
                let objectors = self.objections.iter().map(|objection| &objection.by);
                self.buyers().chain(self.lots.iter().flat_map(in_lot)).chain(objectors).collect()
            }
            Act::PeriodReopened(reopening) => self.buyers().chain(self.within(reopening)).collect(),
            Act::ClaimVerified(found) => self.in_finding(&found.lot, &found.candidate),
            Act::ClaimRefuted(found) => self.in_finding(&found.lot, &found.candidate),
            Act::Preannounced(_)
            | Act::Revised(_)
            | Act::Objected(_)
            | Act::ObjectionAnswered(_)
            | Act::ObjectionEscalated(_)
            | Act::ObjectionWithdrawn(_)
            | Act::WindowClosed(_)
            | Act::Cleared(_)
            | Act::Adopted(_)
            | Act::Announced(_)
            | Act::Clarified(_)
            | Act::Amended(_)
            | Act::BidsOpened(_)
            | Act::Failed(_)
            | Act::DeadlinePassed(_)
            | Act::CandidatesPublished(_)
            | Act::Challenged(_)
            | Act::ChallengeAnswered(_)
            | Act::Awarded(_)
            | Act::ContractPublished(_)
            | Act::ContractAmended(_)
            | Act::ContractAccepted(_)
            | Act::Closed(_) => Vec::new(),
        }
    }

    fn objectors(&self, id: &ItemId) -> Option<&OrganisationId> {
        self.objection(id).map(|objection: &ObjectionState| &objection.by)
    }

    /// Whose period it is, and whom it keeps waiting.
    fn within(&self, reopening: &PeriodReopening) -> Vec<&OrganisationId> {
        let Some(id) = &reopening.item else { return Vec::new() };
        match reopening.period {
            TenderPeriod::Objections => Vec::new(),
            TenderPeriod::ObjectionAnswer | TenderPeriod::Escalation => self.objectors(id).into_iter().collect(),
            TenderPeriod::Candidates => self.lot_called(id).into_iter().flat_map(in_lot).collect(),
            TenderPeriod::ChallengeAnswer => {
                let lot = self.lots.iter().find(|lot| lot.challenges.iter().any(|challenge| challenge.id == *id));
                lot.into_iter().flat_map(in_lot).collect()
            }
        }
    }

    /// A finding about one candidate helps or harms every other one, and whoever disputed it has taken sides.
    fn in_finding(&self, lot: &crate::field::LotId, candidate: &ItemId) -> Vec<&OrganisationId> {
        let Some(lot) = self.lot(lot) else { return Vec::new() };
        let disputes =
            |challenge: &&ChallengeState| challenge.candidate.as_ref().is_none_or(|about| about == candidate);
        let challengers = lot.challenges.iter().filter(disputes).map(|challenge| &challenge.by);
        self.buyers().chain(bidders(lot)).chain(challengers).collect()
    }

    /// Whether it is who buys. Names are not unique, but some notices know nothing else of the procuring unit.
    pub(super) fn buys(&self, party: &Party) -> bool {
        match &party.id {
            Some(id) if *id == self.centre => true,
            Some(id) if self.procuring_unit.id.is_some() => self.procuring_unit.id.as_ref() == Some(id),
            Some(_) | None => self.procuring_unit.name == party.name,
        }
    }
}

fn bidders(lot: &LotState) -> impl Iterator<Item = &OrganisationId> {
    lot.candidates.iter().flat_map(|candidate: &CandidateState| &candidate.members)
}

fn in_lot(lot: &LotState) -> impl Iterator<Item = &OrganisationId> {
    bidders(lot).chain(lot.challenges.iter().map(|challenge| &challenge.by))
}
