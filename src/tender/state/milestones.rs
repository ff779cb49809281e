//! What the commitments of bidders have come to: each milestone obliges the service to open an evaluation.

use super::super::Act;
use super::{LotPhase, ReachedMilestone, Tender};
use crate::act::Place;
use crate::field::{CommitmentId, Evaluated, EvaluationId, ItemId, LotId, Milestone, TenderCode};

impl Tender {
    /// Takes note of the milestones that an act brings, once each.
    pub(super) fn reach_milestones(&mut self, act: &Act, place: &Place) {
        match act {
            Act::Awarded(award) => {
                self.reach(&award.lot, Some(&award.candidate), Milestone::Award, place);
                self.lose(&award.lot, place);
            }
            Act::ContractPublished(contract) => {
                self.reach(&contract.lot, contract.candidate.as_ref(), Milestone::Contract, place);
                self.lose(&contract.lot, place);
            }
            Act::ContractAccepted(acceptance) if acceptance.passed => {
                self.reach(&acceptance.lot, acceptance.candidate.as_ref(), Milestone::Acceptance, place);
            }
            _ => {}
        }
    }

    /// A winner has come to a milestone.
    fn reach(&mut self, lot: &LotId, winner: Option<&ItemId>, milestone: Milestone, place: &Place) {
        let award = self.lot(lot).and_then(|lot| lot.award(winner));
        if let Some(commitment) = award.and_then(|award| award.commitment.clone()) {
            self.note(ReachedMilestone { commitment, lot: lot.clone(), milestone, lost: false, entry: place.hash });
        }
    }

    /// Who bid and can't win any more has lost: when as many have won as may, or all who have are under contract.
    fn lose(&mut self, lot: &LotId, place: &Place) {
        let Some(state) = self.lot(lot) else { return };
        if state.phase == LotPhase::Awarded && state.awards.len() < self.winners_max(state) {
            return;
        }
        let won: Vec<_> = state.awards.iter().filter_map(|award| award.commitment.as_ref()).collect();
        let bid = state.bids.iter().flatten().filter_map(|bid| bid.commitment.as_ref());
        let lost: Vec<CommitmentId> = bid.filter(|commitment| !won.contains(commitment)).cloned().collect();
        for commitment in lost {
            let (lot, entry) = (lot.clone(), place.hash);
            self.note(ReachedMilestone { commitment, lot, milestone: Milestone::Award, lost: true, entry });
        }
    }

    fn note(&mut self, reached: ReachedMilestone) {
        let is_known = |known: &ReachedMilestone| {
            (&known.commitment, &known.lot, known.milestone) == (&reached.commitment, &reached.lot, reached.milestone)
        };
        if !self.milestones.iter().any(is_known) {
            self.milestones.push(reached);
        }
    }

    /// The evaluations that the entry at this place brings about.
    pub(super) fn evaluations_of(&self, code: &TenderCode, place: &Place) -> impl Iterator<Item = EvaluationId> {
        let reached = self.milestones.iter().rev().take_while(|reached| reached.entry == place.hash);
        reached.map(|ReachedMilestone { commitment, lot, milestone, .. }| EvaluationId {
            commitment: commitment.clone(),
            occasion: Evaluated::Lot { tender: code.clone(), lot: lot.clone(), milestone: *milestone },
        })
    }
}
