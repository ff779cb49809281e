//! Entries by what they are filed under, along an index: a request looks at so many rows at most, and the next one goes on
//! where it stopped.

use super::{Database, Row, StoreError, Value};
use std::ops::Range;

/// What entries are asked for by; all of it, where several are given.
#[derive(Debug, Clone, Default)]
pub struct EntryFilter {
    pub kind: Option<String>,
    pub stream: Option<String>,
    pub author: Option<String>,
    /// Only those whose key was revoked from before they were sequenced.
    pub contested: bool,
}

/// Which end of a range is read first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    OldestFirst,
    NewestFirst,
}

/// Entries that were found, and what of the range was not looked at yet.
#[derive(Debug)]
pub struct Found {
    /// Rows of [`FILED`].
    pub rows: Vec<Row>,
    pub rest: Range<u64>,
}

/// How an entry is filed.
#[derive(Debug, Clone)]
pub struct Filing {
    pub kind: Box<str>,
    pub stream: Box<str>,
    pub author: Box<str>,
}

/// Index, time, kind, stream, version, author, key, bytes, and from when on the key is revoked if that was before.
pub const FILED: &str = "SELECT idx, time, kind, stream, version, author, kid, bytes, \
    (SELECT revoked_from FROM keys WHERE keys.kid = entries.kid AND keys.revoked_from <= entries.time) FROM entries";
const CONTESTED: &str =
    "EXISTS (SELECT 1 FROM keys WHERE keys.kid = entries.kid AND keys.revoked_from <= entries.time)";

/// Rows in which a request looks for what no index answers: a few milliseconds.
pub const ROWS_SCANNED_MAX: u32 = 2_000;

/// Bytes of entries in one page, but for the first entry. What is shown of them is a little less.
pub const PAGE_BYTES_MAX: usize = 768 << 10;

/// Rows that are read at a time: the longest entries make four megabytes of them.
const ROWS_AT_A_TIME: u32 = 64;

/// The entries that one index leads along, by their position in it.
struct Lead {
    /// `column = $1`; nothing for the whole log.
    condition: &'static str,
    value: Option<Value>,
    /// The column that grows along the index. A stream's versions have no gaps, and neither have the log's indexes.
    position: &'static str,
    is_dense: bool,
}

impl EntryFilter {
    /// The index that leads to the fewest entries, and the conditions that it does not answer.
    fn lead(&self) -> (Lead, Vec<(&'static str, Value)>) {
        let columns = [("stream = ", &self.stream), ("author = ", &self.author), ("kind = ", &self.kind)];
        let mut asked = columns.into_iter().filter_map(|(condition, text)| Some((condition, text.as_deref()?.into())));
        let lead = match asked.next() {
            None => Lead { condition: "", value: None, position: "idx", is_dense: true },
            Some((condition, value)) => {
                let is_stream = condition.starts_with("stream");
                let position = if is_stream { "version" } else { "idx" };
                Lead { condition, value: Some(value), position, is_dense: is_stream }
            }
        };
        // An operand that is no bare column can't tempt the planner to another index.
        let unindexed = |condition| if condition == "author = " { "author || '' = " } else { "kind || '' = " };
        (lead, asked.map(|(condition, value)| (unindexed(condition), value)).collect())
    }

    /// Whether an entry of this kind, stream and author is asked for, contested or not.
    pub fn takes(&self, kind: &str, stream: &str, author: &str) -> bool {
        let is = |asked: &Option<String>, said: &str| asked.as_deref().is_none_or(|asked| asked == said);
        is(&self.kind, kind) && is(&self.stream, stream) && is(&self.author, author)
    }

    /// Whether an entry that is filed so, and has just been sequenced, is asked for. None is contested from the beginning: a
    /// key that is revoked signs nothing any more.
    pub fn takes_new(&self, filed: &Filing) -> bool {
        !self.contested && self.takes(&filed.kind, &filed.stream, &filed.author)
    }
}

/// A statement that grows, with its parameters.
struct Query {
    sql: String,
    parameters: Vec<Value>,
}

impl Query {
    fn along(select: &str, lead: &Lead) -> Self {
        let (sql, parameters) = (format!("{select} WHERE "), Vec::new());
        let mut query = Self { sql, parameters };
        if let Some(value) = &lead.value {
            query.and(lead.condition, value.clone());
        }
        query
    }

    fn and(&mut self, condition: &str, value: Value) {
        self.parameters.push(value);
        let and = if self.parameters.len() > 1 { " AND " } else { "" };
        self.sql += &format!("{and}{condition}${}", self.parameters.len());
    }

    fn within(&mut self, lead: &Lead, positions: &Range<u64>) {
        self.and(&format!("{} >= ", lead.position), index(positions.start));
        self.and(&format!("{} < ", lead.position), index(positions.end));
    }

    fn ordered(&mut self, lead: &Lead, direction: Direction, limit: u32) {
        let descending = if direction == Direction::NewestFirst { " DESC" } else { "" };
        self.sql += &format!(" ORDER BY {}{descending} LIMIT {limit}", lead.position);
    }
}

/// No index is beyond what a column holds.
fn index(index: u64) -> Value {
    Value::from(index.min(i64::MAX as u64))
}

/// What is left of a range behind a position that was looked at.
fn behind(range: &Range<u64>, looked_at: u64, direction: Direction) -> Range<u64> {
    match direction {
        Direction::OldestFirst => looked_at + 1..range.end,
        Direction::NewestFirst => range.start..looked_at,
    }
}

/// What is left when everything was looked at.
fn nothing_of(range: &Range<u64>, direction: Direction) -> Range<u64> {
    match direction {
        Direction::OldestFirst => range.end..range.end,
        Direction::NewestFirst => range.start..range.start,
    }
}

impl Database {
    /// The entries of a range of the log that a filter takes, at most `limit` and [`PAGE_BYTES_MAX`] of them. The range must
    /// be there already.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn search(
        &self,
        filter: &EntryFilter,
        range: Range<u64>,
        direction: Direction,
        limit: u32,
    ) -> Result<Found, StoreError> {
        let all = range.clone();
        let range = if filter.contested { self.maybe_contested(range).await? } else { range };
        if range.is_empty() {
            return Ok(Found { rows: Vec::new(), rest: nothing_of(&all, direction) });
        }
        let (lead, others) = filter.lead();
        let mut positions = self.positions(&lead, &range).await?;
        let stop = match others.is_empty() && !filter.contested {
            true => None,
            false => self.stop(&lead, &mut positions, direction).await?,
        };
        let (mut rows, mut bytes) = (Vec::new(), 0);
        loop {
            let wanted = ROWS_AT_A_TIME.min(limit - rows.len() as u32);
            let mut query = Query::along(FILED, &lead);
            query.within(&lead, &positions);
            others.iter().for_each(|(condition, value)| query.and(condition, value.clone()));
            if filter.contested {
                query.sql += &format!(" AND {CONTESTED}");
            }
            query.ordered(&lead, direction, wanted);
            let read = self.read_built(query.sql, &query.parameters).await?;
            let is_last = read.len() < wanted as usize;
            for row in read {
                bytes += row.blob(7)?.len();
                if bytes > PAGE_BYTES_MAX && !rows.is_empty() {
                    return Ok(Found { rest: rest(&range, &rows, direction)?, rows });
                }
                let position = if lead.position == "version" { row.unsigned(4)? } else { row.unsigned(0)? };
                positions = behind(&positions, position, direction);
                rows.push(row);
            }
            if is_last {
                let rest = stop.map_or_else(|| nothing_of(&all, direction), |stop| behind(&range, stop, direction));
                return Ok(Found { rows, rest });
            }
            if rows.len() >= limit as usize {
                return Ok(Found { rest: rest(&range, &rows, direction)?, rows });
            }
        }
    }

    /// How the entries of a range are filed, oldest first.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn filed(&self, range: Range<u64>) -> Result<Vec<Filing>, StoreError> {
        let sql = "SELECT kind, stream, author FROM entries WHERE idx >= $1 AND idx < $2 ORDER BY idx";
        let rows = self.read(sql, &[index(range.start), index(range.end)]).await?;
        let filed = |row: &Row| {
            Ok(Filing { kind: row.text(0)?.into(), stream: row.text(1)?.into(), author: row.text(2)?.into() })
        };
        rows.iter().map(filed).collect()
    }

    /// A range of the log as positions along a lead.
    async fn positions(&self, lead: &Lead, range: &Range<u64>) -> Result<Range<u64>, StoreError> {
        match &lead.value {
            Some(stream) if lead.position == "version" => {
                let newest = "SELECT version, idx FROM entries WHERE stream = $1 ORDER BY version DESC LIMIT 1";
                let newest = self.read(newest, std::slice::from_ref(stream)).await?;
                let Some(newest) = newest.first() else { return Ok(0..0) };
                let (versions, last) = (newest.unsigned(0)?, newest.unsigned(1)?);
                let mut ends = [range.start, range.end];
                for end in &mut ends {
                    *end = match *end {
                        0 => 1,
                        index if index > last => versions + 1,
                        index => self.first_version_from(stream, index, versions).await?,
                    };
                }
                Ok(ends[0]..ends[1])
            }
            _ => Ok(range.clone()),
        }
    }

    /// The first version of a stream that stands at an index of the log or behind it.
    async fn first_version_from(&self, stream: &Value, index: u64, newest: u64) -> Result<u64, StoreError> {
        let sql = "SELECT idx FROM entries WHERE stream = $1 AND version = $2";
        let mut versions = 1..newest;
        while !versions.is_empty() {
            let middle = versions.start.midpoint(versions.end);
            let rows = self.read(sql, &[stream.clone(), Value::from(middle)]).await?;
            let stands_before = rows.first().map(|row| row.unsigned(0)).transpose()?.is_some_and(|at| at < index);
            versions = if stands_before { middle + 1..versions.end } else { versions.start..middle };
        }
        Ok(versions.start)
    }

    /// Cuts positions to those that one request looks at, and says at which index of the log they stop; `None` when they
    /// are few enough.
    async fn stop(
        &self,
        lead: &Lead,
        positions: &mut Range<u64>,
        direction: Direction,
    ) -> Result<Option<u64>, StoreError> {
        let length = positions.end.saturating_sub(positions.start);
        let max = u64::from(ROWS_SCANNED_MAX);
        if length <= max {
            return Ok(None);
        }
        let mut query = Query::along(&format!("SELECT {}, idx FROM entries", lead.position), lead);
        if lead.is_dense {
            let position = match direction {
                Direction::OldestFirst => positions.start + max - 1,
                Direction::NewestFirst => positions.end - max,
            };
            query.within(lead, &(position..position + 1));
            query.ordered(lead, direction, 1);
        } else {
            query.within(lead, positions);
            query.ordered(lead, direction, 1);
            query.sql += &format!(" OFFSET {}", max - 1);
        }
        let rows = self.read_built(query.sql, &query.parameters).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let position = row.unsigned(0)?;
        *positions = match direction {
            Direction::OldestFirst => positions.start..position + 1,
            Direction::NewestFirst => position..positions.end,
        };
        Ok(Some(row.unsigned(1)?))
    }

    /// The part of a range that can be contested: nothing that was sequenced before the earliest revocation takes effect.
    async fn maybe_contested(&self, range: Range<u64>) -> Result<Range<u64>, StoreError> {
        let earliest = "SELECT revoked_from FROM keys WHERE revoked_from IS NOT NULL ORDER BY revoked_from LIMIT 1";
        let rows = self.read(earliest, &[]).await?;
        let Some(earliest) = rows.first().map(|row| row.integer(0)).transpose()? else {
            return Ok(range.end..range.end);
        };
        let sql = "SELECT time FROM entries WHERE idx = $1";
        // Times never go back along the log.
        let mut first = range.clone();
        while !first.is_empty() {
            let middle = first.start.midpoint(first.end);
            let rows = self.read(sql, &[index(middle)]).await?;
            let is_before = rows.first().map(|row| row.integer(0)).transpose()?.is_some_and(|time| time < earliest);
            first = if is_before { middle + 1..first.end } else { first.start..middle };
        }
        Ok(first.start..range.end)
    }
}

/// What is left behind the last row.
fn rest(range: &Range<u64>, rows: &[Row], direction: Direction) -> Result<Range<u64>, StoreError> {
    match rows.last() {
        Some(last) => Ok(behind(range, last.unsigned(0)?, direction)),
        None => Ok(range.clone()),
    }
}

#[cfg(test)]
mod tests;
