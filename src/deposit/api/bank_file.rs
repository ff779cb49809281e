//! A bank's file in a body: read in memory, and kept nowhere.

use crate::http::body::{Portion, whole};
use crate::http::{Problem, is_media_type};
use crate::problem;
use poem::{Request, RequestBody};
use poem_openapi::registry::{MetaMediaType, MetaRequest, MetaSchema, MetaSchemaRef};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};

/// A year of a busy account. What is made of it takes several times as much; `gongshi reconcile` reads longer ones.
pub const BANK_FILE_BYTES_MAX: usize = 8 << 20;

/// What banks' files are sent as; what a file is, its bytes say.
const MEDIA_TYPES: [&str; 6] = [
    "application/xml",
    "text/xml",
    "text/csv",
    "application/vnd.ms-excel",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/octet-stream",
];

/// The bytes, with what they take of the budget for bodies.
pub struct BankUpload {
    pub bytes: Vec<u8>,
    pub portion: Portion,
}

impl<'a> ApiExtractor<'a> for BankUpload {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];
    type ParamType = ();
    type ParamRawType = ();

    fn request_meta() -> Option<MetaRequest> {
        let content = MEDIA_TYPES.map(|content_type| {
            let schema = MetaSchema::new_with_format("string", "binary");
            MetaMediaType { content_type, schema: MetaSchemaRef::Inline(Box::new(schema)) }
        });
        let description = "the bank's file: camt.053, 招行银企直连, or a table in CSV, XLS or XLSX";
        Some(MetaRequest { description: Some(description), content: content.into(), required: true })
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _options: ExtractParamOptions<()>,
    ) -> poem::Result<Self> {
        if !MEDIA_TYPES.iter().any(|known| is_media_type(request, known)) {
            let known = MEDIA_TYPES.join(", ");
            let (zh, en) = (format!("Content-Type 须为 {known} 之一"), format!("Content-Type is to be one of {known}"));
            return Err(Problem::with_detail(&problem::MEDIA_TYPE, zh, en).into());
        }
        let (bytes, portion) = whole(request, body, BANK_FILE_BYTES_MAX, too_long).await?;
        Ok(Self { bytes, portion })
    }
}

fn too_long() -> Problem {
    let max = BANK_FILE_BYTES_MAX;
    let zh = format!("至多 {max} 字节；更大的文件请在本机用 gongshi reconcile 核对");
    let en = format!("at most {max} bytes; `gongshi reconcile` reads longer files on your own machine");
    Problem::with_detail(&problem::REQUEST_TOO_LARGE, zh, en)
}
