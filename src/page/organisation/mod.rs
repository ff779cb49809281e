//! An organisation (主体): what it is, what it signed, what was decided about it, and what it says to that.

mod standing;

use super::Section;
use super::component::{Tone, organisation, record_link, summary, table, tag, time};
use super::evidence::{self, BundleText};
use super::list::{COMMITMENTS, DEPOSITS, LOTS, OBJECTIONS, TENDERS, organisation_tone};
use super::refusal::Unshown;
use super::shell::Leaf;
use super::statistics::payee;
use super::text::texts;
use super::visit::{Names, Visit};
use crate::access::AccessView;
use crate::act::Role;
use crate::credit::CreditView;
use crate::field::OrganisationId;
use crate::http::encoded;
use crate::organisation::{KeyStatus, OrganisationView};
use futures::try_join;
use maud::{Markup, html};
use std::sync::Arc;

pub(super) async fn show(visit: Arc<Visit>) -> Result<Leaf, Unshown> {
    let id = encoded(visit.parameter());
    let shown: OrganisationView = match visit.view(&format!("/v1/organisations/{id}")).await {
        Err(unshown) if unshown.is_of_nothing() && visit.parameter().parse::<OrganisationId>().is_ok() => {
            // A notice or a decision may name whoever it likes.
            let body = html! { p { (visit.say(OrganisationText::NotRegistered)) } };
            let title = visit.parameter().to_owned();
            return Ok(Leaf { is_listed: false, ..Leaf::of(Section::Organisations, title, body) });
        }
        shown => shown?,
    };
    let (access, credit) = (format!("/v1/organisations/{id}/access"), format!("/v1/organisations/{id}/credit"));
    let (access, credit, names) =
        try_join!(visit.view::<AccessView>(&access), visit.view::<CreditView>(&credit), async {
            Ok(visit.names(others(&shown)).await)
        },)?;
    let body = html! {
        (facts(&visit, &names, &shown))
        (standing::access(&visit, &access))
        (standing::credit(&visit, &credit))
        (parts(&visit, &id, &shown.roles).await?)
        (payee(&visit, &id).await?)
        (admissions(&visit, &names, &shown))
        (keys(&visit, &shown))
        h2 { (visit.say(BundleText::Title)) }
        (evidence::bundle(&visit, &evidence::of_organisation(shown.id.as_str())))
        p.files { a href={ "/v1/organisations/" (id) } { (visit.say(OrganisationText::AsData)) } }
    };
    let title = shown.name.clone().unwrap_or_else(|| shown.id.to_string());
    // How an organisation stands is not for search engines to keep when it has long changed.
    Ok(Leaf { is_listed: false, ..Leaf::of(Section::Organisations, title, body) })
}

/// The other organisations that the page names.
fn others(shown: &OrganisationView) -> impl Iterator<Item = &str> {
    let ended = shown.ended.iter().flat_map(|ended| &ended.successors);
    shown
        .succeeds
        .iter()
        .chain(ended)
        .chain(shown.admissions.iter().map(|admission| &admission.by))
        .map(|id| id.as_str())
}

fn facts(visit: &Visit, names: &Names, shown: &OrganisationView) -> Markup {
    let roles: Vec<_> = shown.roles.iter().map(|role| visit.say(role)).collect();
    let mut rows = vec![
        (visit.say(OrganisationText::Status), tag(organisation_tone(shown.status), visit.say(shown.status))),
        (visit.say(OrganisationText::Code), html! { code { (shown.id.as_str()) } }),
        (visit.say(OrganisationText::Roles), html! { (roles.join(visit.either("、", ", "))) }),
    ];
    if let Some(until) = &shown.suspended_until {
        rows.push((visit.say(OrganisationText::SuspendedUntil), time(until)));
    }
    for former in &shown.former_names {
        let name = html! { (former.name) " (" (visit.say(OrganisationText::Until)) " " (former.until.to_string()) ") " (record_link(visit, former.entry)) };
        rows.push((visit.say(OrganisationText::FormerName), name));
    }
    if let Some(ended) = &shown.ended {
        let how = html! {
            (visit.say(ended.ground)) " · " (ended.effective.to_string()) " " (record_link(visit, ended.entry))
            @for successor in &ended.successors { br; (visit.say(OrganisationText::Successor)) " " (organisation(visit, names, successor.as_str())) }
        };
        rows.push((visit.say(OrganisationText::Ended), how));
    }
    for predecessor in &shown.succeeds {
        rows.push((visit.say(OrganisationText::Succeeds), organisation(visit, names, predecessor.as_str())));
    }
    summary(&rows)
}

/// What it has part in, by what it is.
async fn parts(visit: &Visit, id: &str, roles: &[Role]) -> Result<Markup, Unshown> {
    let has = |role| roles.contains(&role);
    let mut parts = Vec::new();
    if has(Role::Enterprise) {
        parts.push(LOTS.part(visit, visit.say(OrganisationText::Won), &format!("winner={id}")).await?);
        parts.push(TENDERS.part(visit, visit.say(OrganisationText::BidIn), &format!("bidder={id}")).await?);
        parts.push(
            COMMITMENTS.part(visit, visit.say(OrganisationText::Commitments), &format!("enterprise={id}")).await?,
        );
        parts.push(DEPOSITS.part(visit, visit.say(OrganisationText::Deposits), &format!("payer={id}")).await?);
    }
    if has(Role::ProcuringUnit) {
        parts.push(TENDERS.part(visit, visit.say(OrganisationText::Buys), &format!("unit={id}")).await?);
        parts.push(COMMITMENTS.part(visit, visit.say(OrganisationText::Commitments), &format!("unit={id}")).await?);
    }
    if has(Role::Centre) {
        parts.push(TENDERS.part(visit, visit.say(OrganisationText::Runs), &format!("centre={id}")).await?);
        parts.push(OBJECTIONS.part(visit, visit.say(OrganisationText::ObjectionsToIt), &format!("centre={id}")).await?);
    }
    if has(Role::Enterprise) || has(Role::Supervisor) {
        parts
            .push(OBJECTIONS.part(visit, visit.say(OrganisationText::ItsObjections), &format!("objector={id}")).await?);
    }
    Ok(html! { @for part in parts { (part) } })
}

fn admissions(visit: &Visit, names: &Names, shown: &OrganisationView) -> Markup {
    let columns =
        [OrganisationText::Role, OrganisationText::AdmittedBy, OrganisationText::When].map(|text| visit.say(text));
    let row = |admission: &crate::organisation::AdmissionView| {
        vec![
            html! { (visit.say(admission.role)) },
            organisation(visit, names, admission.by.as_str()),
            html! { (time(&admission.time)) " " (record_link(visit, admission.entry)) },
        ]
    };
    let rows: Vec<_> = shown.admissions.iter().map(row).collect();
    html! {
        @if !rows.is_empty() {
            h2 { (visit.say(OrganisationText::Admissions)) }
            (table(visit.say(OrganisationText::Admissions), &columns, &rows))
        }
    }
}

fn keys(visit: &Visit, shown: &OrganisationView) -> Markup {
    let columns =
        [OrganisationText::Key, OrganisationText::Status, OrganisationText::RevokedFrom].map(|text| visit.say(text));
    let rows: Vec<_> = shown
        .keys
        .iter()
        .map(|key| {
            let tone = if key.status == KeyStatus::Confirmed { Tone::Good } else { Tone::Plain };
            let revoked = html! { @match &key.revoked_from { Some(from) => { (tag(Tone::Bad, visit.say(OrganisationText::Revoked))) " " (time(from)) } None => { "—" } } };
            vec![html! { code { (key.kid) } }, tag(tone, visit.say(key.status)), revoked]
        })
        .collect();
    html! {
        @if !rows.is_empty() {
            h2 { (visit.say(OrganisationText::Keys)) }
            p { (visit.say(OrganisationText::AboutKeys)) }
            (table(visit.say(OrganisationText::Keys), &columns, &rows))
        }
    }
}

texts! { OrganisationText {
    NotRegistered "记录中提到了这一代码，但该主体没有在此登记。" "Records name this code, but nobody has registered under it here."
    Status "状态" "Status"
    Code "统一社会信用代码" "Code"
    Roles "身份" "Roles"
    Role "身份" "Role"
    SuspendedUntil "暂停至" "Suspended until"
    Until "至" "until"
    FormerName "曾用名" "Former name"
    Ended "终止" "Ended"
    Successor "承继者" "Succeeded by"
    Succeeds "承继自" "Succeeds"
    Won "中标的标段" "Lots won"
    BidIn "参加投标的项目" "Tenders with its bids"
    Buys "采购的项目" "Tenders of this unit"
    Runs "经办的项目" "Tenders of this centre"
    Commitments "签署的承诺" "Commitments"
    Deposits "交纳的保证金" "Deposits that it paid"
    ItsObjections "提出的异议" "Objections that it filed"
    ObjectionsToIt "对其项目的异议" "Objections to its tenders"
    Admissions "身份的授予" "Admissions"
    AdmittedBy "授予单位" "Admitted by"
    When "时间" "When"
    Keys "签名密钥" "Keys"
    AboutKeys "它签署的每条记录都可用这些密钥核验。" "Every record that it signed can be verified with these."
    Key "密钥指纹" "Thumbprint"
    Revoked "已撤销" "Revoked"
    RevokedFrom "撤销时间" "Revoked from"
    AsData "供程序读取" "For programs"
    Access "廉洁准入" "Integrity access"
    AccessState "准入状态" "Access"
    NoBar "没有限制准入的决定。" "No decision bars it."
    Authority "作出单位" "Authority"
    Decision "决定文号" "Decision"
    Article "法律依据" "Legal basis"
    Scope "限制范围" "What it stops"
    Term "期限" "Term"
    Repair "信用修复" "Repair"
    RepairFrom "可自 {day} 起申请" "may be applied for from {day}"
    Disputed "异议中" "Disputed"
    ItsAnswer "当事人的异议" "What the organisation says to it"
    ObjectionFiled "提出异议" "objected"
    ObjectionRuled "裁定" "ruled"
    NoAnswer "当事人没有提出异议。" "The organisation has not objected."
    Credit "信用评价" "Credit"
    Grade "等级" "Grade"
    Points "得分" "Points"
    Why "理由" "Why"
    Neutral "尚无计入事项，按中性对待。" "Nothing counts yet; that is neutral."
    AsOfDay "计算截至" "As of"
    Base "基础分" "Base"
    Arithmetic "计分" "Arithmetic"
    Conduct "事项" "What"
    Count "次数" "Count"
    Full "原始分" "At first"
    Aged "时效折减后" "After ageing"
    Counts "计入" "Counts"
    Contributions "计入的记录" "Records that count"
    Day "日期" "Day"
    NotABan "信用等级不是限制准入：限制准入只依据法律作出的决定。" "A grade bars nobody: only decisions under the law do."
} }
