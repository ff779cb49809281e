//! Lists of what became of something, which only grow at their end, and how they are followed: page by page, as lines, and as
//! server-sent events.
//!
//! What time alone does is no record. It is told once the log has gone past it, or a little later: then nothing can come before
//! it any more, and a cursor leaves nothing out.

use super::{Followers, News, Peer, Problem, not_a_cursor, schema};
use crate::field::{Instant, OrganisationId};
use crate::ledger::Ledger;
use crate::store::{Filing, Filter, Listing, Row, StoreError, Value};
use futures::stream;
use futures::{StreamExt, TryStreamExt};
use poem::Body;
use poem::web::sse::{Event, SSE};
use poem::{IntoResponse, Response};
use poem_openapi::ApiResponse;
use poem_openapi::payload::Binary;
use poem_openapi::registry::{MetaMediaType, MetaResponse, MetaResponses, MetaSchema, MetaSchemaRef, Registry};
use schemars::JsonSchema;
use serde::Serialize;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// Something that became of an organisation.
pub trait FeedItem: Sized + Serialize + JsonSchema + Send + Sync + 'static {
    /// In the order in which it is told; an index has the organisation before it, too.
    const LISTING: Listing;
    /// What the streams begin with whose records may bring some.
    const PREFIX: &'static str;
    /// Time alone brings some: the first column of the order is its instant.
    const IS_BY_TIME: bool;
    /// What events are called.
    const EVENT: &'static str;

    /// # Errors
    /// The row can't be read.
    fn of_row(row: &Row) -> Result<Self, StoreError>;

    /// Its place in the list, as a text.
    fn cursor(&self) -> &str;

    /// The place that a text names: the values of the order's columns.
    fn place(cursor: &str) -> Option<Vec<Value>>;
}

/// Changes as lines.
#[derive(ApiResponse)]
pub enum ChangeLines {
    /// One change a line, as JSON, to the present end of the list.
    #[oai(status = 200, content_type = "application/x-ndjson")]
    All(Binary<Body>),
}

/// Changes as events, without an end.
pub struct ChangeEvents<C> {
    events: SSE,
    of: PhantomData<C>,
}

/// Whose changes are asked for, and what comes behind which place.
pub struct Changes {
    ledger: Arc<Ledger>,
    of: Option<OrganisationId>,
    after: Option<Vec<Value>>,
}

/// Changes that are read at a time by whoever follows.
const CHUNK: u32 = 64;
/// Clocks of replicas that are believed differ by a minute at most, so a record that is sequenced later has no time before this.
const SETTLED_AFTER_MILLIS: i64 = 120_000;
/// How often whoever follows looks at the clock.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// Proxies give up on a connection that is silent for half a minute.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

impl Changes {
    /// Those behind a place: `after`, or where a reader that comes back was.
    ///
    /// # Errors
    /// `bad-parameter`: no cursor that this list gave.
    pub fn behind<C: FeedItem>(
        ledger: &Arc<Ledger>,
        of: Option<OrganisationId>,
        after: Option<&str>,
    ) -> Result<Self, Problem> {
        let after = after.map(|cursor| C::place(cursor).ok_or_else(not_a_cursor)).transpose()?;
        Ok(Self { ledger: Arc::clone(ledger), of, after })
    }

    fn filter(&self) -> Filter {
        Filter::default().along("organisation", self.of.as_ref().map(|id| Value::from(id.as_str())))
    }

    /// Up to when nothing can come in between any more, by this clock alone.
    fn settled_by_clock(&self) -> Instant {
        self.ledger.clock.now().plus_millis(-SETTLED_AFTER_MILLIS)
    }

    /// And by the log as well, whose time never runs back.
    async fn settled(&self) -> Result<Instant, StoreError> {
        Ok(self.settled_by_clock().max(self.ledger.database.last_time().await?))
    }

    /// A page, and whether there is more already.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn page<C: FeedItem>(&self, limit: u32) -> Result<(Vec<C>, bool), StoreError> {
        let filter = match C::IS_BY_TIME {
            true => self.filter().between(None, Some(self.settled().await?.millis())),
            false => self.filter(),
        };
        let (database, after) = (&self.ledger.database, self.after.clone());
        let page = filter.page(database, &C::LISTING, after, limit, C::of_row, |_| Ok(String::new()));
        let (items, next) = page.await?;
        Ok((items, next.is_some()))
    }

    /// The next page; nothing, and no step further, when there is none yet.
    async fn step<C: FeedItem>(&mut self) -> Result<Vec<C>, StoreError> {
        let (items, _) = self.page::<C>(CHUNK).await?;
        if let Some(last) = items.last() {
            self.after = C::place(last.cursor());
        }
        Ok(items)
    }

    /// All of them as lines, to the present end.
    ///
    /// # Errors
    /// The store can't be read; too many follow already.
    pub async fn lines<C: FeedItem>(mut self, followers: &Followers, peer: Peer) -> Result<ChangeLines, Problem> {
        let following = followers.join(peer)?;
        // Read before the status is sent; what fails later breaks the connection off.
        let first = self.step::<C>().await?;
        let chunks = stream::try_unfold((first, self, following), |(items, mut changes, following)| async move {
            if items.is_empty() {
                return Ok::<_, StoreError>(None);
            }
            let mut lines = Vec::new();
            for item in &items {
                lines.extend(serde_json::to_vec(item).unwrap_or_default());
                lines.push(b'\n');
            }
            let next = changes.step::<C>().await?;
            Ok(Some((lines, (next, changes, following))))
        });
        Ok(ChangeLines::All(Binary(Body::from_bytes_stream(chunks.map_err(std::io::Error::other)))))
    }

    /// As events, as they come.
    ///
    /// # Errors
    /// Too many follow already.
    pub fn events<C: FeedItem>(
        self,
        news: &Arc<News>,
        followers: &Followers,
        peer: Peer,
    ) -> Result<ChangeEvents<C>, Problem> {
        let (news, size, following) = (Arc::clone(news), self.ledger.size(), followers.join(peer)?);
        let chunks = stream::unfold((self, size, following), move |(mut changes, mut size, following)| {
            let news = Arc::clone(&news);
            async move {
                let items = changes.awaited::<C>(&news, &mut size).await;
                // Breaks off rather than leave one out.
                let items = items.inspect_err(|error| tracing::error!(%error, "a feed breaks off")).ok()??;
                Some((stream::iter(items), (changes, size, following)))
            }
        });
        let event = |change: C| {
            let json = serde_json::to_string(&change).unwrap_or_default();
            Event::message(json).id(change.cursor()).event_type(C::EVENT)
        };
        Ok(ChangeEvents { events: SSE::new(chunks.flatten().map(event)).keep_alive(KEEP_ALIVE), of: PhantomData })
    }

    /// Waits for the next ones; nothing when the log is closed.
    async fn awaited<C: FeedItem>(
        &mut self,
        news: &News,
        size: &mut watch::Receiver<u64>,
    ) -> Result<Option<Vec<C>>, StoreError> {
        let is_ours = self.of.as_ref().map(|id| format!("{}/{id}", C::PREFIX));
        let takes = |filed: &Filing| match &is_ours {
            Some(stream) => *filed.stream == **stream,
            None => filed.stream.strip_prefix(C::PREFIX).is_some_and(|rest| rest.starts_with('/')),
        };
        loop {
            let mut first = *size.borrow_and_update();
            let items = self.step().await?;
            if !items.is_empty() {
                return Ok(Some(items));
            }
            let turn = if C::IS_BY_TIME { self.next_turn::<C>().await? } else { None };
            let is_over = || turn.is_some_and(|turn| turn <= self.settled_by_clock().millis());
            while !is_over() {
                let deadline = tokio::time::Instant::now() + LOOK_EVERY;
                if news.awaited(takes, &mut first, size, deadline).await? {
                    break;
                }
                if size.has_changed().is_err() {
                    return Ok(None);
                }
            }
        }
    }

    /// When time will bring the next one.
    async fn next_turn<C: FeedItem>(&self) -> Result<Option<i64>, StoreError> {
        let behind = self.settled().await?.millis().saturating_add(1);
        let filter = self.filter().between(Some(behind), None);
        let page =
            filter.page(&self.ledger.database, &C::LISTING, None, 1, |row| row.integer(0), |_| Ok(String::new()));
        Ok(page.await?.0.pop())
    }
}

impl<C: Send> IntoResponse for ChangeEvents<C> {
    fn into_response(self) -> Response {
        self.events.into_response()
    }
}

impl<C: JsonSchema> ApiResponse for ChangeEvents<C> {
    fn meta() -> MetaResponses {
        let events = MetaSchema {
            items: Some(Box::new(schema::reference::<C>())),
            ..MetaSchema::new_with_format("array", "event-stream")
        };
        let schema = MetaSchemaRef::Inline(Box::new(events));
        MetaResponses {
            responses: vec![MetaResponse {
                description: "",
                status: Some(200),
                status_range: None,
                content: vec![MetaMediaType { content_type: "text/event-stream", schema }],
                headers: vec![],
            }],
        }
    }

    fn register(registry: &mut Registry) {
        schema::register::<C>(registry);
    }
}

/// The API of one list of changes: page by page, as lines and as events. Lists differ in what an item is, in path and names, and in
/// nothing else.
macro_rules! endpoints_of_changes {
    (
        $(#[$about:meta])*
        page $page:ident of $item:ty;
        $api:ident: $prefix:literal, $tag:literal;
        $(#[$listed:meta])* list: $list:literal;
        $(#[$told:meta])* lines: $lines:literal;
        $(#[$followed:meta])* events: $events:literal;
    ) => {
        $(#[$about])*
        #[derive(serde::Serialize, schemars::JsonSchema)]
        pub struct $page {
            items: Vec<$item>,
            /// Pass as `after` to go on, also when nothing more has changed yet; absent while nothing ever has.
            #[serde(skip_serializing_if = "Option::is_none")]
            next: Option<String>,
            /// There is more already.
            more: bool,
        }

        pub struct $api(pub(super) std::sync::Arc<$crate::ledger::Ledger>);

        #[poem_openapi::OpenApi(prefix_path = $prefix, tag = $tag)]
        impl $api {
            $(#[$listed])*
            #[oai(path = "/changes", method = "get", operation_id = $list)]
            async fn list(
                &self,
                organisation: poem_openapi::param::Query<Option<$crate::field::OrganisationId>>,
                /// `next` of the page before, or the `cursor` of an item.
                after: poem_openapi::param::Query<Option<String>>,
                #[oai(validator(minimum(value = "1"), maximum(value = "500")))]
                limit: poem_openapi::param::Query<Option<u32>>,
            ) -> Result<$crate::http::Typed<$page>, $crate::http::Problem> {
                let limit = $crate::http::page_limit(limit.0)?;
                let changes = $crate::http::Changes::behind::<$item>(&self.0, organisation.0, after.as_deref())?;
                let (items, more) = changes.page::<$item>(limit).await?;
                let last = items.last().map(|item| $crate::http::FeedItem::cursor(item).to_owned());
                Ok($crate::http::Typed($page { items, next: last.or(after.0), more }))
            }

            $(#[$told])*
            #[oai(path = "/changes.ndjson", method = "get", operation_id = $lines)]
            async fn lines(
                &self,
                organisation: poem_openapi::param::Query<Option<$crate::field::OrganisationId>>,
                after: poem_openapi::param::Query<Option<String>>,
                followers: poem::web::Data<&$crate::http::Followers>,
                peer: poem::web::Data<&$crate::http::Peer>,
            ) -> Result<$crate::http::ChangeLines, $crate::http::Problem> {
                let changes = $crate::http::Changes::behind::<$item>(&self.0, organisation.0, after.as_deref())?;
                changes.lines::<$item>(&followers, *peer.0).await
            }

            $(#[$followed])*
            #[oai(path = "/changes.sse", method = "get", operation_id = $events)]
            async fn events(
                &self,
                organisation: poem_openapi::param::Query<Option<$crate::field::OrganisationId>>,
                after: poem_openapi::param::Query<Option<String>>,
                /// The id of the last event, in the place of `after`.
                #[oai(name = "Last-Event-ID")]
                last: poem_openapi::param::Header<Option<String>>,
                news: poem::web::Data<&std::sync::Arc<$crate::http::News>>,
                followers: poem::web::Data<&$crate::http::Followers>,
                peer: poem::web::Data<&$crate::http::Peer>,
            ) -> Result<$crate::http::ChangeEvents<$item>, $crate::http::Problem> {
                let after = last.0.or(after.0);
                let changes = $crate::http::Changes::behind::<$item>(&self.0, organisation.0, after.as_deref())?;
                changes.events(&news, &followers, *peer.0)
            }
        }
    };
}
pub(crate) use endpoints_of_changes;
