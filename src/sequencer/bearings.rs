//! What bears on a subject, read back from the history that the sequencer writes.

use super::loader::{LoadError, forged};
use crate::act::{Borne, Fact, Stream};
use crate::field::Instant;
use crate::store::{Database, Reads, Row, StoreError, Value};

/// What is read at a time. A decision looks at fewer, and at one more to see whether there are more.
pub const BEARINGS_READ_MAX: u32 = 1001;

/// What bears on a subject behind an entry and says anything, in the order of the log; the first of it.
///
/// # Errors
/// The store can't be read, or holds what no entry says.
pub async fn read_bearings(
    reads: &mut impl Reads,
    subject: &Stream,
    after: Option<u64>,
) -> Result<Vec<Borne>, LoadError> {
    let sql = format!(
        "SELECT b.idx, e.time, e.author, b.fact, b.undoes FROM bearings b JOIN entries e ON e.idx = b.idx \
         WHERE b.subject = $1 AND b.idx > $2 AND (b.fact IS NOT NULL OR b.undoes IS NOT NULL) \
         ORDER BY b.idx LIMIT {BEARINGS_READ_MAX}"
    );
    let after = after.map_or(Value::Integer(-1), Value::from);
    let rows = reads.rows(&sql, &[Value::from(subject.as_str()), after]).await?;
    rows.iter().map(borne).collect()
}

fn borne(row: &Row) -> Result<Borne, LoadError> {
    let entry = row.unsigned(0)?;
    let said = |column: &str| forged(format!("{column} of {entry}"));
    let fact = match row.optional_text(3)? {
        None => Fact::Concerned,
        Some(fact) => serde_json::from_str(fact).map_err(|_| said("bearings.fact"))?,
    };
    Ok(Borne {
        entry,
        day: Instant::from_millis(row.integer(1)?).shanghai_day().into(),
        by: row.text(2)?.parse().map_err(|_| said("entries.author"))?,
        fact,
        undoes: row.optional_integer(4)?.map(|entry| entry as u64),
    })
}

/// Whether any entry bears on a subject, registered here or not.
///
/// # Errors
/// The store can't be read.
pub async fn is_subject(database: &Database, subject: &Stream) -> Result<bool, StoreError> {
    let sql = "SELECT idx FROM bearings WHERE subject = $1 LIMIT 1";
    Ok(!database.read(sql, &[Value::from(subject.as_str())]).await?.is_empty())
}

/// The next subjects, by their names behind one, of which anything is said at all; at most so many. Each is one step along the
/// index, however much bears on it.
///
/// # Errors
/// The store can't be read.
pub async fn subjects(database: &Database, after: &str, count: u32) -> Result<Vec<Stream>, StoreError> {
    let next = |after: &str| {
        format!(
            "(SELECT subject FROM bearings WHERE subject > {after} AND (fact IS NOT NULL OR undoes IS NOT NULL) \
             ORDER BY subject LIMIT 1)"
        )
    };
    let (first, following) = (next("$1"), next("found.subject"));
    let sql = format!(
        "WITH RECURSIVE found (subject) AS (SELECT {first} UNION ALL SELECT {following} FROM found \
         WHERE found.subject IS NOT NULL) SELECT subject FROM found WHERE subject IS NOT NULL LIMIT {count}"
    );
    let rows = database.read_built(sql, &[Value::from(after)]).await?;
    rows.iter().map(|row| row.text(0)?.parse().map_err(|_| StoreError::Unexpected(0))).collect()
}
