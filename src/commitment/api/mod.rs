//! Commitments over HTTP.

mod acts;

use super::view::{BreachView, CommitmentFile, CommitmentView};
use super::{Breach, CommitmentStatus, Offer};
use crate::field::{CommitmentId, Instant, OrganisationId, TemplateId, TenderCode};
use crate::http::{
    Cursor, DryRun, Endpoints, Posted, Problem, Signed, Typed, accept, counted_page, list_counts, page_limit,
    parameters, word,
};
use crate::law::Law;
use crate::ledger::{Folded, Ledger};
use crate::problem;
use crate::store::{CountedFilter, Direction, Filter, Listing, Row, StoreError, Value, newest_record};
use crate::template::Side;
use crate::world::Stream;
use acts::CommitmentActs;
use poem_openapi::param::{Path, Query};
use poem_openapi::{ApiResponse, OpenApi, Tags};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A chapter of the API document.
#[derive(Tags)]
enum Tag {
    /// 廉洁承诺: what both sides promise, and what is said to be broken.
    Commitments,
}

parameters! { CommitmentStatus }

/// A commitment in a list.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct CommitmentSummary {
    pub id: String,
    pub status: CommitmentStatus,
    pub template: String,
    pub template_version: u64,
    pub unit: String,
    pub enterprise: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tender: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lot: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub year: Option<i64>,
    pub offered_by: Side,
    /// Reports of breaches without a finding that counts.
    pub open_breaches: u64,
    /// When it was offered (UTC).
    pub first_time: Instant,
    /// When the newest record about it was written (UTC).
    pub last_time: Instant,
    pub version: u64,
    /// Index of the newest record of it.
    pub last_entry: u64,
}

counted_page! {
    /// A page of commitments, the newest first.
    CommitmentPage of CommitmentSummary
}

/// A page of reported breaches, as they were reported.
#[derive(Serialize, JsonSchema)]
pub struct BreachPage {
    items: Vec<BreachView>,
    /// Pass as `after` to go on; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// A commitment; its `ETag` is its version.
#[derive(ApiResponse)]
enum CommitmentFound {
    #[oai(status = 200)]
    Found(Typed<CommitmentView>, #[oai(header = "ETag")] String),
}

const COMMITMENTS: Listing = Listing {
    table: "commitments",
    columns: concat!(
        "first_time, id, status, template, template_version, unit, enterprise, tender, lot, year, offered_by, open_breaches, \
              last_time, version, ",
        newest_record!("'commitment/' || id")
    ),
    order: &["first_time", "id"],
    direction: Direction::NewestFirst,
};

impl CommitmentSummary {
    fn of_row(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            first_time: Instant::from_millis(row.integer(0)?),
            id: row.text(1)?.to_owned(),
            status: word(row, 2)?,
            template: row.text(3)?.to_owned(),
            template_version: row.unsigned(4)?,
            unit: row.text(5)?.to_owned(),
            enterprise: row.text(6)?.to_owned(),
            tender: row.optional_text(7)?.map(str::to_owned),
            lot: row.optional_text(8)?.map(str::to_owned),
            year: row.optional_integer(9)?,
            offered_by: word(row, 10)?,
            open_breaches: row.unsigned(11)?,
            last_time: Instant::from_millis(row.integer(12)?),
            version: row.unsigned(13)?,
            last_entry: row.unsigned(14)?,
        })
    }
}

pub struct CommitmentApi {
    ledger: Arc<Ledger>,
    files: Folded<CommitmentFile>,
}

impl Endpoints for super::Commitment {
    type Api = (CommitmentApi, CommitmentActs);

    fn api(ledger: Arc<Ledger>) -> Self::Api {
        (CommitmentApi { ledger: Arc::clone(&ledger), files: Folded::default() }, CommitmentActs(ledger))
    }
}

#[OpenApi(prefix_path = "/v1/commitments", tag = "Tag::Commitments")]
impl CommitmentApi {
    /// 提出承诺: one side signs the text. The id is that of the signed `sub`.
    #[oai(path = "/", method = "post", operation_id = "offerCommitment")]
    async fn offer(
        &self,
        /// `1`: the record is judged as it would be now, and not written.
        dry_run: Query<Option<DryRun>>,
        #[oai(name = "x-jws-signature")] signed: Signed<Offer>,
    ) -> Result<Posted, Problem> {
        accept(&self.ledger, signed, dry_run.0, None).await
    }

    /// Commitments by party, tender and status, the newest first.
    #[oai(path = "/", method = "get", operation_id = "listCommitments")]
    #[expect(clippy::too_many_arguments, reason = "each is a documented query parameter")]
    async fn list(
        &self,
        unit: Query<Option<OrganisationId>>,
        enterprise: Query<Option<OrganisationId>>,
        tender: Query<Option<TenderCode>>,
        /// Of a commitment for a year.
        year: Query<Option<i64>>,
        template: Query<Option<TemplateId>>,
        status: Query<Option<CommitmentStatus>>,
        /// With `true` the answer says how many items the list would have with each value of its filters.
        counts: Query<Option<bool>>,
        /// `next` of the page before.
        after: Query<Option<String>>,
        #[oai(validator(minimum(value = "1"), maximum(value = "500")))] limit: Query<Option<u32>>,
    ) -> Result<Typed<CommitmentPage>, Problem> {
        let limit = page_limit(limit.0)?;
        let kept = Filter::default()
            .along("tender", tender.0.map(|tender| Value::from(tender.as_str())))
            .along("unit", unit.0.map(|unit| Value::from(unit.as_str())))
            .along("enterprise", enterprise.0.map(|enterprise| Value::from(enterprise.as_str())))
            .at_least("year", year.0)
            .at_most("year", year.0)
            .equals("template", template.0.map(|template| Value::from(template.as_str())));
        let status = status.0.map(|status| status.name());
        let counted = [CountedFilter::equals("status", "status", status)];
        let counts = list_counts(counts.0, &self.ledger.database, &COMMITMENTS, &kept, &counted).await?;
        let filter = kept.along("status", status.map(Value::from));
        let after = Cursor::parse(after.0)?.map(Vec::from);
        let page =
            filter.page(&self.ledger.database, &COMMITMENTS, after, limit, CommitmentSummary::of_row, Cursor::behind);
        let (items, next) = page.await?;
        Ok(Typed(CommitmentPage { items, next, counts }))
    }

    /// One commitment with its first breaches and records.
    #[oai(path = "/:id", method = "get", operation_id = "getCommitment")]
    async fn get(&self, id: Path<CommitmentId>) -> Result<CommitmentFound, Problem> {
        let view = self.show(&id.0, |file, law| file.view(&id.0, law)).await?;
        let tag = format!("\"{}\"", view.version);
        Ok(CommitmentFound::Found(Typed(view), tag))
    }

    /// Every breach that was reported.
    #[oai(path = "/:id/breaches", method = "get", operation_id = "listBreaches")]
    async fn breaches(
        &self,
        id: Path<CommitmentId>,
        /// `next` of the page before.
        after: Query<Option<String>>,
        #[oai(validator(minimum(value = "1"), maximum(value = "500")))] limit: Query<Option<u32>>,
    ) -> Result<Typed<BreachPage>, Problem> {
        let (limit, after) = (page_limit(limit.0)?, after.0.as_deref());
        let (items, next) = self.show(&id.0, |file, law| Some(file.breaches(after, limit, law))).await?;
        Ok(Typed(BreachPage { items, next }))
    }

    /// 举报违诺: by the other side or a supervisor.
    #[oai(path = "/:id/breaches", method = "post", operation_id = "reportBreach")]
    async fn report_breach(
        &self,
        id: Path<CommitmentId>,
        /// `1`: the record is judged as it would be now, and not written.
        dry_run: Query<Option<DryRun>>,
        #[oai(name = "x-jws-signature")] signed: Signed<Breach>,
    ) -> Result<Posted, Problem> {
        accept(&self.ledger, signed, dry_run.0, Some(Stream::of(&id.0))).await
    }
}

impl CommitmentApi {
    async fn show<T>(
        &self,
        id: &CommitmentId,
        show: impl FnOnce(&CommitmentFile, Law<'_>) -> Option<T>,
    ) -> Result<T, Problem> {
        let show = |file: &CommitmentFile, law: Law<'_>| if file.exists() { show(file, law) } else { None };
        let shown = self.files.show(&self.ledger, &Stream::of(id), CommitmentFile::default, show).await?;
        shown.flatten().ok_or_else(|| Problem::of(&problem::COMMITMENT_UNKNOWN))
    }
}
