//! Documents: what records cite by their hash.

use super::range::{RangeAsked, range_asked, range_unsatisfiable};
use super::{Caller, Limits, Problem, Tag, Typed, is_media_type};
use crate::field::{DocumentId, MediaType, SIGNATURE_BYTES, contradicted};
use crate::ledger::{Filed, Ledger, LedgerError};
use crate::problem::{self, Refusal};
use crate::store::DocumentError;
use futures::{Stream, StreamExt};
use poem::{Body, Request, RequestBody};
use poem_openapi::param::{Header, Path};
use poem_openapi::payload::Binary;
use poem_openapi::registry::{MetaMediaType, MetaRequest, MetaSchema, MetaSchemaRef};
use poem_openapi::{ApiExtractor, ApiExtractorType, ApiResponse, ExtractParamOptions, OpenApi};
use schemars::JsonSchema;
use serde::Serialize;
use std::sync::Arc;
use std::time::Duration;

/// An uploaded file. What it is, the record that cites it says; an upload may say so before, and is held to it.
struct Upload {
    body: Body,
    media_type: Option<MediaType>,
}

impl<'a> ApiExtractor<'a> for Upload {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];
    type ParamType = ();
    type ParamRawType = ();

    fn request_meta() -> Option<MetaRequest> {
        // Generated clients can't tell one kind of bytes from another, so the document has the one that is all of them.
        let schema = MetaSchemaRef::Inline(Box::new(MetaSchema::new_with_format("string", "binary")));
        let content = vec![MetaMediaType { content_type: UNKNOWN, schema }];
        let description =
            "the file; its own media type is taken as well (see `MediaType`), and it has to be what that says";
        Some(MetaRequest { description: Some(description), content, required: true })
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _options: ExtractParamOptions<()>,
    ) -> poem::Result<Self> {
        let mut known = MediaType::ALL.iter().copied();
        let media_type = known.find(|media_type| is_media_type(request, media_type.name()));
        if media_type.is_none() && !is_media_type(request, UNKNOWN) {
            let asked = request.content_type().unwrap_or_default();
            let known = MediaType::ALL.iter().map(|known| known.name()).collect::<Vec<_>>().join(", ");
            let zh = format!("不接受 {asked}，Content-Type 应为 {UNKNOWN}，或 {known} 之一");
            let en = format!("{asked} is not accepted: Content-Type is to be {UNKNOWN}, or one of {known}");
            return Err(Refusal::new(&problem::DOCUMENT_TYPE, zh, en).into());
        }
        Ok(Self { body: body.take()?, media_type })
    }
}

/// A stored document, as records cite it.
#[derive(Serialize, JsonSchema)]
pub struct DocumentView {
    sha256: DocumentId,
    /// Bytes.
    size: u64,
    /// As this upload says; what counts is what the record that cites it will say.
    media_type: String,
}

/// That an upload was taken back.
#[derive(Serialize, JsonSchema)]
pub struct Withdrawal {
    sha256: DocumentId,
}

/// The outcome of an upload.
#[derive(ApiResponse)]
enum Uploaded {
    /// It is there.
    #[oai(status = 201)]
    Created(Typed<DocumentView>),
    /// It was there before.
    #[oai(status = 200)]
    Present(Typed<DocumentView>),
}

/// A document's bytes, or a part of them; always as a download, never shown in place, and harmless if it is.
#[derive(ApiResponse)]
enum Download {
    #[oai(status = 200)]
    Whole(
        Binary<Body>,
        #[oai(header = "Content-Length")] u64,
        #[oai(header = "Accept-Ranges")] String,
        #[oai(header = "Content-Disposition")] String,
        #[oai(header = "Content-Security-Policy")] String,
        #[oai(header = "X-Document-Media-Type")] String,
        #[oai(header = "ETag")] String,
        #[oai(header = "Cache-Control")] String,
    ),
    #[oai(status = 206)]
    Part(
        Binary<Body>,
        #[oai(header = "Content-Length")] u64,
        #[oai(header = "Content-Range")] String,
        #[oai(header = "Content-Disposition")] String,
        #[oai(header = "Content-Security-Policy")] String,
        #[oai(header = "X-Document-Media-Type")] String,
        #[oai(header = "ETag")] String,
        #[oai(header = "Cache-Control")] String,
    ),
}

pub struct DocumentApi {
    pub ledger: Arc<Ledger>,
    pub limits: Limits,
}

/// Below it documents stand.
pub const PREFIX: &str = "/v1/documents/";

#[OpenApi(prefix_path = "/v1/documents", tag = "Tag::Documents")]
impl DocumentApi {
    /// Uploads a document under the SHA-256 of its bytes. Streamed; the hash is checked on the way. It counts for whoever
    /// uploads it until a record cites it, anybody's, and goes after thirty days without one.
    #[oai(path = "/:sha256", method = "put", operation_id = "putDocument")]
    async fn put(&self, caller: Caller, sha256: Path<DocumentId>, upload: Upload) -> Result<Uploaded, Problem> {
        let Upload { body, media_type } = upload;
        let Limits { request_seconds, document_bytes, uncited, .. } = self.limits;
        let bytes = timed(body.into_bytes_stream(), Duration::from_secs(request_seconds));
        let (first, bytes) = beginning(bytes).await;
        let media_name = media_type.map_or(UNKNOWN, MediaType::name);
        if let Some(found) = contradicted(media_type, &first) {
            let zh = format!("内容是 {found}，与 Content-Type {media_name} 不符，或不接受这种文件");
            let en = format!("the bytes are {found}: not {media_name}, or no kind of file that is accepted");
            return Err(Refusal::new(&problem::DOCUMENT_TYPE, zh, en).into());
        }
        let kept = self.ledger.keep_document(sha256.0, bytes, document_bytes, &caller.0.id, uncited).await;
        let Filed { size, was_here } = kept.map_err(refuse)?;
        let view = Typed(DocumentView { sha256: sha256.0, size, media_type: media_name.to_owned() });
        Ok(if was_here { Uploaded::Present(view) } else { Uploaded::Created(view) })
    }

    /// Takes back an upload that no record cites. The document goes, unless others have uploaded it too.
    #[oai(path = "/:sha256", method = "delete", operation_id = "withdrawDocument")]
    async fn withdraw(&self, caller: Caller, sha256: Path<DocumentId>) -> Result<Typed<Withdrawal>, Problem> {
        if !self.ledger.withdraw_document(sha256.0, &caller.0.id).await.map_err(refuse)? {
            let zh = "本主体没有上传过该文件，或已有记录引用";
            let en = "this organisation did not upload it, or a record cites it";
            return Err(Problem::with_detail(&problem::NOT_FOUND, zh, en));
        }
        Ok(Typed(Withdrawal { sha256: sha256.0 }))
    }

    /// Downloads a document, or one range of its bytes (RFC 9110 §14). `X-Document-Media-Type` is the word of the record that
    /// cited it first, and `application/octet-stream` while none does.
    #[oai(path = "/:sha256", method = "get", operation_id = "getDocument")]
    async fn get(
        &self,
        sha256: Path<DocumentId>,
        range: Header<Option<String>>,
        #[oai(name = "If-Range")] if_range: Header<Option<String>>,
    ) -> Result<Download, Problem> {
        let size = self.ledger.document(sha256.0).await?.ok_or_else(|| Problem::of(&problem::NOT_FOUND))?;
        let tag = format!("\"{}\"", sha256.0);
        let range = range.0.filter(|_| if_range.0.is_none_or(|condition| condition == tag));
        let part = match range_asked(range.as_deref(), size) {
            RangeAsked::Whole => None,
            RangeAsked::Part(part) => Some(part),
            RangeAsked::Unsatisfiable => return Err(range_unsatisfiable(size)),
        };
        let bytes = self.ledger.documents.get(sha256.0, part.clone()).await.map_err(refuse_upload)?;
        let body = Binary(Body::from_bytes_stream(bytes.map(|chunk| chunk.map_err(std::io::Error::other))));
        // The name is our own: no title of somebody else's ends up in a file name.
        let cited = self.ledger.media_type(sha256.0).await?;
        let (media_type, extension) = cited.map_or((UNKNOWN, "bin"), |cited| (cited.name(), cited.extension()));
        let disposition = format!("attachment; filename=\"{}.{extension}\"", sha256.0);
        let media_type = media_type.to_owned();
        let (policy, caching) = (POLICY.to_owned(), "public, max-age=31536000, immutable".to_owned());
        Ok(match part {
            None => {
                let ranges = "bytes".to_owned();
                Download::Whole(body, size, ranges, disposition, policy, media_type, tag, caching)
            }
            Some(part) => {
                let place = format!("bytes {}-{}/{}", part.start, part.end - 1, size);
                let length = part.end - part.start;
                Download::Part(body, length, place, disposition, policy, media_type, tag, caching)
            }
        })
    }
}

/// The media type of a document that no record cites, and of an upload that says none.
const UNKNOWN: &str = "application/octet-stream";

/// A document that a browser opens all the same may do nothing.
const POLICY: &str = "default-src 'none'; sandbox";

/// The first bytes of a file, and all of it.
async fn beginning<T: AsRef<[u8]>>(
    chunks: impl Stream<Item = std::io::Result<T>>,
) -> (Vec<u8>, impl Stream<Item = std::io::Result<T>>) {
    let mut chunks = Box::pin(chunks).fuse();
    let (mut first, mut taken) = (Vec::new(), Vec::new());
    while first.len() < SIGNATURE_BYTES {
        let Some(chunk) = chunks.next().await else { break };
        let is_whole = chunk.as_ref().is_ok_and(|chunk| {
            let bytes = chunk.as_ref();
            first.extend_from_slice(&bytes[..bytes.len().min(SIGNATURE_BYTES)]);
            true
        });
        taken.push(chunk);
        if !is_whole {
            break;
        }
    }
    (first, futures::stream::iter(taken).chain(chunks))
}

/// Fails when no chunk comes for `patience`.
fn timed<T>(
    chunks: impl Stream<Item = std::io::Result<T>>,
    patience: Duration,
) -> impl Stream<Item = std::io::Result<T>> {
    futures::stream::unfold(Box::pin(chunks), move |mut chunks| async move {
        let chunk = match tokio::time::timeout(patience, chunks.next()).await {
            Ok(chunk) => chunk?,
            Err(_) => Err(std::io::ErrorKind::TimedOut.into()),
        };
        Some((chunk, chunks))
    })
}

fn refuse(error: LedgerError) -> Problem {
    match error {
        LedgerError::Documents(error) => refuse_upload(error),
        other => other.into(),
    }
}

fn refuse_upload(error: DocumentError) -> Problem {
    match error {
        DocumentError::HashMismatch { actual } => {
            let (zh, en) = (format!("所传字节的 SHA-256 为 {actual}"), format!("the bytes have SHA-256 {actual}"));
            Refusal::new(&problem::DOCUMENT_MISMATCH, zh, en).into()
        }
        DocumentError::TooLarge { limit } => {
            let (zh, en) = (format!("文件超过 {limit} 字节"), format!("longer than {limit} bytes"));
            Refusal::new(&problem::REQUEST_TOO_LARGE, zh, en).into()
        }
        DocumentError::Missing => Problem::of(&problem::NOT_FOUND),
        DocumentError::Stream(error) if error.kind() == std::io::ErrorKind::TimedOut => Problem::of(&problem::TIMEOUT),
        DocumentError::Stream(_) => {
            Problem::with_detail(&problem::BAD_PARAMETER, "请求体无法读取", "the body can't be read")
        }
        DocumentError::Store(error) => {
            tracing::error!(%error, "the object store failed");
            Problem::of(&problem::UNAVAILABLE)
        }
    }
}
