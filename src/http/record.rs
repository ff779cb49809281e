//! Every accepted record: one, its entry's bytes, its proof; and records of any kind posted in bulk.

use super::body::Ndjson;
use super::bulk::{self, BulkLine};
use super::feed::Followers;
use super::gate::RecordRate;
use super::paging::page_limit;
use super::{DryRun, News, Peer, Problem, RecordKind, StreamName, Tag, Typed, bad_parameter};
use crate::field::{Instant, OrganisationId};
use crate::ledger::{Ledger, LedgerError};
use crate::log::EntryView;
use crate::problem;
use crate::record::KeyId;
use crate::store::{Direction, EntryFilter, Row, StoreError};
use crate::world::Stream;
use poem::web::Data;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::{Binary, PlainText};
use poem_openapi::{ApiResponse, OpenApi};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

/// A record as it stands in the log.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct RecordView {
    pub index: u64,
    /// When it was sequenced (UTC).
    pub time: String,
    pub kind: RecordKind,
    pub stream: StreamName,
    /// The stream's version after it.
    pub version: u64,
    /// The organisation that signed it.
    pub author: String,
    pub kid: String,
    /// The key was revoked later, from this time on: whether its owner signed this is open. The record stands until
    /// somebody entitled acts on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contested_from: Option<String>,
    /// Lower-case hex of the entry's hash: SHA-256 of a zero byte and its bytes, RFC 6962's leaf hash.
    pub entry_hash: String,
    /// What was signed.
    pub payload: serde_json::Value,
}

/// A page of the log.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct RecordPage {
    pub items: Vec<RecordView>,
    /// Pass as `after` (or `before`) to go on; also when it is the last page so far.
    pub next: u64,
    /// There is more to look at than one request does: go on from `next`, also when `items` is short or empty. Absent when
    /// everything was looked at.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub more: bool,
}

impl RecordView {
    /// Rows of [`FILED`]. The columns only found them: kind, stream, time and author are what the record says itself.
    ///
    /// # Errors
    /// The store can't be read, or a row holds no entry of the log.
    pub(super) async fn of_rows(ledger: &Ledger, rows: &[Row]) -> Result<Vec<Self>, LedgerError> {
        let kids = rows.iter().map(|row| Ok(KeyId::from_bytes(row.blob(6)?.try_into().map_err(|_| damaged(row))?)));
        let kids: Vec<KeyId> = kids.collect::<Result<_, StoreError>>()?;
        let owners = ledger.owners.of(&mut ledger.database.clone(), kids).await?;
        Ok(rows.iter().map(|row| Self::of_row(row, &owners)).collect::<Result<_, _>>()?)
    }

    /// The record of an index, if the log has one.
    ///
    /// # Errors
    /// As those of its rows.
    pub async fn at(ledger: &Ledger, index: u64) -> Result<Option<Self>, LedgerError> {
        let range = index..index.saturating_add(1);
        let found = ledger.database.search(&EntryFilter::default(), range, Direction::OldestFirst, 1).await?;
        Ok(Self::of_rows(ledger, &found.rows).await?.pop())
    }

    fn of_row(row: &Row, owners: &HashMap<KeyId, OrganisationId>) -> Result<Self, StoreError> {
        let view = EntryView::parse(row.blob(7)?).map_err(|_| damaged(row))?;
        let record = view.record();
        let header = record.header().map_err(|_| damaged(row))?;
        let payload = record.payload_bytes().map_err(|_| damaged(row))?;
        let author = owners.get(&header.kid).ok_or_else(|| damaged(row))?;
        if row.unsigned(0)? != view.index {
            return Err(damaged(row));
        }
        if (row.text(2)?, row.text(3)?, row.text(5)?) != (&header.typ, &header.sub, author.as_str()) {
            tracing::error!(index = view.index, "an entry is filed under what its record does not say");
        }
        Ok(Self {
            index: view.index,
            time: view.time.to_string(),
            kind: RecordKind(header.typ),
            stream: StreamName(header.sub),
            version: row.unsigned(4)?,
            author: author.to_string(),
            kid: header.kid.to_string(),
            contested_from: row.optional_integer(8)?.map(|from| Instant::from_millis(from).to_string()),
            entry_hash: view.hash().to_string(),
            payload: serde_json::from_slice(&payload).map_err(|_| damaged(row))?,
        })
    }
}

fn damaged(row: &Row) -> StoreError {
    StoreError::Damaged(format!("entry {}", row.unsigned(0).unwrap_or_default()))
}

pub struct RecordApi(pub Arc<Ledger>);

impl RecordApi {
    /// A page of what was found. An entry that is filed under what it does not say was not asked for.
    async fn page(&self, filter: &EntryFilter, rows: &[Row], next: u64, more: bool) -> Result<RecordPage, Problem> {
        let mut items = RecordView::of_rows(&self.0, rows).await?;
        items.retain(|item| filter.takes(&item.kind.0, &item.stream.0, &item.author));
        Ok(RecordPage { items, next, more })
    }
}

fn no_record(index: u64) -> Problem {
    let (zh, en) = (format!("日志中还没有第 {index} 条记录"), format!("the log has no record {index} yet"));
    Problem::with_detail(&problem::NOT_FOUND, zh, en)
}

/// Longest wait for news, below every proxy's patience.
const WAIT_SECONDS_MAX: u32 = 25;

/// Bytes of an entry.
#[derive(ApiResponse)]
enum EntryBytes {
    /// Exactly the hashed bytes.
    #[oai(status = 200)]
    Found(Binary<Vec<u8>>, #[oai(header = "Cache-Control")] String),
}

#[OpenApi(prefix_path = "/v1/records", tag = "Tag::Records")]
impl RecordApi {
    /// 变更流: the records after an index, in order; or with `before` those before it, newest first. With `wait`, an empty
    /// page of what comes after is answered only after that many seconds or when a record arrives (long poll). A page ends
    /// after some hundred kilobytes; one with several filters, or with `contested`, also where it has looked at 2,000 entries.
    #[oai(path = "/", method = "get", operation_id = "listRecords")]
    #[expect(clippy::too_many_arguments, reason = "most are documented query parameters")]
    async fn list(
        &self,
        /// Index of the last record already seen; absent: from the beginning.
        after: Query<Option<u64>>,
        /// Index of the oldest record already seen: newest first, for who wants the last ones.
        before: Query<Option<u64>>,
        #[oai(validator(minimum(value = "1"), maximum(value = "500")))] limit: Query<Option<u32>>,
        /// Only this record kind.
        kind: Query<Option<RecordKind>>,
        /// Only this stream, e.g. `tender/HNZB-2026-0042`.
        stream: Query<Option<StreamName>>,
        /// Only this organisation's.
        author: Query<Option<OrganisationId>>,
        /// Only those whose key was revoked from before they were sequenced.
        contested: Query<Option<bool>>,
        #[oai(validator(maximum(value = "25")))] wait: Query<Option<u32>>,
        followers: Data<&Followers>,
        news: Data<&Arc<News>>,
        peer: Data<&Peer>,
    ) -> Result<Typed<RecordPage>, Problem> {
        let limit = page_limit(limit.0)?;
        if before.0.is_some() && (after.0.is_some() || wait.0.is_some()) {
            let (zh, en) = ("before 不能与 after、wait 同用", "before goes with neither after nor wait");
            return Err(Problem::with_detail(&problem::BAD_PARAMETER, zh, en));
        }
        let is_stream = |text: &str| text.parse::<Stream>().map_err(|refusal| bad_parameter("stream", &refusal.detail));
        stream.0.as_ref().map(|stream| is_stream(&stream.0)).transpose()?;
        let filter = EntryFilter {
            kind: kind.0.map(|kind| kind.0),
            stream: stream.0.map(|stream| stream.0),
            author: author.0.map(|author| author.to_string()),
            contested: contested.0.unwrap_or_default(),
        };
        if let Some(before) = before.0 {
            let range = 0..before.min(self.0.size_now().await?);
            let found = self.0.database.search(&filter, range, Direction::NewestFirst, limit).await?;
            let (next, more) = (found.rest.end, !found.rest.is_empty());
            return Ok(Typed(self.page(&filter, &found.rows, next, more).await?));
        }
        let deadline =
            tokio::time::Instant::now() + Duration::from_secs(wait.0.unwrap_or(0).min(WAIT_SECONDS_MAX).into());
        let mut first = after.0.map_or(0, |after| after.saturating_add(1));
        let mut size = self.0.size();
        let mut following = None;
        loop {
            size.mark_unchanged();
            let head = self.0.size_now().await?;
            let found = self.0.database.search(&filter, first..head.max(first), Direction::OldestFirst, limit).await?;
            first = found.rest.start;
            let more = !found.rest.is_empty();
            if found.rows.is_empty() && !more && tokio::time::Instant::now() < deadline {
                if following.is_none() {
                    following = Some(followers.join(*peer.0)?);
                }
                if news.awaited(|filed| filter.takes_new(filed), &mut first, &mut size, deadline).await? {
                    continue;
                }
            }
            return Ok(Typed(self.page(&filter, &found.rows, first.saturating_sub(1), more).await?));
        }
    }

    /// One record.
    #[oai(path = "/:index", method = "get", operation_id = "getRecord")]
    async fn get(&self, index: Path<u64>) -> Result<Typed<RecordView>, Problem> {
        let record = RecordView::at(&self.0, index.0).await?;
        Ok(Typed(record.ok_or_else(|| no_record(index.0))?))
    }

    /// The entry's bytes, exactly as they were hashed.
    #[oai(path = "/:index/entry", method = "get", operation_id = "getEntry")]
    async fn entry(&self, index: Path<u64>) -> Result<EntryBytes, Problem> {
        let bytes = self.0.database.entries(index.0, 1).await?.pop().ok_or_else(|| no_record(index.0))?;
        Ok(EntryBytes::Found(Binary(bytes), "public, max-age=31536000, immutable".to_owned()))
    }

    /// C2SP tlog-proof of the record against the newest witnessed checkpoint that covers it, or else the newest one.
    #[oai(path = "/:index/proof", method = "get", operation_id = "getProof")]
    async fn proof(&self, index: Path<u64>) -> Result<PlainText<String>, Problem> {
        let proof = self.0.proof(index.0).await?.ok_or_else(|| no_record(index.0))?;
        Ok(PlainText(proof.encode()))
    }

    /// 批量提交: records of any kind, one flattened JWS a line (NDJSON); at most 5000 lines and 32 MiB, packed or not. Each
    /// line is accepted or refused by itself, in order of their stream; the answer has one line each. A body that is too
    /// long or can't be read to its end is refused as a whole, and nothing of it is posted.
    ///
    /// With `dry_run=1` nothing is written, and each line is judged as if it came alone: one that needs what a line before it
    /// brings is refused.
    #[oai(path = "/", method = "post", operation_id = "postRecords")]
    async fn bulk(
        &self,
        /// `1`: the records are judged as they would be now, and not written.
        dry_run: Query<Option<DryRun>>,
        lines: Ndjson,
        rate: Data<&Arc<RecordRate>>,
        peer: Data<&Peer>,
    ) -> Result<Typed<Vec<BulkLine>>, Problem> {
        Ok(Typed(bulk::post(lines, dry_run.0.is_some(), &self.0, &rate, *peer.0).await?))
    }
}
