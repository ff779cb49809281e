//! Objections and their answers as the conversations that they are.

use super::super::component::{Tone, Turn, conversation, documents, organisation, tag};
use super::super::list::objection_tone;
use super::super::visit::Visit;
use super::clauses::clause_link;
use super::file::{Entry, TenderFile};
use super::{TenderText, cut};
use crate::field::Citations;
use crate::tender::{Act, AnswerOutcome, Objection, RulingOutcome};
use maud::{Markup, html};

pub(super) fn objections(visit: &Visit, file: &TenderFile) -> Markup {
    html! {
        @if !file.view.objections.is_empty() {
            h2 #objections { (visit.say(TenderText::Objections)) " (" (file.view.objection_count) ")" }
            @for objection in &file.view.objections {
                section.dispute id={ "objection-" (objection.id) } {
                    h3 { (objection.id) " " (tag(objection_tone(objection.status), visit.say(objection.status))) }
                    (conversation(visit, &turns(visit, file, &objection.id)))
                }
            }
            (cut(visit, file.view.more.as_ref().and_then(|more| more.objections.as_ref())))
        }
    }
}

/// What was said about one objection.
fn turns<'a>(visit: &Visit, file: &'a TenderFile, id: &str) -> Vec<Turn<'a>> {
    let said = |act: &Act| match act {
        Act::Objected(objection) if objection.id.as_str() == id => Some(objected(visit, file, objection)),
        Act::ObjectionAnswered(answer) if answer.objection.as_str() == id => Some(outcome(
            visit,
            TenderText::Answered,
            answer_tag(visit, answer.outcome),
            answer.reasons.as_str(),
            &answer.documents,
        )),
        Act::ObjectionEscalated(escalation) if escalation.objection.as_str() == id => Some(html! {
            p { strong { (visit.say(TenderText::Escalated)) } }
            p.prose { (escalation.reasons) }
            (documents(escalation.evidence.iter()))
        }),
        Act::ObjectionRuled(ruling) if ruling.objection.as_str() == id => {
            let tone = match ruling.outcome {
                RulingOutcome::Upheld => Tone::Bad,
                RulingOutcome::Dismissed => Tone::Plain,
            };
            let word = tag(tone, visit.say(ruling.outcome));
            Some(outcome(visit, TenderText::RuledOn, word, ruling.reasons.as_str(), &ruling.documents))
        }
        Act::ObjectionWithdrawn(withdrawal) if withdrawal.objection.as_str() == id => {
            Some(html! { p { strong { (visit.say(TenderText::Withdrawn)) } } p.prose { (withdrawal.reason) } })
        }
        Act::DeadlinePassed(deadline) if deadline.item.as_str() == id => {
            Some(html! { p { (tag(Tone::Bad, visit.say(TenderText::DeadlinePassed))) } })
        }
        _ => None,
    };
    file.acts().filter_map(|(entry, act)| Some(turn(visit, file, entry, said(act)?))).collect()
}

/// What was said in a record.
pub(super) fn turn<'a>(visit: &Visit, file: &TenderFile, entry: &'a Entry, what: Markup) -> Turn<'a> {
    Turn { who: organisation(visit, &file.names, &entry.author), when: &entry.time, index: entry.index, what }
}

fn objected(visit: &Visit, file: &TenderFile, objection: &Objection) -> Markup {
    html! {
        p {
            strong { (visit.say(TenderText::Objected)) } " " (tag(Tone::Running, visit.say(objection.ground))) " "
            @if objection.clauses.is_empty() { (visit.say(TenderText::AboutTheWhole)) } @else {
                (visit.say(TenderText::AboutClauses)) ": "
                @for (at, clause) in objection.clauses.iter().enumerate() {
                    @if at > 0 { ", " } (clause_link(file, clause.as_str()))
                }
            }
        }
        p.prose { (objection.facts) }
        p { strong { (visit.say(TenderText::Remedy)) } ": " (objection.remedy) }
        (documents(objection.evidence.iter()))
    }
}

/// How the answer to an objection or a challenge is meant.
pub(super) fn answer_tag(visit: &Visit, outcome: AnswerOutcome) -> Markup {
    let tone = match outcome {
        AnswerOutcome::Accepted | AnswerOutcome::Partly => Tone::Good,
        AnswerOutcome::Rejected => Tone::Plain,
    };
    tag(tone, visit.say(outcome))
}

/// An answer or a ruling: what it comes to, and why.
pub(super) fn outcome(visit: &Visit, who: TenderText, word: Markup, reasons: &str, cited: &Citations) -> Markup {
    html! {
        p { strong { (visit.say(who)) } " " (word) }
        p.prose { (reasons) }
        (documents(cited.iter()))
    }
}
