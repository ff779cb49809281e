//! The questions that many decisions ask.

use super::super::super::Act;
use super::super::{CandidateState, LotPhase, LotState, ObjectionPhase, ObjectionState, Phase, Tender};
use crate::act::{Acts, Author, Role};
use crate::field::{Fault, ItemId, LotId};
use crate::problem::{self, Refusal};

pub(super) fn must_have(by: &Author, roles: &[Role]) -> Result<(), Refusal> {
    if by.roles.has_any(roles) {
        return Ok(());
    }
    let names = roles.iter().map(|role| role.name()).collect::<Vec<_>>().join(" / ");
    let (zh, en) = (format!("需要角色：{names}"), format!("one of these roles is needed: {names}"));
    Err(Refusal::new(&problem::ROLE_NOT_ENTITLED, zh, en))
}

pub(super) fn must_run(tender: &Tender, by: &Author) -> Result<(), Refusal> {
    must_have(by, &[Role::Centre, Role::ProcuringUnit])?;
    must_be_author(tender.is_run_by(by))
}

pub(super) fn must_be_author(is_party: bool) -> Result<(), Refusal> {
    if is_party {
        Ok(())
    } else {
        Err(Refusal::new(&problem::NOT_A_PARTY, "不是该事项的当事人", "the author is not a party to this matter"))
    }
}

pub(super) fn must_be_disclosed(tender: &Tender, act: &Act) -> Result<(), Refusal> {
    match tender.phase {
        Phase::Preannounced { .. } | Phase::Cleared => Ok(()),
        Phase::Announced | Phase::Terminated | Phase::Closed => Err(forbids(tender, act)),
    }
}

pub(super) fn must_be_announced(tender: &Tender, act: &Act) -> Result<(), Refusal> {
    if tender.phase == Phase::Announced { Ok(()) } else { Err(forbids(tender, act)) }
}

pub(super) fn must_be_contracted(lot: &LotState, act: &Act) -> Result<(), Refusal> {
    if lot.phase == LotPhase::Contracted { Ok(()) } else { Err(lot_forbids(lot, act)) }
}

pub(super) fn forbids(tender: &Tender, act: &Act) -> Refusal {
    Refusal::state_forbids(act.kind(), tender.status())
}

pub(super) fn lot_forbids(lot: &LotState, act: &Act) -> Refusal {
    Refusal::state_forbids(act.kind(), lot.phase.name())
}

pub(super) fn objection_is(act: &Act, phase: ObjectionPhase) -> Refusal {
    Refusal::state_forbids(act.kind(), phase.name())
}

pub(super) fn unknown(pointer: &str, id: &ItemId) -> Refusal {
    Refusal::of_field(pointer, Fault::UnknownReference { id: id.to_string() })
}

pub(super) fn lot<'a>(tender: &'a Tender, id: &LotId, pointer: &str) -> Result<&'a LotState, Refusal> {
    tender.lot(id).ok_or_else(|| Refusal::of_field(pointer, Fault::UnknownReference { id: id.to_string() }))
}

pub(super) fn objection<'a>(tender: &'a Tender, id: &ItemId) -> Result<&'a ObjectionState, Refusal> {
    tender.objection(id).ok_or_else(|| unknown("/objection", id))
}

pub(super) fn candidate<'a>(lot: &'a LotState, id: &ItemId) -> Result<&'a CandidateState, Refusal> {
    lot.candidate(id).ok_or_else(|| unknown("/candidate", id))
}

pub(super) fn too_many(pointer: &str, len: usize, max: usize) -> Result<(), Refusal> {
    if len < max { Ok(()) } else { Err(Refusal::of_field(pointer, Fault::TooMany { max })) }
}

/// Objections of one tender, and challenges of one lot: a flood is bounded, and the state stays small.
pub(super) const OBJECTIONS_MAX: usize = 10_000;
