//! The list of objections.

use super::super::{AnswerTiming, ObjectionResult, ObjectionStatus};
use super::{code_of, instant, order_within};
use crate::field::{Day, OrganisationId, TenderCode};
use crate::http::{
    Cursor, ListOrder, Problem, Typed, begin_of, counted_page, end_of, list_counts, page_limit, region_begins, word,
};
use crate::ledger::Ledger;
use crate::store::{CountedFilter, Direction, Filter, Listing, Row, StoreError, Value, newest_record};
use poem_openapi::OpenApi;
use poem_openapi::param::Query;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// An objection in a list.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct ObjectionSummary {
    pub tender: String,
    pub id: String,
    pub objector: String,
    pub status: ObjectionStatus,
    /// When it was filed (UTC).
    pub filed: String,
    /// When the newest record about it was written (UTC).
    pub last_time: String,
    /// Index of the newest record of the tender.
    pub last_entry: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer_due: Option<String>,
    pub result: ObjectionResult,
    /// Whether it was answered within the period.
    pub answered: AnswerTiming,
}

counted_page! {
    /// A page of objections.
    ObjectionPage of ObjectionSummary
}

impl ObjectionSummary {
    fn of_row(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            filed: instant(row.integer(0)?),
            tender: row.text(1)?.to_owned(),
            id: row.text(2)?.to_owned(),
            objector: row.text(3)?.to_owned(),
            status: word(row, 4)?,
            answer_due: row.optional_integer(5)?.map(instant),
            result: word(row, 6)?,
            answered: word(row, 7)?,
            last_time: instant(row.integer(8)?),
            last_entry: row.unsigned(9)?,
        })
    }
}

const OBJECTIONS: Listing = Listing {
    table: "objections",
    columns: concat!(
        "filed, tender, id, objector, status, answer_due, result, answered, changed, ",
        newest_record!("'tender/' || tender")
    ),
    order: &["filed", "tender", "id"],
    direction: Direction::NewestFirst,
};

pub struct ObjectionApi(pub(super) Arc<Ledger>);

#[OpenApi(prefix_path = "/v1", tag = "super::Tag::Tenders")]
impl ObjectionApi {
    /// Objections of all tenders, as a rule newest first; those of one tender oldest first.
    #[oai(path = "/objections", method = "get", operation_id = "listObjections")]
    #[expect(clippy::too_many_arguments, reason = "each is a documented query parameter")]
    async fn list(
        &self,
        tender: Query<Option<TenderCode>>,
        objector: Query<Option<OrganisationId>>,
        status: Query<Option<ObjectionStatus>>,
        /// Code of the tender's centre.
        centre: Query<Option<OrganisationId>>,
        /// Code of the tender's procuring unit.
        unit: Query<Option<OrganisationId>>,
        /// What it came to.
        result: Query<Option<ObjectionResult>>,
        /// Whether it was answered within the period.
        answered: Query<Option<AnswerTiming>>,
        /// Digits with which the tender's region code begins.
        region: Query<Option<String>>,
        /// Filed on this day or later (Asia/Shanghai).
        filed_from: Query<Option<Day>>,
        /// Filed on this day or before.
        filed_to: Query<Option<Day>>,
        /// By the time when they were filed.
        order: Query<Option<ListOrder>>,
        /// With `true` the answer says how many items the list would have with each value of its filters.
        counts: Query<Option<bool>>,
        after: Query<Option<String>>,
        #[oai(validator(minimum(value = "1"), maximum(value = "500")))] limit: Query<Option<u32>>,
    ) -> Result<Typed<ObjectionPage>, Problem> {
        let limit = page_limit(limit.0)?;
        let region = region_begins(region.0)?;
        let listing = Listing { direction: order_within(order.0, tender.0.is_some()), ..OBJECTIONS };
        let kept = Filter::default()
            .along("tender", tender.0.map(|tender| Value::from(tender.as_str())))
            .along("objector", objector.0.as_ref().map(code_of))
            .along("unit", unit.0.as_ref().map(code_of))
            .along("centre", centre.0.as_ref().map(code_of))
            .between(begin_of(filed_from.0), end_of(filed_to.0))
            .begins("region", region.as_deref());
        let (status, result) = (status.0.map(|status| status.name()), result.0.map(|result| result.name()));
        let answered = answered.0.map(|timing| timing.name());
        let counted = [
            CountedFilter::equals("status", "status", status),
            CountedFilter::equals("result", "result", result),
            CountedFilter::equals("answered", "answered", answered),
        ];
        let counts = list_counts(counts.0, &self.0.database, &listing, &kept, &counted).await?;
        let filter = kept
            .along("status", status.map(Value::from))
            .along("result", result.map(Value::from))
            .along("answered", answered.map(Value::from));
        let after = Cursor::parse(after.0)?.map(Cursor::of_two).transpose()?;
        let last = |row: &Row| Ok(Cursor::of_pair(row.integer(0)?, row.text(1)?, row.text(2)?).to_string());
        let page = filter.page(&self.0.database, &listing, after, limit, ObjectionSummary::of_row, last);
        let (items, next) = page.await?;
        Ok(Typed(ObjectionPage { items, next, counts }))
    }
}
