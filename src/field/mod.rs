//! The values that payloads are made of: text, codes, money, days, parties, citations of documents.
//!
//! Each is a newtype whose constructor refuses what is not one, so that a payload that parsed holds no impossible value.
//! A refusal is a [`Fault`]: serde carries it up through [`parse`], which adds the JSON pointer of the field.
//! Nothing here knows about records, states or HTTP.

mod bilingual;
mod code;
mod conduct;
mod date;
mod document;
mod document_id;
mod due_time;
mod evaluation_id;
mod fault;
mod instant;
mod json;
mod media_type;
mod money;
mod nearest;
mod organisation_id;
mod party;
mod personal_number;
mod region;
mod schema;
mod succession;
mod text;
mod walk;
mod width;

pub use bilingual::Bilingual;
pub use code::{BarKindId, ClauseId, CommitmentId, ItemId, LotId, Nature, ProcurementCategory, TemplateId, TenderCode};
pub use conduct::{Dimension, Milestone};
pub use date::Day;
pub use document::{Citations, DocumentRef};
pub use document_id::{DocumentId, DocumentIdError};
pub use due_time::DueTime;
pub use evaluation_id::{Evaluated, EvaluationId};
pub use fault::{Fault, Faults, FieldFault};
pub use instant::{Instant, InstantError};
pub(crate) use json::union;
pub use json::{ParseFailure, every_fault, parse};
pub use media_type::{MediaType, MediaTypeError, SIGNATURE_BYTES, contradicted};
pub use money::{
    AMOUNT_MINOR_MAX, Currency, Money, PRICE_ITEMS_MAX, Price, PriceItem, PriceItems, Rate, RateBasis, SimplePrice,
    StatedPrice, UnitPrice, decimal,
};
pub use nearest::nearest;
pub use organisation_id::{OrganisationId, OrganisationIdError};
pub use party::{Bidder, Party};
pub use personal_number::{NumberConfirmation, PersonalNumber, check_numbers};
pub use region::{RegionCode, RegionCodeError};
pub(crate) use schema::{Whole, string_schema};
pub use succession::SuccessionManner;
pub(crate) use text::JsonText;
pub use text::{Line, Prose};
pub(crate) use walk::each_text;
#[cfg(feature = "shell")]
pub use width::folded;
pub(crate) use width::narrow;
pub use width::{Spaces, alike, narrowed};

string_schema!(
    OrganisationId,
    "organisation-id",
    min = 1,
    max = 64,
    pattern = "^([0-9A-HJ-NP-RTUWXY]{18}|[A-Z]{2}-[0-9A-Z_]{2,10}-[-0-9A-Za-z._]+)$"
);
string_schema!(RegionCode, "gb-t-2260", max = 6, pattern = "^[0-9]{6}$");
string_schema!(DocumentId, "sha256", max = 64, pattern = "^[0-9a-f]{64}$");
string_schema!(Instant, "date-time");
