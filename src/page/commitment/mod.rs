//! 廉洁从业双承诺: what both sides promised, whether they kept it, and how they judged each other.

mod breaches;

use super::Section;
use super::component::{captioned, notice, organisation, record_link, summary, tag, time, time_line};
use super::evidence::{self, BundleText};
use super::list::{EVALUATIONS, commitment_tone};
use super::refusal::Unshown;
use super::shell::Leaf;
use super::story::{Entry, Story};
use super::text::texts;
use super::visit::{Names, Visit};
use crate::commitment::{Act, Binding, BreachStatus, CommitmentView};
use crate::http::encoded;
use crate::template::{Publication, TemplateView};
use maud::{Markup, html};
use std::sync::Arc;

/// All that the page shows.
struct CommitmentFile {
    view: CommitmentView,
    text: Publication,
    entries: Vec<Entry<Act>>,
    names: Names,
}

pub(super) async fn show(visit: Arc<Visit>) -> Result<Leaf, Unshown> {
    let file = CommitmentFile::read(&visit).await?;
    let view = &file.view;
    let question = format!("commitment={}", encoded(view.id.as_str()));
    let evaluations = EVALUATIONS.part(&visit, visit.say(CommitmentText::Evaluations), &question).await?;
    let body = html! {
        (next(&visit, view))
        (facts(&visit, &file))
        (breaches::breaches(&visit, &file))
        (evaluations)
        (promises(&visit, &file))
        (steps(&visit, &file))
        h2 { (visit.say(BundleText::Title)) }
        (evidence::bundle(&visit, &evidence::of_commitment(view.id.as_str())))
    };
    let title =
        format!("{} · {}", visit.either(file.text.title.zh.as_str(), file.text.title.en.as_str()), view.id.as_str());
    Ok(Leaf { is_listed: false, ..Leaf::of(Section::Commitments, title, body) })
}

impl CommitmentFile {
    async fn read(visit: &Visit) -> Result<Self, Unshown> {
        let id = encoded(visit.parameter());
        let story = Story::<CommitmentView, Act>::read(visit, &format!("/v1/commitments/{id}")).await?;
        let Story { view, entries, .. } = story;
        let template = encoded(view.template.id.as_str());
        let template = format!("/v1/templates/{template}/versions/{}", view.template.version);
        let template: TemplateView = visit.view(&template).await?;
        let authors = entries.iter().map(|entry| entry.author.as_str());
        let names = visit.names(authors.chain([view.unit.as_str(), view.enterprise.as_str()])).await;
        Ok(Self { text: template.text, entries, names, view })
    }
}

fn next(visit: &Visit, view: &CommitmentView) -> Markup {
    let until =
        |text: CommitmentText, until: &str| visit.tell(text, &[("until", &super::component::end_of_period(until))]);
    let mut lines: Vec<String> = Vec::new();
    lines.extend(view.lapses.as_deref().map(|lapses| until(CommitmentText::SignBy, lapses)));
    for breach in &view.breaches {
        let about = |line: String| format!("{} · {line}", breach.id);
        let answer = match breach.status {
            BreachStatus::Overdue => CommitmentText::NotAnswered,
            _ => CommitmentText::AnswerBy,
        };
        lines.extend(breach.answer_due.as_deref().map(|due| about(until(answer, due))));
        lines.extend(breach.appeal_until.as_deref().map(|due| about(until(CommitmentText::AppealBy, due))));
    }
    let body = html! { ul { @for line in &lines { li { (line) } } } };
    if lines.is_empty() {
        html! {}
    } else {
        notice(visit.say(CommitmentText::WhatHappensNext), &body)
    }
}

fn facts(visit: &Visit, file: &CommitmentFile) -> Markup {
    let view = &file.view;
    let about = match &view.binding {
        Binding::Lot(lot) => {
            let to = visit.tender(lot.tender.as_str());
            html! { a href=(to) { (lot.tender.as_str()) } " · " (lot.lot.as_str()) }
        }
        Binding::Year(year) => html! { (year.year) },
    };
    let template = format!("/v1/templates/{}/versions/{}", encoded(view.template.id.as_str()), view.template.version);
    let mut rows = vec![
        (visit.say(CommitmentText::Status), tag(commitment_tone(view.status), visit.say(view.status))),
        (visit.say(CommitmentText::About), about),
        (visit.say(CommitmentText::Unit), organisation(visit, &file.names, view.unit.as_str())),
        (visit.say(CommitmentText::Enterprise), organisation(visit, &file.names, view.enterprise.as_str())),
        (visit.say(CommitmentText::OfferedBy), html! { (visit.say(view.offered_by)) }),
        (
            visit.say(CommitmentText::Template),
            html! { a href=(template) { (view.template.id.as_str()) " v" (view.template.version) } },
        ),
    ];
    if let Some(since) = &view.effective_since {
        rows.push((visit.say(CommitmentText::Since), time(since)));
    }
    summary(&rows)
}

/// The text that both sign: what each promises.
fn promises(visit: &Visit, file: &CommitmentFile) -> Markup {
    let columns = [CommitmentText::Clause, CommitmentText::Promise, CommitmentText::Basis].map(|text| visit.say(text));
    let row = |id: &str, zh: &str, en: &str, basis: Option<&str>| {
        vec![
            html! { code id={ "clause-" (id) } { (id) } },
            html! { (visit.either(zh, en)) },
            html! { (basis.unwrap_or("—")) },
        ]
    };
    let basis = |basis: &Option<crate::field::Line<200>>| basis.as_ref().map(|basis| basis.to_string());
    let unit = file.text.unit_clauses.iter();
    let unit: Vec<_> =
        unit.map(|it| row(it.id.as_str(), it.zh.as_str(), it.en.as_str(), basis(&it.basis).as_deref())).collect();
    let enterprise = file.text.enterprise_clauses.iter();
    let enterprise: Vec<_> =
        enterprise.map(|it| row(it.id.as_str(), it.zh.as_str(), it.en.as_str(), basis(&it.basis).as_deref())).collect();
    html! {
        h2 #promises { (visit.say(CommitmentText::Text)) }
        (captioned(visit.say(CommitmentText::UnitPromises), &columns, &unit))
        (captioned(visit.say(CommitmentText::EnterprisePromises), &columns, &enterprise))
    }
}

fn steps(visit: &Visit, file: &CommitmentFile) -> Markup {
    let steps: Vec<_> = file
        .entries
        .iter()
        .map(|record| {
            let who = organisation(visit, &file.names, &record.author);
            (
                time(&record.time),
                html! { (visit.kind(&record.kind)) " · " (who) " · " (record_link(visit, record.index)) },
            )
        })
        .collect();
    html! {
        h2 #steps { (visit.say(CommitmentText::Steps)) " (" (file.view.version) ")" }
        (time_line(&steps))
        p.files { a href={ "/v1/commitments/" (encoded(file.view.id.as_str())) } { (visit.say(CommitmentText::AsData)) } }
    }
}

texts! { CommitmentText {
    WhatHappensNext "下一步" "What happens next"
    SignBy "另一方应在 {until} 前签署，否则失效。" "The other side signs by {until}, or it lapses."
    NotAnswered "被举报方在 {until} 前没有说明，由监督部门裁定。" "The side that it is about has not answered by {until}; a supervisor rules."
    AnswerBy "被举报方应在 {until} 前说明。" "The side that it is about answers by {until}."
    AppealBy "可在 {until} 前申诉。" "May be appealed until {until}."
    Status "状态" "State"
    About "所涉项目或年度" "About"
    Unit "采购人一方" "The procuring side"
    Enterprise "供应商一方" "The enterprise"
    OfferedBy "先签署方" "Signed first by"
    Template "承诺文本" "Text"
    Since "双方生效自" "In force since"
    Breaches "违诺举报" "Reports of breaches"
    Against "被举报方" "Against"
    Reported "举报" "Reported"
    AboutClauses "涉及承诺" "About promises"
    Answered "说明" "Answer"
    Late "逾期未说明" "The answer is late"
    Ruled "监督部门认定" "The supervisor found"
    Appealed "申诉" "Appeal"
    AppealRuled "申诉裁定" "Decided on appeal"
    Evaluations "双方评价" "How both judged each other"
    Text "承诺内容" "What both promise"
    UnitPromises "采购人一方承诺" "The procuring side promises"
    EnterprisePromises "供应商一方承诺" "The enterprise promises"
    Clause "编号" "No."
    Promise "承诺" "Promise"
    Basis "法律依据" "Legal basis"
    Steps "全部记录" "All records"
    AsData "供程序读取" "For programs"
} }
