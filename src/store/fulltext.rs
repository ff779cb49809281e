//! Words of texts, and where they stand: FTS5 of SQLite, `tsvector` of PostgreSQL. Both are given words that are made already, so that
//! no parser and no locale of theirs has a say, and both find the same.

mod newest;

use super::{Column, StoreError, Table, Value, Write};
use std::collections::{BTreeMap, BTreeSet};

/// One row a thing that can be searched.
pub static SEARCHED: Table = Table {
    name: "searched",
    columns: &[
        Column::integer("id"),
        Column::text("kind"),
        Column::text("key"),
        Column::text("title"),
        Column::text("status"),
        Column::text("nature"),
        Column::text("method"),
        Column::text("region"),
        Column::text("unit"),
        Column::text("deadline"),
        Column::text("opening"),
        Column::integer("year"),
        Column::integer("time"),
        Column::text("body"),
    ],
    key: &["id"],
};

/// How many entries the index knows.
pub static SEARCH_HEAD: Table = Table { name: "search_head", columns: &[Column::integer("size")], key: &["size"] };

/// A word, or a gap that no phrase goes across unless it has it too.
type Term = Option<String>;

/// The words of one thing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SearchedWords {
    /// Of its texts, in their order. What is asked of titles alone has words of its own: an index that is asked where a word
    /// stands reads all the texts that have it.
    pub words: Vec<Term>,
    /// What it is filtered by, in no order.
    pub marks: Vec<String>,
}

/// What is asked of the index: all of it must be found.
#[derive(Debug, Clone, Default)]
pub struct SoughtWords {
    pub phrases: Vec<Vec<Term>>,
    pub marks: Vec<String>,
    pub without_mark: Option<String>,
    /// Not where all of these are.
    pub without: Vec<Vec<Term>>,
    /// Things that began with an entry from here on, and before that one.
    pub from: u64,
    pub to: Option<u64>,
    /// Hardly anything has it.
    pub is_rare: bool,
}

/// Stands for a gap where an index counts words: it is no letter, so it is in no query. PostgreSQL has it behind the word that it
/// follows: by itself it would have more places than are kept.
const GAP: &str = "\u{e000}";
/// PostgreSQL keeps 255 places of a word, and forgets the others without a sign.
const PLACES_MAX: usize = 255;
/// It knows no place behind 16,383.
const PART_WORDS_MAX: usize = 16_000;
/// Words that two parts share, so that every phrase stands in one of them as a whole.
const PART_OVERLAP: usize = 33;

/// Words of a text in parts that PostgreSQL keeps whole.
fn parts_of(words: &[Term]) -> Vec<&[Term]> {
    let (mut parts, mut first) = (Vec::new(), 0);
    loop {
        let mut places: BTreeMap<&str, usize> = BTreeMap::new();
        let fits = words[first..].iter().take(PART_WORDS_MAX).take_while(|term| {
            let Some(term) = term else { return true };
            let count = places.entry(term.as_str()).or_default();
            *count += 1;
            *count <= PLACES_MAX
        });
        let end = first + fits.count();
        parts.push(&words[first..end]);
        if end == words.len() {
            return parts;
        }
        first = end - PART_OVERLAP;
    }
}

/// Words with gaps as PostgreSQL has them. A gap at the beginning is none: no phrase begins with one.
fn lexemes(words: &[Term]) -> impl Iterator<Item = Option<String>> {
    words.iter().enumerate().map(|(at, term)| match term {
        Some(word) => Some(word.clone()),
        None => words.get(at.checked_sub(1)?)?.as_ref().map(|word| format!("{word}{GAP}")),
    })
}

/// A `tsvector`. A quote or a backslash is no letter, so no word has one.
fn vector<'a>(words: &[Term], marks: impl IntoIterator<Item = &'a String>) -> String {
    let placed = lexemes(words).zip(1..).filter_map(|(lexeme, at)| Some(format!("'{}':{at}", lexeme?)));
    placed.chain(marks.into_iter().map(|mark| format!("'{mark}'"))).collect::<Vec<_>>().join(" ")
}

impl SearchedWords {
    /// As FTS5 reads words; marks are behind them, in no phrase.
    fn line(&self) -> Value {
        let words = self.words.iter().map(|term| term.as_deref().unwrap_or(GAP));
        Value::from(words.chain([GAP]).chain(self.marks.iter().map(String::as_str)).collect::<Vec<_>>().join(" "))
    }

    /// The rows for PostgreSQL: part, words.
    fn vectors(&self) -> Vec<[Value; 2]> {
        let parts = parts_of(&self.words);
        if let [one] = parts[..] {
            return vec![[Value::Integer(0), vector(one, &self.marks).into()]];
        }
        let all: BTreeSet<&String> = self.words.iter().flatten().chain(&self.marks).collect();
        let behind = (1..).zip(&parts).map(|(at, part)| [Value::Integer(at), vector(part, []).into()]);
        std::iter::once([Value::Integer(0), vector(&[], all).into()]).chain(behind).collect()
    }
}

impl Write {
    /// Puts what can be searched in the place of what was there of the same things, which come newest first: whenever a rowid goes
    /// back, FTS5 writes out what it has gathered.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn put_searched(&mut self, things: Vec<(Vec<Value>, SearchedWords)>) -> Result<(), StoreError> {
        let mut rows = Vec::new();
        for (row, words) in things {
            let id = row.first().cloned().ok_or(StoreError::WrongKind)?;
            if self.is_sqlite() {
                let sql = "INSERT OR REPLACE INTO searched_words (rowid, words) VALUES (-$1, $2)";
                self.read(sql, &[id, words.line()]).await?;
            } else {
                self.read("DELETE FROM searched_words WHERE id = $1", std::slice::from_ref(&id)).await?;
                let sql = "INSERT INTO searched_words (id, part, words) VALUES ($1, $2, $3::text::tsvector)";
                for [part, words] in words.vectors() {
                    self.read(sql, &[id.clone(), part, words]).await?;
                }
            }
            rows.push(row);
        }
        self.put(&SEARCHED, rows).await
    }

    /// Says how far the index knows the log now, unless another process has brought it on meanwhile; it waits until we are done.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn search_goes_on(&mut self, from: u64, to: u64) -> Result<bool, StoreError> {
        let sql = "UPDATE search_head SET size = $2 WHERE size = $1 RETURNING size";
        Ok(!self.read(sql, &[Value::from(from), Value::from(to)]).await?.is_empty())
    }

    /// Forgets one thing.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn forget_thing(&mut self, id: &Value) -> Result<(), StoreError> {
        let column = if self.is_sqlite() { "rowid = -$1" } else { "id = $1" };
        let sql = format!("DELETE FROM searched_words WHERE {column}");
        self.read(&sql, std::slice::from_ref(id)).await?;
        self.delete(&SEARCHED, std::slice::from_ref(id)).await
    }

    /// Forgets the index, so that it is made anew from the log.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn forget_searched(&mut self) -> Result<(), StoreError> {
        let emptied: &[&str] = match self.is_sqlite() {
            true => &["INSERT INTO searched_words (searched_words) VALUES ('delete-all')", "DELETE FROM searched"],
            false => &["TRUNCATE searched_words, searched"],
        };
        for sql in emptied.iter().chain(&["UPDATE search_head SET size = 0"]) {
            self.read(sql, &[]).await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub fn terms(text: &str) -> Vec<Term> {
        text.split(' ').map(|word| (word != "|").then(|| word.to_owned())).collect()
    }

    #[test]
    fn parts_are_kept_whole_and_overlap() {
        let same = vec![Some("监理".to_owned()); 1_000];
        let parts = parts_of(&same);
        assert!(parts.iter().all(|part| part.len() <= PLACES_MAX));
        assert_eq!(parts.iter().map(|part| part.len()).sum::<usize>(), 1_000 + (parts.len() - 1) * PART_OVERLAP);
        let others: Vec<Term> = (0..40_000).map(|at| Some(at.to_string())).collect();
        assert_eq!(parts_of(&others).len(), 3);
        assert_eq!(parts_of(&[]).len(), 1);
    }

    #[test]
    fn words_have_places_and_marks_have_none() {
        assert_eq!(vector(&terms("zb | 2026"), [&"m".to_owned()]), "'zb':1 'zb\u{e000}':2 '2026':3 'm'");
        assert_eq!(vector(&terms("| zb"), []), "'zb':2", "no word has the gap before it");
    }
}
