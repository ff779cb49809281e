//! Promises that are said to be broken, and what each side and the supervisors said to that.

use super::super::component::{Tone, Turn, conversation, documents, organisation, tag};
use super::super::story::Entry;
use super::super::visit::Visit;
use super::{CommitmentFile, CommitmentText as Text};
use crate::commitment::{Act, BreachFinding, BreachStatus, BreachView};
use crate::field::Citations;
use maud::{Markup, html};

pub(super) fn breaches(visit: &Visit, file: &CommitmentFile) -> Markup {
    html! {
        @if !file.view.breaches.is_empty() {
            h2 #breaches { (visit.say(Text::Breaches)) " (" (file.view.breach_count) ")" }
            @for breach in &file.view.breaches {
                section.dispute id={ "breach-" (breach.id) } {
                    h3 { (breach.id) " " (tag(tone(breach.status), visit.say(breach.status))) @if let Some(finding) = breach.finding { " " (found(visit, finding)) } }
                    p { (visit.say(Text::Against)) ": " (visit.say(breach.against)) }
                    (conversation(visit, &turns(visit, file, breach)))
                }
            }
        }
    }
}

fn tone(status: BreachStatus) -> Tone {
    match status {
        BreachStatus::Reported | BreachStatus::Answered | BreachStatus::Appealed => Tone::Running,
        BreachStatus::Overdue => Tone::Bad,
        BreachStatus::Ruled | BreachStatus::Final => Tone::Plain,
    }
}

fn found(visit: &Visit, finding: BreachFinding) -> Markup {
    let tone = if finding == BreachFinding::Dismissed { Tone::Plain } else { Tone::Bad };
    tag(tone, visit.say(finding))
}

fn turns<'a>(visit: &Visit, file: &'a CommitmentFile, breach: &BreachView) -> Vec<Turn<'a>> {
    let said = |act: &Act| -> Option<Markup> {
        let is_it = |id: &crate::field::ItemId| id.as_str() == breach.id;
        Some(match act {
            Act::BreachReported(reported) if is_it(&reported.id) => html! {
                p {
                    strong { (visit.say(Text::Reported)) } " " (visit.say(Text::AboutClauses)) ": "
                    @for clause in &reported.clauses { a href={ "#clause-" (clause.as_str()) } { (clause.as_str()) } " " }
                }
                p.prose { (reported.facts) }
                (documents(reported.documents.iter()))
            },
            Act::BreachAnswered(answer) if is_it(&answer.breach) => {
                spoken(visit, Text::Answered, None, answer.statement.as_str(), &answer.documents)
            }
            Act::DeadlinePassed(deadline) if is_it(&deadline.breach) => {
                html! { p { (tag(Tone::Bad, visit.say(Text::Late))) } }
            }
            Act::BreachRuled(ruling) if is_it(&ruling.breach) => {
                spoken(visit, Text::Ruled, Some(ruling.finding), ruling.reasons.as_str(), &ruling.documents)
            }
            Act::BreachAppealed(appeal) if is_it(&appeal.breach) => {
                spoken(visit, Text::Appealed, None, appeal.grounds.as_str(), &appeal.documents)
            }
            Act::AppealRuled(ruling) if is_it(&ruling.breach) => {
                spoken(visit, Text::AppealRuled, Some(ruling.finding), ruling.reasons.as_str(), &ruling.documents)
            }
            _ => return None,
        })
    };
    let turn = |record: &'a Entry<Act>| {
        let what = said(record.act.as_ref()?)?;
        Some(Turn {
            who: organisation(visit, &file.names, &record.author),
            when: &record.time,
            index: record.index,
            what,
        })
    };
    file.entries.iter().filter_map(turn).collect()
}

fn spoken(visit: &Visit, what: Text, finding: Option<BreachFinding>, words: &str, cited: &Citations) -> Markup {
    html! {
        p { strong { (visit.say(what)) } @if let Some(finding) = finding { " " (found(visit, finding)) } }
        p.prose { (words) }
        (documents(cited.iter()))
    }
}
