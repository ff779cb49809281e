//! Where words of a query stand in a thing that was found.

use super::answer::Search;
use super::found::{Snippet, Stretch};
use crate::search::fold::FoldedText;
use crate::search::rows::TextPart;
use crate::search::words::{places_of, single_of, words_of};

/// Characters of one text that are shown around what was found.
const SNIPPET_CHARACTERS: usize = 90;
/// Of them before it.
const SNIPPET_BEFORE: usize = 20;
/// Bytes of the texts of one thing that are looked through for what to show.
const SNIPPET_SOUGHT_MAX: usize = 48 << 10;

impl Search {
    /// Where words of the query stand in a text as it was written, in order, none within another.
    fn stretches(&self, text: &FoldedText) -> Vec<Stretch> {
        let words = words_of(text);
        let phrases = self.query.words.iter().flat_map(|word| &word.phrases);
        apart(text, phrases.flat_map(|phrase| places_of(&words, phrase).collect::<Vec<_>>()))
    }

    /// The same of a title, where single characters are looked for as well.
    pub(super) fn stretches_of_title(&self, title: &FoldedText) -> Vec<Stretch> {
        let phrases = self.query.words.iter().flat_map(|word| &word.phrases);
        let singles: Vec<char> = phrases.filter_map(|phrase| single_of(phrase)).collect();
        let found = title.characters().iter().enumerate().filter(|(_, letter)| singles.contains(letter));
        let words = words_of(title);
        let phrases = self.query.words.iter().flat_map(|word| &word.phrases);
        let all = phrases.flat_map(|phrase| places_of(&words, phrase).collect::<Vec<_>>());
        apart(title, all.chain(found.map(|(at, _)| (at, at))))
    }

    /// The first text that has most of the words.
    pub(super) fn snippet(&self, body: &str) -> Option<Snippet> {
        let mut best: Option<(&str, &str, Vec<Stretch>)> = None;
        let mut sought = 0;
        for (part, text) in TextPart::of_body(body) {
            let stretches = self.stretches(&FoldedText::of(text));
            let is_better = best.as_ref().is_none_or(|(.., before)| before.len() < stretches.len());
            if is_better && !stretches.is_empty() {
                best = Some((part, text, stretches));
            }
            sought += text.len();
            if sought > SNIPPET_SOUGHT_MAX
                || best.as_ref().is_some_and(|(.., found)| found.len() >= self.query.words.len())
            {
                break;
            }
        }
        let (part, text, stretches) = best?;
        let start = stretches[0].0.saturating_sub(SNIPPET_BEFORE);
        let shown: String = text.chars().skip(start).take(SNIPPET_CHARACTERS).collect();
        let length = shown.chars().count();
        let within = stretches.into_iter().filter(|(first, _)| *first < start + length);
        let stretches = within.map(|(first, found)| (first - start, found.min(start + length - first))).collect();
        Some(Snippet { part: part.to_owned(), text: shown, stretches })
    }
}

/// Places in a folded text as stretches of the written one.
fn apart(text: &FoldedText, places: impl Iterator<Item = (usize, usize)>) -> Vec<Stretch> {
    let mut found: Vec<Stretch> = places.filter_map(|(first, last)| text.written(first, last)).collect();
    found.sort_unstable();
    found.into_iter().fold(Vec::new(), |mut apart: Vec<Stretch>, (first, length)| {
        match apart.last_mut() {
            Some(last) if first <= last.0 + last.1 => last.1 = last.1.max(first + length - last.0),
            _ => apart.push((first, length)),
        }
        apart
    })
}
