//! Credit over HTTP.

mod acts;
mod changes;
mod tables;
mod what_if;

use super::view::{ContributionView, CreditFile, CreditView, GradeStepView};
use super::{CreditId, Graded};
use crate::field::{Instant, OrganisationId};
use crate::http::{
    CsvFile, Endpoints, Problem, Typed, asked, bad_parameter, first_of, page_limit, page_of, parameters, word,
};
use crate::law::{Grade, Law};
use crate::ledger::{Folded, Ledger};
use crate::problem::{self, Refusal};
use crate::sequencer::is_subject;
use crate::store::{Direction, Filter, Listing, PAGE_BYTES_MAX, Row, StoreError, Value};
use crate::world::{self, Stream};
use acts::CreditActs;
use changes::GradeChangeApi;
use poem_openapi::param::{Path, Query};
use poem_openapi::{OpenApi, Tags};
use schemars::JsonSchema;
use serde::Serialize;
use std::sync::Arc;
use what_if::WhatIfApi;

/// A chapter of the API document.
#[derive(Tags)]
enum Tag {
    /// 信用评价: what everything that bears on an organisation comes to, with its arithmetic.
    Credit,
}

parameters! { Grade }

/// A grade in a list.
#[derive(Serialize, JsonSchema)]
pub struct CreditSummary {
    organisation: String,
    grade: Grade,
    points: String,
    /// What counts up to the end of this day.
    day: String,
    /// The entry of the grade.
    index: u64,
    /// Contributions that are objected to, undecided.
    open_objections: u64,
    version: u64,
}

/// A page of grades, ordered by organisation.
#[derive(Serialize, JsonSchema)]
pub struct CreditPage {
    items: Vec<CreditSummary>,
    /// Pass as `after` to go on; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// A page of entries that count, the newest first.
#[derive(Serialize, JsonSchema)]
pub struct ContributionPage {
    items: Vec<ContributionView>,
    /// Pass as `after` to go on; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<u64>,
}

/// A page of grades of one organisation, the newest first.
#[derive(Serialize, JsonSchema)]
pub struct GradeStepPage {
    items: Vec<GradeStepView>,
    /// Pass as `after` to go on; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<u64>,
}

/// Organisations of which a request asks whether objections are overdue: each is a stream that may have to be folded.
const OVERDUE_MAX: u32 = 50;

const CREDITS: Listing = Listing {
    table: "credits",
    columns: "organisation, grade, points, day, graded_in, open_objections, version",
    order: &["organisation"],
    direction: Direction::OldestFirst,
};

impl CreditSummary {
    fn of_row(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            organisation: row.text(0)?.to_owned(),
            grade: word(row, 1)?,
            points: super::view::points(row.integer(2)?),
            day: row.text(3)?.to_owned(),
            index: row.unsigned(4)?,
            open_objections: row.unsigned(5)?,
            version: row.unsigned(6)?,
        })
    }
}

pub struct CreditApi {
    ledger: Arc<Ledger>,
    files: Arc<Folded<CreditFile>>,
}

impl Endpoints for super::Credit {
    type Api = (CreditApi, CreditActs, WhatIfApi, GradeChangeApi);

    fn api(ledger: Arc<Ledger>) -> Self::Api {
        let files = Arc::new(Folded::default());
        let credit = CreditApi { ledger: Arc::clone(&ledger), files: Arc::clone(&files) };
        let changes = GradeChangeApi(Arc::clone(&ledger));
        (credit, CreditActs(Arc::clone(&ledger)), WhatIfApi { ledger, files }, changes)
    }
}

/// A point of the log's history.
enum At {
    Entry(u64),
    Time(Instant),
}

impl At {
    fn parse(text: &str) -> Result<Self, Problem> {
        if let Ok(entry) = text.parse() {
            return Ok(Self::Entry(entry));
        }
        Instant::of_rfc3339(text).map(Self::Time).ok_or_else(|| {
            let words = ("应为条目序号，或 RFC 3339 时刻", "is the index of an entry, or a time as in RFC 3339");
            bad_parameter("at", &words.into())
        })
    }
}

#[OpenApi(prefix_path = "/v1", tag = "Tag::Credit")]
impl CreditApi {
    /// 信用等级 by grade.
    #[oai(path = "/credit", method = "get", operation_id = "listCredit")]
    async fn list(
        &self,
        grade: Query<Option<Grade>>,
        /// Only those with an objection that should have been ruled on by now; a page then looks at 50 that have open ones.
        overdue: Query<Option<bool>>,
        /// `next` of the page before.
        after: Query<Option<String>>,
        #[oai(validator(minimum(value = "1"), maximum(value = "500")))] limit: Query<Option<u32>>,
    ) -> Result<Typed<CreditPage>, Problem> {
        let is_overdue = overdue.0 == Some(true);
        let limit = page_limit(limit.0)?.min(if is_overdue { OVERDUE_MAX } else { u32::MAX });
        let filter = Filter::default().along("grade", grade.0.map(|grade| Value::from(grade.name())));
        let filter = filter.only("open_objections > 0", is_overdue);
        let (after, id) = (asked(after.0).map(|id| vec![id]), |row: &Row| Ok(row.text(0)?.to_owned()));
        let page = filter.page(&self.ledger.database, &CREDITS, after, limit, CreditSummary::of_row, id);
        let (mut items, next) = page.await?;
        if is_overdue {
            items = self.overdue(items).await?;
        }
        Ok(Typed(CreditPage { items, next }))
    }

    /// The same list as CSV, all of it.
    #[oai(path = "/credit.csv", method = "get", operation_id = "listCreditCsv")]
    async fn list_csv(&self) -> Result<CsvFile, Problem> {
        tables::all_grades(Arc::clone(&self.ledger)).await
    }

    /// 信用评价 of an organisation: the grade, and everything that it comes from. Whoever is new has B, and is neutral.
    #[oai(path = "/organisations/:id/credit", method = "get", operation_id = "getCredit")]
    async fn get(
        &self,
        id: Path<OrganisationId>,
        /// The grade as of an entry (its index) or a time, instead of the last one; then `contributions` has what was new in
        /// its record.
        at: Query<Option<String>>,
    ) -> Result<Typed<CreditView>, Problem> {
        let (id, now) = (id.0, self.ledger.clock.now());
        self.must_be_known(&id).await?;
        let Some(at) = at.0.as_deref().map(At::parse).transpose()? else {
            return Ok(Typed(self.show(&id, |file, law| file.view(&id, law, now)).await?));
        };
        let found = self.show(&id, |file, _| match at {
            At::Entry(entry) => file.step(|step| step.is_up_to_entry(entry)),
            At::Time(time) => file.step(|step| step.is_up_to_time(time)),
        });
        let graded = match found.await? {
            Some(index) => self.graded(&id, index).await?.map(|graded| (graded, index)),
            None => None,
        };
        let view = |_: &CreditFile, law: Law<'_>| match &graded {
            Some((graded, index)) => CreditView::of(graded, *index, &law.edition().credit),
            None => CreditView::new(&id, &law.edition().credit),
        };
        Ok(Typed(self.show(&id, view).await?))
    }

    /// Every entry that counts for or against an organisation, the newest first.
    #[oai(path = "/organisations/:id/credit/contributions", method = "get", operation_id = "listContributions")]
    async fn contributions(
        &self,
        id: Path<OrganisationId>,
        /// `next` of the page before.
        after: Query<Option<u64>>,
        #[oai(validator(minimum(value = "1"), maximum(value = "500")))] limit: Query<Option<u32>>,
    ) -> Result<Typed<ContributionPage>, Problem> {
        let (limit, id, before) = (page_limit(limit.0)?, id.0, after.0.unwrap_or(u64::MAX));
        self.must_be_known(&id).await?;
        let page = |file: &CreditFile, law: Law<'_>| {
            let Some(credit) = &file.state else { return (Vec::new(), None) };
            let terms = &law.edition().credit;
            let views = credit.counted.range(..before).rev().filter_map(|(entry, counted)| {
                ContributionView::of(*entry, counted, credit.last.day, credit.objection_to(*entry), terms)
            });
            let items = first_of(views, limit as usize, PAGE_BYTES_MAX);
            let last = items.last().map(ContributionView::entry);
            let next = last.filter(|last| credit.counted.range(..*last).next().is_some());
            (items, next)
        };
        let (items, next) = self.show(&id, page).await?;
        Ok(Typed(ContributionPage { items, next }))
    }

    /// Every grade that an organisation has had, the newest first.
    #[oai(path = "/organisations/:id/credit/grades", method = "get", operation_id = "listGrades")]
    async fn grades(
        &self,
        id: Path<OrganisationId>,
        /// `next` of the page before.
        after: Query<Option<u64>>,
        #[oai(validator(minimum(value = "1"), maximum(value = "500")))] limit: Query<Option<u32>>,
    ) -> Result<Typed<GradeStepPage>, Problem> {
        let (limit, id, before) = (page_limit(limit.0)?, id.0, after.0.unwrap_or(u64::MAX));
        self.must_be_known(&id).await?;
        let page = |file: &CreditFile, _: Law<'_>| {
            let mut steps: Vec<&GradeStepView> = file.steps.iter().filter(|step| step.index() < before).collect();
            steps.reverse();
            let (items, next) = page_of(&steps, 0, limit, |step| (*step).clone());
            let last = next.and_then(|_| items.last()).map(GradeStepView::index);
            (items, last)
        };
        let (items, next) = self.show(&id, page).await?;
        Ok(Typed(GradeStepPage { items, next }))
    }

    /// 信用历史 as CSV: every grade that an organisation has had, oldest first, with what was new in it, what each kind of conduct
    /// came to, and the sum.
    #[oai(path = "/organisations/:id/credit/history.csv", method = "get", operation_id = "getCreditHistoryCsv")]
    async fn history(&self, id: Path<OrganisationId>) -> Result<CsvFile, Problem> {
        self.must_be_known(&id.0).await?;
        tables::history(Arc::clone(&self.ledger), id.0).await
    }
}

impl CreditApi {
    /// Those with an objection that should have been ruled on.
    async fn overdue(&self, all: Vec<CreditSummary>) -> Result<Vec<CreditSummary>, Problem> {
        let (now, mut overdue) = (self.ledger.clock.now(), Vec::new());
        for summary in all {
            let Ok(id) = summary.organisation.parse::<OrganisationId>() else { continue };
            if self.show(&id, |file, law| file.is_overdue(law, now)).await? {
                overdue.push(summary);
            }
        }
        Ok(overdue)
    }

    /// Whoever is registered here, or is named by an act that bears on it: a court's list and a bid name strangers, too.
    ///
    /// # Errors
    /// `organisation-unknown`
    async fn must_be_known(&self, id: &OrganisationId) -> Result<(), Problem> {
        let (is_operator, stream) = (self.ledger.identity().operator == *id, Stream::of(id));
        if is_operator || self.ledger.version(&stream).await? > 0 || is_subject(&self.ledger.database, &stream).await? {
            return Ok(());
        }
        Err(Problem::of(&problem::ORGANISATION_UNKNOWN))
    }

    async fn show<T>(&self, id: &OrganisationId, show: impl FnOnce(&CreditFile, Law<'_>) -> T) -> Result<T, Problem> {
        let stream = Stream::of(&CreditId(id.clone()));
        let show = |file: &CreditFile, law: Law<'_>| {
            if law.edition().credit.is_silent() {
                return Err(Refusal::law_silent(&law.edition().name).into());
            }
            Ok(show(file, law))
        };
        let shown = self.files.show(&self.ledger, &stream, CreditFile::default, show).await?;
        shown.ok_or_else(|| Problem::of(&problem::LAW_UNKNOWN))?
    }

    /// The grade in an entry.
    async fn graded(&self, id: &OrganisationId, index: u64) -> Result<Option<Box<Graded>>, Problem> {
        let stream = Stream::of(&CreditId(id.clone()));
        let sql = "SELECT version FROM entries WHERE idx = $1";
        let rows = self.ledger.database.read(sql, &[Value::from(index)]).await?;
        let Some(version) = rows.first().map(|row| row.unsigned(0)).transpose()? else { return Ok(None) };
        let entry = self.ledger.stream(&stream, version.saturating_sub(1), 1).await?.pop();
        Ok(entry.and_then(|entry| match entry.act {
            world::Act::Credit(super::Act::Graded(graded)) if entry.place.index == index => Some(graded),
            _ => None,
        }))
    }
}
