//! Counting the tables: each read along its key, some rows at a time, all in one state of the database.

use super::occasions::Occasions;
use super::{Case, CountedAs, CountedCases, PayeeRefunds, Statistic, Total};
use crate::deposit::{DepositStatus, RefundTiming};
use crate::field::{Day, Instant};
use crate::http::word;
use crate::law::InForce;
use crate::ledger::{Ledger, LedgerError};
use crate::organisation::OrganisationStatus;
use crate::store::{Reads, Row, StoreError, Value, keys_list};
use crate::tender::{AnswerTiming, LotBidding, LotStatus, ObjectionResult, OpeningTiming, TenderStatus};
use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant as Watch};
use tokio::sync::Mutex;

/// Rows that are read by one statement.
const ROWS_AT_A_TIME: usize = 2048;

/// After counting, the service rests so many times as long as that took, however often it is asked: counting takes a twentieth of
/// one processor at most. Until then the answer is that of an earlier size, and says so.
const RESTS: u32 = 19;

/// What was counted last.
#[derive(Clone)]
struct Kept {
    counted: Arc<CountedCases>,
    at: Watch,
    took: Duration,
}

/// What the log comes to, counted anew when it has grown.
#[derive(Default)]
pub struct Counting {
    kept: RwLock<Option<Kept>>,
    /// Held by whoever counts.
    turn: Mutex<()>,
}

impl Counting {
    /// All cases up to the newest entry, or up to an earlier one while it rests or somebody else is counting.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn counted(&self, ledger: &Ledger) -> Result<Arc<CountedCases>, LedgerError> {
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(kept) = kept {
            let size = ledger.database.head().await?.map_or(0, |(size, _)| size);
            if kept.counted.size == size || kept.at.elapsed() < kept.took * RESTS {
                return Ok(kept.counted);
            }
            let Ok(_turn) = self.turn.try_lock() else { return Ok(kept.counted) };
            return self.count(ledger).await;
        }
        let _turn = self.turn.lock().await;
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner).clone();
        match kept {
            // Whoever had the turn before.
            Some(kept) => Ok(kept.counted),
            None => self.count(ledger).await,
        }
    }

    async fn count(&self, ledger: &Ledger) -> Result<Arc<CountedCases>, LedgerError> {
        let began = Watch::now();
        let mut snapshot = ledger.database.snapshot().await?;
        let mut counted = count(&mut snapshot).await?;
        let adopted = ledger.law_before(counted.size).await?;
        counted.occasions = occasions(&mut snapshot, &adopted).await?;
        let counted = Arc::new(counted);
        let kept = Kept { counted: Arc::clone(&counted), at: Watch::now(), took: began.elapsed() };
        *self.kept.write().unwrap_or_else(PoisonError::into_inner) = Some(kept);
        Ok(counted)
    }
}

/// Counts everything.
///
/// # Errors
/// The store can't be read.
pub(super) async fn count(reads: &mut impl Reads) -> Result<CountedCases, StoreError> {
    let head = reads.rows("SELECT size, last_time FROM log_head WHERE id = 1", &[]).await?;
    let head = head.first().ok_or_else(|| StoreError::Damaged("no log head".into()))?;
    let (size, time) = (head.unsigned(0)?, Instant::from_millis(head.integer(1)?));
    let mut counted = CountedCases::new(size, time);
    counted.add_to_total(Total::Records, size);
    let sql = "SELECT count(*) FROM organisations WHERE status = $1";
    let confirmed = reads.rows(sql, &[Value::from(OrganisationStatus::Confirmed.name())]).await?;
    counted.add_to_total(Total::Organisations, confirmed.first().map_or(Ok(0), |row| row.unsigned(0))?);
    each(reads, "code, region, unit, first_time, status FROM tenders", &["code"], |row| tender(&mut counted, row))
        .await?;
    let columns = "tender, id, region, unit, published, bidding, opening, challenges_in_time, challenges_late, \
                   challenges_running FROM lots";
    each(reads, columns, &["tender", "id"], |row| lot(&mut counted, row)).await?;
    let columns = "tender, id, region, unit, filed, result, answered FROM objections";
    each(reads, columns, &["tender", "id"], |row| objection(&mut counted, row)).await?;
    let columns = "deposits.book, deposits.id, tenders.region, deposits.book, deposits.clock_day, deposits.refund, \
                   deposits.status, deposits.due_at, deposits.tender, lots.status FROM deposits \
                   LEFT JOIN tenders ON tenders.code = deposits.tender \
                   LEFT JOIN lots ON lots.tender = deposits.tender AND lots.id = deposits.lot";
    each(reads, columns, &["deposits.book", "deposits.id"], |row| deposit(&mut counted, row)).await?;
    Ok(counted)
}

/// Every row, in the order of the key, whose columns stand first.
async fn each(
    reads: &mut impl Reads,
    what: &str,
    key: &[&str],
    mut take: impl FnMut(&Row) -> Result<(), StoreError> + Send,
) -> Result<(), StoreError> {
    let order = key.join(", ");
    let mut after: Option<Vec<Value>> = None;
    loop {
        let (condition, values) = match after {
            None => (String::new(), Vec::new()),
            Some(after) => {
                let (marks, values) = keys_list(vec![after]);
                (format!("WHERE ({order}) > {marks} "), values)
            }
        };
        let sql = format!("SELECT {what} {condition}ORDER BY {order} LIMIT {ROWS_AT_A_TIME}");
        let rows = reads.rows(&sql, &values).await?;
        rows.iter().try_for_each(&mut take)?;
        match rows.last() {
            Some(last) if rows.len() == ROWS_AT_A_TIME => after = Some(last.values()[..key.len()].to_vec()),
            _ => return Ok(()),
        }
    }
}

/// Where and when: columns of region and unit, and one of the time.
fn case_at(row: &Row, [region, unit, time]: [usize; 3]) -> Result<Case<'_>, StoreError> {
    let day = Instant::from_millis(row.integer(time)?).shanghai_day();
    let region = row.optional_text(region)?.and_then(|region| region.parse().ok());
    Ok(Case { region, unit: row.optional_text(unit)?, day: Some(Day::from(day)) })
}

fn tender(counted: &mut CountedCases, row: &Row) -> Result<(), StoreError> {
    counted.add(Statistic::Tenders, CountedAs::Met, case_at(row, [1, 2, 3])?, 1);
    counted.add_to_total(Total::Tenders, 1);
    match word(row, 4)? {
        TenderStatus::Preannounced => counted.add_to_total(Total::OpenToObjections, 1),
        TenderStatus::Announced => counted.add_to_total(Total::Called, 1),
        TenderStatus::Waiting
        | TenderStatus::Cleared
        | TenderStatus::Suspended
        | TenderStatus::Terminated
        | TenderStatus::Closed => {}
    }
    Ok(())
}

fn lot(counted: &mut CountedCases, row: &Row) -> Result<(), StoreError> {
    let case = case_at(row, [2, 3, 4])?;
    match word(row, 5)? {
        LotBidding::Single => counted.add(Statistic::SingleBids, CountedAs::Met, case, 1),
        LotBidding::Several => counted.add(Statistic::SingleBids, CountedAs::Unmet, case, 1),
        LotBidding::Unknown => counted.add(Statistic::SingleBids, CountedAs::Unknown, case, 1),
        LotBidding::Nobody => {}
    }
    let opened = match word(row, 6)? {
        OpeningTiming::InTime => CountedAs::Met,
        OpeningTiming::Late => CountedAs::Unmet,
        OpeningTiming::Unknown => CountedAs::Unknown,
    };
    counted.add(Statistic::BidsOpened, opened, case, 1);
    let (in_time, late, running) = (row.unsigned(7)?, row.unsigned(8)?, row.unsigned(9)?);
    counted.add(Statistic::ChallengesAnswered, CountedAs::Met, case, in_time);
    counted.add(Statistic::ChallengesAnswered, CountedAs::Unmet, case, late);
    counted.add(Statistic::ChallengesAnswered, CountedAs::Unknown, case, running);
    Ok(())
}

fn objection(counted: &mut CountedCases, row: &Row) -> Result<(), StoreError> {
    let case = case_at(row, [2, 3, 4])?;
    counted.add_to_total(Total::Objections, 1);
    let result = match word(row, 5)? {
        ObjectionResult::Upheld => {
            counted.add_to_total(Total::ObjectionsUpheld, 1);
            CountedAs::Met
        }
        ObjectionResult::Rejected => CountedAs::Unmet,
        ObjectionResult::Open => CountedAs::Unknown,
    };
    counted.add(Statistic::ObjectionsUpheld, result, case, 1);
    let answered = match word(row, 6)? {
        AnswerTiming::InTime => CountedAs::Met,
        AnswerTiming::Late => CountedAs::Unmet,
        AnswerTiming::Open => CountedAs::Unknown,
    };
    counted.add(Statistic::ObjectionsAnswered, answered, case, 1);
    Ok(())
}

fn deposit(counted: &mut CountedCases, row: &Row) -> Result<(), StoreError> {
    let day: Option<Day> = row.optional_text(4)?.map(|_| word(row, 4)).transpose()?;
    let region = row.optional_text(2)?.and_then(|region| region.parse().ok());
    let (payee, timing, status) = (row.text(3)?, word(row, 5)?, word::<DepositStatus>(row, 6)?);
    // As lists have it (`deposit::projection::IS_PUBLIC`): a number of deposits for a lot would tell how many bid for it.
    let is_opened = row.optional_text(9)?.is_some_and(|status| status != LotStatus::Waiting.name());
    if timing == RefundTiming::NotDue && row.optional_text(8)?.is_some() && !is_opened {
        return Ok(());
    }
    let counted_as = match timing {
        RefundTiming::InTime => Some(CountedAs::Met),
        RefundTiming::Late => Some(CountedAs::Unmet),
        RefundTiming::Running | RefundTiming::NotDue => Some(CountedAs::Unknown),
        RefundTiming::Nothing => None,
    };
    if let Some(counted_as) = counted_as {
        counted.add(Statistic::DepositsReturned, counted_as, Case { region, unit: Some(payee), day }, 1);
    }
    let due = row.optional_integer(7)?.map(Instant::from_millis);
    let refunds: &mut PayeeRefunds = counted.payees.entry(payee.into()).or_default();
    refunds.add(timing, status, due);
    Ok(())
}

/// Counts along the index of kinds.
///
/// # Errors
/// The store can't be read.
async fn occasions(reads: &mut impl Reads, adopted: &[InForce]) -> Result<Occasions, StoreError> {
    let mut occasions = Occasions::new();
    for (at, reign) in adopted.iter().enumerate() {
        // The entry that adopts the next one is still judged by this one.
        let last = adopted.get(at + 1).map_or(i64::MAX, |next| next.index as i64);
        let anchors: BTreeSet<&str> = reign.edition.rules().map(|(rule, _)| rule.anchor.as_str()).collect();
        for anchor in anchors {
            let sql = "SELECT count(*) FROM entries WHERE kind = $1 AND idx > $2 AND idx <= $3";
            let values = [Value::from(anchor), Value::from(reign.index), Value::Integer(last)];
            let rows = reads.rows(sql, &values).await?;
            let count = rows.first().map_or(Ok(0), |row| row.unsigned(0))?;
            *occasions.entry((reign.edition.id, anchor.to_owned())).or_default() += count;
        }
    }
    Ok(occasions)
}
