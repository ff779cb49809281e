//! A list of organisations' codes in a body: pasted, or as a table.

use crate::field::OrganisationId;
use crate::http::body::{Portion, whole};
use crate::http::{Problem, expect_media_type, is_media_type};
use crate::problem;
use poem::{Request, RequestBody};
use poem_openapi::registry::{MetaMediaType, MetaRequest, MetaSchema, MetaSchemaRef};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};

/// Codes in one request: all enterprises of a large city's suppliers.
pub const CODES_MAX: usize = 100_000;
/// A table of so many rows with a name and an address beside each code.
const BYTES_MAX: usize = 8 << 20;
/// Lines at fault that an answer names; it counts all of them.
pub const FAULTS_NAMED_MAX: usize = 100;
/// What is shown again of a line that has no code, in characters.
const SHOWN_MAX: usize = 40;

const PLAIN: &str = "text/plain";
const CSV: &str = "text/csv";

/// A line in which no code was found.
pub struct NoCode {
    /// From 1.
    pub line: u64,
    pub text: String,
}

/// Codes, each once, and what was none.
pub struct Codes {
    pub codes: Vec<OrganisationId>,
    /// The first of them.
    pub faults: Vec<NoCode>,
    pub fault_count: u64,
    pub portion: Portion,
}

impl<'a> ApiExtractor<'a> for Codes {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];
    type ParamType = ();
    type ParamRawType = ();

    fn request_meta() -> Option<MetaRequest> {
        let content = [PLAIN, CSV].map(|content_type| {
            let mut schema = MetaSchema::new("string");
            schema.max_length = Some(BYTES_MAX);
            MetaMediaType { content_type, schema: MetaSchemaRef::Inline(Box::new(schema)) }
        });
        let description = "codes parted by white space or commas; or a CSV, with a code in some cell of each row";
        Some(MetaRequest { description: Some(description), content: content.into(), required: true })
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _options: ExtractParamOptions<()>,
    ) -> poem::Result<Self> {
        let is_table = is_media_type(request, CSV);
        if !is_table {
            expect_media_type(request, PLAIN)?;
        }
        let (bytes, portion) = whole(request, body, BYTES_MAX, too_many).await?;
        let found = if is_table { CodesRead::in_table(&bytes)? } else { CodesRead::in_text(&bytes)? };
        let CodesRead { mut codes, faults, fault_count } = found;
        codes.sort_unstable();
        codes.dedup();
        Ok(Self { codes, faults, fault_count, portion })
    }
}

fn too_many() -> Problem {
    let zh = format!("至多 {CODES_MAX} 个代码、{BYTES_MAX} 字节");
    let en = format!("at most {CODES_MAX} codes, and {BYTES_MAX} bytes");
    Problem::with_detail(&problem::REQUEST_TOO_LARGE, zh, en)
}

/// What was found so far.
#[derive(Default)]
pub struct CodesRead {
    pub codes: Vec<OrganisationId>,
    pub faults: Vec<NoCode>,
    pub fault_count: u64,
}

impl CodesRead {
    fn code(&mut self, code: OrganisationId) -> Result<(), Problem> {
        if self.codes.len() >= CODES_MAX {
            return Err(too_many());
        }
        self.codes.push(code);
        Ok(())
    }

    fn fault(&mut self, line: u64, text: &str) {
        self.fault_count += 1;
        if self.faults.len() < FAULTS_NAMED_MAX {
            self.faults.push(NoCode { line, text: text.chars().take(SHOWN_MAX).collect() });
        }
    }

    /// Every word is to be a code.
    ///
    /// # Errors
    /// More than [`CODES_MAX`].
    pub fn in_text(bytes: &[u8]) -> Result<Self, Problem> {
        let (mut found, text) = (Self::default(), String::from_utf8_lossy(bytes));
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        for (line, words) in (1..).zip(text.lines()) {
            let parts = |c: char| c.is_whitespace() || ",;，；、".contains(c);
            for word in words.split(parts).filter(|word| !word.is_empty()) {
                match OrganisationId::regular(word) {
                    Ok(code) => found.code(code)?,
                    Err(_) => found.fault(line, word),
                }
            }
        }
        Ok(found)
    }

    /// Of each row the first cell that is a code; a head may stand before the first of them. Whatever the encoding of the other
    /// cells is: codes are ASCII in all of them.
    ///
    /// # Errors
    /// More than [`CODES_MAX`].
    pub fn in_table(bytes: &[u8]) -> Result<Self, Problem> {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
        let (mut found, mut record) = (Self::default(), csv::ByteRecord::new());
        while reader.read_byte_record(&mut record).unwrap_or_default() {
            let line = record.position().map_or(0, csv::Position::line);
            let cell = |cell: &[u8]| String::from_utf8_lossy(cell).trim_matches(is_around_a_code).to_owned();
            let code = record.iter().find_map(|bytes| OrganisationId::regular(&cell(bytes)).ok());
            match code {
                Some(code) => found.code(code)?,
                None if line == 1 => {}
                None => found.fault(line, &record.iter().map(cell).collect::<Vec<_>>().join(",")),
            }
        }
        Ok(found)
    }
}

/// What spreadsheets put around a number that is to stay a text.
fn is_around_a_code(c: char) -> bool {
    c.is_whitespace() || "'\"=\u{feff}".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_found_in_what_people_paste_and_in_tables() {
        let pasted = "91410105MA9ABCDE2Y，91410100MA000004XQ\n 91410105MA9ABCDE2X;\nGB-COH-1\n";
        let found = CodesRead::in_text(pasted.as_bytes()).unwrap_or_default();
        let codes: Vec<_> = found.codes.iter().map(OrganisationId::as_str).collect();
        assert_eq!(codes, ["91410105MA9ABCDE2Y", "91410100MA000004XQ", "GB-COH-1"]);
        assert_eq!((found.fault_count, found.faults[0].line, &*found.faults[0].text), (1, 2, "91410105MA9ABCDE2X"));

        let mut table = "\u{feff}名称,代码\n甲公司,\"'91410105MA9ABCDE2Y\"\n,\n".as_bytes().to_vec();
        // As Excel saves it in China: GBK.
        table.extend(b"\xd2\xd2,=\"91410100MA000004XQ\"\n");
        let found = CodesRead::in_table(&table).unwrap_or_default();
        let codes: Vec<_> = found.codes.iter().map(OrganisationId::as_str).collect();
        assert_eq!(codes, ["91410105MA9ABCDE2Y", "91410100MA000004XQ"]);
        assert_eq!((found.fault_count, found.faults[0].line), (1, 3));
    }
}
