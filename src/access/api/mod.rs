//! Access over HTTP: of one organisation, of many at once, and the public list.

mod acts;
mod changes;
mod codes;
mod csv_list;
mod succession;

use super::projection::{COLUMNS, STANDING, bars_of, columns};
use super::view::{AccessAsked, AccessFile, AccessView, BarSummary};
use super::{Access, AccessId, AsOf, BarStatus};
use crate::credit::grade_as_of;
use crate::field::{BarKindId, Instant, OrganisationId};
use crate::http::{CsvFile, Endpoints, Problem, Typed, bad_parameter, not_a_cursor, page_limit, parameters};
use crate::law::Law;
use crate::ledger::{Folded, Ledger};
use crate::organisation::{OrganisationFile, predecessors_of};
use crate::problem;
use crate::store::{Direction, Filter, Listing, Row, StoreError, Value};
use crate::world::Stream;
use acts::AccessActs;
use changes::BarChangeApi;
use codes::Codes;
use poem_openapi::param::{Path, Query};
use poem_openapi::{OpenApi, Tags};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeSet;
use std::sync::Arc;
use succession::inherited;

/// A chapter of the API document.
#[derive(Tags)]
enum Tag {
    /// 廉洁准入: who is barred from what, and until when.
    Access,
}

parameters! { AccessId, BarKindId }

/// A page of bars in force, the newest first.
#[derive(Serialize, JsonSchema)]
pub struct BarPage {
    items: Vec<BarSummary>,
    /// Pass as `after` to go on; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// What many codes came to. Codes that are not named are not barred.
#[derive(Serialize, JsonSchema)]
pub struct AccessCheck {
    /// The time that is answered for (UTC).
    at: String,
    /// Entries of the log that were looked at.
    size: u64,
    /// Codes, each counted once.
    checked: u64,
    barred: Vec<BarredOrganisation>,
    /// The first hundred places at which something stands that is no code.
    malformed: Vec<MalformedLine>,
    malformed_count: u64,
}

/// An organisation with its bars in force.
#[derive(Serialize, JsonSchema)]
pub struct BarredOrganisation {
    organisation: String,
    bars: Vec<BarSummary>,
    /// Entries of bars that were in force then, and were repaired since.
    closed: Vec<u64>,
}

/// A line without a code.
#[derive(Serialize, JsonSchema)]
pub struct MalformedLine {
    /// From 1.
    line: u64,
    text: String,
}

const BARS: Listing = Listing { table: "bars", columns: COLUMNS, order: &["entry"], direction: Direction::NewestFirst };

/// Disputed bars of which a request asks whether they are overdue: each is a stream that may have to be folded.
const OVERDUE_MAX: u32 = 50;
/// Bars that one answer of a check names: some megabytes.
const CHECK_BARS_MAX: usize = 20_000;
/// About what one of them takes.
const BAR_BYTES: usize = 600;

pub struct AccessApi {
    ledger: Arc<Ledger>,
    files: Folded<AccessFile>,
    organisations: Folded<OrganisationFile>,
}

impl Endpoints for Access {
    type Api = (AccessApi, AccessActs, BarChangeApi);

    fn api(ledger: Arc<Ledger>) -> Self::Api {
        let access =
            AccessApi { ledger: Arc::clone(&ledger), files: Folded::default(), organisations: Folded::default() };
        (access, AccessActs(Arc::clone(&ledger)), BarChangeApi(ledger))
    }
}

#[OpenApi(prefix_path = "/v1", tag = "Tag::Access")]
impl AccessApi {
    /// 准入状态: what an organisation may do, now or at another time, with the bars that say so. Any code may be asked about,
    /// registered here or not.
    #[oai(path = "/organisations/:id/access", method = "get", operation_id = "getAccess")]
    async fn access(
        &self,
        id: Path<OrganisationId>,
        /// A time (RFC 3339), or the index of an entry: then only what stood in the log up to it counts. Without it, now. Of a time
        /// to come it is told what is known of it now.
        at: Query<Option<String>>,
    ) -> Result<Typed<AccessView>, Problem> {
        let is_now = at.0.is_none();
        let at = self.as_of(at.0).await?;
        let size = self.ledger.size_now().await?;
        let grade = grade_as_of(&self.ledger.database, &id.0, at.entry, at.time).await?;
        let inherited = inherited(&self.ledger, &self.organisations, &self.files, &id.0, at).await?;
        let speakers = if is_now { self.speakers(&id.0).await? } else { Vec::new() };
        let view = |file: &AccessFile, law: Law<'_>| {
            let size = at.entry.map_or(size, |last| last + 1);
            let (organisation, inherited, speakers) = (&id.0, &*inherited, &*speakers);
            file.view(&AccessAsked { organisation, inherited, speakers, grade, at, size }, law)
        };
        let stream = Stream::of(&AccessId(id.0.clone()));
        let view = self.files.show(&self.ledger, &stream, AccessFile::default, view).await?;
        Ok(Typed(view.ok_or_else(|| Problem::of(&problem::UNAVAILABLE))?))
    }

    /// 批量核验: who of many is barred. Codes are pasted as text, or stand in a CSV; at most 100,000.
    #[oai(path = "/access/check", method = "post", operation_id = "checkAccess")]
    async fn check(
        &self,
        /// A time (RFC 3339); without it, now.
        at: Query<Option<String>>,
        codes: Codes,
    ) -> Result<Typed<AccessCheck>, Problem> {
        let at = match at.0 {
            None => self.now().await?,
            Some(text) => Instant::of_rfc3339(&text).ok_or_else(|| not_a_time(false))?,
        };
        let size = self.ledger.size_now().await?;
        let Codes { codes, faults, fault_count, mut portion } = codes;
        let rows = bars_of(&self.ledger.database, &codes).await?;
        let (mut barred, mut count) = barred(&rows, at)?;
        count += self.add_inherited(&codes, at, &mut barred).await?;
        if count > CHECK_BARS_MAX {
            let (zh, en) = (
                format!("禁入超过 {CHECK_BARS_MAX} 项，请分批核验"),
                format!("more than {CHECK_BARS_MAX} bars: ask in parts"),
            );
            return Err(Problem::with_detail(&problem::REQUEST_TOO_LARGE, zh, en));
        }
        portion.grow(count * BAR_BYTES).await?;
        let malformed = faults.into_iter().map(|fault| MalformedLine { line: fault.line, text: fault.text });
        Ok(Typed(AccessCheck {
            at: at.to_string(),
            size,
            checked: codes.len() as u64,
            barred,
            malformed: malformed.collect(),
            malformed_count: fault_count,
        }))
    }

    /// 禁入名单: bars in force now. What is over, revoked or repaired stands in it no more.
    #[oai(path = "/access/bars", method = "get", operation_id = "listBars")]
    async fn list(
        &self,
        organisation: Query<Option<OrganisationId>>,
        kind: Query<Option<BarKindId>>,
        /// Words in the name, as the decision has it.
        q: Query<Option<String>>,
        /// Only those with an objection that should have been ruled on by now; a page then looks at 50 disputed bars.
        overdue: Query<Option<bool>>,
        /// `next` of the page before.
        after: Query<Option<String>>,
        #[oai(validator(minimum(value = "1"), maximum(value = "500")))] limit: Query<Option<u32>>,
    ) -> Result<Typed<BarPage>, Problem> {
        let is_overdue = overdue.0 == Some(true);
        let limit = page_limit(limit.0)?.min(if is_overdue { OVERDUE_MAX } else { u32::MAX });
        let now = self.ledger.clock.now().millis();
        let filter = Filter::default()
            .along("organisation", organisation.0.map(|id| Value::from(id.as_str())))
            .along("kind", kind.0.map(|kind| Value::from(kind.as_str())))
            .along("status", Some(Value::from(STANDING)))
            .at_most("from_time", Some(now))
            .above("until_time", now)
            .contains("name_folded", q.0.as_deref())
            .only("disputed = 1", is_overdue);
        let after = match after.0.map(|text| text.parse::<i64>()) {
            None => None,
            Some(Ok(entry)) => Some(vec![Value::Integer(entry)]),
            Some(Err(_)) => return Err(not_a_cursor()),
        };
        let cursor = |row: &Row| Ok(row.unsigned(columns::ENTRY)?.to_string());
        let page = filter.page(&self.ledger.database, &BARS, after, limit, BarSummary::of_row, cursor);
        let (mut items, next) = page.await?;
        if is_overdue {
            items = self.overdue(items).await?;
        }
        Ok(Typed(BarPage { items, next }))
    }

    /// The same list as CSV, all of it.
    #[oai(path = "/access/bars.csv", method = "get", operation_id = "listBarsCsv")]
    async fn list_csv(&self) -> Result<CsvFile, Problem> {
        csv_list::all(Arc::clone(&self.ledger)).await
    }
}

/// Who is barred at a time, by rows in the order of the organisations; and how many bars that are.
fn barred(rows: &[Row], at: Instant) -> Result<(Vec<BarredOrganisation>, usize), Problem> {
    let (mut barred, mut count) = (Vec::<BarredOrganisation>::new(), 0);
    for row in rows {
        if super::projection::status_of(row, at)? != Some(BarStatus::InForce) {
            continue;
        }
        count += 1;
        let organisation = row.text(columns::ORGANISATION)?;
        if barred.last().is_none_or(|last| last.organisation != organisation) {
            barred.push(BarredOrganisation::new(organisation));
        }
        if let Some(last) = barred.last_mut() {
            last.take(row, at)?;
        }
    }
    Ok((barred, count))
}

impl BarredOrganisation {
    fn new(organisation: &str) -> Self {
        Self { organisation: organisation.to_owned(), bars: Vec::new(), closed: Vec::new() }
    }

    /// Takes a bar that was in force then.
    fn take(&mut self, row: &Row, at: Instant) -> Result<(), StoreError> {
        match BarSummary::in_force(row, at)? {
            Some(bar) => self.bars.push(bar),
            None => self.closed.push(row.unsigned(columns::ENTRY)?),
        }
        Ok(())
    }
}

fn not_a_time(or_entry: bool) -> Problem {
    let words = if or_entry {
        ("应为 RFC 3339 时刻或已有记录的序号", "is a time (RFC 3339), or the index of an entry that there is")
    } else {
        ("应为 RFC 3339 时刻", "is a time (RFC 3339)")
    };
    bad_parameter("at", &words.into())
}

impl AccessApi {
    /// An organisation itself, or whoever succeeds it.
    async fn speakers(&self, id: &OrganisationId) -> Result<Vec<OrganisationId>, Problem> {
        let successors = |file: &OrganisationFile, _: Law<'_>| {
            let succession = file.0.as_ref().and_then(|organisation| organisation.succession(|_, _| true));
            succession.map(|succession| succession.successors)
        };
        let stream = Stream::of(id);
        let shown = self.organisations.show(&self.ledger, &stream, OrganisationFile::default, successors).await?;
        Ok(shown.flatten().unwrap_or_else(|| vec![id.clone()]))
    }

    /// Those to which an objection should have been ruled on.
    async fn overdue(&self, bars: Vec<BarSummary>) -> Result<Vec<BarSummary>, Problem> {
        let (now, mut overdue) = (self.now().await?, Vec::new());
        for bar in bars {
            let (organisation, entry) = bar.place();
            let Ok(organisation) = organisation.parse::<OrganisationId>() else { continue };
            let stream = Stream::of(&AccessId(organisation));
            let is_overdue = |file: &AccessFile, law: Law<'_>| file.is_overdue(entry, now, law);
            if self.files.show(&self.ledger, &stream, AccessFile::default, is_overdue).await? == Some(true) {
                overdue.push(bar);
            }
        }
        Ok(overdue)
    }

    /// Adds the bars of those that some of these succeed, and says how many there are.
    async fn add_inherited(
        &self,
        codes: &[OrganisationId],
        at: Instant,
        barred: &mut Vec<BarredOrganisation>,
    ) -> Result<usize, Problem> {
        let pairs = predecessors_of(&self.ledger.database, codes).await?;
        let successors: BTreeSet<OrganisationId> = pairs.into_iter().map(|(successor, _)| successor).collect();
        let mut count = 0;
        for successor in successors {
            let (organisations, at_time) = (&self.organisations, AsOf::time(at));
            let inherited = inherited(&self.ledger, organisations, &self.files, &successor, at_time).await?;
            let before: Vec<OrganisationId> = inherited.into_iter().map(|(by, _)| by.predecessor).collect();
            for row in bars_of(&self.ledger.database, &before).await? {
                if super::projection::status_of(&row, at)? != Some(BarStatus::InForce) {
                    continue;
                }
                count += 1;
                let known = barred.binary_search_by(|known| known.organisation.as_str().cmp(successor.as_str()));
                let place = known.unwrap_or_else(|place| {
                    barred.insert(place, BarredOrganisation::new(successor.as_str()));
                    place
                });
                barred[place].take(&row, at)?;
            }
        }
        Ok(count)
    }

    /// All that is in the log counts, also where this clock is a little behind it.
    async fn now(&self) -> Result<Instant, Problem> {
        Ok(self.ledger.clock.now().max(self.ledger.database.last_time().await?))
    }

    async fn as_of(&self, at: Option<String>) -> Result<AsOf, Problem> {
        let Some(text) = at else { return Ok(AsOf::time(self.now().await?)) };
        if let Some(time) = Instant::of_rfc3339(&text) {
            return Ok(AsOf::time(time));
        }
        let index: u64 = text.parse().map_err(|_| not_a_time(true))?;
        let entry = if index > i64::MAX as u64 { None } else { self.ledger.database.stored_entry(index).await? };
        entry.map(|entry| AsOf::entry(index, entry.time)).ok_or_else(|| not_a_time(true))
    }
}
