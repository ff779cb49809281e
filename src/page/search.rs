//! 搜索: words over everything, with how many of what was found share each value, and where the words stand.

use super::component::{Tone, notice, tag, time};
use super::query::PageQuery;
use super::refusal::Unshown;
use super::shell::Leaf;
use super::subscription;
use super::text::{EveryWord, Say, texts};
use super::visit::{Names, Visit};
use crate::commitment::CommitmentStatus;
use crate::field::Nature;
use crate::http::{FilterCounts, encoded};
use crate::organisation::OrganisationStatus;
use crate::search::{NothingView, SearchHit, SearchKind, SearchPage, StretchView, page_path};
use crate::subscription::WaysView;
use crate::tender::{Method, ObjectionStatus, TenderStatus};
use maud::{Markup, html};
use std::sync::Arc;

/// What the API may be asked by, in the order in which a reader sees it.
const FILTERS: [(&str, SearchText); 7] = [
    ("kind", SearchText::Kind),
    ("nature", SearchText::Nature),
    ("method", SearchText::Method),
    ("status", SearchText::Status),
    ("region", SearchText::Region),
    ("unit", SearchText::Unit),
    ("year", SearchText::Year),
];

/// The days of which one is asked for: no values that things share.
const DAYS: [(&str, SearchText); 2] = [("began_from", SearchText::From), ("began_to", SearchText::To)];

/// The parameters of a search, in the order of an address.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    ["q"].into_iter().chain(FILTERS.into_iter().chain(DAYS).map(|(name, _)| name))
}

/// What it is asked by, and its form with what was wrong; without the filters, of which one may be at fault.
pub(super) fn query() -> PageQuery {
    PageQuery::of(names().chain(["after"])).again(|visit, unshown| {
        let body = html! { (form(visit, &[])) (unshown.box_in(visit.language)) };
        Leaf::new(visit.say(SearchText::Title), body)
    })
}

pub(super) async fn show(visit: Arc<Visit>) -> Result<Leaf, Unshown> {
    let question = question(&visit, None);
    let after = visit.asked("after").map(|after| format!("&after={}", encoded(after))).unwrap_or_default();
    let title = visit.say(SearchText::Title);
    let found: SearchPage = visit.found(&format!("/v1/search?{question}{after}")).await?;
    let counts = found.counts.iter().flat_map(|counts| &counts.filters);
    let units = counts.filter(|counts| counts.filter == "unit").flat_map(|counts| &counts.values);
    let ways: WaysView = visit.view("/v1/subscriptions").await?;
    let units = units.map(|value| value.value.as_str()).chain(found.items.iter().filter_map(|hit| hit.unit.as_deref()));
    let names = visit.names(units).await;
    let body = html! {
        (form(&visit, &kept(&visit)))
        @if let Some(nothing) = &found.nothing { (why_nothing(&visit, nothing)) }
        @if let Some(counts) = &found.counts {
            @if counts.things > 0 {
                p { (visit.tell(if counts.more { SearchText::MoreThan } else { SearchText::Found }, &[("count", &counts.things.to_string())])) }
            }
            (narrowing(&visit, &names, &counts.filters))
        }
        (days(&visit))
        @if found.shortened { p { (visit.say(SearchText::Shortened)) } }
        ol.hits { @for hit in &found.items { (one(&visit, &names, hit)) } }
        @if let Some(next) = &found.next {
            nav.pages aria-label=(title) { a rel="next" href={ "?" (question) "&after=" (encoded(next)) } { (visit.say(SearchText::NextPage)) } }
        }
        (files(&visit, &question))
        (subscription::ways(&visit, &ways, &asked(&visit), &question))
        p.aside { (visit.tell(SearchText::KnownTo, &[("size", &found.size.to_string())])) }
    };
    let feed = Some(format!("/v1/search.atom?{question}"));
    Ok(Leaf { is_listed: false, feed, ..Leaf::new(title, body) })
}

/// What was asked, with one filter set otherwise (or not at all, where the value is empty).
fn question(visit: &Visit, but: Option<(&str, &str)>) -> String {
    let value = |name: &str| match but {
        Some((changed, value)) if changed == name => Some(value.to_owned()).filter(|value| !value.is_empty()),
        _ => visit.asked(name).map(str::to_owned),
    };
    let pairs = names().filter_map(|name| Some(format!("{name}={}", encoded(&value(name)?))));
    pairs.collect::<Vec<_>>().join("&")
}

/// The filters that are asked for: a search for other words keeps them.
fn kept(visit: &Visit) -> Vec<(&'static str, &str)> {
    names().skip(1).filter_map(|name| Some((name, visit.asked(name)?))).collect()
}

fn form(visit: &Visit, kept: &[(&str, &str)]) -> Markup {
    html! {
        form.search.large role="search" action=(visit.at("/search")) method="get" {
            input type="search" name="q" aria-label=(visit.say(SearchText::Words)) value=(visit.asked("q").unwrap_or_default()) maxlength="200";
            @for (name, value) in kept { input type="hidden" name=(name) value=(value); }
            button type="submit" { (visit.say(SearchText::Title)) }
        }
        p.aside { (visit.say(SearchText::HowTo)) }
    }
}

fn why_nothing(visit: &Visit, nothing: &NothingView) -> Markup {
    notice(visit.say(SearchText::NothingFound), &html! { p { (visit.either(&nothing.zh, &nothing.en)) } })
}

/// What the value of a filter is called.
fn word(visit: &Visit, names: &Names, filter: &str, value: &str) -> String {
    fn of<T: EveryWord + Say + serde::Serialize>(visit: &Visit, value: &str) -> Option<&'static str> {
        let is_it = |word: &&T| serde_json::to_value(word).is_ok_and(|name| name == value);
        T::EVERY.iter().find(is_it).map(|word| visit.say(word))
    }
    let known = match filter {
        "kind" => of::<SearchKind>(visit, value),
        "nature" => of::<Nature>(visit, value),
        "method" => of::<Method>(visit, value),
        "status" => of::<TenderStatus>(visit, value)
            .or_else(|| of::<ObjectionStatus>(visit, value))
            .or_else(|| of::<OrganisationStatus>(visit, value))
            .or_else(|| of::<CommitmentStatus>(visit, value)),
        _ => None,
    };
    known.or_else(|| names.get(value)).unwrap_or(value).to_owned()
}

/// Each value that things share, with how many; the one that is asked for leads back.
fn narrowing(visit: &Visit, names: &Names, counts: &[FilterCounts]) -> Markup {
    html! {
        @for (filter, label) in FILTERS {
            @if let Some(counts) = counts.iter().find(|counts| counts.filter == filter) {
                @if counts.values.len() > 1 || visit.asked(filter).is_some() {
                    nav.values aria-label=(visit.say(label)) {
                        h2 { (visit.say(label)) }
                        ul {
                            @for value in &counts.values {
                                @let is_asked = visit.asked(filter) == Some(&value.value);
                                @let to = question(visit, Some((filter, if is_asked { "" } else { &value.value })));
                                li {
                                    a href={ "?" (to) } aria-current=[is_asked.then_some("true")] { (word(visit, names, filter, &value.value)) }
                                    " " span.number { (value.count) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The days that are asked for, each leading back.
fn days(visit: &Visit) -> Markup {
    html! {
        @for (name, label) in DAYS {
            @if let Some(day) = visit.asked(name) {
                nav.values aria-label=(visit.say(label)) {
                    h2 { (visit.say(label)) }
                    ul { li { a href={ "?" (question(visit, Some((name, "")))) } aria-current="true" { (day) } } }
                }
            }
        }
    }
}

fn one(visit: &Visit, names: &Names, hit: &SearchHit) -> Markup {
    let kind = visit.say(hit.kind);
    let to = visit.at(&page_path(hit.kind, &hit.key));
    html! {
        li {
            p.hit { a href=(to) { (marked(&hit.title, &hit.stretches)) } " " (tag(Tone::Plain, kind)) " " (tag(Tone::Plain, &word(visit, names, "status", &hit.status))) }
            @if let Some(snippet) = &hit.snippet { p { (marked(&snippet.text, &snippet.stretches)) } }
            p.when { code { (hit.key) } " · " (time(&hit.time)) @if let Some(unit) = &hit.unit { " · " (names.get(unit).unwrap_or(unit)) } }
        }
    }
}

/// A text with the words that were looked for marked.
fn marked(text: &str, stretches: &[StretchView]) -> Markup {
    let characters: Vec<char> = text.chars().collect();
    let piece = |from: usize, to: usize| {
        characters[from.min(characters.len())..to.min(characters.len())].iter().collect::<String>()
    };
    let mut at = 0;
    let mut pieces = Vec::new();
    for stretch in stretches {
        let (start, end) = (stretch.start as usize, (stretch.start + stretch.length) as usize);
        if start >= at {
            pieces.push((piece(at, start), piece(start, end)));
            at = end;
        }
    }
    html! { @for (plain, found) in &pieces { (plain) mark { (found) } } (piece(at, characters.len())) }
}

/// What is asked for, by name.
fn asked(visit: &Visit) -> Vec<(&'static str, &str)> {
    names().filter_map(|name| Some((name, visit.asked(name)?))).collect()
}

/// The same query as files.
fn files(visit: &Visit, question: &str) -> Markup {
    html! {
        p.files {
            (visit.say(SearchText::Download)) " "
            a href={ "/v1/search.csv?" (question) } { "CSV" } " · "
            a href={ "/v1/search?" (question) } { "JSON" }
        }
    }
}

texts! { SearchText {
    Title "搜索" "Search"
    Words "字词、编号或单位" "Words, codes or names"
    HowTo "在项目名称、条款、异议、单位与编号中查找，两个汉字即可；多个词须同时出现，引号内按原文查找。" "Looks in titles, clauses, objections, names and codes; two Han characters are enough. Of several words each must be found; what is quoted stands as it is."
    Kind "内容" "What"
    Nature "业务类型" "Kind"
    Method "采购方式" "Method"
    Status "状态" "State"
    Region "地区" "Region"
    Unit "采购人" "Procuring unit"
    Year "年份" "Year"
    From "起始日期" "Began from"
    To "截止日期" "Began to"
    Found "找到 {count} 项" "{count} found"
    MoreThan "找到 {count} 项以上" "More than {count} found"
    Shortened "搜索的字词过多，超出部分没有查找。" "There were too many words; the rest was not looked for."
    NothingFound "没有找到" "Nothing was found"
    NextPage "下一页" "Next page"
    Download "下载这一搜索：" "Download this search:"
    KnownTo "索引已包含前 {size} 条记录。" "The index knows the first {size} records."
} }

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_marked_where_they_stand() {
        let stretch = |start, length| StretchView { start, length };
        let shown = |stretches: &[StretchView]| marked("智慧<教室>设备", stretches).into_string();
        assert_eq!(shown(&[stretch(3, 2)]), "智慧&lt;<mark>教室</mark>&gt;设备");
        assert_eq!(shown(&[]), "智慧&lt;教室&gt;设备");
        assert_eq!(
            shown(&[stretch(0, 2), stretch(1, 3), stretch(6, 9)]),
            "<mark>智慧</mark>&lt;教室&gt;<mark>设备</mark>"
        );
    }
}
