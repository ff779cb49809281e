//! Which entries a bundle of a part needs.

use super::manifest::Scope;
use super::reach::Lengths;
use crate::act::Stream;
use crate::store::{Database, StoreError, Value};
use std::collections::BTreeSet;

/// What a part consists of.
#[derive(Default)]
pub(super) struct Selected {
    /// Indexes.
    pub entries: BTreeSet<u64>,
    /// The streams that they are all entries of.
    pub lengths: Lengths,
}

/// The streams that a scope names of itself.
async fn about(database: &Database, scope: &Scope, part: &str, size: u64) -> Result<BTreeSet<String>, StoreError> {
    let mut streams = BTreeSet::from([Stream::LOG.to_string(), part.to_owned()]);
    if let Scope::Organisation(id) = scope {
        streams.insert(format!("access/{id}"));
        streams.insert(format!("credit/{id}"));
        streams.insert(format!("deposit/{id}"));
        let (id, size) = (Value::from(id.to_string()), Value::from(size));
        let signed = "SELECT DISTINCT stream FROM entries WHERE author = $1 AND idx < $2";
        let won = "SELECT DISTINCT tender FROM awards WHERE winner = $1";
        // Who says nothing in an evaluation has signed nothing there.
        for evaluated in
            ["SELECT id FROM evaluations WHERE unit = $1", "SELECT id FROM evaluations WHERE enterprise = $1"]
        {
            for row in database.read(evaluated, std::slice::from_ref(&id)).await? {
                streams.insert(format!("evaluation/{}", row.text(0)?));
            }
        }
        for row in database.read(signed, &[id.clone(), size]).await? {
            streams.insert(row.text(0)?.to_owned());
        }
        // Who pays in has signed nothing in the payee's book.
        let paid = "SELECT DISTINCT book FROM deposits WHERE payer = $1";
        for row in database.read(paid, std::slice::from_ref(&id)).await? {
            streams.insert(format!("deposit/{}", row.text(0)?));
        }
        for row in database.read(won, &[id]).await? {
            streams.insert(format!("tender/{}", row.text(0)?));
        }
    }
    if let Scope::Commitment(id) = scope {
        let evaluated = "SELECT id FROM evaluations WHERE commitment = $1";
        for row in database.read(evaluated, &[Value::from(id.as_str())]).await? {
            streams.insert(format!("evaluation/{}", row.text(0)?));
        }
    }
    if let Scope::Tender(code) = scope {
        let promised = "SELECT id FROM commitments WHERE tender = $1";
        for row in database.read(promised, &[Value::from(code.as_str())]).await? {
            streams.insert(format!("commitment/{}", row.text(0)?));
        }
        let evaluated = "SELECT id FROM evaluations WHERE tender = $1";
        for row in database.read(evaluated, &[Value::from(code.as_str())]).await? {
            streams.insert(format!("evaluation/{}", row.text(0)?));
        }
    }
    Ok(streams)
}

/// The entries below `size` on the streams of the scope, which is about `part`, and on those that say who their authors were and what they were
/// entitled to: the authors' organisations, the authors of what is written about these, and so on; what the decisions on
/// all these looked at; the commitments and evaluations on a tender; and the log's own stream. No entries when the log knows nothing of
/// the scope, nothing at all where there are more than `most`.
pub(super) async fn select(
    database: &Database,
    scope: &Scope,
    part: &Stream,
    size: u64,
    most: usize,
) -> Result<Option<Selected>, StoreError> {
    let part = part.to_string();
    let mut streams = about(database, scope, &part, size).await?;
    let mut waiting: Vec<String> = streams.iter().cloned().collect();
    let mut selected = Selected::default();
    let mut about_scope = false;
    while let Some(stream) = waiting.pop() {
        // As a rule, a stream that is waited for has an entry at least.
        if selected.entries.len().saturating_add(waiting.len()) > most {
            return Ok(None);
        }
        let sql = "SELECT idx, author FROM entries WHERE stream = $1 AND idx < $2";
        let rows = database.read(sql, &[Value::from(stream.as_str()), Value::from(size)]).await?;
        if !rows.is_empty() {
            let damaged = |_| StoreError::Damaged(format!("the stream {stream}"));
            selected.lengths.insert(stream.parse().map_err(damaged)?, rows.len() as u64);
        }
        for row in rows {
            selected.entries.insert(row.unsigned(0)?);
            let author = format!("organisation/{}", row.text(1)?);
            // The operator is an organisation by the log's first record, without a stream of its own.
            about_scope |= stream == part || author == part;
            if streams.insert(author.clone()) {
                waiting.push(author);
            }
        }
        for row in database.read("SELECT read FROM stream_reads WHERE stream = $1", &[Value::from(stream)]).await? {
            let read = row.text(0)?.to_owned();
            if streams.insert(read.clone()) {
                waiting.push(read);
            }
        }
    }
    let is_within = selected.entries.len() <= most;
    Ok(is_within.then(|| if about_scope { selected } else { Selected::default() }))
}
