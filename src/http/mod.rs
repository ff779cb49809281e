//! What all endpoints share over HTTP, and what every request passes through on its way.
//!
//! Endpoints live with their capability (`organisation::api`, `tender::api`); `server` puts them together.

pub mod acts;
mod allow;
mod atom;
mod attachments;
pub(crate) mod body;
mod bulk;
mod calendar;
mod caller;
mod changes;
mod coding;
pub(crate) mod connection;
mod cors;
mod counts;
mod csv;
mod disclosure;
mod document;
mod endpoints;
pub(crate) mod feed;
mod first_records;
mod forwarded;
mod gate;
pub(crate) mod health;
mod hourly;
pub(crate) mod log;
mod names;
mod news;
mod next_step;
mod page;
mod paging;
mod parameters;
mod peer;
mod problem;
pub(crate) mod problems;
mod question;
mod range;
mod receipt;
pub(crate) mod record;
mod registrations;
pub(crate) mod schema;
mod share;
mod signed;
mod site;
mod typed;
mod uncited;
mod word;

pub(crate) use acts::endpoints_of_acts;
pub(crate) use allow::Allowed;
pub(crate) use atom::in_xml;
pub use atom::{ATOM, FEED_ENTRIES_MAX, Feed, FeedEntry};
pub(crate) use attachments::AttachmentApi;
pub use attachments::{DocumentSource, DocumentSummary};
pub use body::{Lines, NumberedLine, Packing};
pub use calendar::{CALENDAR, CALENDAR_THINGS_MAX, DueEvent, calendar, due_at};
pub use caller::{Caller, Identity};
pub(crate) use changes::endpoints_of_changes;
pub use changes::{ChangeEvents, ChangeLines, Changes, FeedItem};
pub(crate) use coding::Coding;
pub(crate) use counts::counted_page;
pub use counts::{FilterCounts, ListCounts, ValueCount, list_counts};
pub use csv::{CSV_ROWS, CsvFile, CsvPage, csv_head, csv_line};
pub(crate) use disclosure::DisclosureApi;
pub(crate) use document::DocumentApi;
pub use endpoints::Endpoints;
pub(crate) use feed::Followers;
pub use first_records::{FirstRecords, StreamRecord};
pub use forwarded::TrustedProxies;
pub use gate::Limits;
pub(crate) use gate::{Gate, RecordRate};
pub use hourly::Hourly;
pub(crate) use log::LogApi;
pub use log::{LogView, MirrorView, WitnessView};
pub use names::{RecordKind, StreamName};
pub(crate) use news::News;
pub use next_step::{NextStep, StepRule};
pub(crate) use page::ScriptedPage;
pub use paging::{
    Cursor, ListOrder, VIEW_BYTES_MAX, VIEW_ITEMS_MAX, asked, begin_of, behind, cursor, encoded, end_of, first_of,
    not_a_cursor, page_limit, page_of,
};
pub(crate) use parameters::{Parameters, bad_parameter, check_names, region_begins};
pub use peer::Peer;
pub use problem::Problem;
pub use question::Question;
pub use range::{RangeAsked, range_asked, range_unsatisfiable};
pub use receipt::{DryRun, Posted, ReceiptView, accept};
pub(crate) use record::RecordApi;
pub use record::{RecordPage, RecordView};
pub(crate) use schema::parameters;
pub use share::{Extent, Pool, Share, Spent};
pub use signed::{PAYLOAD_BYTES_MAX, Signed, expect_media_type, is_media_type};
pub use site::Site;
pub use typed::Typed;
pub(crate) use uncited::UncitedApi;
pub use word::word;

use poem_openapi::Tags;

/// Chapters of the API document; each capability has one of its own.
#[derive(Tags)]
pub enum Tag {
    /// 记录: every accepted record, its proof, and the change feed.
    Records,
    /// 日志: checkpoint and consistency proofs (C2SP).
    Log,
    /// 文件: content-addressed documents.
    Documents,
    /// 封存信息: disclosures of sealed values.
    Disclosures,
}

impl From<crate::ledger::LedgerError> for Problem {
    fn from(error: crate::ledger::LedgerError) -> Self {
        match error {
            crate::ledger::LedgerError::Refused(refusal) => refusal.into(),
            crate::ledger::LedgerError::Clock(doubt) => doubt.refusal().into(),
            other => {
                tracing::error!(error = %other, "a request failed");
                Self::of(&crate::problem::UNAVAILABLE)
            }
        }
    }
}

impl From<crate::store::StoreError> for Problem {
    fn from(error: crate::store::StoreError) -> Self {
        crate::ledger::LedgerError::from(error).into()
    }
}
