//! What every request passes through: who asks, a rate per address and per key, a time limit, conditional answers, counting.

use super::allow::Allowed;
use super::registrations::Registrations;
use super::{Parameters, Peer, Problem, TrustedProxies, cors, page};
use crate::ledger::{Ledger, UncitedQuota};
use crate::metrics::Metrics;
use crate::organisation;
use crate::problem;
use crate::record::KeyId;
use crate::sequencer::Admitted;
use governor::clock::DefaultClock;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};
use poem::http::uri::Authority;
use poem::http::{HeaderValue, Method, StatusCode, Uri, Version, header};
use poem::{Endpoint, IntoResponse, Middleware, Request, Response};
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// Limits on what one caller may ask. Zero means no limit.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Requests a second from one address.
    pub per_address: u32,
    /// Records a second under one key.
    pub per_key: u32,
    /// Registrations an hour from one address, where requests are counted by address.
    pub registrations_per_address: u32,
    /// Registrations an hour from everybody.
    pub registrations: u32,
    /// Wishes to subscribe an hour from one address, where requests are counted by address.
    pub subscriptions_per_address: u32,
    /// Wishes to subscribe an hour from everybody.
    pub subscriptions: u32,
    /// Seconds that a request may take; of an upload, seconds without a byte.
    pub request_seconds: u64,
    /// Bytes of an uploaded document, decoded.
    pub document_bytes: u64,
    /// What an organisation may have here that no record cites.
    pub uncited: UncitedQuota,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            per_address: 2000,
            per_key: 1000,
            // A counter at which bidders come in has one address, and one every minute.
            registrations_per_address: 60,
            // What strangers can make the log grow by: at 8 kB each, 30 MB an hour; and more enterprises in a week than a
            // province has bidders.
            registrations: 3600,
            // An office behind one address, and no machine.
            subscriptions_per_address: 20,
            // Servers of mail stop believing a host that writes to many strangers.
            subscriptions: 500,
            request_seconds: 30,
            // Platforms for bidding take files of 50 to 200 MB.
            document_bytes: 256 << 20,
            uncited: UncitedQuota::default(),
        }
    }
}

pub(super) type Limiter<K> = RateLimiter<K, DefaultKeyedStateStore<K>, DefaultClock>;

fn limiter<K: std::hash::Hash + Eq + Clone>(per_second: u32) -> Option<Limiter<K>> {
    NonZeroU32::new(per_second).map(|rate| RateLimiter::keyed(Quota::per_second(rate)))
}

/// How fast records may come: under one key, and from those who bring their key with them. Shared with the extractors that
/// know what a record is.
pub struct RecordRate {
    keys: Option<Limiter<KeyId>>,
    seen: AtomicU32,
    registrations: Registrations,
}

impl RecordRate {
    pub fn new(limits: &Limits) -> Self {
        let registrations = Registrations::new(limits);
        Self { keys: limiter(limits.per_key), seen: AtomicU32::new(0), registrations }
    }

    /// # Errors
    /// `rate-limited`
    pub async fn check(&self, ledger: &Ledger, admitted: &Admitted, peer: Peer) -> Result<(), Problem> {
        self.may_sign_in(ledger, admitted, peer).await?;
        let Some(keys) = &self.keys else { return Ok(()) };
        forget_idle(keys, &self.seen);
        keys.check_key(&admitted.header().kid).map_err(|_| Problem::of(&problem::RATE_LIMITED))
    }

    /// As [`Self::check`], but waits for the key's turn: for the lines of one request.
    ///
    /// # Errors
    /// `rate-limited` for a registration: nobody waits minutes.
    pub async fn wait(&self, ledger: &Ledger, admitted: &Admitted, peer: Peer) -> Result<(), Problem> {
        self.may_sign_in(ledger, admitted, peer).await?;
        if let Some(keys) = &self.keys {
            forget_idle(keys, &self.seen);
            keys.until_key_ready(&admitted.header().kid).await;
        }
        Ok(())
    }

    /// Every key is new to who makes one for each record: what brings its own is counted by where it comes from. The one that
    /// a supervisor awaits comes in whatever strangers do.
    async fn may_sign_in(&self, ledger: &Ledger, admitted: &Admitted, peer: Peer) -> Result<(), Problem> {
        let Some((_, owner)) = admitted.act().signs_in() else { return Ok(()) };
        let Err(refused) = self.registrations.check(peer) else { return Ok(()) };
        let kid = &admitted.header().kid;
        if organisation::awaits(&mut ledger.database.clone(), owner, kid).await? { Ok(()) } else { Err(refused) }
    }
}

/// Every so often, drop callers that have been quiet: the table must not grow with everybody who ever came by.
pub(super) fn forget_idle<K: std::hash::Hash + Eq + Clone>(limiter: &Limiter<K>, seen: &AtomicU32) {
    if seen.fetch_add(1, Ordering::Relaxed).is_multiple_of(100_000) {
        limiter.retain_recent();
    }
}

/// The middleware.
#[derive(Clone)]
pub struct Gate {
    metrics: Arc<Metrics>,
    proxies: Arc<TrustedProxies>,
    peers: Option<Arc<Limiter<Peer>>>,
    seen: Arc<AtomicU32>,
    time: Duration,
    allowed: &'static Allowed,
    parameters: &'static Parameters,
}

impl Gate {
    pub fn new(
        metrics: Arc<Metrics>,
        limits: &Limits,
        allowed: &'static Allowed,
        parameters: &'static Parameters,
        proxies: Arc<TrustedProxies>,
    ) -> Self {
        Self {
            metrics,
            proxies,
            allowed,
            parameters,
            peers: limiter(limits.per_address).map(Arc::new),
            seen: Arc::default(),
            time: Duration::from_secs(limits.request_seconds),
        }
    }

    /// Who asks, as far as is known.
    fn client(&self, request: &Request) -> Option<IpAddr> {
        let peer = request.remote_addr().as_socket_addr()?.ip();
        Some(self.proxies.client(peer, request.headers()))
    }

    /// # Errors
    /// `host-invalid`, `rate-limited`, `bad-parameter`
    fn admit(&self, request: &Request, client: Option<Peer>) -> Result<(), Problem> {
        if !names_one_host(request) {
            return Err(Problem::of(&problem::HOST_INVALID));
        }
        if let Some((peers, client)) = self.peers.as_ref().zip(client) {
            forget_idle(peers, &self.seen);
            peers.check_key(&client).map_err(|_| Problem::of(&problem::RATE_LIMITED))?;
        }
        let uri = request.uri();
        self.parameters.check(request.method(), uri.path(), uri.query().unwrap_or_default())
    }
}

/// Whether there is one `Host`, and it can be one (RFC 9112 §3.2): proxies and we must not see different ones.
fn names_one_host(request: &Request) -> bool {
    let mut hosts = request.headers().get_all(header::HOST).iter();
    match (hosts.next(), hosts.next()) {
        (None, _) => request.version() < Version::HTTP_11,
        (Some(host), None) => {
            let host = host.as_bytes();
            host.is_empty() || Authority::try_from(host).is_ok_and(|_| !host.contains(&b'@'))
        }
        _ => false,
    }
}

impl<E: Endpoint> Middleware<E> for Gate {
    type Output = Gated<E>;

    fn transform(&self, inner: E) -> Gated<E> {
        Gated { inner, gate: self.clone() }
    }
}

/// An endpoint behind the [`Gate`].
pub struct Gated<E> {
    inner: E,
    gate: Gate,
}

impl<E: Endpoint> Gated<E> {
    /// The answer to a request that was let in, in time.
    async fn answer(&self, request: Request, time: Duration) -> Response {
        if let Some(preflight) = cors::preflight(&request, self.gate.allowed) {
            return preflight;
        }
        let (method, uri) = (request.method().clone(), request.uri().clone());
        match tokio::time::timeout(time, self.inner.call(request)).await {
            Ok(Ok(output)) => output.into_response(),
            Ok(Err(error)) => self.gate.parameters.refused(error, &method, uri.path()),
            Err(_) => Problem::of(&problem::TIMEOUT).into_response(),
        }
    }
}

impl<E: Endpoint> Endpoint for Gated<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> poem::Result<Response> {
        let client = self.gate.client(&request);
        let peer = client.map(Peer::from);
        request.set_data(peer.unwrap_or(Peer::NOBODY));
        let (method, uri, began) = (request.method().clone(), request.uri().clone(), Instant::now());
        let known = request.header(header::IF_NONE_MATCH).map(str::to_owned);
        // An upload takes as long as its bytes take; they are timed as they come.
        let upload = method == Method::PUT && uri.path().starts_with(super::document::PREFIX);
        let time = if upload { UPLOAD_TIME } else { self.gate.time };
        let mut response = match self.gate.admit(&request, peer) {
            Ok(()) => self.answer(request, time).await,
            Err(problem) => problem.into_response(),
        };
        if method == Method::GET || method == Method::HEAD {
            response = conditional(response, known.as_deref());
        }
        let allowed =
            (response.status() == StatusCode::METHOD_NOT_ALLOWED).then(|| self.gate.allowed.header(uri.path()));
        let headers = response.headers_mut();
        if let Some(Ok(allowed)) = allowed.map(HeaderValue::try_from) {
            headers.insert(header::ALLOW, allowed);
        }
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        page::protect(headers);
        if has_token(&uri) {
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        }
        cors::open(headers, uri.path());
        let status = response.status().as_u16();
        self.gate.metrics.response(method_label(&method), status);
        // Not the query: what is asked for may be somebody's secret.
        tracing::info!(
            target: "gongshi::requests", client = client.map(tracing::field::display), %method, path = uri.path(), status,
            milliseconds = began.elapsed().as_millis() as u64, "answered"
        );
        Ok(response)
    }
}

/// The longest that any upload may take.
const UPLOAD_TIME: Duration = Duration::from_secs(3600);

/// A label of the caller's choice would be memory of the caller's choice.
fn method_label(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        Method::PATCH => "PATCH",
        _ => "other",
    }
}

/// Whether a link is asked for that only one person has, as those in messages to subscribers: what is answered says who that is, and is
/// kept by no cache.
fn has_token(uri: &Uri) -> bool {
    uri.query().is_some_and(|query| query.split('&').any(|asked| asked.starts_with("token=")))
}

/// 304 when the caller has what would be sent (RFC 9110 §13.1.2).
fn conditional(response: Response, known: Option<&str>) -> Response {
    let Some((known, tag)) = known.zip(response.header(header::ETAG)) else { return response };
    // Weakly: what compresses on the way makes tags weak.
    let weak = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let same = known.trim() == "*" || known.split(',').any(|known| weak(known) == weak(tag));
    if !(same && response.status() == StatusCode::OK) {
        return response;
    }
    let mut unchanged = Response::builder().status(StatusCode::NOT_MODIFIED).finish();
    for name in [header::ETAG, header::CACHE_CONTROL, header::VARY] {
        if let Some(value) = response.headers().get(&name) {
            unchanged.headers_mut().insert(name, value.clone());
        }
    }
    unchanged
}
