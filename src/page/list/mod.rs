//! Lists: one way to ask, page and take them away. A list says what the API lists, by what it is asked, and what a row shows.

mod commitments;
mod deposits;
mod documents;
mod evaluations;
mod filter;
mod formats;
mod lots;
mod objections;
mod organisations;
mod tenders;

pub(super) use commitments::{COMMITMENTS, tone as commitment_tone};
pub(super) use deposits::{DEPOSITS, tone as deposit_tone};
pub(super) use documents::DOCUMENTS;
pub(super) use evaluations::{EVALUATIONS, tone as evaluation_tone};
pub(super) use filter::{Filter, Kind, every, form, question};
pub(super) use formats::ENDINGS;
use formats::{Dated, ListDue};
pub(super) use lots::{LOTS, tone as lot_tone};
pub(super) use objections::{OBJECTIONS, tone as objection_tone};
pub(super) use organisations::{ORGANISATIONS, tone as organisation_tone};
pub(super) use tenders::{TENDERS, tone as tender_tone};

use super::Section;
use super::component::{Tone, end_of_period, notice, on_the_clock, table, tag, time, until};
use super::money;
use super::query::PageQuery;
use super::refusal::Unshown;
use super::shell::Leaf;
use super::text::texts;
use super::visit::{Names, Visit};
use crate::field::DueTime;
use crate::http::{due_at, encoded};
use maud::{Markup, html};
use serde::de::DeserializeOwned;
use std::sync::Arc;

/// Rows of a page: what an old phone shows at once.
const ROWS_SHOWN: u32 = 25;

/// Rows where the list is a part of another page.
const PART_ROWS: u32 = 10;

/// Digits of a hash that a page shows: enough to tell documents apart by eye.
const HASH_SHOWN: usize = 12;

/// A list of the API, and how it is shown.
pub(super) struct List<T: 'static> {
    pub section: Section,
    /// The list of the API.
    pub api: &'static str,
    pub about: ListText,
    pub filters: &'static [Filter],
    pub columns: &'static [ListText],
    /// The organisations that a row names.
    pub named: fn(&T) -> Vec<&str>,
    pub row: fn(&Visit, &Names, &T) -> Vec<Cell>,
    /// What it is called where it belongs: a lot in its tender.
    pub code: fn(&T) -> String,
    /// The newest record of what it is of.
    pub last_entry: fn(&T) -> u64,
    pub dated: Dated<T>,
}

/// What stands in a cell, on the page and in a file.
pub(super) enum Cell {
    Link {
        to: String,
        text: String,
    },
    Text(String),
    /// A hash: its beginning on the page, all of it in a file.
    Hash(String),
    Tag(Tone, &'static str),
    /// UTC, shown as the clock of Shanghai has it.
    Time(String),
    /// The same of the end of a period: midnight is 24:00 of the day that ends.
    Until(String),
    /// Minor units of yuan.
    Yuan(i64),
    Nothing,
}

impl Cell {
    fn organisation(visit: &Visit, names: &Names, id: &str) -> Self {
        let text = names.get(id).unwrap_or(id).to_owned();
        Self::Link { to: visit.organisation(id), text }
    }

    fn tender(visit: &Visit, code: &str, text: &str) -> Self {
        Self::Link { to: visit.tender(code), text: text.to_owned() }
    }

    fn html(&self, visit: &Visit) -> Markup {
        match self {
            Self::Link { to, text } => html! { a href=(to) { (text) } },
            Self::Text(text) => html! { (text) },
            Self::Hash(hash) => html! { code title=(hash) { (hash.get(..HASH_SHOWN).unwrap_or(hash)) "…" } },
            Self::Tag(tone, word) => tag(*tone, word),
            Self::Time(instant) => time(instant),
            Self::Until(instant) => until(instant),
            Self::Yuan(minor) => html! { span.number { (money::yuan(visit, *minor)) } },
            Self::Nothing => html! { "—" },
        }
    }

    /// Where it leads.
    fn link(&self) -> Option<&str> {
        match self {
            Self::Link { to, .. } => Some(to),
            Self::Text(_)
            | Self::Hash(_)
            | Self::Tag(..)
            | Self::Time(_)
            | Self::Until(_)
            | Self::Yuan(_)
            | Self::Nothing => None,
        }
    }

    /// For a file: amounts are plain numbers of yuan.
    fn text(&self) -> String {
        match self {
            Self::Link { text, .. } | Self::Text(text) | Self::Hash(text) => text.clone(),
            Self::Tag(_, word) => (*word).to_owned(),
            Self::Time(instant) => on_the_clock(instant),
            Self::Until(instant) => end_of_period(instant),
            Self::Yuan(minor) => format!("{}.{:02}", minor / 100, minor % 100),
            Self::Nothing => String::new(),
        }
    }
}

impl<T: DeserializeOwned + Send + Sync + 'static> List<T> {
    /// The list as a page.
    pub(super) async fn show(&'static self, visit: Arc<Visit>) -> Result<Leaf, Unshown> {
        let question = filter::question(&visit, self.filters)?;
        let after = visit.asked("after").map(|after| format!("&after={}", encoded(after))).unwrap_or_default();
        let path = format!("{}?counts=true&limit={ROWS_SHOWN}{question}{after}", self.api);
        let found = visit.items::<T>(&path).await?;
        let form = filter::form(&visit, self.filters, found.counts.as_ref(), &visit.at(self.section.path()));
        let lead = html! { p.lead { (visit.say(self.about)) } };
        let names = visit.names(found.items.iter().flat_map(self.named)).await;
        let body = html! {
            (lead)
            (form)
            @if found.items.is_empty() { (self.nothing(&visit, &question)) } @else { (self.table(&visit, visit.say(self.section), &names, &found.items)) }
            (pages(&visit, &question, found.next.as_deref()))
            (self.files(&visit, &question))
        };
        let leaf = Leaf::of(self.section, visit.say(self.section), body);
        // One page of many, or of a question, is nothing that a search engine should keep.
        let is_listed = question.is_empty() && visit.asked("after").is_none();
        let feed = Some(self.address(&visit, ".atom", &question));
        Ok(Leaf { is_listed, about: Some(visit.say(self.about).to_owned()), feed, ..leaf })
    }

    /// What it is asked by, and its form with what was wrong.
    fn query(&'static self) -> PageQuery {
        let names = self.filters.iter().map(|filter| filter.name).chain(["after"]);
        PageQuery::of(names).again(move |visit, unshown| {
            let form = filter::form(visit, self.filters, None, &visit.at(self.section.path()));
            let body = html! { p.lead { (visit.say(self.about)) } (unshown.box_in(visit.language)) (form) };
            Leaf::of(self.section, visit.say(self.section), body)
        })
    }

    /// The first rows of the list with a question, for a page about something else; nothing where there are none.
    pub(super) async fn part(&'static self, visit: &Visit, heading: &str, question: &str) -> Result<Markup, Unshown> {
        let found = visit.items::<T>(&format!("{}?limit={PART_ROWS}&{question}", self.api)).await?;
        let names = visit.names(found.items.iter().flat_map(self.named)).await;
        let all = format!("{}?{question}", visit.at(self.section.path()));
        Ok(html! {
            @if !found.items.is_empty() {
                h2 { (heading) }
                (self.table(visit, heading, &names, &found.items))
                p { a href=(all) { (visit.say(ListText::ShowAll)) } }
            }
        })
    }

    fn table(&self, visit: &Visit, caption: &str, names: &Names, items: &[T]) -> Markup {
        let columns: Vec<_> = self.columns.iter().map(|column| visit.say(*column)).collect();
        let rows: Vec<_> = items
            .iter()
            .map(|item| (self.row)(visit, names, item).iter().map(|cell| cell.html(visit)).collect())
            .collect();
        table(caption, &columns, &rows)
    }

    /// Why there is nothing, and what to try.
    fn nothing(&self, visit: &Visit, question: &str) -> Markup {
        let all = visit.at(self.section.path());
        notice(
            visit.say(ListText::NothingFound),
            &html! {
                @if question.is_empty() { p { (visit.say(ListText::NothingYet)) } } @else {
                    p { (visit.say(ListText::NothingFits)) }
                    ul { @for (label, value) in filter::in_words(visit, self.filters) { li { (label) ": " strong { (value) } } } }
                    p { (visit.say(ListText::TryLess)) " " a href=(all) { (visit.say(ListText::ShowAll)) } }
                }
            },
        )
    }
}

/// A date that is an instant.
fn instant(text: Option<&str>) -> Option<DueTime> {
    Some(due_at(text?.parse().ok()?))
}

/// A date that is a day, or an hour with its zone.
fn day_or_hour(text: Option<&str>) -> Option<DueTime> {
    text?.parse().ok()
}

fn pages(visit: &Visit, question: &str, next: Option<&str>) -> Markup {
    let question = question.trim_start_matches('&');
    html! {
        @if next.is_some() || visit.asked("after").is_some() {
            nav.pages aria-label=(visit.say(ListText::Pages)) {
                @if visit.asked("after").is_some() { a href={ "?" (question) } { (visit.say(ListText::FirstPage)) } }
                @if let Some(next) = next {
                    a rel="next" href={ "?" (question) @if !question.is_empty() { "&" } "after=" (encoded(next)) } { (visit.say(ListText::NextPage)) }
                }
            }
        }
    }
}

texts! { ListText {
    AboutTenders "每个项目从招标前公示到验收的全过程，最新公示的在前。" "Every tender from its disclosure before the call to acceptance, the newest first."
    AboutLots "每个标段的候选人、中标人与金额，最新公示的项目在前。" "The candidates, winners and amounts of every lot, those of the newest tenders first."
    AboutObjections "对招标前公示条款提出的异议，及其答复与裁定。" "Objections to disclosed terms, their answers and rulings."
    AboutOrganisations "登记的主体及其身份，最新确认的在前。" "Registered organisations and their roles, those that were confirmed last first."
    AboutEvaluations "承诺双方在中标、签约、验收等节点的互相评价，最新开始的在前。" "How the sides of commitments judged each other after award, contract and acceptance, the newest first."
    AboutDeposits "每笔保证金现在怎样、最迟何时退还；不含金额，最新通知的在前。" "Where each deposit stands and when it goes back at the latest, the newest first; without amounts."
    AboutDocuments "项目与承诺的记录所引用的文件，最新引用的在前；每份文件以其 SHA-256 为名，可下载核对。" "Documents that records of tenders and commitments name, the newest first; each is called by its SHA-256, and can be had and compared."
    AboutCommitments "采购人与供应商签署的廉洁从业双承诺，最新提出的在前。" "Integrity commitments that procuring units and enterprises signed, the newest first."
    Tender "项目" "Tender"
    TenderOrYear "项目或年度" "Tender or year"
    Lot "标段" "Lot"
    Objection "异议" "Objection"
    Organisation "主体" "Organisation"
    Commitment "承诺" "Commitment"
    Status "信息类型" "Stage"
    State "状态" "State"
    Document "文件" "Document"
    MediaType "文件类型" "File type"
    Size "大小（字节）" "Bytes"
    Hash "SHA-256" "SHA-256"
    Source "所属" "Belongs to"
    RecordOf "引用的记录" "Named by"
    Author "引用者" "Signed by"
    Cited "引用时间" "Named"
    Nature "业务类型" "Kind"
    Unit "采购人" "Procuring unit"
    Enterprise "供应商" "Enterprise"
    Centre "采购中心" "Centre"
    Estimate "预算金额（元）" "Estimate (CNY)"
    Awarded "中标金额（元）" "Awarded (CNY)"
    Winners "中标人" "Winners"
    Candidates "候选人数" "Candidates"
    Challenges "未答复的质疑" "Open challenges"
    Objector "异议人" "Objector"
    Filed "提出时间" "Filed"
    AnswerDue "答复期限" "Answer due"
    ListedSince "列入时间" "Listed since"
    Offered "提出时间" "Offered"
    Opened "开始时间" "Opened"
    AnnouncedAt "通知时间" "Announced"
    Published "公示时间" "Disclosed"
    LastRecord "最近记录" "Last record"
    Roles "身份" "Roles"
    Role "身份" "Role"
    Year "年度" "Year"
    Evaluation "评价" "Evaluation"
    Milestone "评价节点" "At"
    ByUnit "采购人的评价" "Rating by the unit"
    ByEnterprise "供应商的评价" "Rating by the enterprise"
    OpenBreaches "未结违诺举报" "Open reports of breaches"
    Deposit "保证金" "Deposit"
    Payee "收取人" "Payee"
    Payer "交纳人" "Payer"
    Refund "退还情况" "How it went back"
    RefundBy "最迟退还" "To be back by"
    DaysLate "逾期天数" "Days late"
    Result "结论" "Result"
    Answered "答复是否按期" "Answered in time"
    Bidding "投标家数" "Bids"
    Opening "是否按时开标" "Opened on the day"
    GroupBy "分组" "Group by"
    Words "名称含有" "Words of the title"
    RegionBegins "地区（行政区划代码，如 4101）" "Region (code, such as 4101)"
    OrganisationCode "统一社会信用代码" "Code of the organisation"
    AuthorCode "引用者（统一社会信用代码）" "Signed by (code)"
    From "起始日期" "From"
    To "截止日期" "To"
    AmountFrom "金额不低于（元）" "Amount from (CNY)"
    AmountTo "金额不高于（元）" "Amount to (CNY)"
    TenderCode "项目编号" "Code of the tender"
    Any "不限" "Any"
    Filter "筛选" "Filter"
    CountedNewest "括号内为列表前 2,000 项中符合条件的项数；没有括号的，前 2,000 项中没有，其后的没有数。" "In brackets: how many of the first 2,000 items have the value. Where there are none, none of these has it, and those behind were not counted."
    FilterBy "筛选条件" "Filter by"
    NothingFound "没有找到" "Nothing was found"
    NothingYet "这里还没有记录。" "There are no records here yet."
    NothingFits "没有记录同时符合以下条件：" "No record fits all of these:"
    TryLess "请减少条件，或缩短搜索的字词。" "Ask for less, or use shorter words."
    ShowAll "显示全部" "Show all"
    NextPage "下一页" "Next page"
    FirstPage "第一页" "First page"
    Pages "分页" "Pages"
    Window "异议截止" "Objections until"
    BidsDue "投标截止" "Bids due"
    BidsOpened "开标" "Bids opened"
    BidsDuePlanned "投标截止（计划）" "Bids due, as planned"
    BidsOpenedPlanned "开标（计划）" "Bids opened, as planned"
    Code "编号" "Code"
    NewestRecord "最新记录序号" "Newest record"
    Address "网址" "Address"
    Feed "订阅源" "Feed"
    Calendar "日历" "Calendar"
    TheSameAs "本列表的数据文件：" "This list as data:"
    NotAnAmount "应为以元计的金额，可带两位小数，例如 120000 或 120000.50" "is an amount in yuan, with up to two decimals, such as 120000 or 120000.50"
} }
