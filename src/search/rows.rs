//! A thing that can be searched: its row, and its words.

use super::fold::FoldedText;
use super::words::{Term, mark, of_title, singles_of, whole, words_of};
use crate::act::statuses;
use crate::field::{DueTime, Instant};
use crate::store::{SearchedWords, Value};
use chrono::Datelike;
use std::collections::BTreeSet;

/// Characters of all texts of one thing that are searched, beside its title: what is behind them is not found. PostgreSQL takes a
/// megabyte of words of one thing.
const BODY_CHARACTERS_MAX: usize = 50_000;

statuses! {
    /// What a thing is that was found.
    pub enum SearchKind {
        /// 招标项目: by its title, unit, lots, clauses, bidders, winners, and documents by their titles.
        Tender,
        /// 异议: what was said and what was answered.
        Objection,
        /// 单位: by its name, its former names and its code.
        Organisation,
        /// 承诺: who bound whom for which tender, and what is said of breaches.
        Commitment,
    }
}

/// A text of a thing, and which of them it is: `clauses/c-1`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextPart {
    pub part: String,
    pub text: String,
}

impl TextPart {
    pub fn new(part: impl Into<String>, text: &str) -> Self {
        // One line each.
        let text = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
        Self { part: part.into(), text }
    }

    /// The parts of a body that was stored.
    pub fn of_body(body: &str) -> impl Iterator<Item = (&str, &str)> {
        body.lines().filter_map(|line| line.split_once('\t'))
    }
}

/// A thing that can be searched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchRow {
    /// The entry with which it began.
    pub id: u64,
    pub kind: SearchKind,
    /// Under which it is read.
    pub key: String,
    pub title: String,
    pub parts: Vec<TextPart>,
    pub status: &'static str,
    pub nature: Option<&'static str>,
    pub method: Option<&'static str>,
    pub region: Option<String>,
    /// The procuring unit by its code.
    pub unit: Option<String>,
    /// Of bids, and when they are opened: while it matters.
    pub deadline: Option<DueTime>,
    pub opening: Option<DueTime>,
    /// When it began.
    pub time: Instant,
}

/// Digits of a region code that stand for a province, a city and a county.
pub(super) const REGION_LEVELS: [usize; 3] = [2, 4, 6];

impl SearchRow {
    fn year(&self) -> i64 {
        self.time.shanghai_day().year().into()
    }

    fn body(&self) -> String {
        let mut left = BODY_CHARACTERS_MAX;
        let mut body = String::new();
        for TextPart { part, text } in self.parts.iter().filter(|part| !part.text.trim().is_empty()) {
            let taken: String = text.chars().take(left).collect();
            left -= taken.chars().count();
            body += &format!("{part}\t{taken}\n");
            if left == 0 {
                break;
            }
        }
        body
    }

    /// What it is filtered by, and what it is as a whole.
    fn marks(&self) -> Vec<String> {
        let named = [("kind", Some(self.kind.name())), ("status", Some(self.status)), ("nature", self.nature)];
        let named = named.into_iter().chain([("method", self.method), ("unit", self.unit.as_deref())]);
        let mut marks: BTreeSet<String> = named.filter_map(|(name, value)| Some(mark(name, value?))).collect();
        marks.insert(mark("year", &self.year().to_string()));
        let levels = self.region.iter().flat_map(|region| REGION_LEVELS.map(|digits| region.get(..digits)));
        marks.extend(levels.flatten().map(|region| mark("region", region)));
        marks.extend([&self.title, &self.key].map(|text| whole(&FoldedText::of(text))));
        marks.into_iter().collect()
    }

    /// The words of its texts; no phrase goes across two of them. Those of the title stand there once more as such.
    pub fn words(&self) -> SearchedWords {
        let terms = |text: &FoldedText| words_of(text).into_iter().map(|word| word.term).collect::<Vec<Term>>();
        let title = FoldedText::of(&self.title);
        let singles: BTreeSet<String> = singles_of(&title).collect();
        let of_title = [terms(&title).into_iter().map(of_title).collect(), singles.into_iter().map(Some).collect()];
        let body = self.body();
        let texts = TextPart::of_body(&body).map(|(_, text)| text).chain([self.key.as_str()]);
        let texts = std::iter::once(terms(&title)).chain(texts.map(|text| terms(&FoldedText::of(text))));
        let words = of_title.into_iter().chain(texts).collect::<Vec<_>>().join(&[None, None][..]);
        SearchedWords { words, marks: self.marks() }
    }

    /// As it is stored.
    pub fn values(&self) -> Vec<Value> {
        let of = |value: Option<&str>| Value::from(value.unwrap_or_default());
        let due = |due: Option<DueTime>| Value::from(due.map(|due| due.to_string()).unwrap_or_default());
        vec![
            self.id.into(),
            self.kind.name().into(),
            self.key.as_str().into(),
            self.title.as_str().into(),
            self.status.into(),
            of(self.nature),
            of(self.method),
            of(self.region.as_deref()),
            of(self.unit.as_deref()),
            due(self.deadline),
            due(self.opening),
            Value::Integer(self.year()),
            Value::Integer(self.time.millis()),
            self.body().into(),
        ]
    }
}
