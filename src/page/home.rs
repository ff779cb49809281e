//! The first page: what closes soon, what was objected to, what was refuted, what is new, and how far the log is.

use super::component::{self, notice, organisation, record_link, summary, table, tag, time};
use super::list::{objection_tone, tender_tone};
use super::refusal::Unshown;
use super::shell::Leaf;
use super::text::texts;
use super::visit::{Names, Visit};
use crate::act::Payload;
use crate::field;
use crate::http::{LogView, RecordPage, RecordView, encoded};
use crate::statistics::{Total, TotalView, TotalsView};
use crate::tender::{ClaimRefutation, ObjectionSummary, TenderSummary};
use futures::try_join;
use maud::{Markup, html};
use std::sync::Arc;

/// Rows of each table of the first page.
const SHOWN: usize = 6;

pub(super) async fn show(visit: Arc<Visit>) -> Result<Leaf, Unshown> {
    let log: LogView = visit.view("/v1/log").await?;
    let refuted = format!("/v1/records?kind={}&before={}&limit={SHOWN}", ClaimRefutation::KIND, log.size);
    let last = format!("/v1/records?before={}&limit=1", log.size);
    let open = format!("/v1/tenders?order=closing&limit={SHOWN}");
    let newest = format!("/v1/tenders?limit={SHOWN}");
    let objections = format!("/v1/objections?limit={SHOWN}");
    let (totals, refuted, last, open, newest, objections) = try_join!(
        visit.view::<TotalsView>("/v1/totals"),
        visit.view::<RecordPage>(&refuted),
        visit.view::<RecordPage>(&last),
        visit.items::<TenderSummary>(&open),
        visit.items::<TenderSummary>(&newest),
        visit.items::<ObjectionSummary>(&objections),
    )?;
    let who = objections.items.iter().map(|objection| objection.objector.as_str());
    let names = visit.names(who.chain(refuted.items.iter().map(|record| record.author.as_str()))).await;
    let body = html! {
        p.lead { (visit.say(HomeText::Lead)) }
        (totals_of(&visit, &totals))
        (closing(&visit, &open.items))
        (objected(&visit, &names, &objections.items))
        (claims(&visit, &names, &refuted.items))
        (tenders(&visit, &newest.items))
        (notice(visit.say(HomeText::HowToRead), &html! {
            p { (visit.say(HomeText::ReadFirst)) }
            p { (visit.say(HomeText::ReadProof)) }
        }))
        (state(&visit, &log, last.items.first()))
    };
    let leaf = Leaf::new(visit.say(HomeText::Title), body);
    Ok(Leaf { about: Some(visit.say(HomeText::Lead).to_owned()), ..leaf })
}

/// Each total leads to the list that has as many.
fn totals_of(visit: &Visit, totals: &TotalsView) -> Markup {
    let list = |total: &TotalView| match total.total {
        Total::Records => visit.at("/log"),
        _ => visit.at(total.list.trim_start_matches("/v1")),
    };
    html! {
        ul.totals aria-label=(visit.say(HomeText::Totals)) {
            @for total in &totals.items { li { a href=(list(total)) { strong { (total.count) } " " (visit.say(total.total)) } } }
        }
        p.aside {
            (visit.tell(HomeText::CountedUpTo, &[("size", &totals.size.to_string())])) " " (time(&totals.time)) " · "
            a href=(visit.at("/statistics")) { (visit.say(HomeText::MoreFigures)) }
        }
    }
}

/// Whose window ends first stands first.
fn closing(visit: &Visit, open: &[TenderSummary]) -> Markup {
    let columns = [HomeText::Tender, HomeText::ObjectUntil, HomeText::Unit].map(|text| visit.say(text));
    let row = |tender: &TenderSummary| {
        let until =
            html! { @match &tender.window_until { Some(until) => { (component::until(until)) } None => { "—" } } };
        vec![link(visit, tender), until, html! { (tender.procuring_unit) }]
    };
    part(visit, HomeText::Closing, "/tenders?status=preannounced", &columns, open.iter().map(row).collect())
}

fn objected(visit: &Visit, names: &Names, objections: &[ObjectionSummary]) -> Markup {
    let columns = [HomeText::Objection, HomeText::State, HomeText::By, HomeText::Filed].map(|text| visit.say(text));
    let row = |objection: &ObjectionSummary| {
        let to = format!("{}#objection-{}", visit.tender(&objection.tender), encoded(&objection.id));
        vec![
            html! { a href=(to) { (objection.tender) " · " (objection.id) } },
            tag(objection_tone(objection.status), visit.say(objection.status)),
            organisation(visit, names, &objection.objector),
            time(&objection.filed),
        ]
    };
    part(visit, HomeText::Objected, "/objections", &columns, objections.iter().map(row).collect())
}

/// Claims of candidates that were found to be false.
fn claims(visit: &Visit, names: &Names, refuted: &[RecordView]) -> Markup {
    let columns = [HomeText::Claim, HomeText::Reasons, HomeText::FoundBy, HomeText::Time].map(|text| visit.say(text));
    let row = |record: &RecordView| -> Option<Vec<Markup>> {
        let found: ClaimRefutation = field::parse(record.payload.to_string().as_bytes()).ok()?;
        let tender = record.stream.0.split_once('/')?.1;
        let to = format!("{}#lot-{}", visit.tender(tender), encoded(found.lot.as_str()));
        Some(vec![
            html! { a href=(to) { (tender) " · " (found.claim.as_str()) } },
            html! { (found.reasons) },
            organisation(visit, names, &record.author),
            html! { (time(&record.time)) " " (record_link(visit, record.index)) },
        ])
    };
    let rows: Vec<_> = refuted.iter().filter_map(row).collect();
    html! { @if !rows.is_empty() { h2 { (visit.say(HomeText::Refuted)) } (table(visit.say(HomeText::Refuted), &columns, &rows)) } }
}

fn tenders(visit: &Visit, newest: &[TenderSummary]) -> Markup {
    let columns = [HomeText::Tender, HomeText::State, HomeText::Unit, HomeText::Time].map(|text| visit.say(text));
    let row = |tender: &TenderSummary| {
        let state = tag(tender_tone(tender.status), visit.say(tender.status));
        vec![link(visit, tender), state, html! { (tender.procuring_unit) }, time(&tender.first_time)]
    };
    part(visit, HomeText::Newest, "/tenders", &columns, newest.iter().map(row).collect())
}

fn link(visit: &Visit, tender: &TenderSummary) -> Markup {
    html! { a href=(visit.tender(&tender.code)) { (tender.title) } }
}

/// A table with the way to all that it shows some of.
fn part(visit: &Visit, text: HomeText, all: &str, columns: &[&str], rows: Vec<Vec<Markup>>) -> Markup {
    html! {
        h2 { (visit.say(text)) }
        @if rows.is_empty() { p { (visit.say(HomeText::NothingNow)) } } @else {
            (table(visit.say(text), columns, &rows))
            p { a href=(visit.at(all)) { (visit.say(HomeText::All)) } }
        }
    }
}

/// How far the log is, and how old that is.
fn state(visit: &Visit, log: &LogView, last: Option<&RecordView>) -> Markup {
    let mut rows = vec![
        (visit.say(HomeText::Size), html! { (log.size) }),
        (visit.say(HomeText::Root), html! { code { (log.root) } }),
        (visit.say(HomeText::Origin), html! { code { (log.origin) } }),
    ];
    if let Some(last) = last {
        rows.insert(
            1,
            (visit.say(HomeText::LastRecord), html! { (time(&last.time)) " · " (record_link(visit, last.index)) }),
        );
    }
    if let Some(size) = log.witnessed_size {
        rows.push((visit.say(HomeText::Witnessed), html! { (size) }));
    }
    html! { h2 { (visit.say(HomeText::TheLog)) } (summary(&rows)) }
}

texts! { HomeText {
    Title "公共采购，全程公示" "Public procurement, all of it in the open"
    Lead "每个项目在招标前公示条款，任何供应商可提出异议；中标业绩人人可核；双方承诺、评价与保证金全程留痕。" "Every tender shows its terms before the call, and any enterprise may object; what winners claim can be checked by everybody; commitments, evaluations and deposits leave a trace to the end."
    Totals "总数" "Totals"
    CountedUpTo "统计到第 {size} 条记录，其时间为" "Counted up to record {size}, of"
    MoreFigures "更多统计" "More figures"
    Closing "正在公示，可提出异议" "Disclosed now: open to objections"
    Objected "最近的异议" "Newest objections"
    Refuted "查明不实的申报" "Claims found to be false"
    Newest "最新项目" "Newest tenders"
    Tender "项目" "Tender"
    ObjectUntil "异议截止" "Objections until"
    Unit "采购人" "Procuring unit"
    Objection "异议" "Objection"
    State "状态" "State"
    By "提出人" "By"
    Filed "提出时间" "Filed"
    Claim "申报内容" "Claim"
    Reasons "理由" "Reasons"
    FoundBy "认定单位" "Found by"
    Time "时间" "Time"
    All "查看全部" "See all"
    NothingNow "目前没有。" "Nothing now."
    HowToRead "怎样阅读" "How to read this"
    ReadFirst "每个项目页先写明下一步：谁可以在什么期限前做什么；然后是基本信息、结果、异议与答复、条款及其变化。" "The page of a tender says first what happens next: who may do what, and by when; then the facts, results, objections and answers, the terms and how they changed."
    ReadProof "每一项都注明所依据的记录。记录由作者签名、按序链接，删改任何一条都会被发现；无需信任本站即可核验。" "Everything names the record it rests on. Records are signed by their authors and chained, so that a change of any of them shows; they can be verified without trusting this site."
    TheLog "日志现状" "The log now"
    Size "记录数" "Records"
    LastRecord "最近一条" "Newest record"
    Root "根哈希" "Root hash"
    Origin "日志名称" "Name of the log"
    Witnessed "见证人已确认的记录数" "Records that witnesses have confirmed"
} }
