//! What an act says of those whom it concerns beside its author: it counts when they are judged.

use super::super::{Act, RulingOutcome};
use super::{LotState, Tender, Verdict};
use crate::act::{Bearing, Fact};
use crate::field::{ItemId, LotId, OrganisationId};

impl Tender {
    pub(super) fn bearings(&self, act: &Act) -> Vec<Bearing> {
        match act {
            Act::ObjectionRuled(ruling) => {
                let fact = match ruling.outcome {
                    RulingOutcome::Upheld => Fact::ObjectionUpheld,
                    RulingOutcome::Dismissed => Fact::Concerned,
                };
                let objector = self.objection(&ruling.objection).map(|objection| Bearing::concerned(&objection.by));
                self.of_buyers(&fact).chain(objector).collect()
            }
            Act::DeadlinePassed(_) => self.of_buyers(&Fact::DeadlinePassed).collect(),
            Act::Terminated(_) | Act::Failed(_) => self.of_buyers(&Fact::Concerned).collect(),
            Act::Challenged(challenge) => {
                let challenged = challenge.candidate.iter().flat_map(|id| self.members(&challenge.lot, id));
                self.of_buyers(&Fact::Concerned).chain(challenged.map(Bearing::concerned)).collect()
            }
            Act::ClaimVerified(found) => {
                self.found(&found.lot, &found.candidate, &found.claim, Verdict::Verified, &Fact::ClaimVerified)
            }
            Act::ClaimRefuted(found) => {
                self.found(&found.lot, &found.candidate, &found.claim, Verdict::Refuted, &Fact::ClaimRefuted)
            }
            Act::Awarded(award) => {
                let winner = self.members(&award.lot, &award.candidate);
                let winner = winner.map(|member| Bearing::new(member, Fact::Awarded));
                self.of_buyers(&Fact::Concerned).chain(winner).collect()
            }
            Act::ContractPublished(contract) => {
                self.of_contract(&contract.lot, contract.candidate.as_ref(), &Fact::Concerned)
            }
            Act::ContractAmended(amendment) => {
                self.of_contract(&amendment.lot, amendment.candidate.as_ref(), &Fact::Concerned)
            }
            Act::ContractAccepted(acceptance) => {
                let fact = if acceptance.passed { Fact::ContractFulfilled } else { Fact::Concerned };
                self.of_contract(&acceptance.lot, acceptance.candidate.as_ref(), &fact)
            }
            _ => Vec::new(),
        }
    }

    fn of_buyers(&self, fact: &Fact) -> impl Iterator<Item = Bearing> {
        self.buyers().map(|buyer| Bearing::new(buyer, fact.clone()))
    }

    /// The members of a candidate, as far as they are known by their codes.
    fn members(&self, lot: &LotId, candidate: &ItemId) -> impl Iterator<Item = &OrganisationId> {
        let candidate = self.lot(lot).and_then(|lot| lot.candidate(candidate));
        candidate.into_iter().flat_map(|candidate| &candidate.members)
    }

    /// Both sides of a contract: the winner that is named, or all there are.
    fn of_contract(&self, lot: &LotId, named: Option<&ItemId>, fact: &Fact) -> Vec<Bearing> {
        let winners = self.lot(lot).into_iter().flat_map(LotState::winners);
        let named = winners.filter(|winner| named.is_none_or(|named| winner.id == *named));
        let sellers = named.flat_map(|winner| &winner.members).map(|member| Bearing::new(member, fact.clone()));
        self.of_buyers(fact).chain(sellers).collect()
    }

    /// What is found about a claim takes back what was found the other way before.
    fn found(&self, lot: &LotId, candidate: &ItemId, claim: &ItemId, verdict: Verdict, fact: &Fact) -> Vec<Bearing> {
        let known = self.lot(lot).and_then(|lot| lot.candidate(candidate)?.claim(claim));
        let before = known.and_then(|claim| claim.finding.as_ref()).filter(|finding| finding.verdict != verdict);
        let undone = before.map(|finding| finding.entry);
        self.members(lot, candidate).map(|member| Bearing::new(member, fact.clone()).undoing(undone)).collect()
    }
}
