//! Evaluations over HTTP.

mod acts;
mod sample;
mod standing;

use super::view::{EvaluationFile, EvaluationView};
use super::{EvaluationStatus, RatingStatus};
use crate::field::{CommitmentId, EvaluationId, Instant, Milestone, OrganisationId, TenderCode};
use crate::http::{Cursor, Endpoints, Problem, Typed, counted_page, list_counts, page_limit, parameters, word};
use crate::ledger::{Folded, Ledger};
use crate::problem;
use crate::store::{CountedFilter, Direction, Filter, Listing, Row, StoreError, Value, newest_record};
use crate::world::Stream;
use acts::EvaluationActs;
use poem_openapi::param::{Path, Query};
use poem_openapi::{ApiResponse, OpenApi, Tags};
use sample::SampleApi;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use standing::StandingApi;
use std::sync::Arc;

/// A chapter of the API document.
#[derive(Tags)]
enum Tag {
    /// 践诺评价: both sides of a commitment rate each other, sealed first and then in words.
    Evaluations,
}

parameters! { EvaluationId, EvaluationStatus, Milestone }

/// An evaluation in a list.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct EvaluationSummary {
    pub id: String,
    pub status: EvaluationStatus,
    pub commitment: String,
    pub milestone: Milestone,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tender: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lot: Option<String>,
    /// The enterprise bid and did not win.
    pub lost: bool,
    pub unit: String,
    pub enterprise: String,
    pub by_unit: RatingStatus,
    pub by_enterprise: RatingStatus,
    /// When it was opened (UTC).
    pub first_time: Instant,
    /// When the newest record about it was written (UTC).
    pub last_time: Instant,
    pub version: u64,
    /// Index of the newest record of it.
    pub last_entry: u64,
}

counted_page! {
    /// A page of evaluations, the newest first.
    EvaluationPage of EvaluationSummary
}

/// An evaluation; its `ETag` is its version.
#[derive(ApiResponse)]
enum EvaluationFound {
    #[oai(status = 200)]
    Found(Typed<EvaluationView>, #[oai(header = "ETag")] String),
}

const EVALUATIONS: Listing = Listing {
    table: "evaluations",
    columns: concat!(
        "first_time, id, status, commitment, milestone, tender, lot, lost, unit, enterprise, by_unit, by_enterprise, \
              last_time, version, ",
        newest_record!("'evaluation/' || id")
    ),
    order: &["first_time", "id"],
    direction: Direction::NewestFirst,
};

impl EvaluationSummary {
    fn of_row(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            first_time: Instant::from_millis(row.integer(0)?),
            id: row.text(1)?.to_owned(),
            status: word(row, 2)?,
            commitment: row.text(3)?.to_owned(),
            milestone: word(row, 4)?,
            tender: row.optional_text(5)?.map(str::to_owned),
            lot: row.optional_text(6)?.map(str::to_owned),
            lost: row.integer(7)? != 0,
            unit: row.text(8)?.to_owned(),
            enterprise: row.text(9)?.to_owned(),
            by_unit: word(row, 10)?,
            by_enterprise: word(row, 11)?,
            last_time: Instant::from_millis(row.integer(12)?),
            version: row.unsigned(13)?,
            last_entry: row.unsigned(14)?,
        })
    }
}

pub struct EvaluationApi {
    ledger: Arc<Ledger>,
    files: Folded<EvaluationFile>,
}

impl Endpoints for super::Evaluation {
    type Api = (EvaluationApi, EvaluationActs, StandingApi, SampleApi);

    fn api(ledger: Arc<Ledger>) -> Self::Api {
        let [acts, standing, sample] = [&ledger, &ledger, &ledger].map(Arc::clone);
        let evaluations = EvaluationApi { ledger, files: Folded::default() };
        (evaluations, EvaluationActs(acts), StandingApi(standing), SampleApi(sample))
    }
}

#[OpenApi(prefix_path = "/v1/evaluations", tag = "Tag::Evaluations")]
impl EvaluationApi {
    /// Evaluations by commitment, tender, party and status, the newest first.
    #[oai(path = "/", method = "get", operation_id = "listEvaluations")]
    #[expect(clippy::too_many_arguments, reason = "each is a documented query parameter")]
    async fn list(
        &self,
        commitment: Query<Option<CommitmentId>>,
        tender: Query<Option<TenderCode>>,
        unit: Query<Option<OrganisationId>>,
        enterprise: Query<Option<OrganisationId>>,
        status: Query<Option<EvaluationStatus>>,
        milestone: Query<Option<Milestone>>,
        /// With `true` the answer says how many items the list would have with each value of its filters.
        counts: Query<Option<bool>>,
        /// `next` of the page before.
        after: Query<Option<String>>,
        #[oai(validator(minimum(value = "1"), maximum(value = "500")))] limit: Query<Option<u32>>,
    ) -> Result<Typed<EvaluationPage>, Problem> {
        let limit = page_limit(limit.0)?;
        let kept = Filter::default()
            .along("commitment", commitment.0.map(|commitment| Value::from(commitment.as_str())))
            .along("tender", tender.0.map(|tender| Value::from(tender.as_str())))
            .along("unit", unit.0.map(|unit| Value::from(unit.as_str())))
            .along("enterprise", enterprise.0.map(|enterprise| Value::from(enterprise.as_str())));
        let (status, milestone) = (status.0.map(|status| status.name()), milestone.0.map(|milestone| milestone.name()));
        let counted = [
            CountedFilter::equals("status", "status", status),
            CountedFilter::equals("milestone", "milestone", milestone),
        ];
        let counts = list_counts(counts.0, &self.ledger.database, &EVALUATIONS, &kept, &counted).await?;
        let filter = kept.along("status", status.map(Value::from)).equals("milestone", milestone.map(Value::from));
        let after = Cursor::parse(after.0)?.map(Vec::from);
        let page =
            filter.page(&self.ledger.database, &EVALUATIONS, after, limit, EvaluationSummary::of_row, Cursor::behind);
        let (items, next) = page.await?;
        Ok(Typed(EvaluationPage { items, next, counts }))
    }

    /// One evaluation: its windows, both ratings with their arithmetic, and who may do what now.
    #[oai(path = "/:id", method = "get", operation_id = "getEvaluation")]
    async fn get(&self, id: Path<EvaluationId>) -> Result<EvaluationFound, Problem> {
        let now = self.ledger.clock.now();
        let show = |file: &EvaluationFile, law: crate::law::Law<'_>| {
            file.exists().then(|| file.view(&id.0, law, now)).flatten()
        };
        let shown = self.files.show(&self.ledger, &Stream::of(&id.0), EvaluationFile::default, show).await?;
        let view = shown.flatten().ok_or_else(|| Problem::of(&problem::EVALUATION_UNKNOWN))?;
        let tag = format!("\"{}\"", view.version);
        Ok(EvaluationFound::Found(Typed(view), tag))
    }
}
