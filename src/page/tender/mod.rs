//! A tender: what happens next and plain facts first, then what was promised, objected to, claimed, awarded and done, each with
//! its record.

mod candidates;
mod clauses;
mod facts;
mod file;
mod lots;
mod objections;
mod steps;

use super::component::notice;
use super::evidence::{self, BundleText};
use super::refusal::Unshown;
use super::shell::Leaf;
use super::text::texts;
use super::visit::Visit;
use super::{Section, component, printed};
use crate::http::encoded;
use file::TenderFile;
use maud::{Markup, html};
use std::sync::Arc;

pub(super) async fn show(visit: Arc<Visit>) -> Result<Leaf, Unshown> {
    let file = TenderFile::read(&visit).await?;
    let tender = &file.view;
    let body = html! {
        (facts::next(&visit, &file))
        (facts::facts(&visit, &file))
        (contents(&visit, &file))
        (lots::lots(&visit, &file))
        (objections::objections(&visit, &file))
        (clauses::clauses(&visit, &file))
        (clauses::score_table(&visit, &file))
        (clauses::versions(&visit, &file))
        (documents(&visit, &file))
        (steps::steps(&visit, &file))
        h2 #bundle { (visit.say(BundleText::Title)) }
        (evidence::bundle(&visit, &evidence::of_tender(&tender.code)))
        (printed::code(&visit))
    };
    let about = format!("{} · {} · {}", tender.procuring_unit.name, tender.code, visit.say(tender.status));
    let leaf = Leaf::of(Section::Tenders, tender.title.clone(), body);
    Ok(Leaf { about: Some(about), ..leaf })
}

/// Where on this page what stands.
fn contents(visit: &Visit, file: &TenderFile) -> Markup {
    let parts = [
        ("lots", TenderText::LotsAndResults, !file.view.lots.is_empty()),
        ("objections", TenderText::Objections, !file.view.objections.is_empty()),
        ("clauses", TenderText::Clauses, !file.view.clauses.is_empty()),
        ("score-table", TenderText::ScoreTable, !file.view.score_table.is_empty()),
        ("versions", TenderText::Versions, file.has_changes()),
        ("documents", TenderText::Documents, file.documents().next().is_some()),
        ("steps", TenderText::Steps, true),
    ];
    let parts = parts.into_iter().map(|(id, text, is_there)| (id, visit.say(text), is_there));
    let parts = parts.chain([("bundle", visit.say(BundleText::Title), true)]);
    html! {
        nav.contents aria-label=(visit.say(TenderText::OnThisPage)) {
            ul { @for (id, text, is_there) in parts { @if is_there { li { a href={ "#" (id) } { (text) } } } } }
        }
    }
}

fn documents(visit: &Visit, file: &TenderFile) -> Markup {
    html! {
        @if file.documents().next().is_some() {
            h2 #documents { (visit.say(TenderText::Documents)) }
            (component::documents(file.documents()))
        }
    }
}

/// That this page does not have all of something, and where all of it is.
fn cut(visit: &Visit, list: Option<&String>) -> Markup {
    html! {
        @if let Some(list) = list {
            (notice(visit.say(TenderText::NotAll), &html! { p { a href=(list) { (visit.say(TenderText::AllOfThem)) } } }))
        }
    }
}

/// An address within this page.
fn anchor(kind: &str, id: &str) -> String {
    format!("#{kind}-{}", encoded(id))
}

texts! { TenderText {
    OnThisPage "本页内容" "On this page"
    WhatHappensNext "下一步" "What happens next"
    RevisionRequired "异议成立：采购人须修改公示文本，或终止项目。" "An objection was upheld: the text must be revised, or the tender terminated."
    Late "已逾期" "Late"
    Until "截止 {time}" "until {time}"
    From "自 {time} 起" "from {time} on"
    AnyEnterprise "任何已确认的供应商" "any confirmed enterprise"
    Or " 或 " " or "
    BidsDue "投标截止：{until}" "Bids are due by {until}"
    OpeningDue "开标时间：{until}" "Bids are opened at {until}"
    MayBeCalled "公示期满，无未结异议，可发布招标公告。" "The window is over and no objection is open: the call may be published."
    WaitsForObjections "公示期已满，等待未结异议或文本修改。" "The window is over; open objections or a revision are waited for."
    IsSuspended "监督部门已决定暂停，全部期限中止计算。" "A supervisor suspended it: all periods stand still."
    SuspendedBy "决定单位：" "Decided by: "
    SuspendedWhy "理由：" "Why: "
    StandsStill "期限中止计算" "the period stands still"
    Moves "暂停前定为 {time}，恢复后按暂停天数顺延" "was {time} before the suspension, and moves by as many days as it lasts"
    NothingDue "没有正在进行的期限。" "No period is running."
    Provisional "以上日期涉及尚未公布放假安排的年份，可能变动。" "A date above touches a year whose holidays are not arranged yet, and may move."
    Status "状态" "Status"
    Code "项目编号" "Code"
    ProcuringUnit "采购人" "Procuring unit"
    Centre "采购中心 / 代理机构" "Centre"
    Nature "业务类型" "Kind"
    Method "采购方式" "Method"
    MethodReason "采用该方式的理由" "Why by this method"
    Region "地区" "Region"
    Estimate "预算金额" "Estimate"
    Funding "资金来源" "Funding"
    Office "联系" "Contact"
    BidDeadline "投标截止" "Bids are due"
    Opening "开标" "Opening"
    Template "廉洁承诺" "Integrity commitment"
    TemplateRequired "投标人须在开标前签署：" "Bidders must have signed before the opening: "
    Follows "重新招标，前次项目" "Held again after"
    FollowedBy "后续项目" "Held again by"
    LotsAndResults "标段与结果" "Lots and results"
    Ceiling "最高投标限价" "Ceiling"
    Bids "开标记录" "Bids as opened"
    Bidder "投标人" "Bidder"
    Price "报价" "Price"
    Duration "工期 / 交付期" "Duration"
    Candidates "中标候选人" "Candidates"
    Candidate "候选人" "Candidate"
    Rank "名次" "Rank"
    Score "得分" "Score"
    Claims "申报的业绩、资质与奖项" "What they claim"
    Claim "申报内容" "Claim"
    ClaimKind "类别" "Kind"
    ClaimIssuer "出具单位 / 业主" "Issuer"
    ClaimNumber "编号" "Number"
    ClaimAmount "金额" "Amount"
    ClaimDated "日期" "Dated"
    ClaimState "核实情况" "What became of it"
    ClaimOpen "尚无人核实" "Nobody has checked it"
    ClaimVerified "属实" "True"
    ClaimRefuted "不实" "False"
    ProjectLeader "项目负责人" "Project leader"
    NameSealed "姓名已密封" "name sealed"
    Replaced "已被后一次公示替代" "Replaced by a later publication"
    Rejected "被否决的投标" "Rejected bids"
    Challenges "对结果的异议" "Challenges to the result"
    PromisedAndDone "承诺、变更与履行" "Promised, changed, done"
    Awarded "中标" "Award"
    Contracted "合同" "Contract"
    Amended "合同变更" "Amendment"
    Inspected "验收" "Acceptance"
    InspectedBadly "验收未通过" "Inspection failed"
    Step "环节" "Step"
    When "时间" "When"
    What "内容" "What"
    Failed "流标" "Failed"
    Quality "质量标准" "Quality"
    Reasons "理由" "Reasons"
    Objections "异议" "Objections"
    Objected "提出异议" "objected"
    Remedy "请求" "Asks for"
    Answered "答复" "Answer"
    Escalated "投诉" "Escalated to the supervisor"
    RuledOn "监督部门裁定" "The supervisor ruled"
    Withdrawn "撤回" "Withdrawn"
    DeadlinePassed "期限已过" "The due date passed"
    AboutClauses "涉及条款" "About clauses"
    AboutTheWhole "针对全文" "About the whole text"
    Clauses "条款" "Clauses"
    ObjectedTo "曾被提出异议：" "Objected to: "
    ScoreTable "评分表" "Score table"
    ScoreItem "评分项" "Item"
    MaxPoints "最高分" "Points at most"
    Criteria "评分标准" "Criteria"
    Versions "文本的变化" "How the text changed"
    MaterialChange "影响谁能中标" "Matters to who can win"
    DeadlineMoved "投标截止时间变更" "The bid deadline moved"
    AboutTendency "“对投标人更严”“对投标人放宽”由程序按数字、日期与等级判断，只在其他文字都没有变时才标出；没有标出的须自行比较。评标办法不作判断。" "Stricter and looser are read by a program off numbers, dates and grades, only where no other word changed; what has no such mark is to be compared by the reader. Rules of evaluation are never marked."
    Documents "文件" "Documents"
    Steps "全部记录" "All records"
    NotAll "本页只显示其中一部分" "This page shows a part of them"
    AllOfThem "查看全部" "See all"
    AsData "供程序读取" "For programs"
} }
