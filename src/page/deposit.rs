//! A deposit (保证金): where it stands and when it goes back, as far as everybody may see it; without amounts.

use super::Section;
use super::component::{end_of_period, organisation, record_link, summary, tag};
use super::list::deposit_tone;
use super::refusal::Unshown;
use super::shell::Leaf;
use super::text::texts;
use super::visit::Visit;
use crate::deposit::DepositView;
use crate::http::encoded;
use maud::{Markup, html};
use std::sync::Arc;

pub(super) async fn show(visit: Arc<Visit>) -> Result<Leaf, Unshown> {
    let (payee, id) = visit.two_parameters().ok_or_else(Unshown::not_found)?;
    let path = format!("/v1/deposits/{}/deposits/{}", encoded(payee), encoded(id));
    let deposit: DepositView = visit.view(&path).await?;
    let body = html! {
        (summary(&facts(&visit, &deposit).await))
        p { (visit.say(DepositText::WithoutAmounts)) }
        p.files { a href=(path) { (visit.say(DepositText::AsData)) } }
    };
    let title = format!("{} {}", visit.say(DepositText::Deposit), deposit.id.as_str());
    // Who owes whom is not for search engines to keep when it has long changed.
    Ok(Leaf { is_listed: false, ..Leaf::of(Section::Deposits, title, body) })
}

async fn facts(visit: &Visit, deposit: &DepositView) -> Vec<(&'static str, Markup)> {
    let payer = deposit.payer.iter().map(|payer| payer.as_str());
    let names = visit.names(payer.chain([deposit.payee.as_str()])).await;
    let mut rows = vec![
        (visit.say(DepositText::State), tag(deposit_tone(deposit.status), visit.say(deposit.status))),
        (visit.say(DepositText::Refund), html! { (visit.say(deposit.refund)) }),
        (visit.say(DepositText::Payee), organisation(visit, &names, deposit.payee.as_str())),
    ];
    let mut say = |text: DepositText, value: Option<Markup>| {
        rows.extend(value.map(|value| (visit.say(text), value)));
    };
    say(DepositText::Payer, deposit.payer.as_ref().map(|payer| organisation(visit, &names, payer.as_str())));
    let tender =
        deposit.tender.as_ref().map(|tender| html! { a href=(visit.tender(tender.as_str())) { (tender.as_str()) } });
    say(DepositText::Tender, tender);
    say(DepositText::Lot, deposit.lot.as_ref().map(|lot| html! { (lot) }));
    say(DepositText::Procurement, deposit.procurement.as_ref().map(|code| procurement(visit, deposit, code)));
    let whole = deposit.part_of.as_ref().map(|whole| {
        let page = visit.deposit(deposit.payee.as_str(), whole.as_str());
        html! { a href=(page) { (whole.as_str()) } " · " (visit.say(DepositText::AboutPart)) }
    });
    say(DepositText::PartOf, whole);
    say(DepositText::PayBy, Some(html! { (deposit.pay_by.to_string()) }));
    say(DepositText::RefundBy, deposit.next_due.as_deref().map(|due| html! { (end_of_period(due)) }));
    // What has come back is late no more.
    let late = if deposit.days_late.is_some() { DepositText::Late } else { DepositText::WasLate };
    say(late, deposit.overdue.map(|entry| record_link(visit, entry)));
    say(DepositText::DaysLate, deposit.days_late.map(|days| html! { (days) }));
    say(DepositText::GuaranteeExpires, deposit.guarantee_expires.as_ref().map(|day| html! { (day.to_string()) }));
    say(DepositText::Announced, Some(record_link(visit, deposit.entry)));
    let newest = (deposit.last_entry != deposit.entry).then(|| record_link(visit, deposit.last_entry));
    say(DepositText::Newest, newest);
    rows
}

/// By its notice everybody can see whether it is there, and of what the cap is a part.
fn procurement(visit: &Visit, deposit: &DepositView, code: &str) -> Markup {
    html! {
        (code)
        @if let Some(notice) = &deposit.procurement_notice {
            " · " a href={ "/v1/documents/" (notice) } { (visit.say(DepositText::ProcurementNotice)) }
        }
    }
}

texts! { DepositText {
    Deposit "保证金" "Deposit"
    State "状态" "State"
    Refund "退还情况" "How it went back"
    Payee "收取人" "Payee"
    Payer "交纳人" "Payer"
    Tender "项目" "Tender"
    Lot "标段" "Lot"
    Procurement "项目（不在本日志）" "Procurement (not in this log)"
    ProcurementNotice "公告文件" "its notice"
    PartOf "由此分出" "Part of"
    AboutPart "原交纳人分立，这是分给承继者的部分。" "its payer was divided, and this is a successor’s part of it."
    PayBy "交纳期限" "To be paid by"
    RefundBy "最迟退还" "To be back by"
    Late "逾期未退" "Late"
    WasLate "曾逾期" "Was late"
    DaysLate "逾期天数" "Days late"
    GuaranteeExpires "保函到期" "Guarantee expires"
    Announced "通知或来源" "Came by"
    Newest "最近记录" "Newest record"
    WithoutAmounts "金额只向交纳人、收取人、监督与审计单位显示。" "Amounts are shown to payer, payee, supervisors and auditors only."
    AsData "供程序读取" "For programs"
} }
