//! Which acts a commitment allows now, and by whom.

use super::super::{Act, AppealRuling, Binding, Breach, Offer};
use super::{BreachPhase, BreachState, Commitment, Phase};
use crate::act::Author;
use crate::field::{Fault, Instant, ItemId, OrganisationId};
use crate::log::Hash;
use crate::organisation::{Organisation, Role};
use crate::problem::{self, Refusal};
use crate::rulebook::commitment_terms;
use crate::template::{Template, TemplateRef, Version};
use crate::tender::Tender;

/// What a decision looks at beside the commitment itself, at this point of the log.
#[derive(Debug, Clone, Copy)]
pub struct Surroundings<'a> {
    pub template: Option<&'a Template>,
    /// The tender that it is bound to.
    pub tender: Option<&'a Tender>,
    pub unit: Option<&'a Organisation>,
    pub enterprise: Option<&'a Organisation>,
}

/// Reports of breaches on one commitment.
const BREACHES_MAX: usize = 1000;

/// Whether the act may enter the log now.
///
/// # Errors
/// The refusal: a wrong author, a text that is not in force or not the one that the other side signed, a term that is
/// over, a ruling by somebody who is no stranger to the case.
pub fn decide(
    state: Option<&Commitment>,
    act: &Act,
    by: &Author,
    now: Instant,
    around: Surroundings<'_>,
) -> Result<(), Refusal> {
    let commitment = match (state, act) {
        (None, Act::Offered(offer)) => return decide_offer(offer, by, now, around),
        (None, _) => {
            return Err(Refusal::new(&problem::COMMITMENT_UNKNOWN, "没有该承诺", "there is no such commitment"));
        }
        (Some(commitment), _) => commitment,
    };
    match act {
        Act::Offered(_) => Err(forbids(commitment, act)),
        Act::Lapsed(_) | Act::DeadlinePassed(_) => {
            must_have(by, Role::Service)?;
            if commitment.due(now).as_ref() == Some(act) { Ok(()) } else { Err(forbids(commitment, act)) }
        }
        Act::Accepted(acceptance) => {
            must_be_offered(commitment, act, acceptance.offer, now)?;
            must_be_party(commitment.side_of(by) == Some(commitment.offered_by.other()))?;
            latest_version(around.template, &commitment.template).map(|_| ())?;
            must_be_open(&commitment.binding, around.tender)
        }
        Act::Declined(decline) => {
            must_be_offered(commitment, act, decline.offer, now)?;
            must_be_party(commitment.side_of(by).is_some())
        }
        Act::BreachReported(breach) => decide_report(commitment, act, breach, by, around),
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
            must_have(by, Role::Supervisor)?;
            let breach = breach_of(commitment, &ruling.breach)?;
            must_be_impartial(commitment, breach, by)?;
            match breach.phase {
                BreachPhase::Answered => Ok(()),
                BreachPhase::Reported { answer_due, .. } if answer_due <= now => Ok(()),
                BreachPhase::Reported { answer_due, .. } => Err(Refusal::window_open(answer_due)
                    .citing(&commitment_terms().breach_answer.id, &commitment_terms().breach_answer.law)),
                _ => Err(breach_forbids(breach, act)),
            }
        }
        Act::BreachAppealed(appeal) => {
            let breach = breach_of(commitment, &appeal.breach)?;
            must_be_party(commitment.side_of(by).is_some())?;
            match breach.phase {
                BreachPhase::Ruled { appeal_until, .. } if now < appeal_until => Ok(()),
                BreachPhase::Ruled { appeal_until, .. } => {
                    let (term, over) = (&commitment_terms().appeal, appeal_until.shanghai_text());
                    let (zh, en) = (format!("{}（至 {over}）", term.zh), format!("{} (until {over})", term.en));
                    Err(Refusal::new(&problem::WINDOW_CLOSED, zh, en).citing(&term.id, &term.law))
                }
                _ => Err(breach_forbids(breach, act)),
            }
        }
        Act::AppealRuled(ruling) => decide_appeal_ruling(commitment, act, ruling, by),
    }
}

fn decide_offer(offer: &Offer, by: &Author, now: Instant, around: Surroundings<'_>) -> Result<(), Refusal> {
    must_be_party(by.is(&offer.unit) || by.is(&offer.enterprise))?;
    latest_version(around.template, &offer.template).map(|_| ())?;
    must_stand_for(around.unit, &[Role::Centre, Role::ProcuringUnit], "/unit", &offer.unit, now)?;
    must_stand_for(around.enterprise, &[Role::Enterprise], "/enterprise", &offer.enterprise, now)?;
    if let Binding::Lot(binding) = &offer.binding {
        let tender = around.tender.ok_or_else(|| unknown("/binding/tender", binding.tender.as_str()))?;
        if tender.lot(&binding.lot).is_none() {
            return Err(unknown("/binding/lot", binding.lot.as_str()));
        }
        if !tender.is_bought_by(&offer.unit) {
            let reason = "neither the tender's centre nor its procuring unit".into();
            return Err(Refusal::of_field("/unit", Fault::Inconsistent { reason }));
        }
    }
    must_be_open(&offer.binding, around.tender)
}

fn decide_report(
    commitment: &Commitment,
    act: &Act,
    breach: &Breach,
    by: &Author,
    around: Surroundings<'_>,
) -> Result<(), Refusal> {
    if !commitment.is_effective() {
        return Err(forbids(commitment, act));
    }
    // Nobody reports itself; a supervisor that is a party reports as one.
    match commitment.side_of(by) {
        Some(side) => must_be_party(side == breach.against.other())?,
        None => must_have(by, Role::Supervisor)?,
    }
    if commitment.breach(&breach.id).is_some() {
        return Err(Refusal::of_field("/id", Fault::Duplicate { id: breach.id.to_string() }));
    }
    if commitment.breaches.len() >= BREACHES_MAX {
        return Err(Refusal::of_field("/id", Fault::TooMany { max: BREACHES_MAX }));
    }
    let signed = around.template.and_then(|template| signed_version(template, &commitment.template));
    let promised = signed.map_or(&[][..], |version| version.clauses(breach.against));
    match breach.clauses.iter().enumerate().find(|(_, clause)| !promised.contains(clause)) {
        None => Ok(()),
        Some((at, clause)) => Err(unknown(&format!("/clauses/{at}"), clause.as_str())),
    }
}

fn decide_appeal_ruling(commitment: &Commitment, act: &Act, ruling: &AppealRuling, by: &Author) -> Result<(), Refusal> {
    must_have(by, Role::Supervisor)?;
    let breach = breach_of(commitment, &ruling.breach)?;
    must_be_impartial(commitment, breach, by)?;
    let BreachPhase::Appealed { by: first, .. } = &breach.phase else { return Err(breach_forbids(breach, act)) };
    if *first == by.id {
        let (zh, en) = ("申诉须由另一监督部门审理", "an appeal is decided by another supervisor");
        return Err(Refusal::new(&problem::NOT_IMPARTIAL, zh, en));
    }
    Ok(())
}

/// The version that the reference names.
fn signed_version<'a>(template: &'a Template, wanted: &TemplateRef) -> Option<&'a Version> {
    let version = template.versions.get((wanted.version as usize).checked_sub(1)?)?;
    (version.entry == wanted.entry).then_some(version)
}

/// New signatures are made on the latest version only.
fn latest_version<'a>(template: Option<&'a Template>, wanted: &TemplateRef) -> Result<&'a Version, Refusal> {
    let template = template.ok_or_else(|| unknown("/template/id", wanted.id.as_str()))?;
    let version = signed_version(template, wanted).ok_or_else(|| {
        let id = format!("{} version {} in entry {}", wanted.id, wanted.version, wanted.entry);
        unknown("/template", &id)
    })?;
    if template.version() == u64::from(wanted.version) {
        return Ok(version);
    }
    let latest = template.version();
    Err(Refusal::new(
        &problem::TEMPLATE_SUPERSEDED,
        format!("范本已有第 {latest} 版，须就新版重新提出承诺"),
        format!("the template is at version {latest}: offer that one"),
    ))
}

/// A commitment on a lot is made before its bids are opened: afterwards it would promise what already happened.
fn must_be_open(binding: &Binding, tender: Option<&Tender>) -> Result<(), Refusal> {
    let Binding::Lot(binding) = binding else { return Ok(()) };
    let lot = tender.and_then(|tender| tender.lot(&binding.lot));
    if tender.is_some_and(|tender| !tender.phase.is_final()) && lot.is_some_and(|lot| lot.is_before_opening()) {
        return Ok(());
    }
    let (zh, en) = ("该标段已开标或已结束，承诺须在开标前签署", "bids are opened: commitments are signed before that");
    Err(Refusal::new(&problem::STATE_FORBIDS, zh, en))
}

fn must_be_offered(commitment: &Commitment, act: &Act, offer: Hash, now: Instant) -> Result<(), Refusal> {
    let Phase::Offered { lapses } = commitment.phase else { return Err(forbids(commitment, act)) };
    if lapses <= now {
        let (term, over) = (&commitment_terms().offer, lapses.shanghai_text());
        let (zh, en) = (format!("{}（至 {over}）", term.zh), format!("{} (until {over})", term.en));
        return Err(Refusal::new(&problem::WINDOW_CLOSED, zh, en).citing(&term.id, &term.law));
    }
    if offer == commitment.offer { Ok(()) } else { Err(unknown("/offer", &offer.to_string())) }
}

fn must_stand_for(
    organisation: Option<&Organisation>,
    roles: &[Role],
    pointer: &str,
    id: &OrganisationId,
    now: Instant,
) -> Result<(), Refusal> {
    let organisation =
        organisation.filter(|found| found.is_confirmed()).ok_or_else(|| unknown(pointer, id.as_str()))?;
    if !organisation.roles.has_any(roles) {
        let names = roles.iter().map(|role| role.name()).collect::<Vec<_>>().join(" / ");
        return Err(Refusal::of_field(pointer, Fault::Inconsistent { reason: format!("not a {names}") }));
    }
    if organisation.is_suspended(now) {
        return Err(Refusal::new(&problem::ORGANISATION_SUSPENDED, "对方主体已被暂停", "the party is suspended")
            .at(pointer, Fault::Inconsistent { reason: "suspended".into() }));
    }
    Ok(())
}

fn must_have(by: &Author, role: Role) -> Result<(), Refusal> {
    if by.roles.has(role) {
        return Ok(());
    }
    let name = role.name();
    let (zh, en) = (format!("需要角色：{name}"), format!("this role is needed: {name}"));
    Err(Refusal::new(&problem::ROLE_NOT_ENTITLED, zh, en))
}

fn must_be_party(is_party: bool) -> Result<(), Refusal> {
    if is_party {
        return Ok(());
    }
    let (zh, en) = ("不是该事项中有权的一方", "the author is not the party that may do this");
    Err(Refusal::new(&problem::NOT_A_PARTY, zh, en))
}

/// Who reported or is a party does not rule.
fn must_be_impartial(commitment: &Commitment, breach: &BreachState, by: &Author) -> Result<(), Refusal> {
    if commitment.side_of(by).is_none() && breach.reported_by != by.id {
        return Ok(());
    }
    let (zh, en) = ("当事人或举报人不得裁定", "neither a party nor the reporter may rule");
    Err(Refusal::new(&problem::NOT_IMPARTIAL, zh, en))
}

fn breach_of<'a>(commitment: &'a Commitment, id: &ItemId) -> Result<&'a BreachState, Refusal> {
    commitment.breach(id).ok_or_else(|| unknown("/breach", id.as_str()))
}

fn unknown(pointer: &str, id: &str) -> Refusal {
    Refusal::of_field(pointer, Fault::UnknownReference { id: id.to_owned() })
}

fn forbids(commitment: &Commitment, act: &Act) -> Refusal {
    Refusal::state_forbids(act.kind(), commitment.phase.name())
}

fn breach_forbids(breach: &BreachState, act: &Act) -> Refusal {
    Refusal::state_forbids(act.kind(), breach.phase.name())
}
