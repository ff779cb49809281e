//! The list of documents: which record names what, and for which tender.

use super::{
    Cursor, ListOrder, Problem, RecordKind, StreamName, Tag, Typed, begin_of, counted_page, end_of, list_counts,
    not_a_cursor, page_limit, parameters, word,
};
use crate::act::statuses;
use crate::field::{Day, DocumentId, Instant, MediaType, OrganisationId, TenderCode};
use crate::ledger::Ledger;
use crate::store::{CountedFilter, Direction, Filter, Listing, Row, StoreError, Value};
use poem_openapi::OpenApi;
use poem_openapi::param::Query;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

statuses! {
    /// What a document belongs to.
    pub enum DocumentSource {
        /// 招标项目: the call, objections and answers, results, contracts.
        Tender,
        /// 承诺: what is reported as a breach, and what is said of it.
        Commitment,
    }
}

parameters! { DocumentSource, MediaType }

/// A document that a record names. One that several records name is listed with each of them.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct DocumentSummary {
    /// Where it is read: `/v1/documents/{sha256}`.
    pub sha256: DocumentId,
    pub title: String,
    /// By the word of the record.
    pub media_type: MediaType,
    /// Bytes.
    pub size: u64,
    pub source: DocumentSource,
    /// The stream of the record.
    pub stream: StreamName,
    /// The tender that it belongs to; absent for a commitment for a year.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tender: Option<String>,
    /// The record that names it.
    pub record: u64,
    pub kind: RecordKind,
    /// Code of the organisation that signed the record.
    pub author: String,
    /// When it was named (UTC).
    pub cited: Instant,
}

counted_page! {
    /// A page of documents.
    DocumentPage of DocumentSummary
}

const ATTACHMENTS: Listing = Listing {
    table: "attachments",
    columns: "cited, entry, sha256, title, media_type, size, source, stream, tender, kind, author",
    order: &["cited", "entry", "sha256"],
    direction: Direction::NewestFirst,
};

impl DocumentSummary {
    fn of_row(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            cited: Instant::from_millis(row.integer(0)?),
            record: row.unsigned(1)?,
            sha256: row.text(2)?.parse().map_err(|_| StoreError::Unexpected(2))?,
            title: row.text(3)?.to_owned(),
            media_type: word(row, 4)?,
            size: row.unsigned(5)?,
            source: word(row, 6)?,
            stream: StreamName(row.text(7)?.to_owned()),
            tender: row.optional_text(8)?.map(str::to_owned),
            kind: RecordKind(row.text(9)?.to_owned()),
            author: row.text(10)?.to_owned(),
        })
    }
}

/// The place where a page ended: `<millis>~<record>/<sha256>`.
fn place(cursor: Cursor) -> Result<Vec<Value>, Problem> {
    let mut place = cursor.of_two()?;
    if let Some(Value::Text(record)) = place.get(1) {
        place[1] = Value::Integer(record.parse().map_err(|_| not_a_cursor())?);
    }
    Ok(place)
}

pub struct AttachmentApi(pub Arc<Ledger>);

#[OpenApi(prefix_path = "/v1", tag = "Tag::Documents")]
impl AttachmentApi {
    /// Documents of tenders and commitments, by the records that name them, as a rule newest first. What only deposits, bars and
    /// the registry of organisations name is in no list: their own rules say who sees it, and for how long.
    #[oai(path = "/documents", method = "get", operation_id = "listDocuments")]
    #[expect(clippy::too_many_arguments, reason = "each is a documented query parameter")]
    async fn list(
        &self,
        tender: Query<Option<TenderCode>>,
        /// Which records name this document.
        sha256: Query<Option<DocumentId>>,
        source: Query<Option<DocumentSource>>,
        media_type: Query<Option<MediaType>>,
        /// Kind of the record that names it.
        kind: Query<Option<RecordKind>>,
        /// Code of the organisation that signed the record.
        author: Query<Option<OrganisationId>>,
        /// Named on this day or later (Asia/Shanghai).
        cited_from: Query<Option<Day>>,
        /// Named on this day or before.
        cited_to: Query<Option<Day>>,
        /// Words in the title, whatever the case and width of their letters.
        q: Query<Option<String>>,
        /// By the time when they were named.
        order: Query<Option<ListOrder>>,
        /// With `true` the answer says how many items the list would have with each value of its filters.
        counts: Query<Option<bool>>,
        /// `next` of the page before.
        after: Query<Option<String>>,
        #[oai(validator(minimum(value = "1"), maximum(value = "500")))] limit: Query<Option<u32>>,
    ) -> Result<Typed<DocumentPage>, Problem> {
        let limit = page_limit(limit.0)?;
        let kept = Filter::default()
            .along("sha256", sha256.0.map(|id| Value::from(id.to_string())))
            .along("tender", tender.0.map(|tender| Value::from(tender.as_str())))
            .along("author", author.0.map(|author| Value::from(author.as_str())))
            .along("kind", kind.0.map(|kind| Value::from(kind.0)))
            .between(begin_of(cited_from.0), end_of(cited_to.0))
            .contains("title_folded", q.0.as_deref());
        let listing = Listing { direction: order.0.unwrap_or(ListOrder::Newest).into(), ..ATTACHMENTS };
        let (media_type, source) =
            (media_type.0.map(|media_type| media_type.name()), source.0.map(|source| source.name()));
        let counted = [
            CountedFilter::equals("media_type", "media_type", media_type),
            CountedFilter::equals("source", "source", source),
        ];
        let counts = list_counts(counts.0, &self.0.database, &listing, &kept, &counted).await?;
        let filter = kept.along("media_type", media_type.map(Value::from)).along("source", source.map(Value::from));
        let after = Cursor::parse(after.0)?.map(place).transpose()?;
        let last =
            |row: &Row| Ok(Cursor::of_pair(row.integer(0)?, &row.unsigned(1)?.to_string(), row.text(2)?).to_string());
        let page = filter.page(&self.0.database, &listing, after, limit, DocumentSummary::of_row, last);
        let (items, next) = page.await?;
        Ok(Typed(DocumentPage { items, next, counts }))
    }
}
