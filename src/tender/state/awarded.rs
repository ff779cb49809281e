//! What was awarded: who won a lot, for how much, and how far its contract has come.

use super::super::{Award, Contract};
use super::{LotPhase, LotState};
use crate::field::{CommitmentId, Day, ItemId, Money, OrganisationId, Price};

/// A contract (合同) with one winner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContractState {
    pub signed: Day,
    /// 验收: the performance passed.
    pub is_accepted: bool,
}

/// An award to one candidate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwardState {
    /// The candidate that won.
    pub candidate: ItemId,
    /// As awarded, then as contracted.
    pub price: Price,
    /// The day on which the award entered the log.
    pub awarded: Day,
    pub contract: Option<ContractState>,
    /// The one that it cites.
    pub commitment: Option<CommitmentId>,
}

impl AwardState {
    /// What awards come to together; `None` without one, and where they are not all amounts in one currency.
    pub fn sum<'a>(awards: impl IntoIterator<Item = &'a Self>) -> Option<Money> {
        let mut amounts = awards.into_iter().map(|award| award.price.money());
        let first = amounts.next()??;
        amounts.try_fold(first, |sum, amount| {
            let amount = amount.filter(|amount| amount.currency == sum.currency)?;
            // Two amounts below AMOUNT_MINOR_MAX don't overflow, and a sum above it is none.
            Money::new(sum.currency, sum.amount_minor + amount.amount_minor).ok()
        })
    }
}

impl LotState {
    /// The award that an act is about: the one that it names, or the only one.
    pub fn award(&self, candidate: Option<&ItemId>) -> Option<&AwardState> {
        match (candidate, self.awards.as_slice()) {
            (None, [only]) => Some(only),
            (None, _) => None,
            (Some(id), awards) => awards.iter().find(|award| award.candidate == *id),
        }
    }

    /// Whether an award is an organisation's, alone or with others.
    pub fn is_won_by(&self, award: &AwardState, organisation: &OrganisationId) -> bool {
        self.candidate(&award.candidate).is_some_and(|candidate| candidate.members.contains(organisation))
    }

    fn award_mut(&mut self, candidate: Option<&ItemId>) -> Option<&mut AwardState> {
        match (candidate, self.awards.as_mut_slice()) {
            (None, [only]) => Some(only),
            (None, _) => None,
            (Some(id), awards) => awards.iter_mut().find(|award| award.candidate == *id),
        }
    }

    pub(super) fn awarded(&mut self, award: &Award, today: Day) {
        let (candidate, price) = (award.candidate.clone(), award.price.clone());
        let commitment = award.commitment.clone();
        let members = self.candidate(&candidate).map(|winner| winner.members.clone());
        self.ever_won.extend(members.into_iter().flatten());
        self.awards.push(AwardState { candidate, price, awarded: today, contract: None, commitment });
        self.phase = LotPhase::Awarded;
    }

    pub(super) fn contracted(&mut self, contract: &Contract) {
        if let Some(award) = self.award_mut(contract.candidate.as_ref()) {
            award.price = contract.price.clone();
            award.contract = Some(ContractState { signed: contract.signed, is_accepted: false });
        }
        self.go_on();
    }

    pub(super) fn repriced(&mut self, candidate: Option<&ItemId>, price: &Price) {
        if let Some(award) = self.award_mut(candidate) {
            award.price = price.clone();
        }
    }

    pub(super) fn accepted(&mut self, candidate: Option<&ItemId>) {
        if let Some(contract) = self.award_mut(candidate).and_then(|award| award.contract.as_mut()) {
            contract.is_accepted = true;
        }
        self.go_on();
    }

    /// An award that fell through is none; with the only one, or all, the lot fails.
    pub(super) fn fell_through(&mut self, candidate: Option<&ItemId>, today: Day) {
        self.awards.retain(|award| candidate.is_some_and(|id| award.candidate != *id));
        if self.awards.is_empty() {
            (self.phase, self.failed) = (LotPhase::Failed, Some(today));
        } else {
            self.go_on();
        }
    }

    /// A lot of several winners is as far as the last of them.
    fn go_on(&mut self) {
        if self.awards.is_empty() {
            return;
        }
        let all =
            |is: fn(&ContractState) -> bool| self.awards.iter().all(|award| award.contract.as_ref().is_some_and(is));
        if all(|contract| contract.is_accepted) {
            self.phase = LotPhase::Accepted;
        } else if all(|_| true) {
            self.phase = LotPhase::Contracted;
        }
    }
}
