//! What a query is answered with: things by how well they fit, then newest first; how many share each value; and why there is none.

use crate::field::{DueTime, Instant};
use crate::ledger::{Ledger, LedgerError};
use crate::search::fold::FoldedText;
use crate::search::query::SearchQuery;
use crate::search::rows::{REGION_LEVELS, SearchKind, TextPart};
use crate::search::words::{Word, mark, places_of, words_of};
use crate::store::{Database, Row, SoughtWords, StoreError};
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// Things that values are counted of, the newest that were found. What more there is, is not counted.
pub const COUNTED_MAX: usize = 2_000;
/// Values of one filter that are told, those that most share.
const VALUES_TOLD_MAX: usize = 50;
/// Characters of one text that are shown around what was found.
const SNIPPET_CHARACTERS: usize = 90;
/// Of them before it.
const SNIPPET_BEFORE: usize = 20;
/// Bytes of the texts of one thing that are looked through for what to show.
const SNIPPET_SOUGHT_MAX: usize = 48 << 10;

/// What things are filtered by. A value that no thing has finds nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SearchFilters {
    pub kind: Option<SearchKind>,
    pub status: Option<String>,
    pub nature: Option<String>,
    pub method: Option<String>,
    /// Two, four or six digits.
    pub region: Option<String>,
    /// The procuring unit by its code.
    pub unit: Option<String>,
    pub year: Option<u16>,
}

impl SearchFilters {
    fn marks(&self) -> Vec<(&'static str, String)> {
        let year = self.year.map(|year| year.to_string());
        let values = [
            ("kind", self.kind.map(SearchKind::name)),
            ("status", self.status.as_deref()),
            ("nature", self.nature.as_deref()),
            ("method", self.method.as_deref()),
            ("region", self.region.as_deref()),
            ("unit", self.unit.as_deref()),
            ("year", year.as_deref()),
        ];
        values.into_iter().filter_map(|(name, value)| Some((name, mark(name, value?)))).collect()
    }

    /// Digits of the regions that are counted: those within the one that is asked for.
    fn region_digits(&self) -> usize {
        let asked = self.region.as_ref().map_or(0, String::len);
        REGION_LEVELS.into_iter().find(|digits| *digits > asked).unwrap_or(REGION_LEVELS[2])
    }
}

/// How well a thing fits.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    serde::Serialize,
    serde::Deserialize,
    schemars::JsonSchema,
    strum::EnumString,
    strum::IntoStaticStr,
)]
#[strum(serialize_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Fit {
    /// Its title or its key is what was typed.
    Whole,
    /// Each word is in its title.
    Title,
    /// Each word is in one of its texts.
    Text,
}

/// Where a page ended: `<fit>~<entry>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SearchPlace {
    pub fit: Fit,
    pub id: u64,
}

impl fmt::Display for SearchPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}~{}", <&str>::from(self.fit), self.id)
    }
}

impl FromStr for SearchPlace {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (fit, id) = text.split_once('~').ok_or(())?;
        // No column holds more.
        let id = id.parse().ok().filter(|id| *id <= i64::MAX as u64).ok_or(())?;
        Ok(Self { fit: fit.parse().map_err(|_| ())?, id })
    }
}

/// First character, and how many.
pub type Stretch = (usize, usize);

/// Where words stand in a text of a thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snippet {
    /// Which of its texts: `clauses/c-1`.
    pub part: String,
    pub text: String,
    pub stretches: Vec<Stretch>,
}

/// A thing that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundThing {
    pub fit: Fit,
    /// The entry with which it began.
    pub id: u64,
    pub kind: SearchKind,
    pub key: String,
    pub title: String,
    /// Where words stand in its title.
    pub stretches: Vec<Stretch>,
    pub snippet: Option<Snippet>,
    pub status: String,
    pub nature: Option<String>,
    pub method: Option<String>,
    pub region: Option<String>,
    pub unit: Option<String>,
    /// Of bids, and when they are opened: as long as the tender runs.
    pub deadline: Option<DueTime>,
    pub opening: Option<DueTime>,
    /// When it began.
    pub time: Instant,
}

/// How many of the things that were counted share each value of a filter, most first.
pub type Counts = BTreeMap<&'static str, Vec<(String, u64)>>;

/// Why nothing was found, and so what to try.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NothingFound {
    /// Words that nothing has by itself, whatever the filters.
    pub words: Vec<String>,
    /// There is no letter and no digit in what was typed.
    pub is_no_word: bool,
    /// Without the filters something would be found.
    pub is_filtered: bool,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Searched {
    /// Entries of the log that the index knows.
    pub size: u64,
    pub things: Vec<FoundThing>,
    pub next: Option<SearchPlace>,
}

/// Of how many things values were counted, and whether there are more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueCounts {
    pub things: u64,
    pub is_cut: bool,
    pub counts: Counts,
}

/// What is looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Search {
    pub query: SearchQuery,
    pub filters: SearchFilters,
}

impl Search {
    fn sought(&self, fit: Fit) -> SoughtWords {
        let marks = self.filters.marks().into_iter().map(|(_, mark)| mark).collect();
        let (phrases, sought) = (self.query.phrases(), SoughtWords { marks, ..SoughtWords::default() });
        let without_mark = Some(self.query.whole.clone());
        match fit {
            Fit::Whole => {
                let marks = [sought.marks, vec![self.query.whole.clone()]].concat();
                SoughtWords { marks, phrases, ..sought }
            }
            Fit::Title => SoughtWords { in_title: phrases, without_mark, ..sought },
            Fit::Text => SoughtWords { without_title: phrases.clone(), phrases, without_mark, ..sought },
        }
    }

    /// Everything that fits in some way.
    fn all(&self, unless: Option<&str>) -> SoughtWords {
        let marks = self.filters.marks().into_iter().filter(|(name, _)| Some(*name) != unless);
        SoughtWords {
            phrases: self.query.phrases(),
            marks: marks.map(|(_, mark)| mark).collect(),
            ..SoughtWords::default()
        }
    }

    fn finds_nothing(&self) -> bool {
        self.query.is_asked && self.query.words.is_empty()
    }

    /// A page of things. Without a query it is all there is.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn page(
        &self,
        ledger: &Ledger,
        after: Option<SearchPlace>,
        limit: usize,
    ) -> Result<Searched, LedgerError> {
        self.find(ledger, after, limit, true).await
    }

    /// The same without what stands in their texts.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn list(
        &self,
        ledger: &Ledger,
        after: Option<SearchPlace>,
        limit: usize,
    ) -> Result<Searched, LedgerError> {
        self.find(ledger, after, limit, false).await
    }

    /// The newest, however well they fit.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn newest(&self, ledger: &Ledger, limit: usize) -> Result<Vec<FoundThing>, LedgerError> {
        if self.finds_nothing() {
            return Ok(Vec::new());
        }
        let rows = ledger.database.searched(&self.all(None), limit, false).await?;
        Ok(rows.iter().map(|row| self.thing(Fit::Text, row)).collect::<Result<_, _>>()?)
    }

    async fn find(
        &self,
        ledger: &Ledger,
        after: Option<SearchPlace>,
        limit: usize,
        with_texts: bool,
    ) -> Result<Searched, LedgerError> {
        // Before the rows: they may know more than is said, never less.
        let size = ledger.database.searched_up_to().await?;
        let mut things: Vec<FoundThing> = Vec::new();
        let fits: &[Fit] = match (self.query.is_asked, self.query.words.is_empty()) {
            (true, true) => &[],
            (false, _) => &[Fit::Text],
            (true, false) => &[Fit::Whole, Fit::Title, Fit::Text],
        };
        for fit in fits.iter().filter(|fit| after.is_none_or(|after| after.fit <= **fit)) {
            let to = after.filter(|after| after.fit == *fit).map(|after| after.id);
            let sought = if self.query.is_asked { self.sought(*fit) } else { self.all(None) };
            // One more shows whether there are more.
            let rows =
                ledger.database.searched(&SoughtWords { to, ..sought }, limit + 1 - things.len(), with_texts).await?;
            for row in &rows {
                things.push(self.thing(*fit, row)?);
            }
            if things.len() > limit {
                break;
            }
        }
        let is_cut = things.len() > limit;
        things.truncate(limit);
        let next = things.last().filter(|_| is_cut).map(|last| SearchPlace { fit: last.fit, id: last.id });
        Ok(Searched { size, things, next })
    }

    /// How many share each value. Where a filter is given, the values beside it are counted as well.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn counted(&self, ledger: &Ledger) -> Result<ValueCounts, LedgerError> {
        if self.finds_nothing() {
            return Ok(ValueCounts { things: 0, is_cut: false, counts: Counts::new() });
        }
        let (things, mut counts) = self.count(&ledger.database, None).await?;
        for (name, _) in self.filters.marks().into_iter().filter(|(name, _)| !["region", "unit"].contains(name)) {
            let (_, mut others) = self.count(&ledger.database, Some(name)).await?;
            counts.extend(others.remove(name).map(|values| (name, values)));
        }
        Ok(ValueCounts { things, is_cut: things >= COUNTED_MAX as u64, counts })
    }

    async fn count(&self, database: &Database, unless: Option<&str>) -> Result<(u64, Counts), StoreError> {
        let rows = database.counted(&self.all(unless), COUNTED_MAX).await?;
        let (mut all, mut counts) = (0, BTreeMap::<&'static str, BTreeMap<String, u64>>::new());
        let digits = self.filters.region_digits();
        for row in &rows {
            let count = row.unsigned(6)?;
            all += count;
            let region = row.text(4)?;
            let values = [
                ("kind", row.text(0)?.to_owned()),
                ("status", row.text(1)?.to_owned()),
                ("nature", row.text(2)?.to_owned()),
                ("method", row.text(3)?.to_owned()),
                ("region", region.get(..digits).unwrap_or(region).to_owned()),
                ("year", row.integer(5)?.to_string()),
            ];
            for (name, value) in values.into_iter().filter(|(_, value)| !value.is_empty()) {
                *counts.entry(name).or_default().entry(value).or_default() += count;
            }
        }
        let told = counts.into_iter().map(|(name, values)| {
            let mut values: Vec<_> = values.into_iter().collect();
            // Stable: of equal counts, values stand in their own order.
            values.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
            values.truncate(VALUES_TOLD_MAX);
            (name, values)
        });
        Ok((all, told.collect()))
    }

    /// Why there is nothing: asked when nothing was found.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn nothing(&self, ledger: &Ledger) -> Result<NothingFound, LedgerError> {
        if self.finds_nothing() {
            return Ok(NothingFound { is_no_word: true, ..NothingFound::default() });
        }
        let mut nothing = NothingFound::default();
        for word in &self.query.words {
            let sought = SoughtWords { phrases: word.phrases.clone(), ..SoughtWords::default() };
            if ledger.database.searched(&sought, 1, false).await?.is_empty() {
                nothing.words.push(word.text.clone());
            }
        }
        let unfiltered = SoughtWords { phrases: self.query.phrases(), ..SoughtWords::default() };
        nothing.is_filtered = !self.filters.marks().is_empty()
            && nothing.words.is_empty()
            && !ledger.database.searched(&unfiltered, 1, false).await?.is_empty();
        Ok(nothing)
    }

    fn thing(&self, fit: Fit, row: &Row) -> Result<FoundThing, StoreError> {
        let given = |at: usize| Ok::<_, StoreError>(Some(row.text(at)?.to_owned()).filter(|text| !text.is_empty()));
        let title = row.text(3)?.to_owned();
        Ok(FoundThing {
            fit,
            id: row.unsigned(0)?,
            kind: row.text(1)?.parse().map_err(|_| StoreError::Unexpected(1))?,
            key: row.text(2)?.to_owned(),
            stretches: self.stretches(&FoldedText::of(&title)),
            snippet: self.snippet(row.text(13)?),
            title,
            status: row.text(4)?.to_owned(),
            nature: given(5)?,
            method: given(6)?,
            region: given(7)?,
            unit: given(8)?,
            deadline: given(9)?.and_then(|due| due.parse().ok()),
            opening: given(10)?.and_then(|due| due.parse().ok()),
            time: Instant::from_millis(row.integer(12)?),
        })
    }

    /// Where words of the query stand in a text as it was written, in order, none within another.
    fn stretches(&self, text: &FoldedText) -> Vec<Stretch> {
        let words: Vec<Word> = words_of(text);
        let phrases = self.query.words.iter().flat_map(|word| &word.phrases);
        let found = phrases.flat_map(|phrase| places_of(&words, phrase).collect::<Vec<_>>());
        let mut found: Vec<Stretch> = found.filter_map(|(first, last)| text.written(first, last)).collect();
        found.sort_unstable();
        found.into_iter().fold(Vec::new(), |mut apart: Vec<Stretch>, (first, length)| {
            match apart.last_mut() {
                Some(last) if first <= last.0 + last.1 => last.1 = last.1.max(first + length - last.0),
                _ => apart.push((first, length)),
            }
            apart
        })
    }

    /// The first text that has most of the words.
    fn snippet(&self, body: &str) -> Option<Snippet> {
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
