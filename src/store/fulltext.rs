//! Words of texts, and where they stand: FTS5 of SQLite, `tsvector` of PostgreSQL. Both are given words that are made already, so that
//! no parser and no locale of theirs has a say, and both find the same.

use super::{Column, Database, Pools, Row, StoreError, Table, Value, Write};
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

/// The words of one thing, in their order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SearchedWords {
    /// Of its title.
    pub title: Vec<Term>,
    /// Of everything else.
    pub body: Vec<Term>,
    /// What it is filtered by, in no order.
    pub marks: Vec<String>,
}

/// What is asked of the index: all of it must be found, of `without` nothing.
#[derive(Debug, Clone, Default)]
pub struct SoughtWords {
    pub phrases: Vec<Vec<Term>>,
    /// Of the title alone.
    pub in_title: Vec<Vec<Term>>,
    pub marks: Vec<String>,
    pub without_mark: Option<String>,
    /// Not where all of these are in the title.
    pub without_title: Vec<Vec<Term>>,
    /// Things that began with an entry from here on, and before that one.
    pub from: u64,
    pub to: Option<u64>,
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
    /// As FTS5 reads words.
    fn line(words: &[Term]) -> Value {
        Value::from(words.iter().map(|term| term.as_deref().unwrap_or(GAP)).collect::<Vec<_>>().join(" "))
    }

    /// The rows for PostgreSQL: part, title, words.
    fn vectors(&self) -> Vec<[Value; 3]> {
        let whole = [self.title.as_slice(), &[None], &self.body].concat();
        let parts = parts_of(&whole);
        let title = Value::from(vector(&self.title, []));
        if let [one] = parts[..] {
            return vec![[Value::Integer(0), title, vector(one, &self.marks).into()]];
        }
        let all: BTreeSet<&String> = whole.iter().flatten().chain(&self.marks).collect();
        let behind = (1..).zip(&parts).map(|(at, part)| [Value::Integer(at), "".into(), vector(part, []).into()]);
        std::iter::once([Value::Integer(0), title, vector(&[], all).into()]).chain(behind).collect()
    }
}

impl Write {
    /// Puts what can be searched in the place of what was there of the same things.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn put_searched(&mut self, things: Vec<(Vec<Value>, SearchedWords)>) -> Result<(), StoreError> {
        let mut rows = Vec::new();
        for (row, words) in things {
            let id = row.first().cloned().ok_or(StoreError::WrongKind)?;
            if self.is_sqlite() {
                let marks = Value::from(words.marks.join(" "));
                let values = [id, SearchedWords::line(&words.title), SearchedWords::line(&words.body), marks];
                let sql = "INSERT OR REPLACE INTO searched_words (rowid, title, body, marks) VALUES ($1, $2, $3, $4)";
                self.read(sql, &values).await?;
            } else {
                self.read("DELETE FROM searched_words WHERE id = $1", std::slice::from_ref(&id)).await?;
                let sql = "INSERT INTO searched_words (id, part, title, words) \
                           VALUES ($1, $2, $3::text::tsvector, $4::text::tsvector)";
                for [part, title, words] in words.vectors() {
                    self.read(sql, &[id.clone(), part, title, words]).await?;
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
        let column = if self.is_sqlite() { "rowid" } else { "id" };
        let sql = format!("DELETE FROM searched_words WHERE {column} = $1");
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

/// A statement that finds ids, with its parameters.
struct Query {
    conditions: Vec<String>,
    values: Vec<Value>,
    is_sqlite: bool,
}

fn quoted(phrases: &[Vec<Term>]) -> String {
    let phrase = |phrase: &Vec<Term>| {
        let words: Vec<&str> = phrase.iter().map(|term| term.as_deref().unwrap_or(GAP)).collect();
        format!("\"{}\"", words.join(" "))
    };
    phrases.iter().map(phrase).collect::<Vec<_>>().join(" AND ")
}

/// A phrase as a `tsquery`: one word behind the other.
fn followed(phrase: &[Term]) -> String {
    lexemes(phrase).flatten().map(|lexeme| format!("'{lexeme}'")).collect::<Vec<_>>().join(" <-> ")
}

fn all_followed(phrases: &[Vec<Term>]) -> String {
    phrases.iter().map(|phrase| format!("({})", followed(phrase))).collect::<Vec<_>>().join(" & ")
}

impl Query {
    fn and(&mut self, before: &str, value: Value, behind: &str) {
        self.values.push(value);
        self.conditions.push(format!("{before}${}{behind}", self.values.len()));
    }

    fn of_sqlite(sought: &SoughtWords) -> Self {
        let mut query = Self { conditions: Vec::new(), values: Vec::new(), is_sqlite: true };
        let mut asked = Vec::new();
        if !sought.phrases.is_empty() {
            asked.push(format!("({})", quoted(&sought.phrases)));
        }
        if !sought.in_title.is_empty() {
            asked.push(format!("(title : ({}))", quoted(&sought.in_title)));
        }
        if !sought.marks.is_empty() {
            let marks: Vec<_> = sought.marks.iter().map(|mark| format!("\"{mark}\"")).collect();
            asked.push(format!("(marks : ({}))", marks.join(" AND ")));
        }
        let mut asked = asked.join(" AND ");
        if !sought.without_title.is_empty() {
            asked = format!("({asked}) NOT (title : ({}))", quoted(&sought.without_title));
        }
        if let Some(mark) = &sought.without_mark {
            asked = format!("({asked}) NOT \"{mark}\"");
        }
        if !asked.is_empty() {
            query.and("searched_words MATCH ", asked.into(), "");
        }
        query
    }

    fn of_postgres(sought: &SoughtWords) -> Self {
        let mut query = Self { conditions: vec!["part = 0".to_owned()], values: Vec::new(), is_sqlite: false };
        let terms = sought.phrases.iter().flatten().flatten().chain(&sought.marks);
        let without = sought.without_mark.iter().map(|mark| format!("!'{mark}'"));
        let bag: Vec<_> = terms.map(|term| format!("'{term}'")).chain(without).collect();
        if !bag.is_empty() {
            query.and("words @@ ", bag.join(" & ").into(), "::text::tsquery");
        }
        // What has every word of a phrase may have them elsewhere.
        for phrase in sought.phrases.iter().filter(|phrase| phrase.len() > 1) {
            let within =
                "EXISTS (SELECT 1 FROM searched_words AS parts WHERE parts.id = searched_words.id AND parts.words @@ ";
            query.and(within, followed(phrase).into(), "::text::tsquery)");
        }
        if !sought.in_title.is_empty() {
            query.and("title @@ ", all_followed(&sought.in_title).into(), "::text::tsquery");
        }
        if !sought.without_title.is_empty() {
            query.and("NOT title @@ ", all_followed(&sought.without_title).into(), "::text::tsquery");
        }
        query
    }

    /// The newest ids.
    fn newest(mut self, sought: &SoughtWords, limit: usize) -> (String, Vec<Value>) {
        let id = if self.is_sqlite { "rowid" } else { "id" };
        if sought.from > 0 {
            self.and(&format!("{id} >= "), Value::from(sought.from), "");
        }
        if let Some(to) = sought.to {
            self.and(&format!("{id} < "), Value::from(to), "");
        }
        let all = if self.conditions.is_empty() {
            String::new()
        } else {
            format!(" WHERE {}", self.conditions.join(" AND "))
        };
        (format!("SELECT {id} AS id FROM searched_words{all} ORDER BY {id} DESC LIMIT {limit}"), self.values)
    }
}

impl SoughtWords {
    fn newest(&self, database: &Database, limit: usize) -> (String, Vec<Value>) {
        let query = match &database.pools {
            Pools::Sqlite { .. } => Query::of_sqlite(self),
            Pools::Postgres(_) => Query::of_postgres(self),
        };
        query.newest(self, limit)
    }
}

impl Database {
    /// Entries that the index knows.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn searched_up_to(&self) -> Result<u64, StoreError> {
        let rows = self.read("SELECT size FROM search_head", &[]).await?;
        rows.first().map_or(Ok(0), |row| row.unsigned(0))
    }

    /// The newest rows of [`SEARCHED`] that have what is asked for; without their bodies, which are long, unless asked for.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn searched(
        &self,
        sought: &SoughtWords,
        limit: usize,
        with_bodies: bool,
    ) -> Result<Vec<Row>, StoreError> {
        let (newest, values) = sought.newest(self, limit);
        let shown = |column: &Column| if column.name == "body" && !with_bodies { "'' AS body" } else { column.name };
        let columns = SEARCHED.columns.iter().map(shown).collect::<Vec<_>>().join(", ");
        let sql =
            format!("SELECT {columns} FROM searched WHERE id IN (SELECT id FROM ({newest}) AS found) ORDER BY id DESC");
        self.read_built(sql, &values).await
    }

    /// How many of the newest that have what is asked for share kind, status, nature, method, region and year.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn counted(&self, sought: &SoughtWords, limit: usize) -> Result<Vec<Row>, StoreError> {
        let (newest, values) = sought.newest(self, limit);
        let sql = format!(
            "SELECT kind, status, nature, method, region, year, COUNT(*) FROM searched \
             WHERE id IN (SELECT id FROM ({newest}) AS found) GROUP BY kind, status, nature, method, region, year"
        );
        self.read_built(sql, &values).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(text: &str) -> Vec<Term> {
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
        assert_eq!(followed(&terms("zb | 2026 1")), "'zb' <-> 'zb\u{e000}' <-> '2026' <-> '1'");
        assert_eq!(quoted(&[terms("zb | 2026"), terms("a")]), "\"zb \u{e000} 2026\" AND \"a\"");
    }
}
