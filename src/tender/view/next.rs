//! What has its time in a tender: who may do what, or is to do it, until when and by which rule. A view is read at any time, so no
//! step here depends on the clock: what is late, the log says.

use super::super::state::{LotPhase, LotState, ObjectionPhase, ObjectionState, Tender};
use super::super::{Phase, Window, WindowUnit};
use crate::act::Role;
use crate::field::OrganisationId;
use crate::http::{NextStep, StepRule};
use crate::law::Law;

/// Every step that has a time, in the order in which a tender comes to them. What is done while a tender is suspended has none: the
/// end of the suspension sets it.
pub(super) fn next_steps<'a>(tender: &'a Tender, law: Law<'a>) -> impl Iterator<Item = NextStep> + 'a {
    let runs = !tender.is_suspended() && !tender.phase.is_final();
    let objecting = runs.then(|| objecting(tender, law)).flatten();
    let objections = tender.objections.iter().filter_map(move |objection| after(tender, objection, law));
    let lots = tender.lots.iter().flat_map(move |lot| of_lot(tender, lot, runs, law));
    let open = !tender.phase.is_final();
    objecting.into_iter().chain(objections.chain(lots).filter(move |_| open))
}

/// A window that the disclosed text itself sets.
fn own(name: &str, words: (&str, &str), window: Window) -> StepRule {
    let (count, unit) = match (window.count, window.unit) {
        (count, WindowUnit::Day) => (count, ("日", "days")),
        (count, WindowUnit::WorkingDay) => (count, ("个工作日", "working days")),
    };
    StepRule {
        id: format!("windows.{name}"),
        law: "本项目招标前公示".to_owned(),
        zh: format!("{}{count}{}", words.0, unit.0),
        en: format!("{}: {count} {}", words.1, unit.1),
    }
}

/// Who runs it.
fn buyers(tender: &Tender) -> Vec<OrganisationId> {
    std::iter::once(&tender.centre).chain(&tender.procuring_unit.id).cloned().collect()
}

fn objecting(tender: &Tender, law: Law<'_>) -> Option<NextStep> {
    // When it waits, the log has said that the window is over.
    let window = tender.window.filter(|_| matches!(tender.phase, Phase::Preannounced { waiting: false }))?;
    let rule = own("objection", ("公示期", "disclosed for objections"), tender.windows.objection);
    let words = ("对公示内容提出异议", "object to the disclosed text");
    let step = NextStep::by_role(Role::Enterprise, "tender.objected", words, buyers(tender), rule);
    Some(step.until(law.end(window).at))
}

/// What comes after an objection.
fn after(tender: &Tender, objection: &ObjectionState, law: Law<'_>) -> Option<NextStep> {
    match objection.phase {
        ObjectionPhase::Filed { answer, overdue } => {
            let rule = own("answer", ("答复期限", "answered within"), tender.windows.answer);
            let words = ("答复异议", "answer the objection");
            let step = NextStep::by("tender.objection_answered", words, buyers(tender), rule).about(&objection.id);
            Some(if tender.stands_still(answer, law) { step } else { step.owed(law.end(answer).at, overdue) })
        }
        ObjectionPhase::Answered { escalation, .. } => {
            let rule = own("escalation", ("投诉期限", "escalated within"), tender.windows.escalation);
            let words = ("对答复不服，提起投诉", "escalate the answer");
            let step = NextStep::by("tender.objection_escalated", words, vec![objection.by.clone()], rule);
            let step = step.about(&objection.id);
            Some(if tender.stands_still(escalation, law) { step } else { step.until(law.end(escalation).at) })
        }
        ObjectionPhase::Escalated | ObjectionPhase::Ruled(_) | ObjectionPhase::Withdrawn => None,
    }
}

fn of_lot<'a>(tender: &'a Tender, lot: &'a LotState, runs: bool, law: Law<'a>) -> impl Iterator<Item = NextStep> + 'a {
    let window = match lot.phase {
        LotPhase::Candidates { window } if runs => Some(law.end(window).at),
        _ => None,
    };
    let rule = &law.edition().windows.candidates.rule;
    let challenging = window.map(move |end| {
        let words = ("对中标候选人提出异议", "challenge the candidates");
        NextStep::by_role(Role::Enterprise, "tender.challenged", words, buyers(tender), rule).about(&lot.id).until(end)
    });
    let awarding = window.map(move |end| {
        let words = ("公示期满后定标", "award, when the publicity is over");
        NextStep::by("tender.awarded", words, buyers(tender), rule).about(&lot.id).not_before(end)
    });
    let unanswered = lot.challenges.iter().filter(|challenge| challenge.answer.is_none());
    let answering = unanswered.map(move |challenge| {
        let rule = own("answer", ("答复期限", "answered within"), tender.windows.answer);
        let words = ("答复对候选人的异议", "answer the challenge");
        let step = NextStep::by("tender.challenge_answered", words, buyers(tender), rule).about(&challenge.id);
        let (period, overdue) = (challenge.period, challenge.overdue);
        if tender.stands_still(period, law) { step } else { step.owed(law.end(period).at, overdue) }
    });
    challenging.into_iter().chain(answering).chain(awarding)
}
