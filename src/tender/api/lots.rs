//! The list of lots.

use super::super::projection::AwardSummary;
use super::super::{LotBidding, LotStatus, OpeningTiming};
use super::{code_of, instant, order_within};
use crate::field::{Day, Nature, OrganisationId, TenderCode};
use crate::http::{
    Cursor, ListOrder, Problem, Typed, bad_parameter, begin_of, counted_page, end_of, list_counts, page_limit,
    region_begins, word,
};
use crate::ledger::Ledger;
use crate::store::{CountedFilter, Direction, Filter, Listing, Row, StoreError, Value, newest_record};
use poem_openapi::OpenApi;
use poem_openapi::param::Query;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A lot that something has happened to.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct LotSummary {
    pub tender: String,
    pub id: String,
    pub title: String,
    pub status: LotStatus,
    /// When the tender was first published (UTC).
    pub published: String,
    /// When the newest record about the lot was written (UTC).
    pub last_time: String,
    /// Index of the newest record of the tender.
    pub last_entry: u64,
    /// The winners, in the order of the awards: one, but of a framework agreement and where the text lets several win.
    pub awards: Vec<AwardSummary>,
    /// What the awards come to together; absent where they are not all amounts in one currency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub awarded_minor: Option<i64>,
    pub candidates: u32,
    pub open_challenges: u32,
    /// How many bid.
    pub bidding: LotBidding,
    /// Whether the bids were opened on the day.
    pub opening: OpeningTiming,
    /// Challenges that were answered within their period.
    pub challenges_in_time: u32,
    /// Challenges that were not.
    pub challenges_late: u32,
}

counted_page! {
    /// A page of lots.
    LotPage of LotSummary
}

impl LotSummary {
    fn of_row(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            published: instant(row.integer(0)?),
            tender: row.text(1)?.to_owned(),
            id: row.text(2)?.to_owned(),
            title: row.text(3)?.to_owned(),
            status: word(row, 4)?,
            awards: crate::field::parse(row.text(5)?.as_bytes())
                .map_err(|_| StoreError::Damaged("the awards of a lot".to_owned()))?,
            awarded_minor: row.optional_integer(6)?,
            candidates: row.unsigned(7)? as u32,
            open_challenges: row.unsigned(8)? as u32,
            bidding: word(row, 9)?,
            opening: word(row, 10)?,
            challenges_in_time: row.unsigned(11)? as u32,
            challenges_late: row.unsigned(12)? as u32,
            last_time: instant(row.integer(13)?),
            last_entry: row.unsigned(14)?,
        })
    }
}

const LOTS: Listing = Listing {
    table: "lots",
    columns: concat!(
        "lots.published, lots.tender, lots.id, lots.title, lots.status, lots.awards, lots.awarded_minor, \
              lots.candidates, lots.open_challenges, lots.bidding, lots.opening, lots.challenges_in_time, \
              lots.challenges_late, lots.changed, ",
        newest_record!("'tender/' || lots.tender")
    ),
    order: &["lots.published", "lots.tender", "lots.id"],
    direction: Direction::NewestFirst,
};

const LOTS_OF_BIDDER: Listing = Listing {
    table: "bids JOIN lots ON lots.tender = bids.tender AND lots.id = bids.lot",
    order: &["bids.published", "bids.tender", "bids.lot"],
    ..LOTS
};

const LOTS_OF_WINNER: Listing = Listing {
    table: "awards JOIN lots ON lots.tender = awards.tender AND lots.id = awards.lot AND awards.stands = 1",
    order: &["awards.published", "awards.tender", "awards.lot"],
    ..LOTS
};

/// Rows that there are of a lot for which somebody bids.
const BIDS_FOR_LOT: &str = "bids WHERE bids.tender = lots.tender AND bids.lot = lots.id AND bids.bidder";

pub struct LotApi(pub(super) Arc<Ledger>);

#[OpenApi(prefix_path = "/v1", tag = "super::Tag::Tenders")]
impl LotApi {
    /// Lots of all tenders, with winner and price once awarded, as a rule newest first; those of one tender by their ids.
    #[oai(path = "/lots", method = "get", operation_id = "listLots")]
    #[expect(clippy::too_many_arguments, reason = "each is a documented query parameter")]
    async fn list(
        &self,
        tender: Query<Option<TenderCode>>,
        /// Not `waiting`: of such a lot nothing is known but its announcement.
        status: Query<Option<LotStatus>>,
        /// Code of a bidder, or of a member of a consortium that bids: one whose bid was opened, or who was a candidate.
        bidder: Query<Option<OrganisationId>>,
        /// Code of a winner, or of a member of a consortium that won; awards that fell through don't count.
        winner: Query<Option<OrganisationId>>,
        /// Code of the tender's centre.
        centre: Query<Option<OrganisationId>>,
        /// Code of the tender's procuring unit.
        unit: Query<Option<OrganisationId>>,
        /// How many bid.
        bidding: Query<Option<LotBidding>>,
        /// Whether the bids were opened on the day.
        opening: Query<Option<OpeningTiming>>,
        nature: Query<Option<Nature>>,
        /// Digits with which the tender's region code begins.
        region: Query<Option<String>>,
        /// The tender was first published on this day or later (Asia/Shanghai).
        published_from: Query<Option<Day>>,
        /// The tender was first published on this day or before.
        published_to: Query<Option<Day>>,
        /// Awarded for so many minor units (分) or more, all winners together.
        #[oai(validator(minimum(value = "0"), maximum(value = "1000000000000000")))]
        awarded_min: Query<Option<i64>>,
        /// Awarded for so many minor units or less.
        #[oai(validator(minimum(value = "0"), maximum(value = "1000000000000000")))]
        awarded_max: Query<Option<i64>>,
        /// Words in the lot's title, whatever the case and width of their letters.
        q: Query<Option<String>>,
        /// By the time of the tender's first publication.
        order: Query<Option<ListOrder>>,
        /// With `true` the answer says how many items the list would have with each value of its filters.
        counts: Query<Option<bool>>,
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
        let region = region_begins(region.0)?;
        let direction = order_within(order.0, tender.0.is_some());
        let (listing, filter) = of_parties(winner.0.as_ref().map(code_of), bidder.0.as_ref().map(code_of));
        let kept = filter
            .along("lots.tender", tender.0.map(|tender| Value::from(tender.as_str())))
            .along("lots.unit", unit.0.as_ref().map(code_of))
            .along("lots.centre", centre.0.as_ref().map(code_of))
            .between(begin_of(published_from.0), end_of(published_to.0))
            .at_least("lots.awarded_minor", awarded_min.0)
            .at_most("lots.awarded_minor", awarded_max.0)
            .begins("lots.region", region.as_deref())
            .contains("lots.title_folded", q.0.as_deref());
        let after = Cursor::parse(after.0)?.map(Cursor::of_two).transpose()?;
        let last = |row: &Row| Ok(Cursor::of_pair(row.integer(0)?, row.text(1)?, row.text(2)?).to_string());
        let listing = Listing { direction, ..listing };
        let (status, nature) = (status.0.map(|status| status.name()), nature.0.map(|nature| nature.name()));
        let (bidding, opening) = (bidding.0.map(|bidding| bidding.name()), opening.0.map(|timing| timing.name()));
        // Those that wait are not asked for by their status.
        let counted = [
            CountedFilter::equals("status", "NULLIF(lots.status, 'waiting')", status),
            CountedFilter::equals("bidding", "lots.bidding", bidding),
            CountedFilter::equals("opening", "lots.opening", opening),
            CountedFilter::equals("nature", "lots.nature", nature),
        ];
        let counts = list_counts(counts.0, &self.0.database, &listing, &kept, &counted).await?;
        let filter = kept
            .along("lots.status", status.map(Value::from))
            .along("lots.bidding", bidding.map(Value::from))
            .along("lots.opening", opening.map(Value::from))
            .equals("lots.nature", nature.map(Value::from));
        let page = filter.page(&self.0.database, &listing, after, limit, LotSummary::of_row, last);
        let (items, next) = page.await?;
        Ok(Typed(LotPage { items, next, counts }))
    }
}

/// The list along whoever it is asked for by; winners are fewer than bidders.
fn of_parties(winner: Option<Value>, bidder: Option<Value>) -> (Listing, Filter) {
    match (winner, bidder) {
        (Some(winner), bidder) => {
            let filter = Filter::default().along("awards.winner", Some(winner));
            (LOTS_OF_WINNER, filter.exists(BIDS_FOR_LOT, bidder))
        }
        (None, Some(bidder)) => (LOTS_OF_BIDDER, Filter::default().along("bids.bidder", Some(bidder))),
        (None, None) => (LOTS, Filter::default()),
    }
}
