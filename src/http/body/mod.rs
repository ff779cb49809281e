//! Request bodies: decoded, counted and split as they come, under one budget, and read to their end before anything is made
//! of them. So what is cut short, too long or followed by something else is refused as a whole.

mod budget;
mod decode;
mod lines;

pub use budget::{Budget, Portion, Use};
pub use decode::{Packing, decode};
pub use lines::{Lines, NumberedLine};

use super::{Peer, Problem};
use crate::problem;
use futures::StreamExt;
use poem::{Body, Request, RequestBody};
use poem_openapi::registry::{MetaMediaType, MetaRequest, MetaSchema, MetaSchemaRef};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};
use std::pin::pin;
use std::sync::Arc;

/// The request's own portion, still empty.
fn portion(request: &Request, of: Use) -> Result<Portion, Problem> {
    let shared = request.data::<Arc<Budget>>().zip(request.data::<Peer>());
    let (budget, peer) = shared.ok_or_else(|| Problem::of(&problem::INTERNAL))?;
    Ok(budget.portion(*peer, of))
}

fn unreadable() -> Problem {
    Problem::with_detail(&problem::BAD_PARAMETER, "请求体无法读取", "the body can't be read")
}

fn too_long(bytes_max: usize) -> Problem {
    Problem::with_detail(
        &problem::REQUEST_TOO_LARGE,
        format!("至多 {bytes_max} 字节"),
        format!("at most {bytes_max} bytes"),
    )
}

/// A body of one record or one text, with what it takes of the budget.
///
/// # Errors
/// What `too_long` says when it has more than `bytes_max` bytes; `bad-parameter` when it can't be read; what [`Portion::grow`] says.
pub async fn whole(
    request: &Request,
    body: &mut RequestBody,
    bytes_max: usize,
    too_long: impl FnOnce() -> Problem,
) -> poem::Result<(Vec<u8>, Portion)> {
    let mut portion = portion(request, Use::Single)?;
    let mut bytes = Vec::new();
    let mut pieces = pin!(body.take()?.into_bytes_stream());
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|_| unreadable())?;
        if bytes.len() + piece.len() > bytes_max {
            return Err(too_long().into());
        }
        portion.grow(piece.len()).await?;
        bytes.extend_from_slice(&piece);
    }
    Ok((bytes, portion))
}

/// A body that is a text of at most `MAX` bytes.
pub struct Text<const MAX: usize> {
    pub text: String,
    _portion: Portion,
}

const PLAIN: &str = "text/plain";

impl<'a, const MAX: usize> ApiExtractor<'a> for Text<MAX> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];
    type ParamType = ();
    type ParamRawType = ();

    fn request_meta() -> Option<MetaRequest> {
        let mut schema = MetaSchema::new("string");
        schema.max_length = Some(MAX);
        let schema = MetaSchemaRef::Inline(Box::new(schema));
        let content = vec![MetaMediaType { content_type: PLAIN, schema }];
        Some(MetaRequest { description: None, content, required: true })
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _options: ExtractParamOptions<()>,
    ) -> poem::Result<Self> {
        super::expect_media_type(request, PLAIN)?;
        let (bytes, portion) = whole(request, body, MAX, || too_long(MAX)).await?;
        Ok(Self { text: String::from_utf8(bytes).map_err(|_| unreadable())?, _portion: portion })
    }
}

/// How much one body of lines may hold.
#[derive(Debug, Clone, Copy)]
pub struct Measure {
    pub bytes_max: usize,
    pub lines_max: usize,
    /// Of a longer line only the number is kept.
    pub line_bytes_max: usize,
    /// What each line takes beside itself until the answer is sent.
    pub answer_bytes: usize,
}

/// A request body of one JSON value a line.
pub struct Ndjson {
    body: Body,
    portion: Portion,
}

pub const NDJSON: &str = "application/x-ndjson";

impl<'a> ApiExtractor<'a> for Ndjson {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];
    type ParamType = ();
    type ParamRawType = ();

    fn request_meta() -> Option<MetaRequest> {
        let schema = MetaSchemaRef::Inline(Box::new(MetaSchema::new("string")));
        let content = vec![MetaMediaType { content_type: NDJSON, schema }];
        Some(MetaRequest { description: Some("one flattened JWS a line"), content, required: true })
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _options: ExtractParamOptions<()>,
    ) -> poem::Result<Self> {
        super::expect_media_type(request, NDJSON)?;
        Ok(Self { body: body.take()?, portion: portion(request, Use::Long)? })
    }
}

impl Ndjson {
    /// The lines that are not blank, once the body has come to its end, with what they take of the budget.
    ///
    /// # Errors
    /// `request-too-large` beyond the measure; `bad-parameter` when it can't be read; what [`Portion::grow`] says.
    pub async fn read(self, measure: Measure) -> Result<(Vec<NumberedLine>, Portion), Problem> {
        let Self { body, mut portion } = self;
        // The line that is begun.
        portion.grow(measure.line_bytes_max).await?;
        let (mut splitting, mut lines, mut length) = (Lines::new(measure.line_bytes_max), Vec::new(), 0);
        let mut pieces = pin!(body.into_bytes_stream());
        while let Some(piece) = pieces.next().await {
            let piece = piece.map_err(|_| unreadable())?;
            length += piece.len();
            if length > measure.bytes_max {
                return Err(too_long(measure.bytes_max));
            }
            let mut rest = &piece[..];
            while let Some(line) = splitting.next(&mut rest) {
                keep(&mut lines, line, measure, &mut portion).await?;
            }
            // Unpacking waits for nobody: others have their turn all the same.
            tokio::task::coop::consume_budget().await;
        }
        if let Some(line) = splitting.finish() {
            keep(&mut lines, line, measure, &mut portion).await?;
        }
        Ok((lines, portion))
    }
}

async fn keep(
    lines: &mut Vec<NumberedLine>,
    line: NumberedLine,
    measure: Measure,
    portion: &mut Portion,
) -> Result<(), Problem> {
    if lines.len() >= measure.lines_max {
        let max = measure.lines_max;
        let (zh, en) = (format!("至多 {max} 行"), format!("at most {max} lines"));
        return Err(Problem::with_detail(&problem::REQUEST_TOO_LARGE, zh, en));
    }
    portion.grow(line.json.as_ref().map_or(0, |json| json.len()) + measure.answer_bytes).await?;
    lines.push(line);
    Ok(())
}
