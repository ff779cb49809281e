//! How either engine is asked for the newest things that have words.

use super::super::{Column, Database, Pools, Row, StoreError, Value};
use super::{GAP, SEARCHED, SoughtWords, Term, lexemes};

/// The newest rows, each of which PostgreSQL looks at first: two milliseconds. So many things are counted at most, and of a word that all
/// have they are found there.
const NEAR: u64 = 2_000;
/// Of how many times as many things, when that did not do. A word that came up lately is no commoner before.
const FARTHER: u64 = 4;

/// How PostgreSQL finds the newest. Left to itself, it believes of each word that it has not counted that few things have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// With a look at each of the newest so many rows: long where few have the words.
    Among(u64),
    /// By the index of words to everything that has them, and of that the newest: long where many have them.
    ByWords,
}

/// Whether an index of words leads to the newest `limit` of `all` things past fewer things than a look at each does, when `found` of
/// the newest `near` have the words.
fn is_shorter_by_words(all: u64, near: u64, found: usize, limit: usize) -> bool {
    let [all, near, found, limit] = [all, near, found as u64, limit as u64].map(u128::from);
    found * found * all <= limit * near * near
}

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

    /// What PostgreSQL's words must match. It reads a query in itself once, and a parameter again for each row.
    fn matching(&mut self, sought: String) -> String {
        self.values.push(sought.into());
        format!("words @@ (SELECT ${}::text::tsquery)", self.values.len())
    }

    /// All of them, wherever each stands.
    fn and_bag(&mut self, bag: &[String]) {
        if !bag.is_empty() {
            let has = self.matching(bag.join(" & "));
            self.conditions.push(has);
        }
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
        let bag: Vec<_> = bag(&sought.phrases, &sought.marks).chain(without).collect();
        query.and_bag(&bag);
        query.and_phrases(&sought.phrases);
        if !sought.without.is_empty() {
            let mut other = Self { values: query.values, ..Self::default() };
            let bag: Vec<_> = self::bag(&sought.without, &[]).collect();
            other.and_bag(&bag);
            other.and_phrases(&sought.without);
            query.values = other.values;
            query.conditions.push(format!("NOT ({})", other.conditions.join(" AND ")));
        }
        query
    }

    /// What has every word of a phrase may have them elsewhere. Where the words are in several parts, the first has them without places,
    /// and so no phrase.
    fn and_phrases(&mut self, phrases: &[Vec<Term>]) {
        for phrase in phrases.iter().filter(|phrase| phrase.len() > 1) {
            let has = self.matching(followed(phrase));
            self.conditions.push(format!(
                "({has} OR EXISTS (SELECT 1 FROM searched_words AS parts \
                 WHERE parts.id = searched_words.id AND parts.part > 0 AND parts.{has}))"
            ));
        }
    }

    /// The newest ids on SQLite. Along a list of rowids that grow, FTS5 leaps; back along it, it goes step by step. So a rowid is
    /// the id with a minus.
    fn newest_of_sqlite(mut self, sought: &SoughtWords, limit: usize) -> (String, Vec<Value>) {
        self.within(sought, ["rowid <= -", "rowid > -"]);
        let all = self.all();
        (format!("SELECT -rowid AS id FROM searched_words{all} ORDER BY rowid LIMIT {limit}"), self.values)
    }

    /// Where the newest things are, as what stands behind `FROM`.
    fn newest_of_postgres(mut self, sought: &SoughtWords, way: Way, limit: usize) -> (String, Vec<Value>) {
        let words = std::mem::take(&mut self.conditions);
        self.within(sought, ["id >= ", "id < "]);
        let bounds = std::mem::take(&mut self.conditions);
        self.conditions = [vec!["part = 0".to_owned()], bounds.clone()].concat();
        let found = match way {
            Way::Among(near) => {
                // Where they begin: rows that were cut off behind so many would be sorted with all their words.
                let first = newest_row(&bounds, near - 1);
                self.conditions.push(format!("id >= COALESCE(({first}), 0)"));
                // It takes what it can't see through for half of them.
                if !words.is_empty() {
                    self.conditions.push(format!("CASE WHEN {} THEN true ELSE false END", words.join(" AND ")));
                }
                format!("searched_words{}", self.all())
            }
            Way::ByWords => {
                self.conditions.extend(words);
                format!("(SELECT id FROM searched_words{} OFFSET 0) AS found", self.all())
            }
        };
        let found = format!("SELECT id FROM {found} ORDER BY id DESC LIMIT {limit}");
        let things = match way {
            // So many are found by going back along both tables. Each thing has a row of words, so that among as many things are all of them.
            Way::Among(near) if limit as u64 >= NEAR => {
                let bounds = where_all(&bounds);
                format!(
                    "(SELECT * FROM searched{bounds} ORDER BY id DESC LIMIT {near}) AS searched \
                     WHERE id IN (SELECT id FROM ({found}) AS found)"
                )
            }
            // Of an array it does not believe that it has one element.
            _ => format!("searched WHERE id = ANY (ARRAY({found}))"),
        };
        (things, self.values)
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
        where_all(&self.conditions)
    }
}

fn where_all(conditions: &[String]) -> String {
    if conditions.is_empty() { String::new() } else { format!(" WHERE {}", conditions.join(" AND ")) }
}

/// Whose the newest row behind so many is, in the order of their key and without another condition: whatever PostgreSQL believes of them, it goes
/// back along the index of the key.
fn newest_row(bounds: &[String], behind: u64) -> String {
    let bounds = where_all(bounds);
    format!("SELECT id FROM searched_words{bounds} ORDER BY id DESC, part DESC LIMIT 1 OFFSET {behind}")
}

impl Database {
    /// The newest thing behind so many rows, if there is one.
    async fn behind(&self, sought: &SoughtWords, rows: u64) -> Result<Option<u64>, StoreError> {
        let mut query = Query::default();
        query.within(sought, ["id >= ", "id < "]);
        self.read_built(newest_row(&query.conditions, rows), &query.values)
            .await?
            .first()
            .map(|row| row.unsigned(0))
            .transpose()
    }

    /// The rows that a statement makes of the newest things, and how many things they are. The statement is given what stands behind its
    /// `FROM`.
    async fn newest(
        &self,
        sought: &SoughtWords,
        limit: usize,
        statement: impl Fn(&str) -> String,
        things: impl Fn(&[Row]) -> Result<usize, StoreError>,
    ) -> Result<Vec<Row>, StoreError> {
        if let Pools::Sqlite { .. } = &self.pools {
            let (newest, values) = Query::of_sqlite(sought).newest_of_sqlite(sought, limit);
            let newest = format!("searched WHERE id IN (SELECT id FROM ({newest}) AS found)");
            return self.read_built(statement(&newest), &values).await;
        }
        let ask = async |way| {
            let (newest, values) = Query::of_postgres(sought).newest_of_postgres(sought, way, limit);
            self.read_built(statement(&newest), &values).await
        };
        let mut next = (!sought.is_rare).then_some(NEAR);
        while let Some(near) = next {
            let rows = ask(Way::Among(near)).await?;
            let found = things(&rows)?;
            if found >= limit {
                return Ok(rows);
            }
            let Some(end) = self.behind(sought, near).await? else { return Ok(rows) };
            // Each thing begins with an entry of its own, so there are at most as many.
            let all = end.saturating_sub(sought.from) + near;
            next = (!is_shorter_by_words(all, near, found, limit)).then_some(near * FARTHER);
        }
        ask(Way::ByWords).await
    }

    /// What PostgreSQL does by itself within minutes of a load (autovacuum): marks what everybody sees, and counts what there is, on which
    /// its ways through an index rest.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn settle_searched(&self) -> Result<(), StoreError> {
        match &self.pools {
            Pools::Sqlite { .. } => Ok(()),
            Pools::Postgres(_) => self.read("VACUUM (ANALYZE) searched, searched_words", &[]).await.map(drop),
        }
    }

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
        let shown = |column: &Column| if column.name == "body" && !with_bodies { "'' AS body" } else { column.name };
        let columns = SEARCHED.columns.iter().map(shown).collect::<Vec<_>>().join(", ");
        let statement = |newest: &str| format!("SELECT {columns} FROM {newest} ORDER BY id DESC");
        self.newest(sought, limit, statement, |rows| Ok(rows.len())).await
    }

    /// How many of the newest that have what is asked for share kind, status, nature, method, region and year.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn counted(&self, sought: &SoughtWords, limit: usize) -> Result<Vec<Row>, StoreError> {
        let statement = |newest: &str| {
            format!(
                "SELECT kind, status, nature, method, region, year, COUNT(*) FROM {newest} \
                 GROUP BY kind, status, nature, method, region, year"
            )
        };
        let things = |rows: &[Row]| rows.iter().map(|row| Ok(row.unsigned(6)? as usize)).sum();
        self.newest(sought, limit, statement, things).await
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::terms;
    use super::*;

    #[test]
    fn phrases_are_asked_for_with_their_gaps() {
        assert_eq!(followed(&terms("zb | 2026 1")), "'zb' <-> 'zb\u{e000}' <-> '2026' <-> '1'");
        assert!(quoted(&[terms("zb | 2026"), terms("a")]).eq(["\"zb \u{e000} 2026\"", "\"a\""]));
    }

    #[test]
    fn the_way_is_the_one_that_looks_at_fewer() {
        let by_words = |found| is_shorter_by_words(1_000_000, 2_000, found, 2_000);
        // When 80 of 2,000 have the words, 2,000 that have them stand among 50,000; and 40,000 of all have them.
        assert_eq!([0, 80, 100, 1_999].map(by_words), [true, true, false, false]);
        assert_eq!([1, 20].map(|found| is_shorter_by_words(1_000_000, 2_000, found, 21)), [true, false]);
    }
}
