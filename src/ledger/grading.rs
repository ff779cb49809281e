//! Grades of credit, each night, and what is asked as deposits by them.

use super::{Folded, Folding, Ledger, LedgerError};
use crate::act::{Place, Stream, fold};
use crate::credit::{Credit, CreditId, Graded, looked_at_again};
use crate::field::{Day, OrganisationId};
use crate::law::Law;
use crate::organisation::successors;
use crate::sequencer::{Rejected, read_bearings, subjects};
use crate::store::StoreError;
use crate::world::Act;
use chrono::{FixedOffset, NaiveDate};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio_cron_scheduler::{Job, JobScheduler, JobSchedulerError};

/// Half past midnight in Shanghai, when the day before is over; and each hour after, should that night have failed.
const NIGHTLY: &str = "0 30 * * * *";
/// By how much Shanghai is ahead of UTC; there has been no daylight saving since 1991.
const SHANGHAI_OFFSET_SECONDS: i32 = 8 * 3600;
/// A service that starts looks whether it missed a night; by then the witnesses have been asked whether the clock is right.
const FIRST_AFTER: Duration = Duration::from_secs(30);
/// Organisations that are read at a time.
const ORGANISATIONS_AT_A_TIME: u32 = 500;

/// Grades at once and each night, as long as the program runs.
pub async fn grade_for_ever(ledger: Arc<Ledger>) {
    tokio::time::sleep(FIRST_AFTER).await;
    let nights = Arc::new(Nights { ledger, done: Mutex::default() });
    nights.grade().await;
    let _scheduler = match schedule(nights).await {
        Ok(scheduler) => scheduler,
        Err(error) => return tracing::error!(%error, "grades are not scheduled"),
    };
    std::future::pending::<()>().await;
}

async fn schedule(nights: Arc<Nights>) -> Result<JobScheduler, JobSchedulerError> {
    let scheduler = JobScheduler::new().await?;
    let zone = FixedOffset::east_opt(SHANGHAI_OFFSET_SECONDS).expect("eight hours are less than a day");
    let job = Job::new_async_tz(NIGHTLY, zone, move |_, _| {
        let nights = Arc::clone(&nights);
        Box::pin(async move { nights.grade().await })
    })?;
    scheduler.add(job).await?;
    scheduler.start().await?;
    Ok(scheduler)
}

/// Which night was graded last.
struct Nights {
    ledger: Arc<Ledger>,
    done: Mutex<Option<NaiveDate>>,
}

impl Nights {
    async fn grade(&self) {
        let Ok(now) = self.ledger.clock.look() else { return };
        let night = now.shanghai_day();
        if *self.done.lock().unwrap_or_else(PoisonError::into_inner) == Some(night) {
            return;
        }
        match self.night().await {
            Ok((graded, assessed)) => {
                tracing::info!(graded, assessed, %night, "credit was graded, and deposits were assessed");
                *self.done.lock().unwrap_or_else(PoisonError::into_inner) = Some(night);
            }
            Err(error) => tracing::error!(%error, "the night's work was not done"),
        }
    }

    /// What is asked of payers follows their grades.
    async fn night(&self) -> Result<(usize, usize), LedgerError> {
        Ok((self.ledger.grade_due().await?, self.ledger.assess_due().await?))
    }
}

/// A credit's state, kept between nights and folded on.
#[derive(Default)]
pub(super) struct KeptCredit(Option<Credit>);

/// About what an entry that counts takes in the state.
const COUNTED_BYTES: usize = 160;

impl Folding for KeptCredit {
    fn take(&mut self, act: Act, place: &Place, law: Law<'_>) {
        if let Act::Credit(act) = act {
            fold(&mut self.0, &act, place, law);
        }
    }

    fn bytes(&self) -> usize {
        self.0.as_ref().map_or(0, |credit| credit.counted.len() * COUNTED_BYTES)
    }
}

/// The credits that were graded lately.
pub(super) type KeptCredits = Folded<KeptCredit>;

impl Ledger {
    /// Appends every grade that is due for yesterday, and says how many there were. Any replica may do this at any time: what
    /// is due follows from the log. While the clock can't be trusted there are none.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn grade_due(&self) -> Result<usize, LedgerError> {
        let Ok(now) = self.clock.look() else { return Ok(0) };
        let Some(day) = now.shanghai_day().pred_opt() else { return Ok(0) };
        let (mut graded, mut after) = (0, String::new());
        loop {
            let some = subjects(&self.database, &after, ORGANISATIONS_AT_A_TIME).await?;
            let Some(last) = some.last() else { break };
            last.as_str().clone_into(&mut after);
            for organisation in some.iter().filter_map(Stream::id::<OrganisationId>) {
                graded += self.grade_organisation(&organisation, day.into()).await?;
            }
        }
        self.grade_again(&now.shanghai_day().to_string(), day.into(), graded).await
    }

    /// Those to whom nothing new has come; and whoever succeeds another one, when that one has been graded.
    async fn grade_again(&self, tonight: &str, day: Day, mut graded: usize) -> Result<usize, LedgerError> {
        let mut after = String::new();
        loop {
            let some = looked_at_again(&self.database, tonight, &after, ORGANISATIONS_AT_A_TIME).await?;
            let Some(last) = some.last() else { break };
            after.clone_from(last);
            for organisation in some.iter().filter_map(|id| id.parse::<OrganisationId>().ok()) {
                graded += self.grade_organisation(&organisation, day).await?;
            }
        }
        after.clear();
        loop {
            let some = successors(&self.database, &after, ORGANISATIONS_AT_A_TIME).await?;
            let Some(last) = some.last() else { return Ok(graded) };
            last.as_str().clone_into(&mut after);
            for organisation in &some {
                graded += self.grade_organisation(organisation, day).await?;
            }
        }
    }

    /// Every record that the grade of one organisation takes.
    async fn grade_organisation(&self, organisation: &OrganisationId, day: Day) -> Result<usize, LedgerError> {
        let mut graded = 0;
        while let Some(due) = self.due_grade(organisation, day).await? {
            let stream = Stream::of(&CreditId(organisation.clone()));
            match self.act_as_service(&stream, &Act::Credit(due.into())).await {
                Ok(_) => graded += 1,
                // Another replica was faster, or the day is over.
                Err(Rejected::Refused(refusal)) => {
                    tracing::debug!(%refusal, %organisation, "a grade was refused");
                    break;
                }
                Err(Rejected::Clock(_)) => break,
                Err(Rejected::Unavailable) => {
                    return Err(StoreError::Damaged("the log is unavailable".into()).into());
                }
            }
        }
        Ok(graded)
    }

    /// The next record of the grade that is due for a day, if any.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn due_grade(&self, organisation: &OrganisationId, day: Day) -> Result<Option<Graded>, LedgerError> {
        let stream = Stream::of(&CreditId(organisation.clone()));
        let known = |kept: &KeptCredit, _: Law<'_>| {
            let predecessors = kept.0.iter().flat_map(|credit| credit.predecessors.values());
            let predecessors: Vec<_> = predecessors.map(|predecessor| predecessor.organisation.clone()).collect();
            (kept.0.as_ref().and_then(|credit| credit.last.up_to), predecessors)
        };
        let known = self.credits.show(self, &stream, KeptCredit::default, known).await?;
        let (after, predecessors) = known.unwrap_or_default();
        let others = self.credits_of(predecessors).await?;
        let borne = read_bearings(&mut self.database.clone(), &Stream::of(organisation), after).await?;
        let due = |kept: &KeptCredit, law: Law<'_>| {
            let state = kept.0.as_ref();
            // Another replica may have graded between the two looks.
            let is_same = state.and_then(|credit| credit.last.up_to) == after;
            let (terms, of) = (&law.edition().credit, |id: &OrganisationId| others.get(id));
            is_same.then(|| Credit::due_grade(state, organisation, &borne, &of, day, terms)).flatten()
        };
        Ok(self.credits.show(self, &stream, KeptCredit::default, due).await?.flatten())
    }

    /// The credit of those that somebody succeeds, as far as they have any.
    async fn credits_of(&self, ids: Vec<OrganisationId>) -> Result<BTreeMap<OrganisationId, Credit>, LedgerError> {
        let mut credits = BTreeMap::new();
        for id in ids {
            let stream = Stream::of(&CreditId(id.clone()));
            let credit = self.credits.show(self, &stream, KeptCredit::default, |kept, _| kept.0.clone()).await?;
            credits.extend(credit.flatten().map(|credit| (id, credit)));
        }
        Ok(credits)
    }
}
