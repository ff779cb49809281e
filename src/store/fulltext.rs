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

/// Things among which PostgreSQL looks for a few first: a few milliseconds, if it looks at each.
const NEAR: usize = 2_000;
/// Of what is not found among them as often as is asked, at most one in so many things has the words: then the index has few.
const RARE: usize = 20;

/// A statement that finds ids, with its parameters.
#[derive(Default)]
struct Query {
    conditions: Vec<String>,
    values: Vec<Value>,
}

/// Phrases as FTS5 is asked for them.
fn quoted(phrases: &[Vec<Term>]) -> impl Iterator<Item = String> {
    phrases.iter().map(|phrase| {
        let words: Vec<&str> = phrase.iter().map(|term| term.as_deref().unwrap_or(GAP)).collect();
        format!("\"{}\"", words.join(" "))
    })
}

/// A phrase as a `tsquery`: one word behind the other.
fn followed(phrase: &[Term]) -> String {
    lexemes(phrase).flatten().map(|lexeme| format!("'{lexeme}'")).collect::<Vec<_>>().join(" <-> ")
}

/// Every word of some phrases, wherever it stands, as a `tsquery`.
fn bag<'a>(phrases: &'a [Vec<Term>], marks: &'a [String]) -> impl Iterator<Item = String> + 'a {
    phrases.iter().flatten().flatten().chain(marks).map(|term| format!("'{term}'"))
}

impl Query {
    fn and(&mut self, before: &str, value: Value, behind: &str) {
        self.values.push(value);
        self.conditions.push(format!("{before}${}{behind}", self.values.len()));
    }

    fn of_sqlite(sought: &SoughtWords) -> Self {
        let mut query = Self::default();
        let marks = sought.marks.iter().map(|mark| format!("\"{mark}\""));
        let mut asked = quoted(&sought.phrases).chain(marks).collect::<Vec<_>>().join(" AND ");
        if !sought.without.is_empty() {
            asked = format!("({asked}) NOT ({})", quoted(&sought.without).collect::<Vec<_>>().join(" AND "));
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
        let mut query = Self::default();
        let without = sought.without_mark.iter().map(|mark| format!("!'{mark}'"));
        let bag = bag(&sought.phrases, &sought.marks).chain(without);
        query.and_phrases(&sought.phrases, bag.collect());
        if !sought.without.is_empty() {
            let mut other = Self { values: query.values, ..Self::default() };
            other.and_phrases(&sought.without, self::bag(&sought.without, &[]).collect());
            query.values = other.values;
            query.conditions.push(format!("NOT ({})", other.conditions.join(" AND ")));
        }
        query
    }

    /// What has every word of a phrase may have them elsewhere.
    fn and_phrases(&mut self, phrases: &[Vec<Term>], bag: Vec<String>) {
        if !bag.is_empty() {
            self.and("words @@ ", bag.join(" & ").into(), "::text::tsquery");
        }
        for phrase in phrases.iter().filter(|phrase| phrase.len() > 1) {
            let within =
                "EXISTS (SELECT 1 FROM searched_words AS parts WHERE parts.id = searched_words.id AND parts.words @@ ";
            self.and(within, followed(phrase).into(), "::text::tsquery)");
        }
    }

    /// The newest ids on SQLite. Along a list of rowids that grow, FTS5 leaps; back along it, it goes step by step. So a rowid is
    /// the id with a minus.
    fn newest_of_sqlite(mut self, sought: &SoughtWords, limit: usize) -> (String, Vec<Value>) {
        self.within(sought, ["rowid <= -", "rowid > -"]);
        let all = self.all();
        (format!("SELECT -rowid AS id FROM searched_words{all} ORDER BY rowid LIMIT {limit}"), self.values)
    }

    /// The newest ids on PostgreSQL. Of a word that it has not counted it believes that a two-hundredth of all things have it, and goes
    /// back through all of them where none has. So a few are looked for among the newest first, and then by the index of words.
    fn newest_of_postgres(mut self, sought: &SoughtWords, limit: usize) -> (String, Vec<Value>) {
        let words = std::mem::take(&mut self.conditions);
        self.conditions.push("part = 0".to_owned());
        self.within(sought, ["id >= ", "id < "]);
        let bounds = self.all();
        let found = format!("SELECT id FROM searched_words{}", [vec![bounds.clone()], words].concat().join(" AND "));
        if limit * RARE > NEAR {
            return (format!("{found} ORDER BY id DESC LIMIT {limit}"), self.values);
        }
        let order = format!("ORDER BY id DESC LIMIT {limit}");
        let sql = format!(
            "WITH edge AS (SELECT id FROM searched_words{bounds} ORDER BY id DESC OFFSET {NEAR} LIMIT 1) \
             SELECT id FROM ({found} AND id > COALESCE((SELECT id FROM edge), -1) {order}) AS near UNION ALL \
             SELECT id FROM (SELECT id FROM ({found} OFFSET 0) AS found WHERE id <= (SELECT id FROM edge) {order}) AS far \
             LIMIT {limit}"
        );
        (sql, self.values)
    }

    /// `from` and `to` with what stands before each.
    fn within(&mut self, sought: &SoughtWords, [from, to]: [&str; 2]) {
        if sought.from > 0 {
            self.and(from, Value::from(sought.from), "");
        }
        if let Some(place) = sought.to {
            self.and(to, Value::from(place), "");
        }
    }

    fn all(&self) -> String {
        if self.conditions.is_empty() { String::new() } else { format!(" WHERE {}", self.conditions.join(" AND ")) }
    }
}

impl SoughtWords {
    fn newest(&self, database: &Database, limit: usize) -> (String, Vec<Value>) {
        match &database.pools {
            Pools::Sqlite { .. } => Query::of_sqlite(self).newest_of_sqlite(self, limit),
            Pools::Postgres(_) => Query::of_postgres(self).newest_of_postgres(self, limit),
        }
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
        assert!(quoted(&[terms("zb | 2026"), terms("a")]).eq(["\"zb \u{e000} 2026\"", "\"a\""]));
    }
}
