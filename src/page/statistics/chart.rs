//! Bars, drawn by ourselves: crates that draw (`plotters`, `poloto`, `charming`) write colours or a style element into the drawing, so it
//! would neither follow the page into the dark, print and forced colours, nor pass its policy.
//!
//! All is in the ink of the text: what is so is filled, what is not is hatched, what is not known is an empty box. Lengths are parts of
//! the width and letters keep their size, so a narrow screen has the same bars.

use maud::{Markup, html};

/// A bar: what it is about, and how much each of its three parts is.
pub(super) struct Bar {
    pub label: String,
    /// The language of the label, where it is not the page's.
    pub tongue: Option<&'static str>,
    pub parts: [u64; 3],
}

/// Of a row: the label above, the bar below it.
const ROW: usize = 46;
const LABEL_BASE: usize = 17;
const BAR_TOP: usize = 24;
const BAR: usize = 14;

/// Room for the line around a part, left and right, in parts per million of the width.
const WHOLE: u64 = 990_000;

/// The fill of each part, and its class.
fn fill(name: &str, part: usize) -> (&'static str, String) {
    match part {
        0 => ("met", "currentColor".to_owned()),
        1 => ("unmet", format!("url(#hatch-{name})")),
        _ => ("unknown", "none".to_owned()),
    }
}

fn hatch(name: &str) -> Markup {
    html! {
        defs {
            pattern id={ "hatch-" (name) } width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)" {
                rect width="2" height="6" fill="currentColor" {}
            }
        }
    }
}

fn percent(ppm: u64) -> String {
    format!("{}.{:04}%", ppm / 10_000, ppm % 10_000)
}

/// The longest bar is as wide as the drawing; `words` say how many parts there are, `name` is unique on the page. `about` says where the
/// same is read: a description can't have names in another language.
pub(super) fn bars(name: &str, (title, about): (&str, &str), words: &[&str], bars: &[Bar]) -> Markup {
    let longest = bars.iter().map(|bar| bar.parts.iter().sum::<u64>()).max().unwrap_or_default().max(1);
    let numbers = |bar: &Bar| {
        let of = if words.len() == 1 { 1 } else { bar.parts.len() };
        bar.parts[..of].iter().map(u64::to_string).collect::<Vec<_>>().join(" / ")
    };
    html! {
        svg.bars role="img" aria-labelledby={ "title-" (name) " desc-" (name) } width="100%" height=(bars.len() * ROW) {
            title id={ "title-" (name) } { (title) }
            desc id={ "desc-" (name) } { (about) }
            (hatch(name))
            @for (at, bar) in bars.iter().enumerate() {
                text x="0" y=(at * ROW + LABEL_BASE) fill="currentColor" { tspan lang=[bar.tongue] { (bar.label) } " · " (numbers(bar)) }
                @for (part, (from, width)) in stretches(bar.parts, longest).into_iter().enumerate() {
                    @if width > 0 {
                        @let (class, fill) = fill(name, part);
                        rect class=(class) x=(percent(from)) y=(at * ROW + BAR_TOP) width=(percent(width)) height=(BAR)
                            fill=(fill) stroke="currentColor" {}
                    }
                }
            }
        }
    }
}

/// Where each part begins and how long it is, in parts per million of the width. None that has a case is too short to be seen.
fn stretches(parts: [u64; 3], longest: u64) -> [(u64, u64); 3] {
    const SHORTEST: u64 = 4_000;
    let mut from = 2_000;
    parts.map(|count| {
        let width = if count == 0 { 0 } else { (count * WHOLE / longest).max(SHORTEST) };
        let stretch = (from, width);
        from += width;
        stretch
    })
}

/// What the fills mean.
pub(super) fn key(name: &str, words: &[&str]) -> Markup {
    html! {
        p.key {
            @for (part, word) in words.iter().enumerate() {
                @let (class, fill) = fill(name, part);
                span {
                    svg width="16" height="16" aria-hidden="true" { rect class=(class) x="1" y="1" width="14" height="14" fill=(fill) stroke="currentColor" {} }
                    " " (word)
                }
                " "
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_follow_each_other_and_fill_the_width() {
        assert_eq!(stretches([1, 2, 1], 4), [(2_000, 247_500), (249_500, 495_000), (744_500, 247_500)]);
        assert_eq!(stretches([0, 1, 0], 1_000_000), [(2_000, 0), (2_000, 4_000), (6_000, 0)]);
        assert_eq!(percent(247_500), "24.7500%");
    }
}
