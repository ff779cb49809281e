//! Tenders over HTTP: one endpoint a record kind, and the reading side.

mod acts;
mod file;
mod lots;
mod objections;

use super::{
    AnswerTiming, LotBidding, LotStatus, ObjectionResult, ObjectionStatus, OpeningTiming, Preannouncement, TenderStatus,
};
use crate::field::{Day, Nature, OrganisationId, TenderCode};
use crate::http::{
    Cursor, DryRun, Endpoints, ListOrder, Posted, Problem, Signed, Typed, accept, begin_of, counted_page, end_of,
    list_counts, page_limit, parameters, region_begins, word,
};
use crate::ledger::Ledger;
use crate::store::{CountedFilter, Direction, Filter, Listing, Row, StoreError, Value, newest_record};
use acts::TenderActs;
use file::TenderFileApi;
use lots::LotApi;
pub use lots::LotSummary;
use objections::ObjectionApi;
pub use objections::ObjectionSummary;
use poem_openapi::param::Query;
use poem_openapi::{OpenApi, Tags};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A chapter of the API document.
#[derive(Tags)]
enum Tag {
    /// 招标项目: the life of a tender.
    Tenders,
}

parameters! { AnswerTiming, LotBidding, LotStatus, ObjectionResult, ObjectionStatus, OpeningTiming, TenderStatus }

/// A tender in a list.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct TenderSummary {
    pub code: String,
    pub title: String,
    pub status: TenderStatus,
    // Unknown for an adopted tender whose notices don't say it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nature: Option<Nature>,
    pub region: String,
    pub centre: String,
    pub procuring_unit: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub estimate_minor: Option<i64>,
    /// What was awarded in all its lots together, as contracted since; absent where that is not all amounts in one currency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub awarded_minor: Option<i64>,
    /// When the objection window is over (UTC).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window_until: Option<String>,
    /// While the tender runs: a day, or an hour with its zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bid_deadline: Option<String>,
    /// When the bids are opened, while the tender runs: a day, or an hour with its zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub open: Option<String>,
    pub first_time: String,
    pub last_time: String,
    pub version: u64,
    /// Index of the newest record of it.
    pub last_entry: u64,
    /// 重新招标: the tender that it holds again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub follows: Option<String>,
}

counted_page! {
    /// A page of tenders.
    TenderPage of TenderSummary
}

fn instant(millis: i64) -> String {
    crate::field::Instant::from_millis(millis).to_string()
}

fn code_of(id: &OrganisationId) -> Value {
    Value::from(id.as_str())
}

/// Lots and objections of one tender in the order of its life; of several, the newest first.
fn order_within(order: Option<ListOrder>, one_tender: bool) -> Direction {
    order.unwrap_or(if one_tender { ListOrder::Oldest } else { ListOrder::Newest }).into()
}

impl TenderSummary {
    /// A row of a list in some order.
    fn of_row(row: &Row, order: TenderOrder) -> Result<Self, StoreError> {
        let (first_time, window_until) = match order {
            TenderOrder::Closing => (row.integer(10)?, row.optional_integer(0)?),
            TenderOrder::Newest | TenderOrder::Oldest => (row.integer(0)?, row.optional_integer(10)?),
        };
        Ok(Self {
            first_time: instant(first_time),
            code: row.text(1)?.to_owned(),
            title: row.text(2)?.to_owned(),
            status: word(row, 3)?,
            nature: row.optional_text(4)?.map(|_| word(row, 4)).transpose()?,
            region: row.text(5)?.to_owned(),
            centre: row.text(6)?.to_owned(),
            procuring_unit: row.text(7)?.to_owned(),
            estimate_minor: row.optional_integer(8)?,
            awarded_minor: row.optional_integer(9)?,
            window_until: window_until.map(instant),
            last_time: instant(row.integer(11)?),
            version: row.unsigned(12)?,
            follows: row.optional_text(13)?.map(str::to_owned),
            bid_deadline: row.optional_text(14)?.map(str::to_owned),
            open: row.optional_text(15)?.map(str::to_owned),
            last_entry: row.unsigned(16)?,
        })
    }
}

/// What is read of a tender: the time by which it is listed first, the other one in the middle.
macro_rules! tender_columns {
    ($listed:literal, $other:literal) => {
        concat!(
            $listed,
            ", tenders.code, tenders.title, tenders.status, tenders.nature, tenders.region, tenders.centre, \
             tenders.unit_name, tenders.estimate_minor, tenders.awarded_minor, ",
            $other,
            ", tenders.last_time, tenders.version, tenders.follows, tenders.bid_deadline, tenders.opening, ",
            newest_record!("'tender/' || tenders.code")
        )
    };
}

const TENDERS: Listing = Listing {
    table: "tenders",
    columns: tender_columns!("tenders.first_time", "tenders.window_until"),
    order: &["tenders.first_time", "tenders.code"],
    direction: Direction::NewestFirst,
};

/// Those whose objection window runs, by its end. Who waits for an answer has one that is over.
const TENDERS_CLOSING: Listing = Listing {
    table: "tenders",
    columns: tender_columns!("tenders.window_until", "tenders.first_time"),
    order: &["tenders.window_until", "tenders.code"],
    direction: Direction::OldestFirst,
};

/// In which order tenders are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TenderOrder {
    /// The newest one first.
    Newest,
    /// The oldest one first.
    Oldest,
    /// Those alone whose objection window runs: the one that ends first is first.
    Closing,
}
parameters! { TenderOrder }

/// Each tender once, by the lot that leads in it.
const TENDERS_OF_BIDDER: Listing = Listing {
    table: "bids JOIN tenders ON tenders.code = bids.tender AND bids.leads = 1",
    order: &["bids.published", "bids.tender"],
    ..TENDERS
};

const TENDERS_OF_WINNER: Listing = Listing {
    table: "awards JOIN tenders ON tenders.code = awards.tender AND awards.leads = 1",
    order: &["awards.published", "awards.tender"],
    ..TENDERS
};

/// Rows that there are of a tender in which somebody bids.
const BIDS_IN_TENDER: &str =
    "bids WHERE bids.published = tenders.first_time AND bids.tender = tenders.code AND bids.bidder";

const AWARDS_IN_TENDER: &str = "awards WHERE awards.tender = tenders.code AND awards.leads = 1 AND awards.winner";
const BIDS_OF_TENDER: &str = "bids WHERE bids.tender = tenders.code AND bids.leads = 1 AND bids.bidder";

/// What is listed in an order, of those published within a time, of a winner and of a bidder.
fn listed(
    order: TenderOrder,
    [from, to]: [Option<i64>; 2],
    winner: Option<Value>,
    bidder: Option<Value>,
) -> (Listing, Filter) {
    let published = Filter::default().between(from, to);
    let (listing, filter) = match (winner, bidder) {
        // Few windows run at a time, so whose tenders they are is looked for among them.
        (winner, bidder) if order == TenderOrder::Closing => {
            let running = Filter::default().along("tenders.status", Some(TenderStatus::Preannounced.name().into()));
            let filter = running.between(Some(0), None).exists(AWARDS_IN_TENDER, winner).exists(BIDS_OF_TENDER, bidder);
            (TENDERS_CLOSING, filter.at_least("tenders.first_time", from).at_most("tenders.first_time", to))
        }
        (Some(winner), bidder) => {
            (TENDERS_OF_WINNER, published.along("awards.winner", Some(winner)).exists(BIDS_IN_TENDER, bidder))
        }
        (None, Some(bidder)) => (TENDERS_OF_BIDDER, published.along("bids.bidder", Some(bidder))),
        (None, None) => (TENDERS, published),
    };
    let direction = if order == TenderOrder::Newest { Direction::NewestFirst } else { Direction::OldestFirst };
    (Listing { direction, ..listing }, filter)
}

pub struct TenderApi(Arc<Ledger>);

impl Endpoints for super::Tender {
    type Api = (TenderApi, ObjectionApi, LotApi, TenderFileApi, TenderActs);

    fn api(ledger: Arc<Ledger>) -> Self::Api {
        let lists = (TenderApi(Arc::clone(&ledger)), ObjectionApi(Arc::clone(&ledger)), LotApi(Arc::clone(&ledger)));
        (lists.0, lists.1, lists.2, TenderFileApi::new(Arc::clone(&ledger)), TenderActs(ledger))
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

    /// Tenders, as a rule newest first.
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
        /// Code of a bidder, or of a member of a consortium that bids: one whose bid was opened, or who was a candidate.
        bidder: Query<Option<OrganisationId>>,
        /// Code of a winner, or of a member of a consortium that won; awards that fell through don't count.
        winner: Query<Option<OrganisationId>>,
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
        /// Awarded for so many minor units or more, all lots together.
        #[oai(validator(minimum(value = "0"), maximum(value = "1000000000000000")))]
        awarded_min: Query<Option<i64>>,
        /// Awarded for so many minor units or less.
        #[oai(validator(minimum(value = "0"), maximum(value = "1000000000000000")))]
        awarded_max: Query<Option<i64>>,
        /// Words in the title, whatever the case and width of their letters.
        q: Query<Option<String>>,
        /// By the time of their first publication: newest, as long as nothing is said. With `closing`, those alone whose objection window
        /// runs, by its end.
        order: Query<Option<TenderOrder>>,
        /// With `true` the answer says how many items the list would have with each value of its filters.
        counts: Query<Option<bool>>,
        /// `next` of the page before.
        after: Query<Option<String>>,
        #[oai(validator(minimum(value = "1"), maximum(value = "500")))] limit: Query<Option<u32>>,
    ) -> Result<Typed<TenderPage>, Problem> {
        let limit = page_limit(limit.0)?;
        let cursor = Cursor::parse(after.0)?;
        let region = region_begins(region.0)?;
        let (winner, bidder) = (winner.0.as_ref().map(code_of), bidder.0.as_ref().map(code_of));
        let order = order.0.unwrap_or(TenderOrder::Newest);
        let published = [begin_of(published_from.0), end_of(published_to.0)];
        let (listing, filter) = listed(order, published, winner, bidder);
        let kept = filter
            .along("tenders.follows", follows.0.as_ref().map(|earlier| Value::from(earlier.as_str())))
            .along("tenders.unit", unit.0.as_ref().map(code_of))
            .along("tenders.centre", centre.0.as_ref().map(code_of))
            .at_least("tenders.estimate_minor", estimate_min.0)
            .at_most("tenders.estimate_minor", estimate_max.0)
            .at_least("tenders.awarded_minor", awarded_min.0)
            .at_most("tenders.awarded_minor", awarded_max.0)
            .begins("tenders.region", region.as_deref())
            .contains("tenders.title_folded", q.0.as_deref());
        let (status, nature) = (status.0.map(|status| status.name()), nature.0.map(|nature| nature.name()));
        let counted = [
            CountedFilter::equals("status", "tenders.status", status),
            CountedFilter::equals("nature", "tenders.nature", nature),
        ];
        let counts = list_counts(counts.0, &self.0.database, &listing, &kept, &counted).await?;
        let filter =
            kept.along("tenders.status", status.map(Value::from)).equals("tenders.nature", nature.map(Value::from));
        let after = cursor.map(Vec::from);
        let item = |row: &Row| TenderSummary::of_row(row, order);
        let (items, next) = filter.page(&self.0.database, &listing, after, limit, item, Cursor::behind).await?;
        Ok(Typed(TenderPage { items, next, counts }))
    }
}
