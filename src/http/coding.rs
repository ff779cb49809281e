//! Content codings (RFC 9110 §8.4): answers are compressed for those who ask, requests are read in the codings we know.

use super::body::{self, Budget};
use super::{Peer, Problem};
use crate::problem;
use poem::http::{HeaderMap, HeaderValue, StatusCode, header};
use poem::web::{Compress, CompressionAlgo};
use poem::{Endpoint, IntoResponse, Middleware, Request, Response};
use std::sync::Arc;

/// The middleware.
pub struct Coding;

/// An endpoint behind [`Coding`].
pub struct Coded<E>(E);

/// What we would rather send, first.
const CODINGS: [(&str, CompressionAlgo); 3] =
    [("zstd", CompressionAlgo::ZSTD), ("br", CompressionAlgo::BR), ("gzip", CompressionAlgo::GZIP)];

/// Media types, by their beginning, that shrink; all else is packed already or too small.
const SHRINKING: [&str; 8] = [
    "text/",
    "application/json",
    "application/problem+json",
    "application/x-ndjson",
    "application/javascript",
    "application/x-yaml",
    "application/yaml",
    "image/svg",
];

impl<E: Endpoint<Output = Response>> Middleware<E> for Coding {
    type Output = Coded<E>;

    fn transform(&self, inner: E) -> Coded<E> {
        Coded(inner)
    }
}

impl<E: Endpoint<Output = Response>> Endpoint for Coded<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> poem::Result<Response> {
        let shared = request.data::<Arc<Budget>>().cloned().zip(request.data::<Peer>().copied());
        let (budget, peer) = shared.ok_or_else(|| Problem::of(&problem::INTERNAL))?;
        if let Err(problem) = body::decode(&mut request, &budget, peer).await {
            return Ok(problem.into_response());
        }
        let coding = accepted(request.headers());
        let mut response = self.0.call(request).await?;
        response.headers_mut().append(header::VARY, HeaderValue::from_static("Accept-Encoding"));
        let Some(coding) = coding.filter(|_| shrinks(&response)) else { return Ok(response) };
        let tag = response.header(header::ETAG).filter(|tag| !tag.starts_with("W/")).map(|tag| format!("W/{tag}"));
        let mut response = Compress::new(response, coding).into_response();
        // The bytes are others now (RFC 9110 §8.8.3.3).
        if let Some(Ok(tag)) = tag.map(HeaderValue::try_from) {
            response.headers_mut().insert(header::ETAG, tag);
        }
        Ok(response)
    }
}

fn shrinks(response: &Response) -> bool {
    let whole =
        !matches!(response.status(), StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED | StatusCode::PARTIAL_CONTENT);
    let plain = !response.headers().contains_key(header::CONTENT_ENCODING);
    let media_type = response.content_type().unwrap_or_default();
    // A stream of events stays open for hours; each would hold a compressor's window as long.
    whole && plain && media_type != "text/event-stream" && SHRINKING.iter().any(|prefix| media_type.starts_with(prefix))
}

/// The coding that the caller likes best, and of those that it likes equally the one that we like best.
fn accepted(headers: &HeaderMap) -> Option<CompressionAlgo> {
    let values = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    let wanted: Vec<(&str, f32)> = values.flat_map(|value| value.split(',')).map(weighted).collect();
    let weight = |name: &str| {
        let of = |name: &str| wanted.iter().find(|(coding, _)| coding.eq_ignore_ascii_case(name)).map(|(_, q)| *q);
        of(name).or_else(|| of("*")).unwrap_or(0.0)
    };
    let mut best = None;
    for (name, algorithm) in CODINGS {
        let q = weight(name);
        if q > 0.0 && best.is_none_or(|(most, _)| q > most) {
            best = Some((q, algorithm));
        }
    }
    best.map(|(_, algorithm)| algorithm)
}

/// `gzip;q=0.5`; without a weight it is 1, with one that can't be read it is 0.
fn weighted(item: &str) -> (&str, f32) {
    let (coding, parameters) = item.split_once(';').unwrap_or((item, ""));
    let q = match parameters.trim().strip_prefix("q=").or_else(|| parameters.trim().strip_prefix("Q=")) {
        Some(q) => q.trim().parse().unwrap_or(0.0),
        None => 1.0,
    };
    (coding.trim(), q)
}
