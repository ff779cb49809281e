//! Which acts a commitment allows now, and by whom.

use super::super::{Act, AppealRuling, Binding, Breach, CommitmentPeriod, Offer, TermReopening};
use super::{BreachPhase, BreachState, Call, Commitment, Phase};
use crate::access::{GateReach, GatedStep, barred_from};
use crate::act::{Acts, Author, Capability, Moment, Role, must_have, must_rule};
use crate::field::{Fault, ItemId, OrganisationId};
use crate::law::{BarMeasure, DayRule, Running};
use crate::log::Hash;
use crate::organisation::Organisation;
use crate::problem::{self, Refusal};
use crate::template::{Template, TemplateRef};

/// Reports of breaches on one commitment.
const BREACHES_MAX: usize = 1000;
/// Those of one party among them, so that it does not take up a supervisor's room.
const BREACHES_OF_ONE_MAX: usize = 50;

/// Whether the act may enter the log now.
///
/// # Errors
/// Who may not sign it, what it refers to and is not there, or the state that forbids it.
pub(super) fn decide(state: Option<&Commitment>, act: &Act, at: &Moment<'_>) -> Result<(), Refusal> {
    let by = at.author()?;
    let commitment = match (state, act) {
        (None, Act::Offered(offer)) => return decide_offer(offer, by, at),
        (None, _) => {
            return Err(Refusal::new(&problem::COMMITMENT_UNKNOWN, "没有该承诺", "there is no such commitment"));
        }
        (Some(commitment), _) => commitment,
    };
    let terms = &at.law.edition().commitments;
    match act {
        Act::Offered(_) => Err(forbids(commitment, act)),
        Act::Lapsed(_) | Act::DeadlinePassed(_) | Act::YearEnded(_) => {
            must_have(by, &[Role::Service])?;
            if commitment.due(at.now, at.law).as_ref() == Some(act) { Ok(()) } else { Err(forbids(commitment, act)) }
        }
        Act::Accepted(acceptance) => {
            must_be_offered(commitment, act, acceptance.offer, at)?;
            must_be_party(commitment.side_of(by) == Some(commitment.offered_by.other()))?;
            must_be_latest(&commitment.template, at)?;
            let call = call(&commitment.binding, at);
            must_be_open(&commitment.binding, call.as_ref())?;
            let parties = [&commitment.unit, &commitment.enterprise];
            must_not_be_barred(parties.map(|party| ("/offer", party)), call, at)
        }
        Act::Declined(decline) => {
            must_be_offered(commitment, act, decline.offer, at)?;
            must_be_party(commitment.side_of(by).is_some())
        }
        Act::BreachReported(breach) => decide_report(commitment, act, breach, by, at),
        Act::BreachAnswered(answer) => {
            let breach = breach_of(commitment, &answer.breach)?;
            must_be_party(commitment.side_of(by) == Some(breach.against))?;
            match breach.phase {
                // A late answer is still better than none; that it was late stays in the log.
                BreachPhase::Reported { .. } => Ok(()),
                _ => Err(breach_forbids(breach, act)),
            }
        }
        Act::BreachRuled(ruling) => {
            let breach = commitment.breach(&ruling.breach);
            must_rule_on(commitment, breach, by, at)?;
            let breach = breach_of(commitment, &ruling.breach)?;
            match breach.phase {
                BreachPhase::Answered => Ok(()),
                BreachPhase::Reported { answer, .. } if at.law.is_over(answer, at.now) => Ok(()),
                BreachPhase::Reported { answer, .. } => {
                    let rule = &terms.breach_answer.rule;
                    Err(Refusal::window_open(at.law.end(answer).at).citing(&rule.id, &rule.law))
                }
                _ => Err(breach_forbids(breach, act)),
            }
        }
        Act::BreachAppealed(appeal) => {
            let breach = breach_of(commitment, &appeal.breach)?;
            must_be_party(commitment.side_of(by).is_some())?;
            match breach.phase {
                BreachPhase::Ruled { appeal, .. } => must_run(appeal, &terms.appeal, at),
                _ => Err(breach_forbids(breach, act)),
            }
        }
        Act::AppealRuled(ruling) => decide_appeal_ruling(commitment, act, ruling, by, at),
        Act::PeriodReopened(reopening) => decide_reopening(commitment, act, reopening, at),
    }
}

/// A term that is over and within which something could still be done.
fn decide_reopening(
    commitment: &Commitment,
    act: &Act,
    reopening: &TermReopening,
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    let breach = reopening.breach.as_ref().and_then(|id| commitment.breach(id));
    must_rule_on(commitment, breach, at.author()?, at)?;
    let breach = reopening.breach.as_ref().map(|id| breach_of(commitment, id)).transpose()?;
    let running = match (reopening.period, breach.map(|breach| &breach.phase)) {
        (CommitmentPeriod::Offer, None) if commitment.phase == Phase::Lapsed => return Ok(()),
        (CommitmentPeriod::BreachAnswer, Some(BreachPhase::Reported { answer, .. })) => *answer,
        (CommitmentPeriod::Appeal, Some(BreachPhase::Ruled { appeal, .. })) => *appeal,
        (_, Some(phase)) => return Err(Refusal::state_forbids(act.kind(), phase.status().name())),
        (_, None) => return Err(forbids(commitment, act)),
    };
    if at.law.is_over(running, at.now) { Ok(()) } else { Err(Refusal::window_open(at.law.end(running).at)) }
}

/// # Errors
/// The term is over.
fn must_run(running: Running, term: &DayRule, at: &Moment<'_>) -> Result<(), Refusal> {
    let end = at.law.end(running).at;
    if at.now < end {
        return Ok(());
    }
    let (rule, over) = (&term.rule, end.shanghai_text());
    let (zh, en) = (format!("{}（至 {over}）", rule.zh), format!("{} (until {over})", rule.en));
    Err(Refusal::new(&problem::WINDOW_CLOSED, zh, en).citing(&rule.id, &rule.law))
}

/// What is seen of the tender that a commitment is bound to.
fn call(binding: &Binding, at: &Moment<'_>) -> Option<Call> {
    binding.tender().and_then(|code| at.around.face(code))
}

fn decide_offer(offer: &Offer, by: &Author, at: &Moment<'_>) -> Result<(), Refusal> {
    must_be_party(by.is(&offer.unit) || by.is(&offer.enterprise))?;
    must_be_latest(&offer.template, at)?;
    must_stand_for(&[Role::Centre, Role::ProcuringUnit], "/unit", &offer.unit, at)?;
    must_stand_for(&[Role::Enterprise], "/enterprise", &offer.enterprise, at)?;
    let call = call(&offer.binding, at);
    if let Binding::Lot(binding) = &offer.binding {
        let call = call.as_ref().ok_or_else(|| unknown("/binding/tender", binding.tender.as_str()))?;
        if call.is_before_opening(&binding.lot).is_none() {
            return Err(unknown("/binding/lot", binding.lot.as_str()));
        }
        if !call.buyers.contains(&offer.unit) {
            let reason = ("既不是该项目的采购中心，也不是采购人", "neither the tender's centre nor its procuring unit");
            return Err(Refusal::of_field("/unit", Fault::inconsistent(reason)));
        }
    }
    must_be_open(&offer.binding, call.as_ref())?;
    must_not_be_barred([("/unit", &offer.unit), ("/enterprise", &offer.enterprise)], call, at)
}

/// # Errors
/// A bar stops a party. One for a year is about all that may come, so a bar that leaves some of it open doesn't stop it.
fn must_not_be_barred(
    parties: [(&str, &OrganisationId); 2],
    call: Option<Call>,
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    let reach = call.map_or(GateReach::Everything, |call| call.reach);
    let step = GatedStep { measure: BarMeasure::Commitment, reach, days: vec![at.today()] };
    barred_from(parties.map(|(pointer, party)| (pointer.to_owned(), party)), &step, at)
}

fn decide_report(
    commitment: &Commitment,
    act: &Act,
    breach: &Breach,
    by: &Author,
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    if !commitment.is_effective() {
        return Err(forbids(commitment, act));
    }
    // Nobody reports itself; a supervisor that is a party reports as one.
    match commitment.side_of(by) {
        Some(side) => must_be_party(side == breach.against.other())?,
        None => must_have(by, &[Role::Supervisor])?,
    }
    if commitment.breach(&breach.id).is_some() {
        return Err(Refusal::of_field("/id", Fault::Duplicate { id: breach.id.to_string() }));
    }
    if commitment.breaches.len() >= BREACHES_MAX {
        return Err(Refusal::of_field("/id", Fault::TooMany { max: BREACHES_MAX }));
    }
    let own = commitment.breaches.iter().filter(|breach| breach.reported_by == by.id).count();
    if own >= BREACHES_OF_ONE_MAX && !by.roles.has(Role::Supervisor) {
        let (zh, en) = (
            format!("同一主体至多举报 {BREACHES_OF_ONE_MAX} 件"),
            format!("one party reports at most {BREACHES_OF_ONE_MAX}"),
        );
        return Err(Refusal::new(&problem::STATE_FORBIDS, zh, en));
    }
    let template = at.around.get::<Template>(&commitment.template.id);
    let signed = template.and_then(|template| template.signed_version(&commitment.template));
    let promised = signed.map_or(&[][..], |version| version.clauses(breach.against));
    match breach.clauses.iter().enumerate().find(|(_, clause)| !promised.contains(clause)) {
        None => Ok(()),
        Some((at, clause)) => Err(unknown(&format!("/clauses/{at}"), clause.as_str())),
    }
}

fn decide_appeal_ruling(
    commitment: &Commitment,
    act: &Act,
    ruling: &AppealRuling,
    by: &Author,
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    must_rule_on(commitment, commitment.breach(&ruling.breach), by, at)?;
    let breach = breach_of(commitment, &ruling.breach)?;
    match breach.phase {
        BreachPhase::Appealed { .. } => Ok(()),
        _ => Err(breach_forbids(breach, act)),
    }
}

/// New signatures are made on the latest version only.
fn must_be_latest(wanted: &TemplateRef, at: &Moment<'_>) -> Result<(), Refusal> {
    let template = at.around.get::<Template>(&wanted.id);
    let template = template.ok_or_else(|| unknown("/template/id", wanted.id.as_str()))?;
    if template.signed_version(wanted).is_none() {
        let id = format!("{} version {} in entry {}", wanted.id, wanted.version, wanted.entry);
        return Err(unknown("/template", &id));
    }
    let latest = template.version();
    if latest == u64::from(wanted.version) {
        return Ok(());
    }
    Err(Refusal::new(
        &problem::TEMPLATE_SUPERSEDED,
        format!("范本已有第 {latest} 版，须就新版重新提出承诺"),
        format!("the template is at version {latest}: offer that one"),
    ))
}

/// A commitment on a lot is made before its bids are opened: afterwards it would promise what already happened.
fn must_be_open(binding: &Binding, call: Option<&Call>) -> Result<(), Refusal> {
    let Binding::Lot(binding) = binding else { return Ok(()) };
    if call.is_some_and(|call| !call.is_over && call.is_before_opening(&binding.lot) == Some(true)) {
        return Ok(());
    }
    let (zh, en) = ("该标段已开标或已结束，承诺须在开标前签署", "bids are opened: commitments are signed before that");
    Err(Refusal::new(&problem::STATE_FORBIDS, zh, en))
}

fn must_be_offered(commitment: &Commitment, act: &Act, offer: Hash, at: &Moment<'_>) -> Result<(), Refusal> {
    let Phase::Offered { open } = commitment.phase else { return Err(forbids(commitment, act)) };
    must_run(open, &at.law.edition().commitments.offer, at)?;
    if offer == commitment.offer { Ok(()) } else { Err(unknown("/offer", &offer.to_string())) }
}

fn must_stand_for(roles: &[Role], pointer: &str, id: &OrganisationId, at: &Moment<'_>) -> Result<(), Refusal> {
    let organisation = at.around.get::<Organisation>(id);
    let organisation =
        organisation.filter(|found| found.is_confirmed()).ok_or_else(|| unknown(pointer, id.as_str()))?;
    if !organisation.roles.has_any(roles) {
        let names = roles.iter().map(|role| role.name()).collect::<Vec<_>>().join(" / ");
        return Err(Refusal::of_field(
            pointer,
            Fault::inconsistent((format!("没有角色 {names}"), format!("not a {names}"))),
        ));
    }
    organisation.must_be_active(at.now).map_err(|refusal| {
        let fault = Fault::Inconsistent { reason: refusal.detail.clone() };
        refusal.at(pointer, fault)
    })
}

fn must_be_party(is_party: bool) -> Result<(), Refusal> {
    if is_party {
        return Ok(());
    }
    let (zh, en) = ("不是该事项中有权的一方", "the author is not the party that may do this");
    Err(Refusal::new(&problem::NOT_A_PARTY, zh, en))
}

/// # Errors
/// Who has no supervisor's role, or a stake in a ruling about a commitment: the parties, whoever buys in its tender,
/// who reported the breach, and who ruled on it before.
fn must_rule_on(
    commitment: &Commitment,
    breach: Option<&BreachState>,
    by: &Author,
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    let call = call(&commitment.binding, at);
    let buyers = call.iter().flat_map(|call| &call.buyers);
    let reporter = breach.map(|breach| &breach.reported_by);
    let ruler = breach.and_then(|breach| match &breach.phase {
        // An appeal is decided by another supervisor.
        BreachPhase::Appealed { by, .. } => Some(by),
        BreachPhase::Reported { .. }
        | BreachPhase::Answered
        | BreachPhase::Ruled { .. }
        | BreachPhase::Final { .. } => None,
    });
    must_rule(by, [&commitment.unit, &commitment.enterprise].into_iter().chain(buyers).chain(reporter).chain(ruler))
}

fn breach_of<'a>(commitment: &'a Commitment, id: &ItemId) -> Result<&'a BreachState, Refusal> {
    commitment.breach(id).ok_or_else(|| unknown("/breach", id.as_str()))
}

fn unknown(pointer: &str, id: &str) -> Refusal {
    Refusal::of_field(pointer, Fault::UnknownReference { id: id.to_owned() })
}

fn forbids(commitment: &Commitment, act: &Act) -> Refusal {
    Refusal::state_forbids(act.kind(), commitment.phase.status().name())
}

fn breach_forbids(breach: &BreachState, act: &Act) -> Refusal {
    Refusal::state_forbids(act.kind(), breach.phase.status().name())
}
