//! `Signed<T>`: the typed body of a record whose detached signature travels in a header.

use super::body::{self, Portion};
use super::gate::RecordRate;
use super::{Peer, Problem, schema};
use crate::act::Payload;
use crate::ledger::Ledger;
use crate::problem;
use crate::record::Record;
use crate::sequencer::Admitted;
use futures::FutureExt;
use poem::{Request, RequestBody};
use poem_openapi::registry::{MetaMediaType, MetaParamIn, MetaRequest, MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};
use schemars::JsonSchema;
use std::marker::PhantomData;
use std::sync::Arc;

/// A record of kind `T::KIND` whose signature holds. The bytes are those that were received.
pub struct Signed<T> {
    pub received: Received,
    kind: PhantomData<fn() -> T>,
}

/// A record of whatever kind.
pub struct Received {
    pub admitted: Admitted,
    /// The bytes of the body, for who explains why they are refused.
    pub payload: Vec<u8>,
    _portion: Portion,
}

/// The longest payload that, as base64url, still fits an entry of 65,535 bytes (FORMAT.md §3).
pub const PAYLOAD_BYTES_MAX: usize = 45_000;

pub const SIGNATURE_HEADER: &str = "x-jws-signature";

impl<'a, T: Payload + JsonSchema> ApiExtractor<'a> for Signed<T> {
    /// One argument documents both halves: the JSON body and the header that signs it.
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject, ApiExtractorType::Parameter];
    const PARAM_IS_REQUIRED: bool = true;

    type ParamType = String;
    type ParamRawType = String;

    fn register(registry: &mut Registry) {
        schema::register::<T>(registry);
    }

    fn param_in() -> Option<MetaParamIn> {
        Some(MetaParamIn::Header)
    }

    fn param_schema_ref() -> Option<MetaSchemaRef> {
        let mut schema = MetaSchema::new_with_format("string", "jws-detached");
        schema.max_length = Some(4096);
        Some(MetaSchemaRef::Inline(Box::new(schema)))
    }

    fn request_meta() -> Option<MetaRequest> {
        Some(MetaRequest {
            description: Some(T::KIND),
            content: vec![MetaMediaType { content_type: "application/json", schema: schema::reference::<T>() }],
            required: true,
        })
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _options: ExtractParamOptions<String>,
    ) -> poem::Result<Self> {
        let received = Received::read(request, body, T::KIND).boxed().await?;
        Ok(Self { received, kind: PhantomData })
    }
}

impl Received {
    pub(super) async fn read(request: &Request, body: &mut RequestBody, kind: &'static str) -> poem::Result<Self> {
        let shared = request.data::<Arc<Ledger>>().zip(request.data::<Arc<RecordRate>>());
        let (ledger, rate) = shared.ok_or_else(|| Problem::of(&problem::INTERNAL))?;
        expect_media_type(request, "application/json")?;
        let (payload, portion) = body::whole(request, body, PAYLOAD_BYTES_MAX, payload_too_long).await?;
        let signature = request.header(SIGNATURE_HEADER).ok_or_else(signature_missing)?;
        let record =
            Record::from_detached(signature, &payload).map_err(|error| crate::sequencer::jws_refusal(&error))?;
        let admitted = ledger.admit(record, Some(kind)).await;
        let admitted = admitted.map_err(|error| Problem::from(error).with_received(&payload))?;
        rate.check(ledger, &admitted, request.data().copied().unwrap_or(Peer::NOBODY)).await?;
        Ok(Self { admitted, payload, _portion: portion })
    }
}

fn signature_missing() -> Problem {
    let zh = format!("缺少 {SIGNATURE_HEADER} 头，其值为分离的 JWS：<protected>..<signature>");
    let en = format!("the header {SIGNATURE_HEADER} is missing: a detached JWS, <protected>..<signature>");
    Problem::with_detail(&problem::SIGNATURE_MISSING, zh, en)
}

/// Whether the body has this media type, whatever its case and parameters (RFC 9110 §8.3.1).
pub fn is_media_type(request: &Request, expected: &str) -> bool {
    let essence = request.content_type().and_then(|value| value.split(';').next());
    essence.is_some_and(|media_type| media_type.trim().eq_ignore_ascii_case(expected))
}

/// # Errors
/// `media-type` when the body has another one.
pub fn expect_media_type(request: &Request, expected: &str) -> Result<(), Problem> {
    if is_media_type(request, expected) {
        return Ok(());
    }
    let found = request.content_type().unwrap_or("—");
    let zh = format!("Content-Type 须为 {expected}，实为 {found}");
    let en = format!("Content-Type is to be {expected}, not {found}");
    Err(Problem::with_detail(&problem::MEDIA_TYPE, zh, en))
}

/// A payload has more than [`PAYLOAD_BYTES_MAX`] bytes.
pub fn payload_too_long() -> Problem {
    let max = PAYLOAD_BYTES_MAX;
    let (zh, en) = (format!("载荷至多 {max} 字节"), format!("a payload has at most {max} bytes"));
    Problem::with_detail(&problem::ENTRY_TOO_LARGE, zh, en)
}
