//! 招标前公示 and the objections to it.

use super::super::super::{Act, Objection, ObjectionAnswer, ObjectionEscalation, Preannouncement, Revision};
use super::super::{ObjectionPhase, Phase, Tender, runs};
use super::guard::{
    OBJECTIONS_MAX, forbids, must_be_author, must_be_disclosed, must_have, must_run, objection, objection_is, too_many,
};
use super::window::{check_windows, countable};
use crate::act::Author;
use crate::calendar::Calendar;
use crate::field::{Day, Fault, FieldFault, Instant};
use crate::organisation::Role;
use crate::problem::{self, Refusal};

pub(super) fn decide_preannouncement(
    disclosed: &Preannouncement,
    by: &Author,
    now: Instant,
    calendar: &Calendar,
) -> Result<(), Refusal> {
    must_have(by, &[Role::Centre, Role::ProcuringUnit])?;
    must_be_author(runs(by, &disclosed.centre, &disclosed.procuring_unit))?;
    check_disclosed(disclosed, "", now, calendar)
}

fn check_disclosed(disclosed: &Preannouncement, at: &str, now: Instant, calendar: &Calendar) -> Result<(), Refusal> {
    if disclosed.planned.announce < Day::from(now.shanghai_day()) {
        let pointer = format!("{at}/planned/announce");
        return Err(Refusal::of_field(pointer, Fault::DatesOutOfOrder { earlier: "today".into() }));
    }
    check_windows(disclosed, at, now, calendar)
}

pub(super) fn decide_revision(
    tender: &Tender,
    act: &Act,
    revision: &Revision,
    by: &Author,
    now: Instant,
    calendar: &Calendar,
) -> Result<(), Refusal> {
    must_run(tender, by)?;
    must_be_disclosed(tender, act)?;
    if revision.preannouncement.centre != tender.centre {
        let fault = Fault::Inconsistent { reason: "the centre of a tender does not change".into() };
        return Err(Refusal::of_field("/preannouncement/centre", fault));
    }
    check_disclosed(&revision.preannouncement, "/preannouncement", now, calendar)
}

pub(super) fn decide_objection(
    tender: &Tender,
    act: &Act,
    objection: &Objection,
    by: &Author,
    now: Instant,
    calendar: &Calendar,
) -> Result<(), Refusal> {
    must_have(by, &[Role::Enterprise, Role::Supervisor])?;
    match tender.phase {
        Phase::Preannounced { until, .. } if now >= until && !by.roles.has(Role::Supervisor) => {
            let text = until.shanghai_text();
            let (zh, en) =
                (format!("公示期已于 {text} 届满"), format!("the window was over at {text} (Asia/Shanghai)"));
            return Err(Refusal::new(&problem::WINDOW_CLOSED, zh, en));
        }
        Phase::Preannounced { .. } => {}
        // The public may find out late; a supervisor brings its tip until the call is out.
        Phase::Cleared if by.roles.has(Role::Supervisor) => {}
        Phase::Cleared => {
            return Err(Refusal::new(&problem::WINDOW_CLOSED, "公示期已过", "the window is over"));
        }
        Phase::Announced | Phase::Terminated | Phase::Closed => return Err(forbids(tender, act)),
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
    too_many("/id", tender.objections.len(), OBJECTIONS_MAX)?;
    countable(tender.windows.answer, now, calendar)
}

pub(super) fn decide_answer(
    tender: &Tender,
    act: &Act,
    answer: &ObjectionAnswer,
    by: &Author,
    now: Instant,
    calendar: &Calendar,
) -> Result<(), Refusal> {
    must_run(tender, by)?;
    match objection(tender, &answer.objection)?.phase {
        ObjectionPhase::Filed { .. } => countable(tender.windows.escalation, now, calendar),
        phase => Err(objection_is(act, phase)),
    }
}

pub(super) fn decide_escalation(
    tender: &Tender,
    act: &Act,
    escalation: &ObjectionEscalation,
    by: &Author,
    now: Instant,
) -> Result<(), Refusal> {
    let objection = objection(tender, &escalation.objection)?;
    must_be_author(objection.by == by.id)?;
    // Nobody's time runs out, or comes, while the tender is suspended.
    let now = tender.suspended_since.unwrap_or(now);
    match objection.phase {
        ObjectionPhase::Filed { answer_due, .. } if now < answer_due => Err(Refusal::window_open(answer_due)),
        ObjectionPhase::Filed { .. } => Ok(()),
        ObjectionPhase::Answered { escalate_until, .. } if now >= escalate_until => {
            Err(Refusal::new(&problem::WINDOW_CLOSED, "投诉期限已过", "the time to escalate is over"))
        }
        ObjectionPhase::Answered { .. } => Ok(()),
        phase @ (ObjectionPhase::Escalated | ObjectionPhase::Ruled(_) | ObjectionPhase::Withdrawn) => {
            Err(objection_is(act, phase))
        }
    }
}
