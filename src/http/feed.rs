//! Following the log: its entries as lines, records as server-sent events, and how many may.

use super::body::NDJSON;
use super::connection::Room;
use super::record::RecordView;
use super::share::{Extent, Pool, Share, Spent};
use super::{Peer, Problem};
use crate::ledger::Ledger;
use crate::problem;
use crate::store::{Direction, EntryFilter, StoreError};
use futures::stream;
use poem::web::sse::{Event, SSE};
use poem::web::{Data, Query};
use poem::{Body, Request, Response, handler};
use serde::Deserialize;
use std::sync::Arc;
use std::time::Duration;

/// Callers that follow the log: streams and long polls, each of which holds a connection for as long as it likes. So many
/// in all that posts and everything else have connections left, so many of one peer that there is room for others.
#[derive(Clone)]
pub struct Followers(Arc<Pool>);

/// The part of all connections that may follow, and that those of one peer may.
const FOLLOWING: usize = 2;
const FOLLOWING_PER_PEER: usize = 16;

impl Followers {
    pub fn of(room: Room) -> Self {
        let (total, per_peer) = (room.total / FOLLOWING, (room.total / FOLLOWING_PER_PEER).max(1));
        Self(Pool::new(Extent { total, per_peer }))
    }

    /// # Errors
    /// `rate-limited` when the peer has as many as it may, `overloaded` when all have.
    pub fn join(&self, peer: Peer) -> Result<Share, Problem> {
        let Extent { total, per_peer } = self.0.extent();
        self.0.take(peer, 1).map_err(|spent| match spent {
            Spent::ByPeer => {
                let zh = format!("一个地址同时至多 {per_peer} 个事件流与长轮询");
                let en = format!("at most {per_peer} streams and long polls at a time from one address");
                Problem::with_detail(&problem::RATE_LIMITED, zh, en)
            }
            Spent::ByAll => {
                let zh = format!("事件流与长轮询已达 {total} 个");
                let en = format!("there are {total} streams and long polls already");
                Problem::with_detail(&problem::OVERLOADED, zh, en)
            }
        })
    }
}

#[derive(Deserialize)]
pub struct From {
    /// Index of the last record already seen.
    after: Option<u64>,
}

/// Entries that are read at a time: what each of thousands of followers who read slowly has us hold.
const CHUNK: u32 = 64;

/// `GET /v1/records.ndjson?after=`: the entries themselves, one a line, to the end of the log.
#[handler]
pub async fn ndjson(
    ledger: Data<&Arc<Ledger>>,
    followers: Data<&Followers>,
    peer: Data<&Peer>,
    Query(from): Query<From>,
) -> Result<Response, Problem> {
    let (ledger, following) = (Arc::clone(&ledger), followers.join(*peer.0)?);
    let first = from.after.map_or(0, |after| after.saturating_add(1));
    // The first entries are read before the status is sent; what fails later breaks the connection off.
    let entries = ledger.database.entries(first, CHUNK.into()).await?;
    let chunks = stream::try_unfold((entries, first, following), move |(entries, first, following)| {
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
            Ok(Some((lines, (ledger.database.entries(first, CHUNK.into()).await?, first, following))))
        }
    });
    let chunks = futures::TryStreamExt::map_err(chunks, std::io::Error::other);
    Ok(Response::builder().content_type(NDJSON).body(Body::from_bytes_stream(chunks)))
}

/// `GET /v1/records.sse?after=`: records as server-sent events, each with its index as id; goes on as the log grows. A
/// browser that reconnects sends `Last-Event-ID` and misses nothing.
#[handler]
pub async fn events(
    ledger: Data<&Arc<Ledger>>,
    followers: Data<&Followers>,
    peer: Data<&Peer>,
    Query(from): Query<From>,
    request: &Request,
) -> Result<SSE, Problem> {
    let (ledger, following) = (Arc::clone(&ledger), followers.join(*peer.0)?);
    let last = request.header("last-event-id").and_then(|id| id.parse().ok()).or(from.after);
    let first = last.map_or(0, |after: u64| after.saturating_add(1));
    let chunks = stream::unfold((first, ledger.size(), following), move |(first, mut size, following)| {
        let ledger = Arc::clone(&ledger);
        async move {
            loop {
                let range = first..(*size.borrow_and_update()).max(first);
                if range.is_empty() {
                    size.changed().await.ok()?;
                    continue;
                }
                let found = ledger.database.search(&EntryFilter::default(), range, Direction::OldestFirst, CHUNK).await;
                let found = found.ok()?;
                // Breaks off rather than leave one out.
                let views = RecordView::of_rows(&ledger, &found.rows).await;
                let views = views.inspect_err(|error| tracing::error!(%error, "a feed breaks off")).ok()?;
                let events: Vec<Event> = views
                    .into_iter()
                    .map(|view| {
                        let json = serde_json::to_string(&view).unwrap_or_default();
                        Event::message(json).id(view.index.to_string()).event_type("record")
                    })
                    .collect();
                let next = found.rest.start;
                return Some((stream::iter(events), (next, size, following)));
            }
        }
    });
    Ok(SSE::new(futures::StreamExt::flatten(chunks)).keep_alive(Duration::from_secs(15)))
}
