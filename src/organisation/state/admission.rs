//! Who may admit whom to a role, and who may stop whom.

use super::{Admission, Organisation};
use crate::act::{Author, Moment, Role};
use crate::field::{Fault, Instant, OrganisationId};
use crate::problem::{self, Refusal};

/// Supervisors that the operator admits within this time of the first one are first as well: a ruling may be appealed, and an
/// appeal is another one's, so a log begins with several.
const FOUNDING_MILLIS: i64 = 24 * 3600 * 1000;

/// # Errors
/// Not for oneself, and only by the roles that may.
pub(super) fn must_admit(by: &Author, to: &OrganisationId, role: Role, at: &Moment<'_>) -> Result<(), Refusal> {
    must_be_another(by, to)?;
    let admitters: &[Role] = match role {
        Role::Supervisor if is_founding(at) => &[Role::Operator],
        Role::Supervisor => &[Role::Supervisor],
        Role::Auditor => &[Role::Operator, Role::Supervisor],
        Role::Centre | Role::ProcuringUnit => &[Role::Supervisor],
        Role::Enterprise => &[Role::Supervisor, Role::Centre],
        // Named by log.opened alone.
        Role::Operator | Role::Service => &[],
    };
    if by.roles.has_any(admitters) { Ok(()) } else { Err(not_entitled(&format!("admit to {}", role.name()))) }
}

/// # Errors
/// Neither a supervisor, nor the operator while it admits those.
pub(super) fn must_admit_anybody(by: &Author, at: &Moment<'_>) -> Result<(), Refusal> {
    let is_admitter = by.roles.has(Role::Supervisor) || by.roles.has(Role::Operator) && is_founding(at);
    if is_admitter { Ok(()) } else { Err(not_entitled("admit anybody")) }
}

/// The operator, who may be anybody's creature or become it, names the first supervisors and no others. From then on
/// supervisors admit supervisors, as long as one of them can act: one that is alone and lost its keys must not take the log
/// with it.
fn is_founding(at: &Moment<'_>) -> bool {
    let admitted = supervisors(at).flat_map(|known| &known.admissions).map(|admission: &Admission| admission.time);
    let first = admitted.min();
    let is_begun = first.is_some_and(|first| first.plus_millis(FOUNDING_MILLIS) <= at.now);
    !is_begun || !can_any_act(at)
}

/// # Errors
/// Nobody would be left who may rule, or admit others who may.
pub(super) fn must_not_be_the_last(state: &Organisation, at: &Moment<'_>) -> Result<(), Refusal> {
    if !state.can_act(Role::Supervisor, at.now) || can_any_act(at) {
        return Ok(());
    }
    let (zh, en) = ("没有其他可以履职的监督部门，须先确认一个", "no other supervisor can act: admit one first");
    Err(Refusal::new(&problem::LAST_SUPERVISOR, zh, en))
}

/// Beside the organisation that is acted on.
fn supervisors<'a>(at: &Moment<'a>) -> impl Iterator<Item = &'a Organisation> {
    at.around.named::<Organisation>().filter(|known| known.roles.has(Role::Supervisor))
}

fn can_any_act(at: &Moment<'_>) -> bool {
    supervisors(at).any(|other| other.can_act(Role::Supervisor, at.now))
}

/// # Errors
/// Nobody admits, stops or lets go itself.
pub(super) fn must_be_another(by: &Author, to: &OrganisationId) -> Result<(), Refusal> {
    if by.is(to) {
        let (zh, en) = ("不得就本主体作出该行为", "nobody does this for itself");
        return Err(Refusal::new(&problem::OWN_MATTER, zh, en));
    }
    Ok(())
}

/// # Errors
/// Supervisors oversee everyone but other supervisors and the operator; the operator oversees everyone else.
pub(super) fn must_oversee(by: &Author, state: &Organisation) -> Result<(), Refusal> {
    let over = if state.roles.has_any(&[Role::Operator]) {
        &[][..]
    } else if state.roles.has(Role::Supervisor) {
        &[Role::Operator][..]
    } else {
        &[Role::Operator, Role::Supervisor][..]
    };
    if by.roles.has_any(over) { Ok(()) } else { Err(not_entitled("oversee this organisation")) }
}

/// # Errors
/// Roles that exclude each other.
pub(super) fn must_be_compatible(state: &Organisation, role: Role) -> Result<(), Refusal> {
    if state.roles.with(role).are_compatible() {
        return Ok(());
    }
    let held = state.roles.iter().map(Role::name).collect::<Vec<_>>().join(" / ");
    let (zh, en) = (format!("{held} 不得兼任 {}", role.name()), format!("{held} can't be {} as well", role.name()));
    Err(Refusal::new(&problem::ROLES_EXCLUSIVE, zh, en))
}

/// # Errors
/// The day is over: a suspension that has ended stops nobody.
pub(super) fn must_be_to_come(until: Option<Instant>, now: Instant) -> Result<(), Refusal> {
    match until {
        Some(until) if until <= now => {
            Err(Refusal::of_field("/until", Fault::DatesOutOfOrder { earlier: "today".into() }))
        }
        Some(_) | None => Ok(()),
    }
}

fn not_entitled(what: &str) -> Refusal {
    Refusal::new(
        &problem::ROLE_NOT_ENTITLED,
        format!("该主体无权：{what}"),
        format!("the author's roles do not entitle it to {what}"),
    )
}
