//! `Question<T>`: a body in JSON that nobody signs, because nothing is written for it.

use super::body;
use super::schema;
use super::signed::{PAYLOAD_BYTES_MAX, expect_media_type, payload_too_long};
use crate::field::{self, ParseFailure};
use crate::problem::{self, Refusal};
use poem::{Request, RequestBody};
use poem_openapi::registry::{MetaMediaType, MetaRequest, Registry};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;

/// What is asked, read as strictly as what is signed.
pub struct Question<T>(pub T);

impl<'a, T: DeserializeOwned + JsonSchema + Send> ApiExtractor<'a> for Question<T> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];

    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        schema::register::<T>(registry);
    }

    fn request_meta() -> Option<MetaRequest> {
        Some(MetaRequest {
            description: None,
            content: vec![MetaMediaType { content_type: "application/json", schema: schema::reference::<T>() }],
            required: true,
        })
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _options: ExtractParamOptions<()>,
    ) -> poem::Result<Self> {
        expect_media_type(request, "application/json")?;
        let (bytes, _portion) = body::whole(request, body, PAYLOAD_BYTES_MAX, payload_too_long).await?;
        let read = field::parse(&bytes).map_err(|failure| match failure {
            ParseFailure::Field(first) => Refusal::fields(field::every_fault::<T>(&bytes, first)),
            ParseFailure::NotJson { reason } => Refusal::new(&problem::MALFORMED_JSON, reason.zh, reason.en),
            ParseFailure::TooLong { max } => {
                Refusal::new(&problem::ENTRY_TOO_LARGE, format!("至多 {max} 字节"), format!("at most {max} bytes"))
            }
        });
        Ok(Self(read.map_err(super::Problem::from)?))
    }
}
