//! The parts that pages are made of; `/zh/about/components` shows each.

use super::text::Common;
use super::visit::{Names, Visit};
use crate::field::{Instant, Party};
use maud::{Markup, html};

/// How a tag is meant. The word says it; colour and shape only help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    /// How things are.
    Plain,
    /// Under way, and somebody is to act.
    Running,
    /// Well done.
    Good,
    /// Late, refuted, upheld against somebody.
    Bad,
}

impl Tone {
    fn class(self) -> &'static str {
        match self {
            Self::Plain => "tag",
            Self::Running => "tag running",
            Self::Good => "tag good",
            Self::Bad => "tag bad",
        }
    }
}

/// A short word for a state.
pub(super) fn tag(tone: Tone, word: &str) -> Markup {
    html! { span class=(tone.class()) { (word) } }
}

/// Names and values, one pair a row: the plain facts.
pub(super) fn summary(rows: &[(&str, Markup)]) -> Markup {
    html! { dl.summary { @for (name, value) in rows { div { dt { (name) } dd { (value) } } } } }
}

/// A table right below its heading, which is its caption too; headers of its columns and, as the first cell of each row, that of
/// the row. It scrolls by itself where the screen is narrow, also with the keyboard.
pub(super) fn table(caption: &str, columns: &[&str], rows: &[Vec<Markup>]) -> Markup {
    named(caption, &of_columns(html! { caption.unseen { (caption) } }, columns, rows))
}

/// A table with a caption that is seen.
pub(super) fn captioned(caption: &str, columns: &[&str], rows: &[Vec<Markup>]) -> Markup {
    named(caption, &of_columns(html! { caption { (caption) } }, columns, rows))
}

/// A table whose caption says words of records, which may be in another language than the page's: a label can't say so in parts, the
/// caption can, and names the table by its own id.
pub(super) fn captioned_as(id: &str, caption: &str, columns: &[&str], rows: &[Vec<Markup>]) -> Markup {
    let table = of_columns(html! { caption id=(id) { (caption) } }, columns, rows);
    html! { div.wide role="region" tabindex="0" aria-labelledby=(id) { (table) } }
}

/// A box that scrolls by itself, by its name in the language of the page.
fn named(name: &str, table: &Markup) -> Markup {
    html! { div.wide role="region" tabindex="0" aria-label=(name) { (table) } }
}

/// What a cell may say before its column is kept wide enough for lines of it: in columns of Latin letters, of which a Chinese
/// character takes two.
const LONG: usize = 24;

fn is_long(cell: &Markup) -> bool {
    let texts = cell.0.split('<').map(|piece| piece.split_once('>').map_or(piece, |(_, text)| text));
    texts.flat_map(str::chars).map(|letter| if letter.is_ascii() { 1 } else { 2 }).sum::<usize>() > LONG
}

fn of_columns(head: Markup, columns: &[&str], rows: &[Vec<Markup>]) -> Markup {
    html! {
        table {
            (head)
            thead { tr { @for column in columns { th scope="col" { (column) } } } }
            tbody {
                @for row in rows {
                    tr { @for (at, cell) in row.iter().enumerate() {
                        @let class = is_long(cell).then_some("long");
                        @if at == 0 { th class=[class] scope="row" { (cell) } } @else { td class=[class] { (cell) } }
                    } }
                }
            }
        }
    }
}

/// A box for what a reader should know before all else.
pub(super) fn notice(title: &str, body: &Markup) -> Markup {
    html! { section.notice { h2 { (title) } (body) } }
}

/// Steps in their order: when, and what.
pub(super) fn time_line(steps: &[(Markup, Markup)]) -> Markup {
    html! { ol.line { @for (when, what) in steps { li { div.when { (when) } div { (what) } } } } }
}

/// What somebody said in a conversation.
pub(super) struct Turn<'a> {
    pub who: Markup,
    pub when: &'a str,
    /// The record that says it.
    pub index: u64,
    pub what: Markup,
}

/// Who said what, in order, each with its record.
pub(super) fn conversation(visit: &Visit, turns: &[Turn<'_>]) -> Markup {
    html! {
        ol.talk {
            @for turn in turns {
                li {
                    p.when { (turn.who) " · " (time(turn.when)) " · " (record_link(visit, turn.index)) }
                    div { (turn.what) }
                }
            }
        }
    }
}

/// What a wording was and what it is.
pub(super) fn difference(visit: &Visit, before: Option<&str>, after: Option<&str>) -> Markup {
    html! {
        div.difference {
            @if let Some(before) = before { p { strong { (visit.say(Common::Before)) } " " del { (before) } } }
            @if let Some(after) = after { p { strong { (visit.say(Common::After)) } " " ins { (after) } } }
        }
    }
}

/// A day, or the first and the last of several: a line never breaks within one.
pub(super) fn day(day: &str) -> Markup {
    html! { time datetime=(day) { (day) } }
}

/// An instant of a view on the clock of Shanghai; what is no instant (a day, an hour with its zone) as it stands.
pub(super) fn time(text: &str) -> Markup {
    html! { time datetime=(text) { (on_the_clock(text)) } }
}

/// A time as people read it: to the minute, in Shanghai.
pub(super) fn on_the_clock(text: &str) -> String {
    let hour =
        || chrono::DateTime::parse_from_rfc3339(text).ok().map(|hour| Instant::from_millis(hour.timestamp_millis()));
    let instant = text.parse::<Instant>().ok().or_else(hour);
    let shown = instant.map(|instant| instant.shanghai_text());
    // Seconds are in the record.
    shown.map_or_else(
        || text.to_owned(),
        |shown| shown.rsplit_once(':').map_or(shown.clone(), |(minute, _)| minute.to_owned()),
    )
}

/// When a period ends: midnight belongs to the day that ends with it (24:00), as people and the law count.
pub(super) fn end_of_period(text: &str) -> String {
    let Ok(instant) = text.parse::<Instant>() else { return on_the_clock(text) };
    match on_the_clock(text).strip_suffix("00:00") {
        Some(_) => on_the_clock(&instant.plus_millis(-1).to_string()).replace("23:59", "24:00"),
        None => on_the_clock(text),
    }
}

/// The same as a time.
pub(super) fn until(text: &str) -> Markup {
    html! { time datetime=(text) { (end_of_period(text)) } }
}

/// An organisation by its name, as far as it is known, with the way to its page.
pub(super) fn organisation(visit: &Visit, names: &Names, id: &str) -> Markup {
    html! {
        a href=(visit.organisation(id)) {
            @match names.get(id) { Some(name) => { (name) } None => { code { (id) } } }
        }
    }
}

/// An organisation as a notice names it, with the way to its page where the notice knows its code.
pub(super) fn party(visit: &Visit, party: &Party) -> Markup {
    html! {
        @match &party.id {
            Some(id) => { a href=(visit.organisation(id.as_str())) { (party.name) } }
            None => { (party.name) }
        }
    }
}

/// Hundredths, as points and plain amounts are written.
pub(super) fn hundredths(number: impl Into<u64>) -> String {
    let number = number.into();
    format!("{}.{:02}", number / 100, number % 100)
}

/// The record that something rests on.
pub(super) fn record_link(visit: &Visit, index: u64) -> Markup {
    html! { a.proof href=(visit.at(&format!("/records/{index}"))) { (visit.say(Common::Record)) " " (index) } }
}

/// Documents by what they are called.
pub(super) fn documents<'a>(documents: impl Iterator<Item = &'a crate::field::DocumentRef>) -> Markup {
    let documents: Vec<_> = documents.collect();
    html! {
        @if !documents.is_empty() {
            ul.files { @for document in documents {
                li { a href={ "/v1/documents/" (document.sha256.to_string()) } { (document.title) } }
            } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_of_several_lines_are_kept_wide() {
        let long = |text: &str| is_long(&html! { a href="/a-very-long-address-that-nobody-reads" { (text) } });
        assert!(long("郑州市公共采购中心（示例）") && long("A tender that was suspended"));
        assert!(!long("2026-11-23 11:04") && !long("郑州市教育局（示例）"));
    }

    #[test]
    fn times_are_those_of_shanghai_and_periods_end_with_their_last_day() {
        assert_eq!(on_the_clock("2026-11-23T03:04:05.000Z"), "2026-11-23 11:04");
        assert_eq!(on_the_clock("2026-12-22T09:00:00+08:00"), "2026-12-22 09:00");
        assert_eq!(on_the_clock("2026-12-22"), "2026-12-22");
        assert_eq!(end_of_period("2026-12-02T16:00:00.000Z"), "2026-12-02 24:00");
        assert_eq!(end_of_period("2026-12-02T10:00:00.000Z"), "2026-12-02 18:00");
    }
}
