//! 统计: figures with their numbers beside them, how each is counted and what is missing, and how payees give deposits back.

mod chart;
mod refunds;
mod regions;

pub(super) use refunds::payee;

use super::Section;
use super::component::{captioned, notice, time};
use super::foreign;
use super::list::{Filter, Kind, ListText, every, form, question};
use super::query::PageQuery;
use super::refusal::Unshown;
use super::shell::Leaf;
use super::text::texts;
use super::visit::{Names, Visit};
use crate::http::encoded;
use crate::statistics::{
    CountView, GroupedBy, Statistic, StatisticAbout, StatisticFigure, StatisticGroupView, StatisticsView,
};
use chart::Bar;
use maud::{Markup, html};
use std::sync::Arc;

/// Groups that a page shows: as many bars as can be compared.
const GROUPS_SHOWN: u32 = 20;

static FILTERS: [Filter; 5] = [
    Filter { name: "by", label: ListText::GroupBy, kind: Kind::OneOf(every::<GroupedBy>) },
    Filter { name: "region", label: ListText::RegionBegins, kind: Kind::Text },
    Filter { name: "unit", label: ListText::Unit, kind: Kind::Text },
    Filter { name: "from", label: ListText::From, kind: Kind::Day },
    Filter { name: "to", label: ListText::To, kind: Kind::Day },
];

/// What it is asked by, and its form with what was wrong.
pub(super) fn query() -> PageQuery {
    PageQuery::of(FILTERS.iter().map(|filter| filter.name).chain(["after"])).again(|visit, unshown| {
        let form = form(visit, &FILTERS, None, &visit.at(Section::Statistics.path()));
        let body = html! { p.lead { (visit.say(Text::Lead)) } (unshown.box_in(visit.language)) (form) };
        Leaf::of(Section::Statistics, visit.say(Section::Statistics), body)
    })
}

pub(super) async fn show(visit: Arc<Visit>) -> Result<Leaf, Unshown> {
    let asked = question(&visit, &FILTERS)?;
    let form = form(&visit, &FILTERS, None, &visit.at(Section::Statistics.path()));
    let lead = html! { p.lead { (visit.say(Text::Lead)) } };
    let after = visit.asked("after").map(|after| format!("&after={}", encoded(after))).unwrap_or_default();
    let view = visit.found::<StatisticsView>(&format!("/v1/statistics?limit={GROUPS_SHOWN}{asked}{after}")).await?;
    let units = view.groups.iter().filter_map(|group| group.key.as_deref()).filter(|_| view.by == GroupedBy::Unit);
    let names = visit.names(units).await;
    let size = view.size.to_string();
    let body = html! {
        (lead)
        (form)
        p { (visit.tell(Text::CountedUpTo, &[("size", &size)])) " " (time(&view.time)) }
        (notice(visit.say(Text::HowToRead), &html! { ul {
            @for text in [Text::ReadKnown, Text::ReadShare, Text::ReadLists, Text::ReadWindows] { li { (visit.say(text)) } }
        } }))
        @for (at, about) in view.about.iter().enumerate() { (statistic(&visit, &names, &view, at, about)) }
        (pages(&visit, &asked, view.next))
        (refunds::all(&visit).await?)
        (files(&visit, &asked))
    };
    let leaf = Leaf::of(Section::Statistics, visit.say(Section::Statistics), body);
    let is_listed = asked.is_empty() && after.is_empty();
    Ok(Leaf { is_listed, about: Some(visit.say(Text::Lead).to_owned()), ..leaf })
}

/// What a group is called.
fn label(visit: &Visit, names: &Names, by: GroupedBy, key: Option<&str>) -> String {
    match (by, key) {
        (_, None) => visit.say(Text::NotStated).to_owned(),
        (GroupedBy::Year, Some(year)) => format!("{year}{}", visit.either(" 年", "")),
        (GroupedBy::Region, Some(digits)) => regions::name(visit, digits),
        (GroupedBy::Unit, Some(code)) => names.get(code).unwrap_or(code).to_owned(),
    }
}

fn statistic(visit: &Visit, names: &Names, view: &StatisticsView, at: usize, about: &StatisticAbout) -> Markup {
    let title = visit.either(&about.title, &about.title_en);
    let words = [
        visit.either(&about.met, &about.met_en),
        visit.either(&about.unmet, &about.unmet_en),
        visit.either(&about.unknown, &about.unknown_en),
    ];
    // Every tender is one.
    let words = if about.statistic == Statistic::Tenders { &words[..1] } else { &words[..] };
    let has_cases = |group: &&StatisticGroupView| group.figures.get(at).is_some_and(|figure| cases(figure) > 0);
    let groups: Vec<_> = view.groups.iter().filter(has_cases).collect();
    let name = about.statistic.name();
    html! {
        section.statistic id=(name) {
            h2 { (title) }
            @if groups.is_empty() { p { (visit.say(Text::NothingCounted)) } } @else {
                div.figure {
                    div {
                        (chart::bars(name, (title, visit.say(Text::SameNumbers)), words, &bars(visit, names, view.by, at, &groups)))
                        @if words.len() > 1 { (chart::key(name, words)) }
                    }
                    (numbers(visit, names, view, at, (title, words), &groups))
                }
                @if let Some(missing) = missing(visit, &view.all, at, words) { p { (missing) } }
            }
            (method(visit, about))
        }
    }
}

fn cases(figure: &StatisticFigure) -> u64 {
    figure.met.count + figure.unmet.count + figure.unknown.count
}

fn bars(visit: &Visit, names: &Names, by: GroupedBy, at: usize, groups: &[&StatisticGroupView]) -> Vec<Bar> {
    let bar = |group: &&StatisticGroupView| {
        let figure = &group.figures[at];
        let parts = [figure.met.count, figure.unmet.count, figure.unknown.count];
        let label = label(visit, names, by, group.key.as_deref());
        Bar { tongue: foreign::tag(visit.language, &label), label, parts }
    };
    groups.iter().map(bar).collect()
}

/// The same numbers as a table: the groups, and all that was asked for.
fn numbers(
    visit: &Visit,
    names: &Names,
    view: &StatisticsView,
    at: usize,
    (title, words): (&str, &[&str]),
    groups: &[&StatisticGroupView],
) -> Markup {
    let is_plain = words.len() == 1;
    let mut columns = vec![visit.say(view.by)];
    columns.extend(words);
    columns.extend((!is_plain).then(|| visit.say(Text::Share)));
    let row = |group: &StatisticGroupView, of: Markup| {
        let figure = &group.figures[at];
        let mut cells = vec![of, number(visit, &figure.met)];
        if !is_plain {
            cells.extend([
                number(visit, &figure.unmet),
                number(visit, &figure.unknown),
                share(visit, figure.share_ppm),
            ]);
        }
        cells
    };
    let mut rows: Vec<_> = groups.iter().map(|group| row(group, of_group(visit, names, view.by, group))).collect();
    rows.push(row(&view.all, html! { strong { (visit.say(Text::All)) } }));
    captioned(title, &columns, &rows)
}

/// A region leads a step down, a unit to its page.
fn of_group(visit: &Visit, names: &Names, by: GroupedBy, group: &StatisticGroupView) -> Markup {
    let text = label(visit, names, by, group.key.as_deref());
    let to = match (by, group.key.as_deref()) {
        (GroupedBy::Region, Some(digits)) if digits.len() < crate::field::RegionCode::DIGITS => {
            let period =
                ["from", "to", "unit"].map(|name| visit.asked(name).map(|value| format!("&{name}={}", encoded(value))));
            let path = format!("{}?by=region&region={digits}", Section::Statistics.path());
            Some(visit.at(&path) + &period.into_iter().flatten().collect::<String>())
        }
        (GroupedBy::Unit, Some(code)) => Some(visit.organisation(code)),
        _ => None,
    };
    html! { @match to { Some(to) => { a href=(to) { (text) } } None => { (text) } } }
}

/// A number, with the way to the list that has as many.
fn number(visit: &Visit, count: &CountView) -> Markup {
    let list = count.list.as_deref().and_then(|list| list.strip_prefix("/v1")).filter(|_| count.count > 0);
    html! {
        span.number { @match list { Some(list) => { a href=(visit.at(list)) { (count.count) } } None => { (count.count) } } }
    }
}

fn share(visit: &Visit, ppm: Option<u64>) -> Markup {
    html! {
        @match ppm {
            Some(ppm) => { span.number { (ppm / 10_000) "." (ppm % 10_000 / 1_000) "%" } }
            None => { span.aside { (visit.say(Text::Few)) } }
        }
    }
}

/// In how many cases it is not known.
fn missing(visit: &Visit, all: &StatisticGroupView, at: usize, words: &[&str]) -> Option<String> {
    let [_, _, word] = words else { return None };
    let unknown = all.figures.get(at)?.unknown.count;
    (unknown > 0).then(|| visit.tell(Text::Missing, &[("count", &unknown.to_string()), ("what", word)]))
}

fn method(visit: &Visit, about: &StatisticAbout) -> Markup {
    html! {
        p.aside {
            strong { (visit.say(Text::Method)) } (visit.either(&about.method, &about.method_en))
            @if !about.rules.is_empty() {
                " " (visit.say(Text::Rules))
                @for rule in &about.rules { " " a href={ (visit.at("/law")) "#rule-" (rule) } { (rule) } }
            }
        }
    }
}

fn pages(visit: &Visit, asked: &str, next: Option<u64>) -> Markup {
    let asked = asked.trim_start_matches('&');
    html! {
        @if next.is_some() || visit.asked("after").is_some() {
            nav.pages aria-label=(visit.say(ListText::Pages)) {
                @if visit.asked("after").is_some() { a href={ "?" (asked) } { (visit.say(ListText::FirstPage)) } }
                @if let Some(next) = next {
                    a rel="next" href={ "?" (asked) @if !asked.is_empty() { "&" } "after=" (next) } { (visit.say(ListText::NextPage)) }
                }
            }
        }
    }
}

/// The same numbers for spreadsheets and programs.
fn files(visit: &Visit, asked: &str) -> Markup {
    let question = if asked.is_empty() { String::new() } else { format!("?{}", asked.trim_start_matches('&')) };
    html! {
        p.files {
            (visit.say(Text::TheSameAs)) " " a href={ "/v1/statistics.csv" (question) } { "CSV" } " · "
            a href={ "/v1/statistics" (question) } { "JSON" }
        }
    }
}

texts! { Text {
    Lead "数字都从本日志的记录算出：写明怎样计算、哪些还不知道，并可点开背后的名单逐条核对。" "Every figure is counted from the records of this log: it says how, what is not known, and opens the list that it was counted from."
    CountedUpTo "统计到第 {size} 条记录，其时间为" "Counted up to record {size}, of"
    HowToRead "怎样阅读" "How to read this"
    ReadKnown "实心为“是”，斜纹为“否”，空框为尚不知道：不知道的不当作“否”，也不计入占比。" "Filled is yes, hatched is no, an empty box is not known: what is not known is never taken for a no, and is in no share."
    ReadShare "已知结果不足十件的，只写件数，不写占比：少一件多一件就差十个百分点以上。" "Of fewer than ten known cases only numbers are given, for one case more or less would move a share by more than ten points."
    ReadLists "数字可点开，所列条数与数字相同；不能这样列出的，没有链接。" "A number opens the list that has as many; where no list can be asked for exactly these, there is no link."
    ReadWindows "公示期、候选人公示期未满，公示服务不接受公告与定标，所以不必统计其是否届满。一项数字只说明多少，不说明谁对谁错。" "Before the windows of disclosure and of candidates are over the service accepts no call and no award, so there is nothing to count of them. A figure says how many, not who was right."
    SameNumbers "同样的数字在图旁的表里。" "The same numbers stand in the table beside it."
    NotStated "未载明" "Not stated"
    NothingCounted "没有可统计的事项。" "There is nothing to count."
    Share "占比" "Share"
    Few "不足十件" "fewer than ten"
    All "合计" "All"
    Missing "不计入占比：{what}，{count} 件。" "Not in the share: {what}, {count}."
    Method "怎样计算：" "How it is counted: "
    Rules "所依据的期限规则：" "Rules of the periods:"
    TheSameAs "同样的数字：" "The same numbers:"
    Refunds "收取人退还保证金的情况" "How payees give deposits back"
    AboutRefunds "每笔保证金计一次，按银行到账日；金额不公开到笔，各收取人账簿的总额见其数据。" "Each deposit counts once, by the bank's day. Amounts of single deposits are not public; the totals of a payee's book are in its data."
    Payee "收取人" "Payee"
    Deposits "保证金" "Deposits"
    InTime "按期退还" "In time"
    Late "逾期" "Late"
    Overdue "现在逾期未退" "Overdue now"
    OverdueSince "最早一笔逾期自" "Oldest due by"
    Running "期内待退" "Within the period"
    NotDue "未起算" "Not due"
    NoDeposits "没有保证金。" "There are no deposits."
    TheOverdue "逾期未退的名单" "All that are overdue"
    BookAsData "账簿总额（供程序读取）" "Totals of the book, for programs"
} }
