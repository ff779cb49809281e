//! Streams of lines: NDJSON in and out, and server-sent events.

use super::Problem;
use super::record::{COLUMNS, RecordView};
use crate::ledger::Ledger;
use crate::problem;
use crate::store::{StoreError, Value};
use futures::stream;
use poem::error::ReadBodyError;
use poem::web::sse::{Event, SSE};
use poem::web::{Data, Query};
use poem::{Body, Request, RequestBody, Response, handler};
use poem_openapi::registry::{MetaMediaType, MetaRequest, MetaSchema, MetaSchemaRef};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};
use serde::Deserialize;
use std::sync::Arc;
use std::time::Duration;

/// A request body of one JSON value a line.
pub struct Ndjson(Body);

const NDJSON: &str = "application/x-ndjson";

impl<'a> ApiExtractor<'a> for Ndjson {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];
    type ParamType = ();
    type ParamRawType = ();

    fn request_meta() -> Option<MetaRequest> {
        let schema = MetaSchemaRef::Inline(Box::new(MetaSchema::new("string")));
        let content = vec![MetaMediaType { content_type: NDJSON, schema }];
        Some(MetaRequest { description: Some("one flattened JWS a line"), content, required: true })
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _options: ExtractParamOptions<()>,
    ) -> poem::Result<Self> {
        if !super::is_media_type(request, NDJSON) {
            return Err(Problem::with_detail(
                &problem::MEDIA_TYPE,
                format!("须为 {NDJSON}"),
                format!("{NDJSON} is expected"),
            )
            .into());
        }
        Ok(Self(body.take()?))
    }
}

impl Ndjson {
    /// The lines that are not blank, each with its number from 0.
    ///
    /// # Errors
    /// Longer than `limit` bytes.
    pub async fn read(self, limit: usize) -> Result<Vec<(u32, Vec<u8>)>, Problem> {
        let bytes = self.0.into_bytes_limit(limit).await;
        let bytes = bytes.map_err(|error| match error {
            ReadBodyError::PayloadTooLarge => {
                let (zh, en) = (format!("至多 {limit} 字节"), format!("at most {limit} bytes"));
                Problem::with_detail(&problem::REQUEST_TOO_LARGE, zh, en)
            }
            _ => Problem::with_detail(&problem::BAD_PARAMETER, "请求体无法读取", "the body can't be read"),
        })?;
        let lines = (0..).zip(bytes.split(|byte| *byte == b'\n'));
        Ok(lines.filter(|(_, line)| !line.trim_ascii().is_empty()).map(|(at, line)| (at, line.to_vec())).collect())
    }
}

#[derive(Deserialize)]
pub struct From {
    /// Index of the last record already seen.
    after: Option<u64>,
}

/// Entries that are read at a time.
const CHUNK: u64 = 256;

/// `GET /v1/records.ndjson?after=`: the entries themselves, one a line, to the end of the log.
#[handler]
pub async fn ndjson(ledger: Data<&Arc<Ledger>>, Query(from): Query<From>) -> Result<Response, Problem> {
    let ledger = Arc::clone(&ledger);
    let first = from.after.map_or(0, |after| after.saturating_add(1));
    // The first entries are read before the status is sent; what fails later breaks the connection off.
    let entries = ledger.database.entries(first, CHUNK).await?;
    let chunks = stream::try_unfold((entries, first), move |(entries, first)| {
        let ledger = Arc::clone(&ledger);
        async move {
            if entries.is_empty() {
                return Ok::<_, StoreError>(None);
            }
            let mut lines = Vec::new();
            for entry in &entries {
                lines.extend_from_slice(entry);
                lines.push(b'\n');
            }
            let first = first + entries.len() as u64;
            Ok(Some((lines, (ledger.database.entries(first, CHUNK).await?, first))))
        }
    });
    let chunks = futures::TryStreamExt::map_err(chunks, std::io::Error::other);
    Ok(Response::builder().content_type(NDJSON).body(Body::from_bytes_stream(chunks)))
}

/// `GET /v1/records.sse?after=`: records as server-sent events, each with its index as id; goes on as the log grows. A
/// browser that reconnects sends `Last-Event-ID` and misses nothing.
#[handler]
pub async fn events(ledger: Data<&Arc<Ledger>>, Query(from): Query<From>, request: &Request) -> SSE {
    let ledger = Arc::clone(&ledger);
    let last = request.header("last-event-id").and_then(|id| id.parse().ok()).or(from.after);
    let first = last.map_or(0, |after: u64| after.saturating_add(1));
    let chunks = stream::unfold((first, ledger.size()), move |(first, mut size)| {
        let ledger = Arc::clone(&ledger);
        async move {
            loop {
                let sql = format!("{COLUMNS} WHERE idx >= $1 ORDER BY idx LIMIT {CHUNK}");
                let first_value = Value::Integer(first.min(i64::MAX as u64) as i64);
                let rows = ledger.database.read_built(sql, &[first_value]).await.ok()?;
                if rows.is_empty() {
                    size.changed().await.ok()?;
                    continue;
                }
                // Breaks off rather than leave one out.
                let views = RecordView::of_rows(&ledger, &rows).await;
                let views = views.inspect_err(|error| tracing::error!(%error, "a feed breaks off")).ok()?;
                let events: Vec<Event> = views
                    .into_iter()
                    .map(|view| {
                        let json = serde_json::to_string(&view).unwrap_or_default();
                        Event::message(json).id(view.index.to_string()).event_type("record")
                    })
                    .collect();
                let next = first + rows.len() as u64;
                return Some((stream::iter(events), (next, size)));
            }
        }
    });
    SSE::new(futures::StreamExt::flatten(chunks)).keep_alive(Duration::from_secs(15))
}
