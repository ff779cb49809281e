//! What the service does for deposits beside what time makes due: clocks of refunds that a tender's records have set going, and each
//! night what is asked, by the results and grades of the day.

use super::{Ledger, LedgerError};
use crate::act::{Stream, StreamId};
use crate::credit::{Credit, CreditId};
use crate::deposit::{self, DepositBook, DepositBookId, books_after, books_of_tender, tenders_of_standing};
use crate::field::{OrganisationId, TenderCode};
use crate::tender::Tender;
use crate::world::Act;
use std::collections::BTreeSet;
use std::sync::atomic::Ordering;

/// Payees that are read at a time.
const BOOKS_AT_A_TIME: u32 = 100;

impl Ledger {
    /// Starts the clocks that entries of tenders since the last look have set going, and says how many. Any replica may do this at any
    /// time: what is due follows from the log.
    ///
    /// # Errors
    /// The store can't be read.
    pub(super) async fn start_clocks(&self) -> Result<usize, LedgerError> {
        if self.clock.look().is_err() {
            return Ok(0);
        }
        // What is appended from now on is looked at in the next round.
        let (size, first) = (self.size_now().await?, self.clocks_from.load(Ordering::Relaxed));
        let tenders = match first {
            // After a start: every tender for which something waits.
            0 => tenders_of_standing(&self.database).await?.iter().filter_map(|code| code.parse().ok()).collect(),
            first if first < size => self.tenders_since(first).await?,
            _ => return Ok(0),
        };
        let mut started = 0;
        for tender in &tenders {
            started += self.start_clocks_of(tender).await?;
        }
        // A clock that came to be doubted meanwhile has let nothing be signed: then all this is looked at again.
        if self.clock.look().is_ok() {
            self.clocks_from.store(size, Ordering::Relaxed);
        }
        Ok(started)
    }

    /// Tenders that entries from one on act on, and those that deposits secure on which they act.
    async fn tenders_since(&self, first: u64) -> Result<BTreeSet<TenderCode>, LedgerError> {
        let mut tenders: BTreeSet<TenderCode> = self.acted_on_since(first).await?;
        for payee in self.acted_on_since::<DepositBookId>(first).await? {
            let world = self.states(&[Stream::of(&payee)]).await?;
            let deposits = world.get::<DepositBook>(&payee).into_iter().flat_map(|book| book.deposits.values());
            let touched = deposits.filter(|deposit| deposit.clock.is_none() && deposit.last_entry >= first);
            tenders.extend(touched.filter_map(|deposit| Some(deposit.secures.as_ref()?.tender.clone())));
        }
        Ok(tenders)
    }

    /// The streams of one capability that entries from one on act on.
    async fn acted_on_since<I: StreamId + Ord>(&self, first: u64) -> Result<BTreeSet<I>, LedgerError> {
        let (mut ids, mut next) = (BTreeSet::new(), first);
        loop {
            let acted = self.database.acted_on(I::PREFIX, next).await?;
            let Some((last, _)) = acted.last() else { return Ok(ids) };
            next = last + 1;
            ids.extend(acted.iter().filter_map(|(_, stream)| stream.parse::<Stream>().ok()?.id::<I>()));
        }
    }

    async fn start_clocks_of(&self, tender: &TenderCode) -> Result<usize, LedgerError> {
        let mut started = 0;
        for payee in books_of_tender(&self.database, tender.as_str()).await? {
            let Ok(payee) = payee.parse::<DepositBookId>() else { continue };
            let (book, of) = (Stream::of(&payee), Stream::of(tender));
            let world = self.states(&[book.clone(), of]).await?;
            let known = world.get::<DepositBook>(&payee).zip(world.get::<Tender>(tender)).zip(world.law());
            let due = known.map(|((book, state), law)| book.due_clocks(tender, state, law)).unwrap_or_default();
            for start in due {
                started += usize::from(self.propose(&book, &Act::Deposit(start.into())).await?);
            }
        }
        Ok(started)
    }

    /// Assesses every deposit for which that is due tonight, and says how many there were.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn assess_due(&self) -> Result<usize, LedgerError> {
        let (mut assessed, mut after) = (0, String::new());
        loop {
            let some = books_after(&self.database, &after, BOOKS_AT_A_TIME).await?;
            let Some(last) = some.last() else { return Ok(assessed) };
            after.clone_from(last);
            for payee in some.iter().filter_map(|payee| payee.parse::<DepositBookId>().ok()) {
                assessed += self.assess_book(&payee).await?;
            }
        }
    }

    async fn assess_book(&self, payee: &DepositBookId) -> Result<usize, LedgerError> {
        let Ok(now) = self.clock.look() else { return Ok(0) };
        let stream = Stream::of(payee);
        let world = self.states(std::slice::from_ref(&stream)).await?;
        let (Some(book), Some(law)) = (world.get::<DepositBook>(payee), world.law()) else { return Ok(0) };
        let standing = || book.deposits.values().filter(|deposit| deposit.clock.is_none());
        let payers: BTreeSet<&OrganisationId> = standing().filter_map(|deposit| deposit.payer.as_ref()).collect();
        let credits: Vec<Stream> = payers.into_iter().map(|payer| Stream::of(&CreditId(payer.clone()))).collect();
        let credits = self.states(&credits).await?;
        let due = standing().filter_map(|deposit| {
            let credit = deposit.payer.as_ref().and_then(|payer| credits.get::<Credit>(&CreditId(payer.clone())));
            book.due_assessment(deposit, credit.map(|credit| credit.last.grade), now, law)
        });
        let (due, mut assessed): (Vec<_>, usize) = (due.collect(), 0);
        for assessment in due {
            let act = Act::Deposit(deposit::Act::from(assessment));
            assessed += usize::from(self.propose(&stream, &act).await?);
        }
        Ok(assessed)
    }
}
