//! 双评价: how the two sides of a commitment judged each other, side by side, each with its answer.

use super::Section;
use super::component::{
    Tone, captioned, end_of_period, hundredths, notice, organisation, record_link, summary, tag, time,
};
use super::list::evaluation_tone;
use super::refusal::Unshown;
use super::shell::Leaf;
use super::text::texts;
use super::visit::{Names, Visit};
use crate::evaluation::{EvaluationStatus, EvaluationView, RatingStatus, RatingView};
use crate::http::encoded;
use maud::{Markup, html};
use std::sync::Arc;

pub(super) async fn show(visit: Arc<Visit>) -> Result<Leaf, Unshown> {
    let path = format!("/v1/evaluations/{}", encoded(visit.parameter()));
    let shown: EvaluationView = visit.view_without(&path, "records").await?;
    let names = visit.names([shown.unit.as_str(), shown.enterprise.as_str()].into_iter()).await;
    let body = html! {
        (next(&visit, &shown))
        (facts(&visit, &names, &shown))
        p { (visit.say(EvaluationText::HowItGoes)) }
        (rating(&visit, &names, &shown.by_unit))
        (rating(&visit, &names, &shown.by_enterprise))
        p.files { a href=(path) { (visit.say(EvaluationText::AsData)) } }
    };
    let title = format!("{} · {}", visit.say(EvaluationText::Title), shown.id);
    Ok(Leaf { is_listed: false, ..Leaf::of(Section::Evaluations, title, body) })
}

fn next(visit: &Visit, shown: &EvaluationView) -> Markup {
    let line = match (shown.status, &shown.revealing_until) {
        (EvaluationStatus::Sealing, _) => Some((EvaluationText::SealBy, &shown.sealing_until)),
        (EvaluationStatus::Revealing, Some(until)) => Some((EvaluationText::RevealBy, until)),
        (EvaluationStatus::Revealing | EvaluationStatus::Concluded, _) => None,
    };
    html! {
        @if let Some((text, until)) = line {
            (notice(visit.say(EvaluationText::WhatHappensNext), &html! { p { (visit.tell(text, &[("until", &end_of_period(until))])) } }))
        }
    }
}

fn facts(visit: &Visit, names: &Names, shown: &EvaluationView) -> Markup {
    let commitment = shown.commitment.as_str();
    let mut rows = vec![
        (visit.say(EvaluationText::Status), tag(evaluation_tone(shown.status), visit.say(shown.status))),
        (visit.say(EvaluationText::Milestone), html! { (visit.say(shown.milestone)) }),
        (visit.say(EvaluationText::Unit), organisation(visit, names, shown.unit.as_str())),
        (visit.say(EvaluationText::Enterprise), organisation(visit, names, shown.enterprise.as_str())),
        (visit.say(EvaluationText::Commitment), html! { a href=(visit.commitment(commitment)) { (commitment) } }),
    ];
    if let Some(lot) = &shown.lot {
        let tender =
            html! { a href=(visit.tender(lot.tender.as_str())) { (lot.tender.as_str()) } " · " (lot.lot.as_str()) };
        rows.push((visit.say(EvaluationText::Tender), tender));
    }
    if let Some(concluded) = &shown.concluded {
        rows.push((visit.say(EvaluationText::Concluded), time(concluded)));
    }
    summary(&rows)
}

fn tone(status: RatingStatus) -> Tone {
    match status {
        RatingStatus::Awaited | RatingStatus::Sealed | RatingStatus::Appealed => Tone::Running,
        RatingStatus::Silent | RatingStatus::Withheld => Tone::Bad,
        RatingStatus::Revealed | RatingStatus::Verified | RatingStatus::Corrected | RatingStatus::Final => Tone::Good,
    }
}

/// What one side says of the other, and what that one answers.
fn rating(visit: &Visit, names: &Names, rating: &RatingView) -> Markup {
    let columns = [EvaluationText::Dimension, EvaluationText::Weight, EvaluationText::Score, EvaluationText::Reasons]
        .map(|text| visit.say(text));
    let row = |line: &crate::evaluation::RatingLine| {
        let score = html! {
            @match line.score { Some(score) => { (score) } None => { "—" } }
            @if let Some(given) = line.given { " (" (visit.say(EvaluationText::Given)) " " (given) ")" }
        };
        let reasons = html! {
            @if let Some(reasons) = &line.reasons { p.prose { (reasons) } }
            @for document in &line.documents { a href={ "/v1/documents/" (document.sha256) } { (document.title) } " " }
        };
        vec![html! { (visit.either(&line.zh, &line.en)) }, html! { (line.weight) }, score, reasons]
    };
    let rows: Vec<_> = rating.lines.iter().map(row).collect();
    html! {
        h2 { (organisation(visit, names, rating.by.as_str())) " → " (organisation(visit, names, rating.of.as_str())) }
        p {
            (tag(tone(rating.status), visit.say(rating.status)))
            @if let Some(points) = rating.points { " " strong { (hundredths(points)) } " / 100" }
        }
        (captioned(visit.say(EvaluationText::Arithmetic), &columns, &rows))
        @if let Some(statement) = &rating.statement { p.prose { (statement) } }
        h3 { (visit.say(EvaluationText::Answer)) }
        @match &rating.reply {
            Some(reply) => { p.prose { (reply) } @if let Some(index) = rating.replied_in { p { (record_link(visit, index)) } } }
            None => { p { (visit.say(EvaluationText::NoAnswer)) } }
        }
    }
}

texts! { EvaluationText {
    Title "双方评价" "Mutual evaluation"
    WhatHappensNext "下一步" "What happens next"
    SealBy "双方应在 {until} 前提交密封评价；到期前任何人看不到内容。" "Both seal their ratings by {until}; nobody can read them before."
    RevealBy "已密封的评价应在 {until} 前公开。" "What was sealed is to be revealed by {until}."
    HowItGoes "双方先各自密封，再同时公开，谁也不能看了对方的评价再打分；每一方都可答复。" "Both seal first and reveal together, so that nobody rates in answer to a rating; each may answer."
    Status "状态" "State"
    Milestone "评价节点" "At"
    Unit "采购人一方" "The procuring side"
    Enterprise "供应商一方" "The enterprise"
    Commitment "承诺" "Commitment"
    Tender "项目与标段" "Tender and lot"
    Concluded "办结时间" "Concluded"
    Dimension "评价事项" "What is judged"
    Weight "权重" "Weight"
    Score "得分" "Score"
    Given "原评" "given"
    Reasons "理由与证据" "Reasons and evidence"
    Arithmetic "权重乘得分之和，除以权重之和" "Weights times scores, divided by the sum of the weights"
    Answer "被评价方的答复" "The answer of who is rated"
    NoAnswer "没有答复。" "There is no answer."
    AsData "供程序读取" "For programs"
} }
