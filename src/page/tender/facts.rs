//! What happens next, by when, and who may do it; then the plain facts.

use super::super::component::{
    Tone, end_of_period, notice, on_the_clock, organisation, party, record_link, summary, tag, time,
};
use super::super::list::tender_tone;
use super::super::money::amount;
use super::super::visit::Visit;
use super::file::TenderFile;
use super::{TenderText, anchor};
use crate::field::DueTime;
use crate::http::{NextStep, encoded};
use crate::tender::{SuspensionView, TenderStatus};
use maud::{Markup, html};

/// The box that a reader looks at first.
pub(super) fn next(visit: &Visit, file: &TenderFile) -> Markup {
    let lines = due(visit, file);
    let body = html! {
        @if lines.is_empty() { p { (visit.say(TenderText::NothingDue)) } } @else { ul { @for line in &lines { li { (line) } } } }
        @if file.view.provisional { p { (visit.say(TenderText::Provisional)) } }
    };
    notice(visit.say(TenderText::WhatHappensNext), &body)
}

fn due(visit: &Visit, file: &TenderFile) -> Vec<Markup> {
    let tender = &file.view;
    let until = |text: TenderText, until: &str| visit.tell(text, &[("until", &end_of_period(until))]);
    let mut lines = Vec::new();
    lines.extend(tender.suspension.as_ref().map(|suspension| suspended(visit, file, suspension)));
    match tender.status {
        TenderStatus::Waiting => lines.push(html! { (visit.say(TenderText::WaitsForObjections)) }),
        TenderStatus::Cleared => lines.push(html! { (visit.say(TenderText::MayBeCalled)) }),
        _ => {}
    }
    if tender.revision_required {
        lines.push(html! { (visit.say(TenderText::RevisionRequired)) });
    }
    lines.extend(tender.next.iter().map(|step| next_step(visit, file, step)));
    let is_called = tender.status == TenderStatus::Announced;
    let is_waiting = tender.lots.iter().any(|lot| lot.status == crate::tender::LotStatus::Waiting);
    if is_called && is_waiting {
        for (text, due) in [(TenderText::BidsDue, &tender.bid_deadline), (TenderText::OpeningDue, &tender.open)] {
            lines.extend(due.as_deref().map(|due| html! { (until(text, due)) }));
        }
    }
    lines
}

/// That it is suspended, since when, by whom and why.
fn suspended(visit: &Visit, file: &TenderFile, suspension: &SuspensionView) -> Markup {
    html! {
        (tag(Tone::Bad, visit.say(TenderStatus::Suspended))) " " (visit.say(TenderText::IsSuspended))
        " " (visit.say(TenderText::SuspendedBy)) (organisation(visit, &file.names, &suspension.by))
        " · " (time(&suspension.since)) " · " (record_link(visit, suspension.index))
        p.prose { (visit.say(TenderText::SuspendedWhy)) (suspension.reason) }
    }
}

/// When bids are due, or opened. What was still to come moves with the suspension: then there is no such date now.
fn date_of_bids(visit: &Visit, file: &TenderFile, due: &str) -> Markup {
    let since = file.view.suspension.as_ref().and_then(|suspension| suspension.since.parse().ok());
    let moves = due.parse::<DueTime>().ok().zip(since).is_some_and(|(due, since)| !due.is_over(since));
    html! { @if moves { (visit.tell(TenderText::Moves, &[("time", &on_the_clock(due))])) } @else { (time(due)) } }
}

/// Who may do what, or is to do it, until when, by which rule.
fn next_step(visit: &Visit, file: &TenderFile, step: &NextStep) -> Markup {
    let part = match step.kind.0.as_str() {
        "tender.challenged" | "tender.awarded" => "lot",
        "tender.challenge_answered" => "challenge",
        _ => "objection",
    };
    let time = |text: TenderText, time: &str| visit.tell(text, &[("time", &end_of_period(time))]);
    html! {
        @if step.overdue { (tag(Tone::Bad, visit.say(TenderText::Late))) " " }
        strong { (visit.either(&step.zh, &step.en)) }
        @if let Some(about) = &step.about { " " a href=(anchor(part, about)) { (about) } }
        " · "
        @if let Some(from) = &step.from { (time(TenderText::From, from)) }
        @if let Some(until) = &step.until { (time(TenderText::Until, until)) }
        @if step.from.is_none() && step.until.is_none() { (visit.say(TenderText::StandsStill)) }
        " · "
        @if step.by_role.is_some() { (visit.say(TenderText::AnyEnterprise)) }
        @for (at, id) in step.by.iter().enumerate() {
            @if at > 0 { (visit.say(TenderText::Or)) }
            (organisation(visit, &file.names, id.as_str()))
        }
        " · " (visit.either(&step.rule_zh, &step.rule_en)) " (" span lang="zh-CN" { (step.law) } ")"
    }
}

pub(super) fn facts(visit: &Visit, file: &TenderFile) -> Markup {
    let tender = &file.view;
    let mut rows = vec![
        (visit.say(TenderText::Status), tag(tender_tone(tender.status), visit.say(tender.status))),
        (visit.say(TenderText::Code), html! { code { (tender.code) } }),
        (visit.say(TenderText::ProcuringUnit), party(visit, &tender.procuring_unit)),
        (visit.say(TenderText::Centre), organisation(visit, &file.names, &tender.centre)),
    ];
    if let Some(nature) = tender.nature {
        rows.push((visit.say(TenderText::Nature), html! { (visit.say(nature)) }));
    }
    if let Some(disclosed) = file.disclosed() {
        rows.push((visit.say(TenderText::Method), html! { (visit.say(disclosed.method)) }));
        if let Some(reason) = &disclosed.method_reason {
            rows.push((visit.say(TenderText::MethodReason), html! { (reason) }));
        }
        if let Some(estimate) = disclosed.estimate {
            rows.push((visit.say(TenderText::Estimate), html! { (amount(visit, estimate)) }));
        }
        if let Some(funding) = &disclosed.funding {
            rows.push((visit.say(TenderText::Funding), html! { (funding) }));
        }
        let contact = &disclosed.contact;
        let ways = [
            Some(contact.office.as_str()),
            contact.phone.as_ref().map(|phone| phone.as_str()),
            contact.address.as_ref().map(|address| address.as_str()),
        ];
        let ways: Vec<_> = ways.into_iter().flatten().collect();
        rows.push((visit.say(TenderText::Office), html! { (ways.join(" · ")) }));
    }
    rows.push((visit.say(TenderText::Region), html! { (tender.region) }));
    for (text, due) in [(TenderText::BidDeadline, &tender.bid_deadline), (TenderText::Opening, &tender.open)] {
        rows.extend(due.as_deref().map(|due| (visit.say(text), date_of_bids(visit, file, due))));
    }
    if let Some(template) = &tender.commitment_template {
        let link = html! {
            (visit.say(TenderText::TemplateRequired))
            a href={ "/v1/templates/" (encoded(template.as_str())) } { (template.as_str()) }
        };
        rows.push((visit.say(TenderText::Template), link));
    }
    rows.extend(rounds(visit, file));
    summary(&rows)
}

/// 重新招标: the tender before, and those behind.
fn rounds<'a>(visit: &'a Visit, file: &TenderFile) -> Vec<(&'a str, Markup)> {
    let mut rows = Vec::new();
    if let Some(earlier) = &file.view.follows {
        let code = earlier.tender.as_str();
        rows.push((visit.say(TenderText::Follows), html! { a href=(visit.tender(code)) { (code) } }));
    }
    for later in &file.view.followed_by {
        let link = html! { a href=(visit.tender(&later.tender)) { (later.tender) } " " (tag(tender_tone(later.status), visit.say(later.status))) };
        rows.push((visit.say(TenderText::FollowedBy), link));
    }
    rows
}
