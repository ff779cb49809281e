//! Which acts somebody's credit allows now, and by whom.

use super::super::{Act, CreditObjection, CreditObjectionRuling, Graded};
use super::{Credit, CreditId, CreditObjectionPhase};
use crate::act::{Acts, Author, Moment, Role, Stream, must_have, must_rule};
use crate::field::{Fault, OrganisationId};
use crate::problem::{self, Refusal};

/// Objections of one organisation: some every week for years, and no more than a state has room for.
const OBJECTIONS_MAX: usize = 500;

/// # Errors
/// Who may not sign it, what it refers to and is not there, or that it is not what follows from the log.
pub(super) fn decide(state: Option<&Credit>, act: &Act, at: &Moment<'_>) -> Result<(), Refusal> {
    let by = at.author()?;
    match act {
        Act::Graded(graded) => decide_grade(state, act, graded, by, at),
        Act::Objected(objection) => decide_objection(state, objection, by),
        Act::ObjectionRuled(ruling) => decide_ruling(state, act, ruling, by),
    }
}

/// A grade is a function of what bears on the organisation: exactly the one that is due, with nothing left out. Who has only a
/// part of the log can't know what was left out, and sees whether it is what its own list comes to.
fn decide_grade(
    state: Option<&Credit>,
    act: &Act,
    graded: &Graded,
    by: &Author,
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    must_have(by, &[Role::Service])?;
    if *at.on != Stream::of(&CreditId(graded.organisation.clone())) {
        let fault = Fault::inconsistent(("不是该信用记录的主体", "not the organisation of this stream"));
        return Err(Refusal::of_field("/organisation", fault));
    }
    if at.today().date().pred_opt() != Some(graded.day.date()) {
        let fault = Fault::inconsistent(("应为前一日", "is the day before that of the record"));
        return Err(Refusal::of_field("/day", fault));
    }
    let terms = &at.law.edition().credit;
    let follows = match at.around.bearings(&Stream::of(&graded.organisation)) {
        Some(borne) => {
            let of = |id: &OrganisationId| at.around.get::<Credit>(&CreditId(id.clone()));
            let due = Credit::due_grade(state, &graded.organisation, borne, &of, graded.day, terms);
            due.as_ref() == Some(graded)
        }
        None => goes_on(state, graded) && Credit::grade_of_what_is_listed(state, graded, terms) == *graded,
    };
    if follows { Ok(()) } else { Err(Refusal::state_forbids(act.kind(), "not-due")) }
}

/// Whether it lists entries in the order of the log, each once, behind those that were listed before.
fn goes_on(state: Option<&Credit>, graded: &Graded) -> bool {
    let before = state.and_then(|credit| credit.last.up_to);
    let own = graded.contributions.iter().filter(|contribution| contribution.from.is_none());
    let listed = own.map(|contribution| Some(contribution.entry));
    let entries: Vec<Option<u64>> = std::iter::once(before).chain(listed).collect();
    entries.is_sorted_by(|one, next| one < next) && entries.last() <= Some(&graded.up_to)
}

fn decide_objection(state: Option<&Credit>, objection: &CreditObjection, by: &Author) -> Result<(), Refusal> {
    let entry = || objection.entry.to_string();
    let unknown = || Refusal::of_field("/entry", Fault::UnknownReference { id: entry() });
    // Without a grade nothing counts yet.
    let credit = state.ok_or_else(unknown)?;
    if !by.is(&credit.organisation) {
        let (zh, en) = ("只有该主体本身可以提出异议", "only the organisation itself objects");
        return Err(Refusal::new(&problem::NOT_A_PARTY, zh, en));
    }
    if credit.objection(&objection.id).is_some() {
        return Err(Refusal::of_field("/id", Fault::Duplicate { id: objection.id.to_string() }));
    }
    if !credit.counted.contains_key(&objection.entry) {
        return Err(unknown());
    }
    if credit.objection_to(objection.entry).is_some() {
        return Err(Refusal::of_field("/entry", Fault::Duplicate { id: entry() }));
    }
    if credit.objections.len() >= OBJECTIONS_MAX {
        return Err(Refusal::of_field("/id", Fault::TooMany { max: OBJECTIONS_MAX }));
    }
    Ok(())
}

fn decide_ruling(
    state: Option<&Credit>,
    act: &Act,
    ruling: &CreditObjectionRuling,
    by: &Author,
) -> Result<(), Refusal> {
    let objection = state.and_then(|credit| credit.objection(&ruling.objection));
    let found_by = objection.map(|objection| &objection.by);
    must_rule(by, state.map(|credit| &credit.organisation).into_iter().chain(found_by))?;
    let unknown = || Refusal::of_field("/objection", Fault::UnknownReference { id: ruling.objection.to_string() });
    match objection.ok_or_else(unknown)?.phase {
        CreditObjectionPhase::Open(_) => Ok(()),
        CreditObjectionPhase::Ruled(fate) => Err(Refusal::state_forbids(act.kind(), fate.name())),
    }
}
