//! What a notice of a state enterprise says of itself: its kind, its time, where it stands.

use super::source::{Row, instant, shanghai};
use super::tally::Tally;
use crate::field::{Fault, Instant, Line};
use chrono::{NaiveDate, NaiveTime};

/// The portals' kinds of notices: by name, by the code of one portal or the other, and by the word that the title says
/// it with. The kinds without a word are what an act is: a pre-announcement, a call.
const KINDS: [(&str, &str, &str); 4] = [
    ("采购项目预公告", "49", ""),
    ("采购意见征求公告", "PURCHASE_OPINION", "意见"),
    ("采购公告", "PROCUREMENT 2", ""),
    ("直接采购公告", "ONE_SOURCE_PROCUREMENT", "直接采购"),
];

/// The kind says again what the act and its title say; one that says more stays unmapped.
pub(super) fn repeats_kind(row: &mut Row, is_call: bool, title: &str) {
    let (disclosed, called) = KINDS.split_at(2);
    for (kind, codes, word) in if is_call { called } else { disclosed } {
        if title.contains(word) {
            row.repeats("category", |text| text == *kind);
            for field in ["publishOneType", "noticeType"] {
                row.repeats(field, |text| codes.split(' ').any(|code| code == text));
            }
        }
    }
}

/// When it was published: to the second where it says so, else 09:00 of the day.
pub(super) fn time(row: &mut Row, day: NaiveDate) -> Instant {
    row.repeats("date", |text| text == day.to_string());
    let exact = row.optional("createDate").and_then(|text| instant(&text));
    exact.filter(|at| at.shanghai_day() == day).unwrap_or_else(|| shanghai(day, morning()))
}

/// Where it stands, and under which number of its portal.
pub(super) fn source(row: &mut Row, place: &str, tally: &mut Tally) -> Result<Option<Line<500>>, Fault> {
    let number = row.optional("projectNo").map(|number| format!("编号：{number}"));
    let source: Vec<String> = row.optional("url").into_iter().chain(number).collect();
    (!source.is_empty()).then(|| tally.line(&source.join(" "), place)).transpose()
}

fn morning() -> NaiveTime {
    NaiveTime::from_hms_opt(9, 0, 0).unwrap_or_default()
}
