//! The text: its clauses, its score table, and how both changed.

use super::super::component::{Tone, difference, hundredths, on_the_clock, record_link, table, tag, time};
use super::super::visit::Visit;
use super::file::TenderFile;
use super::{TenderText, anchor, cut};
use crate::tender::{Act, Tendency};
use maud::{Markup, html};

/// Each with an anchor of its own, and who objected to it.
pub(super) fn clauses(visit: &Visit, file: &TenderFile) -> Markup {
    let objected = |clause: &str| -> Vec<&str> {
        let objections = file.acts().filter_map(|(_, act)| match act {
            Act::Objected(objection) => Some(objection),
            _ => None,
        });
        let about = objections.filter(|objection| objection.clauses.iter().any(|about| about.as_str() == clause));
        about.map(|objection| objection.id.as_str()).collect()
    };
    html! {
        @if !file.view.clauses.is_empty() {
            h2 #clauses { (visit.say(TenderText::Clauses)) }
            @for clause in &file.view.clauses {
                section.clause id={ "clause-" (clause.id.as_str()) } {
                    h3 {
                        a href=(anchor("clause", clause.id.as_str())) { (clause.id.as_str()) } " "
                        (tag(Tone::Plain, visit.say(clause.kind)))
                    }
                    p.prose { (clause.text) }
                    @let objections = objected(clause.id.as_str());
                    @if !objections.is_empty() {
                        p.aside { (visit.say(TenderText::ObjectedTo)) @for id in objections { a href=(anchor("objection", id)) { (id) } " " } }
                    }
                }
            }
        }
    }
}

pub(super) fn score_table(visit: &Visit, file: &TenderFile) -> Markup {
    let columns = [TenderText::ScoreItem, TenderText::MaxPoints, TenderText::Criteria].map(|text| visit.say(text));
    let row = |row: &crate::tender::ScoreRow| {
        vec![html! { (row.item) }, html! { span.number { (hundredths(row.max_points)) } }, html! { (row.criteria) }]
    };
    let rows: Vec<_> = file.view.score_table.iter().map(row).collect();
    html! {
        @if !rows.is_empty() {
            h2 #score-table { (visit.say(TenderText::ScoreTable)) }
            (table(visit.say(TenderText::ScoreTable), &columns, &rows))
        }
    }
}

/// Clause by clause, what each notice changed.
pub(super) fn versions(visit: &Visit, file: &TenderFile) -> Markup {
    let changing =
        file.view.notices.iter().filter(|notice| !notice.changes.is_empty() || notice.bid_deadline.is_some());
    html! {
        @if file.has_changes() {
            h2 #versions { (visit.say(TenderText::Versions)) }
            @for notice in changing {
                section.version {
                    h3 { (time(&notice.time)) " · " (record_link(visit, notice.index)) }
                    @if let Some(moved) = &notice.bid_deadline {
                        p { strong { (visit.say(TenderText::DeadlineMoved)) } @if let Some(tendency) = moved.tendency { " " (told(visit, tendency)) } }
                        (difference(visit, Some(&on_the_clock(&moved.before)), Some(&on_the_clock(&moved.after))))
                    }
                    @for change in &notice.changes {
                        h4 {
                            (clause_link(file, &change.clause)) " " (tag(Tone::Plain, visit.say(change.change)))
                            @if change.material { " " (tag(Tone::Running, visit.say(TenderText::MaterialChange))) }
                            @if let Some(tendency) = change.tendency { " " (told(visit, tendency)) }
                        }
                        (difference(visit, change.before.as_deref(), change.after.as_deref()))
                    }
                }
            }
            p.aside { (visit.say(TenderText::AboutTendency)) }
            (cut(visit, file.view.more.as_ref().and_then(|more| more.notices.as_ref())))
        }
    }
}

/// Which way a change goes for bidders.
fn told(visit: &Visit, tendency: Tendency) -> Markup {
    let tone = match tendency {
        Tendency::Stricter => Tone::Running,
        Tendency::Looser | Tendency::Raised | Tendency::Lowered | Tendency::Wording => Tone::Plain,
    };
    tag(tone, visit.say(tendency))
}

/// The way to a clause; one that is in force no more stands without one.
pub(super) fn clause_link(file: &TenderFile, clause: &str) -> Markup {
    let is_there = file.view.clauses.iter().any(|known| known.id.as_str() == clause);
    html! { @if is_there { a href=(anchor("clause", clause)) { (clause) } } @else { code { (clause) } } }
}
