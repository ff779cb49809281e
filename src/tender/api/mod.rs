//! Tenders over HTTP: one endpoint a record kind, and the reading side.

mod acts;
mod file;

use super::projection::AwardSummary;
use super::{
    AwardStatus, Change, Clause, EarlierRound, LotStatus, ObjectionStatus, Preannouncement, ScoreRow, TenderStatus,
};
use crate::field::{Day, DueTime, Nature, OrganisationId, RegionCode, TenderCode};
use crate::http::{
    Cursor, DryRun, Endpoints, Posted, Problem, Signed, Typed, accept, bad_parameter, page_limit, parameters, shown,
    word,
};
use crate::ledger::Ledger;
use crate::store::{Direction, Filter, Listing, Row, StoreError, Value};
use acts::TenderActs;
use file::TenderFileApi;
use poem_openapi::param::Query;
use poem_openapi::{Object, OpenApi, Tags};
use serde::Serialize;
use std::sync::Arc;

/// A chapter of the API document.
#[derive(Tags)]
enum Tag {
    /// 招标项目: the life of a tender.
    Tenders,
}

shown! { AwardStatus, Change, Clause, EarlierRound, LotStatus, ObjectionStatus, ScoreRow, TenderStatus }

parameters! { LotStatus, ObjectionStatus, TenderStatus }

/// A tender in a list.
#[derive(Serialize, Object)]
pub struct TenderSummary {
    code: String,
    title: String,
    status: TenderStatus,
    // Unknown for an adopted tender whose notices don't say it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[oai(skip_serializing_if_is_none)]
    nature: Option<Nature>,
    region: String,
    centre: String,
    procuring_unit: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[oai(skip_serializing_if_is_none)]
    estimate_minor: Option<i64>,
    /// When the objection window is over (UTC).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[oai(skip_serializing_if_is_none)]
    window_until: Option<String>,
    first_time: String,
    last_time: String,
    version: u64,
    /// 重新招标: the tender that it holds again.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[oai(skip_serializing_if_is_none)]
    follows: Option<String>,
}

/// A page of tenders, newest first.
#[derive(Serialize, Object)]
pub struct TenderPage {
    items: Vec<TenderSummary>,
    /// Pass as `after` to go on; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[oai(skip_serializing_if_is_none)]
    next: Option<String>,
}

/// An objection in a list.
#[derive(Serialize, Object)]
pub struct ObjectionSummary {
    tender: String,
    id: String,
    objector: String,
    status: ObjectionStatus,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[oai(skip_serializing_if_is_none)]
    answer_due: Option<String>,
}

/// A page of objections, by tender and id.
#[derive(Serialize, Object)]
pub struct ObjectionPage {
    items: Vec<ObjectionSummary>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[oai(skip_serializing_if_is_none)]
    next: Option<String>,
}

/// A lot that something has happened to.
#[derive(Serialize, Object)]
pub struct LotSummary {
    tender: String,
    id: String,
    title: String,
    status: LotStatus,
    /// The winners, in the order of the awards: one, but of a framework agreement and where the text lets several win.
    awards: Vec<AwardSummary>,
    candidates: u32,
    open_challenges: u32,
}

/// A page of lots, by tender and id.
#[derive(Serialize, Object)]
pub struct LotPage {
    items: Vec<LotSummary>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[oai(skip_serializing_if_is_none)]
    next: Option<String>,
}

fn instant(millis: i64) -> String {
    crate::field::Instant::from_millis(millis).to_string()
}

/// Pages ordered by `(tender, id)` have the cursor `<tender>/<id>`: neither contains a slash.
fn behind(after: Option<String>) -> Result<Option<Vec<Value>>, Problem> {
    let Some(after) = after else { return Ok(None) };
    let (tender, id) = after.split_once('/').filter(|_| !after.contains('\0')).ok_or_else(crate::http::not_a_cursor)?;
    Ok(Some(vec![Value::from(tender), Value::from(id)]))
}

/// Such a cursor.
fn pair(row: &Row) -> Result<String, StoreError> {
    Ok(format!("{}/{}", row.text(0)?, row.text(1)?))
}

impl ObjectionSummary {
    fn of_row(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            tender: row.text(0)?.to_owned(),
            id: row.text(1)?.to_owned(),
            objector: row.text(2)?.to_owned(),
            status: word(row, 3)?,
            answer_due: row.optional_integer(4)?.map(instant),
        })
    }
}

impl LotSummary {
    fn of_row(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            tender: row.text(0)?.to_owned(),
            id: row.text(1)?.to_owned(),
            title: row.text(2)?.to_owned(),
            status: word(row, 3)?,
            awards: crate::field::parse(row.text(4)?.as_bytes())
                .map_err(|_| StoreError::Damaged("the awards of a lot".to_owned()))?,
            candidates: row.unsigned(5)? as u32,
            open_challenges: row.unsigned(6)? as u32,
        })
    }
}

impl TenderSummary {
    fn of_row(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            first_time: instant(row.integer(0)?),
            code: row.text(1)?.to_owned(),
            title: row.text(2)?.to_owned(),
            status: word(row, 3)?,
            nature: row.optional_text(4)?.map(|_| word(row, 4)).transpose()?,
            region: row.text(5)?.to_owned(),
            centre: row.text(6)?.to_owned(),
            procuring_unit: row.text(7)?.to_owned(),
            estimate_minor: row.optional_integer(8)?,
            window_until: row.optional_integer(9)?.map(instant),
            last_time: instant(row.integer(10)?),
            version: row.unsigned(11)?,
            follows: row.optional_text(12)?.map(str::to_owned),
        })
    }
}

const TENDERS: Listing = Listing {
    table: "tenders",
    columns: "first_time, code, title, status, nature, region, centre, unit_name, estimate_minor, window_until, \
              last_time, version, follows",
    order: &["first_time", "code"],
    direction: Direction::NewestFirst,
};

const OBJECTIONS: Listing = Listing {
    table: "objections",
    columns: "tender, id, objector, status, answer_due",
    order: &["tender", "id"],
    direction: Direction::OldestFirst,
};

const LOTS: Listing = Listing {
    table: "lots",
    columns: "tender, id, title, status, awards, candidates, open_challenges",
    order: &["tender", "id"],
    direction: Direction::OldestFirst,
};

pub struct TenderApi(Arc<Ledger>);

impl Endpoints for super::Tender {
    type Api = (TenderApi, TenderFileApi, TenderActs);

    fn api(ledger: Arc<Ledger>) -> Self::Api {
        (TenderApi(Arc::clone(&ledger)), TenderFileApi::new(Arc::clone(&ledger)), TenderActs(ledger))
    }
}

#[OpenApi(prefix_path = "/v1", tag = "Tag::Tenders")]
impl TenderApi {
    /// 招标前公示: publishes a tender before the call. The code is that of the signed `sub`.
    #[oai(path = "/tenders", method = "post", operation_id = "preannounceTender")]
    async fn preannounce(
        &self,
        /// `1`: the record is judged as it would be now, and not written.
        dry_run: Query<Option<DryRun>>,
        #[oai(name = "x-jws-signature")] signed: Signed<Preannouncement>,
    ) -> Result<Posted, Problem> {
        accept(&self.0, signed, dry_run.0, None).await
    }

    /// Tenders, newest first.
    #[oai(path = "/tenders", method = "get", operation_id = "listTenders")]
    #[expect(clippy::too_many_arguments, reason = "each is a documented query parameter")]
    async fn list(
        &self,
        status: Query<Option<TenderStatus>>,
        nature: Query<Option<Nature>>,
        /// Digits with which the region code begins: `41` is Henan, `4101` Zhengzhou.
        region: Query<Option<String>>,
        /// Code of the centre.
        centre: Query<Option<OrganisationId>>,
        /// Code of the procuring unit.
        unit: Query<Option<OrganisationId>>,
        /// 重新招标: only those that hold this tender again.
        follows: Query<Option<TenderCode>>,
        /// First published on this day or later (Asia/Shanghai).
        published_from: Query<Option<Day>>,
        /// First published on this day or before.
        published_to: Query<Option<Day>>,
        /// Estimated at so many minor units (分) or more.
        #[oai(validator(minimum(value = "0"), maximum(value = "1000000000000000")))]
        estimate_min: Query<Option<i64>>,
        /// Estimated at so many minor units or less.
        #[oai(validator(minimum(value = "0"), maximum(value = "1000000000000000")))]
        estimate_max: Query<Option<i64>>,
        /// Words in the title.
        q: Query<Option<String>>,
        /// `next` of the page before.
        after: Query<Option<String>>,
        #[oai(validator(minimum(value = "1"), maximum(value = "500")))] limit: Query<Option<u32>>,
    ) -> Result<Typed<TenderPage>, Problem> {
        let limit = page_limit(limit.0)?;
        let cursor = Cursor::parse(after.0)?;
        let is_region = |region: &str| region.len() <= RegionCode::DIGITS && region.bytes().all(|b| b.is_ascii_digit());
        if region.0.as_deref().is_some_and(|region| !is_region(region)) {
            let words = (
                "应为行政区划代码的前几位，至多六位数字",
                "has up to six digits, those that a region code begins with",
            );
            return Err(bad_parameter("region", &words.into()));
        }
        let filter = Filter::default()
            .along("follows", follows.0.map(|earlier| Value::from(earlier.as_str())))
            .along("centre", centre.0.map(|centre| Value::from(centre.as_str())))
            .along("status", status.0.map(|status| Value::from(status.name())))
            .equals("unit", unit.0.map(|unit| Value::from(unit.as_str())))
            .at_least("first_time", published_from.0.map(|day| DueTime::from(day).comes().millis()))
            .at_most("first_time", published_to.0.map(|day| DueTime::from(day).plus_days(1).comes().millis() - 1))
            .at_least("estimate_minor", estimate_min.0)
            .at_most("estimate_minor", estimate_max.0)
            .equals("nature", nature.0.map(|nature| Value::from(nature.name())))
            .like("region", region.0.as_deref(), false)
            .like("title", q.0.as_deref().filter(|q| !q.contains('\0')), true);
        let last = |row: &Row| Ok(Cursor::new(row.integer(0)?, row.text(1)?).to_string());
        let after = cursor.map(Vec::from);
        let page = filter.page(&self.0.database, &TENDERS, after, limit, TenderSummary::of_row, last);
        let (items, next) = page.await?;
        Ok(Typed(TenderPage { items, next }))
    }

    /// Objections of all tenders.
    #[oai(path = "/objections", method = "get", operation_id = "listObjections")]
    async fn objections(
        &self,
        tender: Query<Option<TenderCode>>,
        objector: Query<Option<OrganisationId>>,
        status: Query<Option<ObjectionStatus>>,
        after: Query<Option<String>>,
        #[oai(validator(minimum(value = "1"), maximum(value = "500")))] limit: Query<Option<u32>>,
    ) -> Result<Typed<ObjectionPage>, Problem> {
        let limit = page_limit(limit.0)?;
        let filter = Filter::default()
            .along("tender", tender.0.map(|tender| Value::from(tender.as_str())))
            .along("objector", objector.0.map(|objector| Value::from(objector.as_str())))
            .along("status", status.0.map(|status| Value::from(status.name())));
        let after = behind(after.0)?;
        let page = filter.page(&self.0.database, &OBJECTIONS, after, limit, ObjectionSummary::of_row, pair);
        let (items, next) = page.await?;
        Ok(Typed(ObjectionPage { items, next }))
    }

    /// Lots of all tenders, with winner and price once awarded.
    #[oai(path = "/lots", method = "get", operation_id = "listLots")]
    async fn lots(
        &self,
        tender: Query<Option<TenderCode>>,
        /// Not `waiting`: of such a lot nothing is known but its announcement.
        status: Query<Option<LotStatus>>,
        /// Code of a winner, or of a member of a consortium that won.
        winner: Query<Option<OrganisationId>>,
        after: Query<Option<String>>,
        #[oai(validator(minimum(value = "1"), maximum(value = "500")))] limit: Query<Option<u32>>,
    ) -> Result<Typed<LotPage>, Problem> {
        let limit = page_limit(limit.0)?;
        if status.0 == Some(LotStatus::Waiting) {
            let words = (
                "应为 opened、candidates、awarded、contracted、accepted、failed 之一；未开标的标段见 /v1/tenders/{code}/lots",
                "is to be opened, candidates, awarded, contracted, accepted or failed; lots that wait for their opening \
                 are at /v1/tenders/{code}/lots",
            );
            return Err(bad_parameter("status", &words.into()));
        }
        let winner = winner.0.map(|code| format!(",{code},"));
        let filter = Filter::default()
            .along("tender", tender.0.map(|tender| Value::from(tender.as_str())))
            .along("status", status.0.map(|status| Value::from(status.name())))
            .like("winners", winner.as_deref(), true);
        let after = behind(after.0)?;
        let page = filter.page(&self.0.database, &LOTS, after, limit, LotSummary::of_row, pair);
        let (items, next) = page.await?;
        Ok(Typed(LotPage { items, next }))
    }
}
