//! Bars with their legal basis and end, and credit with its arithmetic: never in one block, and what the organisation says to
//! each beside it.

use super::super::component::{Tone, day, notice, record_link, summary, table, tag, time};
use super::super::visit::Visit;
use super::OrganisationText as Text;
use crate::access::{AccessState, AccessView, BarView};
use crate::credit::{ContributionView, CreditView};
use maud::{Markup, html};

pub(super) fn access(visit: &Visit, access: &AccessView) -> Markup {
    let tone = match access.state {
        AccessState::Full => Tone::Good,
        AccessState::Conditional | AccessState::Restricted => Tone::Running,
        AccessState::Barred => Tone::Bad,
    };
    html! {
        h2 #access { (visit.say(Text::Access)) }
        p { (visit.say(Text::AccessState)) ": " (tag(tone, visit.say(access.state))) }
        @if access.bars.is_empty() { p { (visit.say(Text::NoBar)) } }
        @for bar in &access.bars { (one_bar(visit, bar)) }
    }
}

fn one_bar(visit: &Visit, bar: &BarView) -> Markup {
    let document = format!("/v1/documents/{}", bar.document);
    let mut rows = vec![
        (visit.say(Text::Authority), html! { (bar.authority) }),
        (visit.say(Text::Decision), html! { a href=(document) { (bar.decision) } " " (record_link(visit, bar.entry)) }),
        (visit.say(Text::Article), html! { (bar.article) }),
        (visit.say(Text::Scope), html! { (visit.either(&bar.scope_zh, &bar.scope_en)) }),
        (visit.say(Text::Term), html! { (day(&bar.first_day)) " – " (day(&bar.last_day)) }),
    ];
    let repair = html! {
        (visit.either(&bar.repair_zh, &bar.repair_en))
        @if let Some(day) = &bar.repairable_from { " · " (visit.tell(Text::RepairFrom, &[("day", day)])) }
    };
    rows.push((visit.say(Text::Repair), repair));
    if let Some(inherited) = &bar.inherited {
        let by = html! {
            (visit.either(&inherited.manner_zh, &inherited.manner_en)) " · " code { (inherited.from.as_str()) } " "
            (record_link(visit, inherited.entry)) br; (visit.either(&inherited.rule_zh, &inherited.rule_en))
        };
        rows.push((visit.say(Text::Succeeds), by));
    }
    html! {
        section.dispute id={ "bar-" (bar.id) } {
            h3 {
                (visit.either(&bar.kind_zh, &bar.kind_en))
                @if bar.disputed { " " (tag(Tone::Running, visit.say(Text::Disputed))) }
            }
            (summary(&rows))
            h4 { (visit.say(Text::ItsAnswer)) }
            @if bar.objections.is_empty() { p { (visit.say(Text::NoAnswer)) } } @else {
                ul { @for objection in &bar.objections {
                    li {
                        (visit.say(Text::ObjectionFiled)) " " (time(&objection.filed)) " " (record_link(visit, objection.entry))
                        @if let Some(ruling) = objection.ruling { " · " (visit.say(Text::ObjectionRuled)) " " (record_link(visit, ruling)) }
                    }
                } }
            }
        }
    }
}

pub(super) fn credit(visit: &Visit, credit: &CreditView) -> Markup {
    let mut rows = vec![
        (visit.say(Text::Grade), html! { strong { (credit.grade.name()) } }),
        (visit.say(Text::Points), html! { (credit.points) }),
        (visit.say(Text::Why), html! { (visit.either(&credit.reason, &credit.reason_en)) }),
    ];
    if let Some(day) = &credit.day {
        let day = html! { (day) @if let Some(index) = credit.index { " " (record_link(visit, index)) } };
        rows.push((visit.say(Text::AsOfDay), day));
    }
    let base = html! { (credit.base) " · " (rule(visit, &credit.base_rule)) };
    rows.push((visit.say(Text::Base), base));
    html! {
        h2 #credit { (visit.say(Text::Credit)) }
        @if credit.neutral { p { (visit.say(Text::Neutral)) } }
        (summary(&rows))
        (sums(visit, credit))
        (contributions(visit, &credit.contributions))
        @if !credit.objections.is_empty() { (objections(visit, credit)) }
        p.aside { (visit.say(Text::NotABan)) }
    }
}

fn rule(visit: &Visit, rule: &crate::credit::CreditRuleView) -> Markup {
    html! { (visit.either(&rule.zh, &rule.en)) " (" (rule.law) ")" }
}

fn sums(visit: &Visit, credit: &CreditView) -> Markup {
    let columns = [Text::Conduct, Text::Count, Text::Full, Text::Aged, Text::Counts].map(|text| visit.say(text));
    let row = |sum: &crate::credit::ConductSumView| {
        vec![
            rule(visit, &sum.rule),
            html! { (sum.count) },
            html! { (sum.full) },
            html! { (sum.aged) },
            html! { strong { (sum.points) } },
        ]
    };
    let rows: Vec<_> = credit.sums.iter().map(row).collect();
    html! { @if !rows.is_empty() { h3 { (visit.say(Text::Arithmetic)) } (table(visit.say(Text::Arithmetic), &columns, &rows)) } }
}

fn contributions(visit: &Visit, contributions: &[ContributionView]) -> Markup {
    let columns = [Text::Conduct, Text::Day, Text::Counts, Text::Arithmetic].map(|text| visit.say(text));
    let row = |counted: &ContributionView| {
        vec![
            html! {
                (visit.either(&counted.rule.zh, &counted.rule.en)) " " (record_link(visit, counted.entry))
                @if counted.disputed { " " (tag(Tone::Running, visit.say(Text::Disputed))) }
            },
            day(&counted.day),
            html! { (counted.points) },
            html! { (counted.arithmetic) },
        ]
    };
    let rows: Vec<_> = contributions.iter().map(row).collect();
    html! {
        @if !rows.is_empty() { h3 { (visit.say(Text::Contributions)) } (table(visit.say(Text::Contributions), &columns, &rows)) }
    }
}

/// What the organisation says to its grade.
fn objections(visit: &Visit, credit: &CreditView) -> Markup {
    let body = html! {
        ul { @for objection in &credit.objections {
            li {
                (objection.id) " · " (time(&objection.filed)) " " (record_link(visit, objection.entry))
                @if objection.open { " " (tag(Tone::Running, visit.say(Text::Disputed))) }
            }
        } }
    };
    notice(visit.say(Text::ItsAnswer), &body)
}
