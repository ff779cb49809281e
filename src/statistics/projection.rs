//! Counting the tables: each read along its key, some rows at a time, all in one state of the database.

use super::occasions::Occasions;
use super::trace::{Said, Trace, traced};
use super::{Case, CountedAs, CountedCases, PayeeRefunds, Statistic, Total};
use crate::act::Payload;
use crate::credit::{self, Graded};
use crate::deposit::{DepositStatus, IS_PUBLIC, RefundTiming};
use crate::evaluation::{self, EvaluationDeadline, EvaluationStage};
use crate::field::{Day, Instant};
use crate::http::word;
use crate::law::{Edition, InForce, Law};
use crate::ledger::{Ledger, LedgerError};
use crate::organisation::OrganisationStatus;
use crate::store::{Reads, Row, StoreError, Value, keys_list};
use crate::tender::{
    self, AnswerTiming, CandidatePublication, LotBidding, ObjectionResult, OpeningTiming, TenderStatus,
};
use crate::world::{Act, ReadEntry};
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
    said: SaidByRecords,
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
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner).clone();
        let mut said = kept.map(|kept| kept.said).unwrap_or_default();
        said.follow(&mut snapshot, &adopted, counted.size).await?;
        counted.occasions.extend(said.occasions.clone());
        let counted = Arc::new(counted);
        let kept = Kept { counted: Arc::clone(&counted), said, at: Watch::now(), took: began.elapsed() };
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
    // A number of deposits for a lot would tell how many bid for it.
    let columns = format!(
        "deposits.book, deposits.id, tenders.region, deposits.book, deposits.clock_day, deposits.refund, deposits.status, \
         deposits.due_at, CASE WHEN {IS_PUBLIC} THEN 'public' END FROM deposits \
         LEFT JOIN tenders ON tenders.code = deposits.tender"
    );
    each(reads, &columns, &["deposits.book", "deposits.id"], |row| deposit(&mut counted, row)).await?;
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
    if row.optional_text(8)?.is_none() {
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

/// What records say themselves of the rules that they apply, of the entries before one. Each is read once in the service's life.
#[derive(Debug, Clone, Default)]
struct SaidByRecords {
    size: u64,
    occasions: Occasions,
}

/// The kinds of records that say such a thing.
const SAYING: [&str; 3] = [Graded::KIND, CandidatePublication::KIND, EvaluationDeadline::KIND];

/// Entries that are read by one statement: 8 MiB, if they are as long as they may be.
const ENTRIES_AT_A_TIME: usize = 128;

impl SaidByRecords {
    /// Reads the entries behind those that it knows.
    async fn follow(&mut self, reads: &mut impl Reads, adopted: &[InForce], size: u64) -> Result<(), StoreError> {
        let sql = format!(
            "SELECT idx, bytes FROM entries WHERE kind = $1 AND idx >= $2 AND idx < $3 ORDER BY idx LIMIT {ENTRIES_AT_A_TIME}"
        );
        let Some(law) = Law::new(adopted) else { return Ok(()) };
        for kind in SAYING {
            let mut next = self.size;
            loop {
                let rows = reads.rows(&sql, &[kind.into(), Value::from(next), Value::from(size)]).await?;
                for row in &rows {
                    let index = row.unsigned(0)?;
                    let entry =
                        ReadEntry::parse(row.blob(1)?).map_err(|error| StoreError::Damaged(error.to_string()))?;
                    let edition = law.before(index).edition();
                    for said in said_by(&entry.act, edition) {
                        *self.occasions.entry((edition.id, said)).or_default() += 1;
                    }
                    next = index + 1;
                }
                if rows.len() < ENTRIES_AT_A_TIME {
                    break;
                }
            }
        }
        self.size = size;
        Ok(())
    }
}

fn said_by(act: &Act, edition: &Edition) -> Vec<Said> {
    let rule = |id: &str| Said::Rule(id.to_owned());
    match act {
        Act::Credit(credit::Act::Graded(graded)) => {
            let adds =
                graded.contributions.iter().filter_map(|it| it.adds.as_ref()).map(|adds| rule(adds.rule.as_str()));
            let taken_over = graded.contributions.iter().filter(|it| it.from.is_some());
            adds.chain(taken_over.map(|_| rule(&edition.credit.succession.rule.id))).collect()
        }
        Act::Tender(tender::Act::CandidatesPublished(publication)) => {
            let leaders = publication.candidates.iter().filter_map(|candidate| candidate.leader.as_ref()?.published());
            leaders.map(|published| rule(published.basis.as_str())).collect()
        }
        Act::Evaluation(evaluation::Act::DeadlinePassed(passed)) => {
            let said = match passed.stage {
                EvaluationStage::Sealing => Said::Silent,
                EvaluationStage::Revealing => Said::Withheld,
            };
            vec![said; passed.missed.len()]
        }
        _ => Vec::new(),
    }
}

/// Counts along indexes, edition by edition.
///
/// # Errors
/// The store can't be read.
async fn occasions(reads: &mut impl Reads, adopted: &[InForce]) -> Result<Occasions, StoreError> {
    let mut occasions = Occasions::new();
    for (at, reign) in adopted.iter().enumerate() {
        // The entry that adopts the next one is still judged by this one.
        let last = adopted.get(at + 1).map_or(i64::MAX, |next| next.index as i64);
        let within = [Value::from(reign.index), Value::Integer(last)];
        let mut add = |said: Said, count: u64| *occasions.entry((reign.edition.id, said)).or_default() += count;
        for kind in kinds_counted(&reign.edition) {
            let sql = "SELECT count(*) FROM entries WHERE idx > $1 AND idx <= $2 AND kind = $3";
            let rows = reads.rows(sql, &[within.as_slice(), &[Value::from(kind.as_str())]].concat()).await?;
            add(Said::Kind(kind), rows.first().map_or(Ok(0), |row| row.unsigned(0))?);
        }
        for (table, said) in [("bars", Said::Bar as fn(String) -> Said), ("deposit_schemes", Said::Scheme)] {
            // Each was made by an entry of its own.
            let sql = format!(
                "SELECT entry, kind FROM {table} WHERE entry > $1 AND entry <= $2 ORDER BY entry LIMIT {ROWS_AT_A_TIME}"
            );
            let mut after = within[0].clone();
            loop {
                let rows = reads.rows(&sql, &[after, within[1].clone()]).await?;
                for row in &rows {
                    add(said(row.text(1)?.to_owned()), 1);
                }
                match rows.last() {
                    Some(last) if rows.len() == ROWS_AT_A_TIME => after = Value::from(last.unsigned(0)?),
                    _ => break,
                }
            }
        }
        let sql = "SELECT count(*) FROM tenders JOIN entries ON entries.stream = 'tender/' || tenders.code AND entries.version = 1 \
                   WHERE tenders.follows IS NOT NULL AND entries.idx > $1 AND entries.idx <= $2";
        let rows = reads.rows(sql, &within).await?;
        add(Said::Round, rows.first().map_or(Ok(0), |row| row.unsigned(0))?);
    }
    Ok(occasions)
}

fn kinds_counted(edition: &Edition) -> BTreeSet<String> {
    let said = traced(edition).into_iter().filter(|traced| !traced.rule.is_silent()).flat_map(|traced| {
        let by = match traced.trace {
            Trace::Each(said) | Trace::AtMost(said) => Some(said),
            Trace::Unrecorded => None,
        };
        by.into_iter().chain(traced.overdue)
    });
    let kind = |said| match said {
        Said::Kind(kind) => Some(kind),
        _ => None,
    };
    said.filter_map(kind).collect()
}
