//! Documents: what records cite by their hash.

use super::range::{self, Asked};
use super::{Caller, Limits, Problem, Tag, Typed, is_media_type};
use crate::field::DocumentId;
use crate::ledger::{Ledger, LedgerError};
use crate::problem::{self, Refusal};
use crate::store::DocumentError;
use futures::{Stream, StreamExt};
use poem::{Body, Request, RequestBody};
use poem_openapi::param::{Header, Path};
use poem_openapi::payload::Binary;
use poem_openapi::registry::{MetaMediaType, MetaRequest, MetaSchema, MetaSchemaRef};
use poem_openapi::{ApiExtractor, ApiExtractorType, ApiResponse, ExtractParamOptions, Object, OpenApi};
use serde::Serialize;
use std::sync::Arc;
use std::time::Duration;

/// What a document may be: what procurement offices exchange, nothing that a browser would run.
const MEDIA_TYPES: [&str; 14] = [
    "application/pdf",
    "application/zip",
    "application/msword",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.ms-excel",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/ofd",
    "application/json",
    "application/xml",
    "text/plain",
    "text/csv",
    "image/png",
    "image/jpeg",
    "image/tiff",
];

/// An uploaded file of an accepted media type.
struct Upload {
    body: Body,
    media_type: &'static str,
}

impl<'a> ApiExtractor<'a> for Upload {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];
    type ParamType = ();
    type ParamRawType = ();

    fn request_meta() -> Option<MetaRequest> {
        let binary = || MetaSchemaRef::Inline(Box::new(MetaSchema::new_with_format("string", "binary")));
        let content = MEDIA_TYPES.iter().map(|content_type| MetaMediaType { content_type, schema: binary() }).collect();
        Some(MetaRequest { description: Some("the file"), content, required: true })
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _options: ExtractParamOptions<()>,
    ) -> poem::Result<Self> {
        let Some(media_type) = MEDIA_TYPES.into_iter().find(|media_type| is_media_type(request, media_type)) else {
            let asked = request.content_type().unwrap_or_default();
            let (zh, en) = (format!("不接受 {asked}"), format!("{asked} is not accepted"));
            return Err(Refusal::new(&problem::DOCUMENT_TYPE, zh, en).into());
        };
        Ok(Self { body: body.take()?, media_type })
    }
}

/// A stored document, as records cite it.
#[derive(Serialize, Object)]
pub struct DocumentView {
    sha256: DocumentId,
    /// Bytes.
    size: u64,
    media_type: String,
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
    /// Uploads a document under the SHA-256 of its bytes. Streamed; the hash is checked on the way.
    #[oai(path = "/:sha256", method = "put", operation_id = "putDocument")]
    async fn put(&self, caller: Caller, sha256: Path<DocumentId>, upload: Upload) -> Result<Uploaded, Problem> {
        let Upload { body, media_type } = upload;
        if let Some(known) = self.find(sha256.0).await? {
            if known.media_type != media_type {
                let (zh, en) =
                    (format!("该文件以 {} 上传", known.media_type), format!("it was uploaded as {}", known.media_type));
                return Err(Problem::with_detail(&problem::DOCUMENT_MISMATCH, zh, en));
            }
            return Ok(Uploaded::Present(Typed(known)));
        }
        let bytes = timed(body.into_bytes_stream(), Duration::from_secs(self.limits.request_seconds));
        let kept = self.ledger.keep_document(sha256.0, bytes, self.limits.document_bytes, media_type, &caller.0.id);
        let size = kept.await.map_err(|error| match error {
            LedgerError::Documents(error) => refuse_upload(error),
            other => other.into(),
        })?;
        Ok(Uploaded::Created(Typed(DocumentView { sha256: sha256.0, size, media_type: media_type.to_owned() })))
    }

    /// Downloads a document, or one range of its bytes (RFC 9110 §14).
    #[oai(path = "/:sha256", method = "get", operation_id = "getDocument")]
    async fn get(
        &self,
        sha256: Path<DocumentId>,
        range: Header<Option<String>>,
        #[oai(name = "If-Range")] if_range: Header<Option<String>>,
    ) -> Result<Download, Problem> {
        let known = self.find(sha256.0).await?.ok_or_else(|| Problem::of(&problem::NOT_FOUND))?;
        let tag = format!("\"{}\"", sha256.0);
        let range = range.0.filter(|_| if_range.0.is_none_or(|condition| condition == tag));
        let asked = range::parse(range.as_deref(), known.size);
        let part = match &asked {
            Asked::Whole => None,
            Asked::Part(part) => Some(part.clone()),
            Asked::Unsatisfiable => {
                let (zh, en) = (format!("文件有 {} 字节", known.size), format!("it has {} bytes", known.size));
                return Err(Problem::with_detail(&problem::RANGE_UNSATISFIABLE, zh, en));
            }
        };
        let bytes = self.ledger.documents.get(sha256.0, part.clone()).await.map_err(refuse_upload)?;
        let body = Binary(Body::from_bytes_stream(bytes.map(|chunk| chunk.map_err(std::io::Error::other))));
        // The name is our own: no title of somebody else's ends up in a file name.
        let disposition = format!("attachment; filename=\"{}.{}\"", sha256.0, extension(&known.media_type));
        let (policy, caching) = (POLICY.to_owned(), "public, max-age=31536000, immutable".to_owned());
        Ok(match part {
            None => {
                let ranges = "bytes".to_owned();
                Download::Whole(body, known.size, ranges, disposition, policy, known.media_type, tag, caching)
            }
            Some(part) => {
                let place = format!("bytes {}-{}/{}", part.start, part.end - 1, known.size);
                let length = part.end - part.start;
                Download::Part(body, length, place, disposition, policy, known.media_type, tag, caching)
            }
        })
    }
}

impl DocumentApi {
    async fn find(&self, id: DocumentId) -> Result<Option<DocumentView>, Problem> {
        let known = self.ledger.document(id).await?;
        Ok(known.map(|(size, media_type)| DocumentView { sha256: id, size, media_type }))
    }
}

/// A document that a browser opens all the same may do nothing.
const POLICY: &str = "default-src 'none'; sandbox";

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

fn extension(media_type: &str) -> &'static str {
    match media_type {
        "application/pdf" => "pdf",
        "application/zip" => "zip",
        "application/msword" => "doc",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document" => "docx",
        "application/vnd.ms-excel" => "xls",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" => "xlsx",
        "application/ofd" => "ofd",
        "application/json" => "json",
        "application/xml" => "xml",
        "text/plain" => "txt",
        "text/csv" => "csv",
        "image/png" => "png",
        "image/jpeg" => "jpg",
        "image/tiff" => "tiff",
        _ => "bin",
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
