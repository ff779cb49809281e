//! The questions that many decisions ask.

use super::super::super::Act;
use super::super::{CandidateState, LotState, ObjectionPhase, ObjectionState, Phase, Tender};
use crate::act::{Acts, Author, Role, must_have};
use crate::field::{Fault, ItemId, LotId, OrganisationId};
use crate::problem::{self, Refusal};

pub(in super::super) fn must_run(tender: &Tender, by: &Author) -> Result<(), Refusal> {
    must_have(by, &[Role::Centre, Role::ProcuringUnit])?;
    must_be_author(tender.is_run_by(by))
}

pub(in super::super) fn must_be_author(is_party: bool) -> Result<(), Refusal> {
    if is_party {
        Ok(())
    } else {
        Err(Refusal::new(&problem::NOT_A_PARTY, "不是该事项的当事人", "the author is not a party to this matter"))
    }
}

/// # Errors
/// Whoever buys does not object to itself.
pub(in super::super) fn must_not_buy(tender: &Tender, by: &Author) -> Result<(), Refusal> {
    if tender.is_bought_by(&by.id) {
        let (zh, en) = ("采购中心、采购人不得对自己的项目提出异议或质疑", "who buys objects to no tender of its own");
        return Err(Refusal::new(&problem::OWN_MATTER, zh, en));
    }
    Ok(())
}

pub(in super::super) fn must_be_disclosed(tender: &Tender, act: &Act) -> Result<(), Refusal> {
    match tender.phase {
        Phase::Preannounced { .. } | Phase::Cleared => Ok(()),
        Phase::Announced | Phase::Terminated | Phase::Closed => Err(forbids(tender, act)),
    }
}

pub(in super::super) fn must_be_announced(tender: &Tender, act: &Act) -> Result<(), Refusal> {
    if tender.phase == Phase::Announced { Ok(()) } else { Err(forbids(tender, act)) }
}

pub(in super::super) fn forbids(tender: &Tender, act: &Act) -> Refusal {
    Refusal::state_forbids(act.kind(), tender.status().name())
}

pub(in super::super) fn lot_forbids(lot: &LotState, act: &Act) -> Refusal {
    Refusal::state_forbids(act.kind(), lot.phase.status().name())
}

pub(in super::super) fn objection_is(act: &Act, phase: ObjectionPhase) -> Refusal {
    Refusal::state_forbids(act.kind(), phase.status().name())
}

pub(in super::super) fn unknown(pointer: &str, id: &ItemId) -> Refusal {
    Refusal::of_field(pointer, Fault::UnknownReference { id: id.to_string() })
}

pub(in super::super) fn lot<'a>(tender: &'a Tender, id: &LotId, pointer: &str) -> Result<&'a LotState, Refusal> {
    tender.lot(id).ok_or_else(|| Refusal::of_field(pointer, Fault::UnknownReference { id: id.to_string() }))
}

pub(in super::super) fn objection<'a>(tender: &'a Tender, id: &ItemId) -> Result<&'a ObjectionState, Refusal> {
    tender.objection(id).ok_or_else(|| unknown("/objection", id))
}

pub(in super::super) fn candidate<'a>(lot: &'a LotState, id: &ItemId) -> Result<&'a CandidateState, Refusal> {
    lot.candidate(id).ok_or_else(|| unknown("/candidate", id))
}

pub(in super::super) fn too_many(pointer: &str, len: usize, max: usize) -> Result<(), Refusal> {
    if len < max { Ok(()) } else { Err(Refusal::of_field(pointer, Fault::TooMany { max })) }
}

/// Objections of one tender, and challenges of one lot: a flood is bounded, and the state stays small.
const OBJECTIONS_MAX: usize = 10_000;

/// Those of one organisation among them, so that nobody takes up the room of all others. A supervisor brings the tips of many.
const OBJECTIONS_OF_ONE_MAX: usize = 50;

/// Versions of one text, each of which is read beside the one before.
pub(in super::super) const TEXT_VERSIONS_MAX: usize = 100;

/// Room for another objection, or challenge, of this author.
pub(in super::super) fn must_leave_room<'a>(
    filed_by: impl ExactSizeIterator<Item = &'a OrganisationId>,
    by: &Author,
) -> Result<(), Refusal> {
    too_many("/id", filed_by.len(), OBJECTIONS_MAX)?;
    if by.roles.has(Role::Supervisor) {
        return Ok(());
    }
    let own = filed_by.filter(|objector| **objector == by.id).count();
    if own < OBJECTIONS_OF_ONE_MAX {
        return Ok(());
    }
    let (zh, en) = (
        format!("同一主体至多提出 {OBJECTIONS_OF_ONE_MAX} 件；请并入已提出的异议"),
        format!("one organisation files at most {OBJECTIONS_OF_ONE_MAX}: one of them may say several things"),
    );
    Err(Refusal::new(&problem::STATE_FORBIDS, zh, en))
}
