//! 合同, its changes and its 验收: each in its order, with the winner that it names.

use super::super::super::{Act, Contract, ContractAcceptance, ContractAmendment};
use super::super::{AwardState, ContractState, LotPhase, LotState, Tender};
use super::guard::{lot, lot_forbids, must_run, unknown};
use super::price;
use crate::act::{Acts, Author, Moment, must_be_past};
use crate::field::{Day, Fault, ItemId};
use crate::problem::Refusal;

pub(super) fn decide_contract(
    tender: &Tender,
    act: &Act,
    contract: &Contract,
    by: &Author,
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    must_run(tender, by)?;
    let lot = lot(tender, &contract.lot, "/lot")?;
    if lot.phase != LotPhase::Awarded {
        return Err(lot_forbids(lot, act));
    }
    let award = award(lot, contract.candidate.as_ref())?;
    if award.contract.is_some() {
        return Err(Refusal::state_forbids(act.kind(), "contracted"));
    }
    must_lie_between((award.awarded, "the day of the award"), contract.signed, "/signed", at)?;
    price::of_contract(award, contract, at)
}

pub(super) fn decide_amendment(
    tender: &Tender,
    act: &Act,
    amendment: &ContractAmendment,
    by: &Author,
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    must_run(tender, by)?;
    let lot = lot(tender, &amendment.lot, "/lot")?;
    let (award, _) = performed(lot, act, amendment.candidate.as_ref())?;
    price::of_amendment(award, amendment, at)
}

pub(super) fn decide_acceptance(
    tender: &Tender,
    act: &Act,
    acceptance: &ContractAcceptance,
    by: &Author,
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    must_run(tender, by)?;
    let lot = lot(tender, &acceptance.lot, "/lot")?;
    let (_, contract) = performed(lot, act, acceptance.candidate.as_ref())?;
    must_lie_between((contract.signed, "the day of the contract"), acceptance.inspected, "/inspected", at)
}

/// # Errors
/// Several have won, and nobody is named; or one that has not.
pub(super) fn award<'a>(lot: &'a LotState, candidate: Option<&ItemId>) -> Result<&'a AwardState, Refusal> {
    lot.award(candidate).ok_or_else(|| match candidate {
        Some(id) => unknown("/candidate", id),
        None => Refusal::of_field("/candidate", Fault::MissingField),
    })
}

/// The award whose contract is there and not yet accepted.
fn performed<'a>(
    lot: &'a LotState,
    act: &Act,
    candidate: Option<&ItemId>,
) -> Result<(&'a AwardState, &'a ContractState), Refusal> {
    if !matches!(lot.phase, LotPhase::Awarded | LotPhase::Contracted) {
        return Err(lot_forbids(lot, act));
    }
    let award = award(lot, candidate)?;
    match &award.contract {
        Some(contract) if !contract.is_accepted => Ok((award, contract)),
        Some(_) => Err(Refusal::state_forbids(act.kind(), "accepted")),
        None => Err(Refusal::state_forbids(act.kind(), "awarded")),
    }
}

/// # Errors
/// What is said to have happened was not before what it follows, and is not still to come.
fn must_lie_between((earliest, name): (Day, &str), day: Day, pointer: &str, at: &Moment<'_>) -> Result<(), Refusal> {
    if day < earliest {
        return Err(Refusal::of_field(pointer, Fault::DatesOutOfOrder { earlier: format!("{name}, {earliest}") }));
    }
    must_be_past(day <= at.today(), pointer)
}
