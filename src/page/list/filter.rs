//! What a list is asked by: a form, whose answers stand in the address and go to the API as they are.

use super::super::refusal::Unshown;
use super::super::text::{EveryWord, Say};
use super::super::visit::Visit;
use super::ListText;
use crate::http::{ListCounts, bad_parameter, encoded};
use maud::{Markup, html};
use serde::Serialize;

/// One question of a form, by the name that the API has for it.
pub(in crate::page) struct Filter {
    pub name: &'static str,
    pub label: ListText,
    pub kind: Kind,
}

/// What the answer is.
pub(in crate::page) enum Kind {
    Text,
    Day,
    /// Asked in yuan; the API counts minor units.
    Yuan,
    /// One of the values of an enum: its name on the wire, and what it is called.
    OneOf(fn(&Visit) -> Vec<(String, &'static str)>),
}

/// The values of an enum to choose from.
pub(in crate::page) fn every<T: EveryWord + Say + Serialize>(visit: &Visit) -> Vec<(String, &'static str)> {
    let name = |word: &T| serde_json::to_value(word).ok()?.as_str().map(str::to_owned);
    T::EVERY.iter().filter_map(|word| Some((name(word)?, visit.say(word)))).collect()
}

/// What was asked, for the API: `&name=value` for each.
///
/// # Errors
/// An amount that is none.
pub(in crate::page) fn question(visit: &Visit, filters: &[Filter]) -> Result<String, Unshown> {
    let mut question = String::new();
    for filter in filters {
        let Some(asked) = visit.asked(filter.name) else { continue };
        let value = match filter.kind {
            Kind::Yuan => minor_units(asked).ok_or_else(|| not_an_amount(filter.name))?.to_string(),
            Kind::Text | Kind::Day | Kind::OneOf(_) => asked.to_owned(),
        };
        question.push_str(&format!("&{}={}", filter.name, encoded(&value)));
    }
    Ok(question)
}

/// `120000.5` as 12000050; at most thirteen digits of yuan, which the API takes.
fn minor_units(yuan: &str) -> Option<i64> {
    let (major, minor) = yuan.split_once('.').unwrap_or((yuan, "0"));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(major) || !is_number(minor) || major.len() > 13 || minor.len() > 2 {
        return None;
    }
    Some(major.parse::<i64>().ok()? * 100 + format!("{minor:0<2}").parse::<i64>().ok()?)
}

fn not_an_amount(name: &str) -> Unshown {
    use super::super::language::Language::{Chinese, English};
    let words = (ListText::NotAnAmount.say(Chinese), ListText::NotAnAmount.say(English));
    bad_parameter(name, &words.into()).into()
}

/// What was asked, as a reader calls it.
pub(super) fn in_words(visit: &Visit, filters: &[Filter]) -> Vec<(&'static str, String)> {
    let word = |filter: &Filter, asked: &str| match filter.kind {
        Kind::OneOf(words) => words(visit).into_iter().find(|(name, _)| name == asked).map(|(_, word)| word.to_owned()),
        Kind::Text | Kind::Day | Kind::Yuan => None,
    };
    let asked = filters.iter().filter_map(|filter| Some((filter, visit.asked(filter.name)?)));
    asked
        .map(|(filter, asked)| (visit.say(filter.label), word(filter, asked).unwrap_or_else(|| asked.to_owned())))
        .collect()
}

/// The form, with what was asked filled in; open where something was.
///
/// Behind each value stands how many there would be, where that was counted.
pub(in crate::page) fn form(visit: &Visit, filters: &[Filter], counts: Option<&ListCounts>, action: &str) -> Markup {
    let is_asked = filters.iter().any(|filter| visit.asked(filter.name).is_some());
    html! {
        details.filter open[is_asked] {
            summary { (visit.say(ListText::FilterBy)) }
            form action=(action) method="get" {
                @for filter in filters { (field(visit, filter, counts)) }
                @if counts.is_some_and(|counts| counts.more) { p.aside { (visit.say(ListText::CountedNewest)) } }
                button type="submit" { (visit.say(ListText::Filter)) }
            }
        }
    }
}

/// How many there would be with a value, in brackets; nothing where that was not counted: that the first items of a longer list have
/// none does not say that there is none.
fn how_many(filter: &Filter, counts: Option<&ListCounts>, value: &str) -> Option<String> {
    let counts = counts?;
    let counted = counts.filters.iter().find(|counted| counted.filter == filter.name)?;
    let found = counted.values.iter().find(|counted| counted.value == value).map(|counted| counted.count);
    found.or_else(|| (!counts.more).then_some(0)).map(|count| format!(" ({count})"))
}

fn field(visit: &Visit, filter: &Filter, counts: Option<&ListCounts>) -> Markup {
    let id = format!("filter-{}", filter.name);
    let asked = visit.asked(filter.name).unwrap_or_default();
    html! {
        div {
            label for=(id) { (visit.say(filter.label)) }
            @match filter.kind {
                Kind::Text => { input id=(id) name=(filter.name) type="text" value=(asked) maxlength="200"; }
                Kind::Day => { input id=(id) name=(filter.name) type="date" value=(asked); }
                Kind::Yuan => { input id=(id) name=(filter.name) type="text" inputmode="decimal" value=(asked) maxlength="16"; }
                Kind::OneOf(words) => {
                    select id=(id) name=(filter.name) {
                        option value="" { (visit.say(ListText::Any)) }
                        @for (name, word) in words(visit) { option value=(name) selected[name == asked] { (word) (how_many(filter, counts, &name).unwrap_or_default()) } }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::FilterCounts;

    #[test]
    fn what_was_not_counted_is_no_zero() {
        let filter = Filter { name: "status", label: ListText::State, kind: Kind::Text };
        let counts = |more| {
            let filters = vec![FilterCounts::new("status", vec![("closed".to_owned(), 7)])];
            ListCounts { more, filters }
        };
        let told = |more, value| how_many(&filter, Some(&counts(more)), value);
        assert_eq!((told(false, "closed"), told(false, "waiting")), (Some(" (7)".into()), Some(" (0)".into())));
        assert_eq!((told(true, "closed"), told(true, "waiting")), (Some(" (7)".into()), None));
        assert_eq!(how_many(&Filter { name: "role", ..filter }, Some(&counts(false)), "closed"), None);
    }

    #[test]
    fn yuan_become_minor_units_or_nothing() {
        let cases = [
            ("120000", Some(12_000_000)),
            ("0.5", Some(50)),
            ("1.05", Some(105)),
            ("1.005", None),
            ("-1", None),
            ("", None),
        ];
        for (text, minor) in cases {
            assert_eq!(minor_units(text), minor, "{text}");
        }
        assert_eq!(minor_units("99999999999999"), None);
        assert_eq!(minor_units("1e3"), None);
    }
}
