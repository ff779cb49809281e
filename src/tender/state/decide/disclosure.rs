//! 招标前公示 and the objections to it.

use super::super::super::{Act, Objection, ObjectionAnswer, ObjectionEscalation, Preannouncement, Revision};
use super::super::{ObjectionPhase, Phase, Tender, runs};
use super::guard::{
    TEXT_VERSIONS_MAX, forbids, must_be_author, must_be_disclosed, must_leave_room, must_not_buy, must_run, objection,
    objection_is, too_many,
};
use super::window::check_windows;
use super::{price, round};
use crate::act::{Author, Moment, Role, must_have};
use crate::field::{Fault, FieldFault, OrganisationId};
use crate::organisation::Organisation;
use crate::problem::{self, Refusal};

pub(super) fn decide_preannouncement(disclosed: &Preannouncement, by: &Author, at: &Moment<'_>) -> Result<(), Refusal> {
    must_have(by, &[Role::Centre, Role::ProcuringUnit])?;
    must_be_author(runs(by, &disclosed.centre, &disclosed.procuring_unit))?;
    check_disclosed(disclosed, "", at)?;
    round::decide_first(disclosed, by, at)
}

fn check_disclosed(disclosed: &Preannouncement, pointer: &str, at: &Moment<'_>) -> Result<(), Refusal> {
    must_be_registered(&disclosed.centre, || format!("{pointer}/centre"), at)?;
    if let Some(unit) = &disclosed.procuring_unit.id {
        must_be_registered(unit, || format!("{pointer}/procuring_unit/id"), at)?;
    }
    if disclosed.planned.announce < at.today() {
        let pointer = format!("{pointer}/planned/announce");
        return Err(Refusal::of_field(pointer, Fault::DatesOutOfOrder { earlier: "today".into() }));
    }
    check_windows(disclosed, pointer, at)?;
    price::of_lots(&disclosed.lots, disclosed.estimate, pointer, at)
}

/// # Errors
/// Whoever buys is named by a code that nobody has been confirmed under: a slip would stand in the log for ever, and whoever
/// it belongs to would run a tender that it has never heard of.
fn must_be_registered(id: &OrganisationId, pointer: impl Fn() -> String, at: &Moment<'_>) -> Result<(), Refusal> {
    let known = at.around.get::<Organisation>(id);
    if known.is_some_and(|known| known.ended().is_some()) {
        let (zh, en) = (format!("{id} 已注销、合并或分立"), format!("{id} exists no more"));
        let fault = Fault::inconsistent((zh.as_str(), en.as_str()));
        return Err(Refusal::new(&problem::ORGANISATION_ENDED, zh, en).at(pointer(), fault));
    }
    if known.is_some_and(Organisation::is_confirmed) || (known.is_none() && !at.around.lacks::<Organisation>(id)) {
        return Ok(());
    }
    let (zh, en) = (
        format!("{id} 尚未在本日志登记并确认；未登记的采购人只写名称"),
        format!("{id} is not registered and confirmed in this log: name a unit that isn't without its code"),
    );
    let fault = Fault::inconsistent((zh.as_str(), en.as_str()));
    Err(Refusal::new(&problem::UNKNOWN_REFERENCE, zh, en).at(pointer(), fault))
}

pub(super) fn decide_revision(
    tender: &Tender,
    act: &Act,
    revision: &Revision,
    by: &Author,
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    must_run(tender, by)?;
    must_be_disclosed(tender, act)?;
    if revision.preannouncement.centre != tender.centre {
        let fault = Fault::inconsistent(("项目的采购中心不得变更", "the centre of a tender does not change"));
        return Err(Refusal::of_field("/preannouncement/centre", fault));
    }
    too_many("/preannouncement", tender.text_version as usize, TEXT_VERSIONS_MAX)?;
    check_disclosed(&revision.preannouncement, "/preannouncement", at)?;
    round::decide_revision(tender, &revision.preannouncement, at)
}

pub(super) fn decide_objection(
    tender: &Tender,
    act: &Act,
    objection: &Objection,
    by: &Author,
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    must_have(by, &[Role::Enterprise, Role::Supervisor])?;
    must_not_buy(tender, by)?;
    let over = tender.window.map(|window| at.law.end(window).at).filter(|end| *end <= at.now);
    match (&tender.phase, over) {
        (Phase::Preannounced { .. }, Some(end)) if !by.roles.has(Role::Supervisor) => {
            let text = end.shanghai_text();
            let (zh, en) =
                (format!("公示期已于 {text} 届满"), format!("the window was over at {text} (Asia/Shanghai)"));
            return Err(Refusal::new(&problem::WINDOW_CLOSED, zh, en));
        }
        (Phase::Preannounced { .. }, _) => {}
        // The public may find out late; a supervisor brings its tip until the call is out.
        (Phase::Cleared, _) if by.roles.has(Role::Supervisor) => {}
        (Phase::Cleared, _) => {
            return Err(Refusal::new(&problem::WINDOW_CLOSED, "公示期已过", "the window is over"));
        }
        (Phase::Announced | Phase::Terminated | Phase::Closed, _) => return Err(forbids(tender, act)),
    }
    let missing = objection.clauses.iter().enumerate().filter(|(_, id)| !tender.clauses.iter().any(|c| c.id == **id));
    let missing: Vec<_> = missing
        .map(|(at, id)| FieldFault {
            pointer: format!("/clauses/{at}"),
            fault: Fault::UnknownReference { id: id.to_string() },
        })
        .collect();
    if !missing.is_empty() {
        return Err(Refusal::fields(missing));
    }
    if tender.objection(&objection.id).is_some() {
        return Err(Refusal::of_field("/id", Fault::Duplicate { id: objection.id.to_string() }));
    }
    must_leave_room(tender.objections.iter().map(|objection| &objection.by), by)
}

pub(super) fn decide_answer(tender: &Tender, act: &Act, answer: &ObjectionAnswer, by: &Author) -> Result<(), Refusal> {
    must_run(tender, by)?;
    match objection(tender, &answer.objection)?.phase {
        ObjectionPhase::Filed { .. } => Ok(()),
        phase => Err(objection_is(act, phase)),
    }
}

pub(super) fn decide_escalation(
    tender: &Tender,
    act: &Act,
    escalation: &ObjectionEscalation,
    by: &Author,
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    let objection = objection(tender, &escalation.objection)?;
    must_be_author(objection.by == by.id)?;
    if by.roles.has(Role::Supervisor) {
        must_be_judged_by_another(tender, by, at)?;
    }
    // Nobody's time runs out, or comes, while the tender is suspended.
    let now = tender.suspended_since.unwrap_or(at.now);
    match objection.phase {
        ObjectionPhase::Filed { answer, .. } if !at.law.is_over(answer, now) => {
            Err(Refusal::window_open(at.law.end(answer).at))
        }
        ObjectionPhase::Filed { .. } => Ok(()),
        ObjectionPhase::Answered { escalation, .. } if at.law.is_over(escalation, now) => {
            Err(Refusal::new(&problem::WINDOW_CLOSED, "投诉期限已过", "the time to escalate is over"))
        }
        ObjectionPhase::Answered { .. } => Ok(()),
        phase @ (ObjectionPhase::Escalated | ObjectionPhase::Ruled(_) | ObjectionPhase::Withdrawn) => {
            Err(objection_is(act, phase))
        }
    }
}

/// A supervisor's own tip, once escalated, keeps the tender waiting for another one's ruling.
///
/// # Errors
/// There is no other one who could rule.
fn must_be_judged_by_another(tender: &Tender, by: &Author, at: &Moment<'_>) -> Result<(), Refusal> {
    let mut others = at.around.named::<Organisation>().filter(|other| other.id != by.id);
    if others.any(|other| other.can_act(Role::Supervisor, at.now) && !tender.is_bought_by(&other.id)) {
        return Ok(());
    }
    let (zh, en) = ("没有其他监督部门可以裁定，须先确认一个", "no other supervisor could rule: admit one first");
    Err(Refusal::new(&problem::LAST_SUPERVISOR, zh, en))
}
