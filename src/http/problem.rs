//! A [`Refusal`] as RFC 9457 problem+json.

use super::schema;
use crate::problem::{self, Bilingual, ProblemType, Refusal};
use poem::http::{HeaderValue, StatusCode, header};
use poem::{IntoResponse, Response};
use poem_openapi::ApiResponse;
use poem_openapi::registry::{MetaMediaType, MetaResponse, MetaResponses, Registry};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A problem (RFC 9457). `title` and `detail` are Chinese; the members ending in `_en` say the same in English.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Problem {
    /// Stable path of the problem type; a page there explains it.
    #[serde(rename = "type")]
    pub kind: String,
    pub title: String,
    pub title_en: String,
    /// The HTTP status.
    pub status: u16,
    pub detail: String,
    pub detail_en: String,
    /// The fields at fault; empty when the problem is about no field.
    pub errors: Vec<FieldProblem>,
    /// The rule that the refusal rests on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<RuleView>,
    /// Seconds after which it may be tried again, where that is longer than a moment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u64>,
    /// Bytes of the document of which a range was asked for that it has not.
    #[serde(skip)]
    pub complete_length: Option<u64>,
}

/// One field at fault.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct FieldProblem {
    /// RFC 6901 JSON pointer into the payload (or the protected header).
    pub pointer: String,
    /// Code of the problem type of this field.
    pub code: String,
    /// What is wrong and what is allowed, in Chinese.
    pub detail: String,
    /// The same in English.
    pub detail_en: String,
    /// What was there, cut after 40 characters; absent where nothing was, where it is a list or an object, and of fields that
    /// nobody knows, which may hold anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub received: Option<String>,
}

/// Characters of a value that an answer shows again.
const RECEIVED_CHARS_MAX: usize = 40;

/// A plain value, short enough to be shown.
fn shown(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Null | Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::Array(_) | Value::Object(_) => return None,
    };
    let mut characters = text.chars().filter(|c| !c.is_control());
    let mut short: String = characters.by_ref().take(RECEIVED_CHARS_MAX).collect();
    if characters.next().is_some() {
        short.push('…');
    }
    Some(short)
}

/// A rule of the rulebook.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Rule")]
pub struct RuleView {
    pub id: String,
    /// Law and article.
    pub law: String,
}

impl From<&Refusal> for Problem {
    fn from(refusal: &Refusal) -> Self {
        Self {
            kind: type_path(refusal.problem),
            title: refusal.problem.title_zh.to_owned(),
            title_en: refusal.problem.title_en.to_owned(),
            status: refusal.problem.status,
            detail: refusal.detail.zh.clone(),
            detail_en: refusal.detail.en.clone(),
            errors: refusal
                .fields
                .iter()
                .map(|field| {
                    let Bilingual { zh: detail, en: detail_en } = field.fault.words();
                    let code = problem::of_fault(&field.fault).code.to_owned();
                    FieldProblem { pointer: field.pointer.clone(), code, detail, detail_en, received: None }
                })
                .collect(),
            rule: refusal.citation.as_ref().map(|c| RuleView { id: c.rule.clone(), law: c.law.clone() }),
            retry_after: None,
            complete_length: None,
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        Self::from(&refusal)
    }
}

fn type_path(problem: &ProblemType) -> String {
    format!("/problems/{}", problem.code)
}

impl Problem {
    /// A problem that needs no more words than its type.
    pub fn of(problem: &'static ProblemType) -> Self {
        Refusal::new(problem, problem.title_zh, problem.title_en).into()
    }

    /// Tells what stood in the fields at fault of a payload. A private key that somebody sent is an unknown field, and what a
    /// header says is no field of a payload.
    #[must_use]
    pub fn with_received(mut self, payload: &[u8]) -> Self {
        let is_of_payload = !self.errors.is_empty() && self.kind != type_path(&problem::HEADER_INVALID);
        let payload = is_of_payload.then(|| serde_json::from_slice::<Value>(payload).ok()).flatten();
        if let Some(payload) = payload {
            for field in self.errors.iter_mut().filter(|field| field.code != problem::UNKNOWN_FIELD.code) {
                field.received = payload.pointer(&field.pointer).and_then(shown);
            }
        }
        self
    }

    /// A problem in more words, in Chinese and in English.
    pub fn with_detail(problem: &'static ProblemType, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Refusal::new(problem, zh.into(), en.into()).into()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let mut response = Response::builder().status(status).content_type(CONTENT_TYPE).body(body);
        if status == StatusCode::UNAUTHORIZED {
            // RFC 9110 §11.6.1: a 401 names a way in.
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"gongshi\""));
        }
        if matches!(status, StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS) {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(self.retry_after.unwrap_or(1)));
        }
        if let Some(length) = self.complete_length {
            // RFC 9110 §15.5.17.
            let range = HeaderValue::try_from(format!("bytes */{length}"));
            response.headers_mut().extend(range.ok().map(|range| (header::CONTENT_RANGE, range)));
        }
        response
    }
}

const CONTENT_TYPE: &str = "application/problem+json";

impl From<Problem> for poem::Error {
    fn from(problem: Problem) -> Self {
        Self::from_response(problem.into_response())
    }
}

impl From<Refusal> for poem::Error {
    fn from(refusal: Refusal) -> Self {
        Problem::from(refusal).into()
    }
}

/// Every endpoint may answer with any status of the catalogue; the document lists each once.
impl ApiResponse for Problem {
    fn meta() -> MetaResponses {
        let mut statuses: Vec<u16> = problem::CATALOGUE.iter().map(|problem| problem.status).collect();
        statuses.sort_unstable();
        statuses.dedup();
        let responses = statuses
            .into_iter()
            .map(|status| MetaResponse {
                description: "problem+json (RFC 9457)",
                status: Some(status),
                status_range: None,
                content: vec![MetaMediaType { content_type: CONTENT_TYPE, schema: schema::reference::<Self>() }],
                headers: vec![],
            })
            .collect();
        MetaResponses { responses }
    }

    fn register(registry: &mut Registry) {
        schema::register::<Self>(registry);
    }
}

/// The last net: whatever poem itself refuses (no route, wrong method, unreadable parameter) leaves as a problem too.
/// `None` when the error is an answer of our own.
pub fn from_poem(error: &poem::Error) -> Option<Response> {
    if error.is_from_response() {
        return None;
    }
    let status = error.status();
    let kind = match status {
        StatusCode::NOT_FOUND => &problem::NOT_FOUND,
        StatusCode::METHOD_NOT_ALLOWED => &problem::METHOD_NOT_ALLOWED,
        StatusCode::NOT_ACCEPTABLE => &problem::NOT_ACCEPTABLE,
        StatusCode::UNSUPPORTED_MEDIA_TYPE => &problem::MEDIA_TYPE,
        StatusCode::PAYLOAD_TOO_LARGE => &problem::REQUEST_TOO_LARGE,
        StatusCode::UNAUTHORIZED => &problem::TOKEN_INVALID,
        status if status.is_client_error() => &problem::BAD_PARAMETER,
        _ => {
            tracing::error!(%error, "unhandled error");
            return Some(Problem::of(&problem::INTERNAL).into_response());
        }
    };
    if status == StatusCode::UNAUTHORIZED {
        let zh = "缺少 Authorization: Bearer 令牌（由已登记的密钥签署的 EdDSA JWT），或其格式有误";
        let en = "Authorization: Bearer with a token is expected: an EdDSA JWT that a registered key has signed";
        return Some(Problem::with_detail(kind, zh, en).into_response());
    }
    // What poem says is English, and names types of ours that are nobody's business.
    Some(Problem::of(kind).into_response())
}
