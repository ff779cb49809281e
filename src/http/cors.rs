//! Pages of other sites (CORS, <https://fetch.spec.whatwg.org/#http-cors-protocol>): the ledger is public, so any page may read
//! it, and may post what somebody has signed. Nobody is known by a cookie, so none is ever asked for.

use super::Allowed;
use poem::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD, ORIGIN,
};
use poem::http::{HeaderMap, HeaderValue, Method, StatusCode};
use poem::{Request, Response};

/// What is public whoever asks from wherever. What operators look at, and pages for people, is no page's to read that a
/// browser within the operator's network has open.
const PUBLIC: [&str; 4] = ["/v1/", "/log/", "/openapi.", "/problems"];

/// Headers that a page may send. `Authorization` has to be named: a star would not take it in.
const SENT: &str =
    "authorization, content-encoding, content-type, if-none-match, if-range, last-event-id, range, x-jws-signature";
/// Headers that a page may see beside those that it always may.
const SEEN: &str =
    "allow, content-disposition, content-range, etag, location, retry-after, www-authenticate, x-document-media-type";
/// A day: as long as a browser keeps such an answer at all.
const KEPT_SECONDS: &str = "86400";

fn is_public(path: &str) -> bool {
    PUBLIC.iter().any(|public| path.starts_with(public))
}

/// The answer to a browser that asks whether a page may send what it is about to.
pub fn preflight(request: &Request, allowed: &Allowed) -> Option<Response> {
    let path = request.uri().path();
    let asks = request.method() == Method::OPTIONS
        && request.headers().contains_key(ORIGIN)
        && request.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    (asks && is_public(path)).then(|| {
        let answer = Response::builder().status(StatusCode::NO_CONTENT);
        let answer = answer.header(ACCESS_CONTROL_ALLOW_METHODS, allowed.header(path));
        answer.header(ACCESS_CONTROL_ALLOW_HEADERS, SENT).header(ACCESS_CONTROL_MAX_AGE, KEPT_SECONDS).finish()
    })
}

/// Lets pages of other sites read an answer. It is the same for all of them, so that caches may keep it.
pub fn open(headers: &mut HeaderMap, path: &str) {
    if is_public(path) {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(SEEN));
    }
}
