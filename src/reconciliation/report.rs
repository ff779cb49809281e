//! 银行存款余额调节表.

use super::held::Held;
use super::matching::{BankMatch, day_of};
use super::{BookMovement, CarriedForward, OpenItem, ReconciledDay, ReconciliationFault, ReturnProposal, ReturnedPair};
use crate::field::Day;
use crate::statement::{Statement, StatementLine};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

/// Days of one reconciliation: ten years, longer than any bank exports, so that a mistyped year is no million of rows.
pub const PERIOD_DAYS_MAX: usize = 3_660;

/// A statement held against the book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reconciliation {
    pub first: Day,
    pub last: Day,
    pub opening_minor: i64,
    pub closing_minor: i64,
    /// By the places of the lines, those that were carried forward before the statement's, and of the movements that are within it.
    pub matches: Vec<BankMatch>,
    /// Those with the earliest day first.
    pub items: Vec<OpenItem>,
    /// Every day of the period.
    pub days: Vec<ReconciledDay>,
    /// Open items of before that are open no more, with the postings that settle them; none where the bank does.
    pub settled: Vec<(String, Vec<u64>)>,
    /// Payments that may have come back; both lines are among the items.
    pub returns: Vec<ReturnProposal>,
    /// Lines of the statement that are of the period, and of those before it, reconciled already.
    pub lines: usize,
    pub lines_before: usize,
}

impl Reconciliation {
    /// Holds a statement against all movements of the account, from the first one on.
    ///
    /// # Errors
    /// The statement does not say enough.
    pub fn of(statement: &Statement, movements: &[BookMovement]) -> Result<Self, ReconciliationFault> {
        Self::naming(&[], None, statement, movements)
    }

    /// Holds what a statement says of the days after the reconciliation before against the book. What was open then is settled, or
    /// open still; of the book, only what was open or booked since is looked at.
    ///
    /// # Errors
    /// As [`Self::of`]; it says nothing of days after, or contradicts what was reconciled.
    pub fn after(
        carried: &CarriedForward,
        statement: &Statement,
        movements: &[BookMovement],
    ) -> Result<Self, ReconciliationFault> {
        Self::naming(&[], Some(carried), statement, movements)
    }

    /// The same, where the payee has named payments that came back.
    ///
    /// # Errors
    /// As [`Self::after`]; or they are none.
    pub fn naming(
        returned: &[ReturnedPair],
        carried: Option<&CarriedForward>,
        statement: &Statement,
        movements: &[BookMovement],
    ) -> Result<Self, ReconciliationFault> {
        let numbers = statement.moving().zip(1..).map(|(line, number)| (line.key.clone(), number)).collect();
        let Some(carried) = carried else {
            let opening = statement.opening.ok_or(ReconciliationFault::OpeningUnknown)?.amount_minor;
            let lines: Vec<&StatementLine> = statement.moving().collect();
            let line_days = dated(&lines)?;
            let (first, last) = period(statement, &line_days)?;
            let held =
                Held { statement, lines, line_days, opening, first, last, carried: None, returned, numbers: &numbers };
            return held.against(movements);
        };
        let (rest, lines_before) = carried.rest(statement)?;
        let open = carried.lines(&rest);
        let (of_rest, opening) = (rest.moving().collect::<Vec<_>>(), carried.closing_minor);
        let first = carried.last.date().succ_opt().ok_or(ReconciliationFault::Overflow)?.into();
        let (_, last) = period(&rest, &dated(&of_rest)?)?;
        must_be_short(first, last)?;
        let lines: Vec<&StatementLine> = open.iter().chain(of_rest).collect();
        let line_days = dated(&lines)?;
        let (statement, carried, numbers) = (&rest, Some(carried), &numbers);
        let held = Held { statement, lines, line_days, opening, first, last, carried, returned, numbers };
        Ok(Self { lines_before, ..held.against(movements)? })
    }

    /// The movements of the account that it is about, in their order: of later ones, the statement says nothing.
    pub fn within<'a>(&self, movements: &'a [BookMovement]) -> impl Iterator<Item = &'a BookMovement> {
        within(movements, self.last)
    }

    /// The first day on which bank and book differ by more than the open items say.
    pub fn first_untied(&self) -> Option<&ReconciledDay> {
        self.days.iter().find(|day| !day.ties())
    }

    /// Of the open items as they are written here, hexadecimal: whoever derives them again has the same.
    pub fn items_digest(&self) -> String {
        let mut hash = Sha256::new();
        for item in &self.items {
            // No value of an item can't be written.
            hash.update(serde_json::to_vec(item).unwrap_or_default());
            hash.update(b"\n");
        }
        faster_hex::hex_string(&hash.finalize())
    }
}

pub(super) fn is_within(movement: &BookMovement, last: Day) -> bool {
    movement.booked_on <= last || movement.value_date <= last
}

pub(super) fn within(movements: &[BookMovement], last: Day) -> impl Iterator<Item = &BookMovement> {
    movements.iter().filter(move |it| is_within(it, last))
}

fn dated(lines: &[&StatementLine]) -> Result<Vec<Day>, ReconciliationFault> {
    let mut keys = BTreeSet::new();
    let dated = lines.iter().map(|line| {
        if !keys.insert(&line.key) {
            return Err(ReconciliationFault::LineTwice { key: line.key.clone() });
        }
        day_of(line).ok_or_else(|| ReconciliationFault::DayUnknown { place: line.place.to_string() })
    });
    dated.collect()
}

fn period(statement: &Statement, line_days: &[Day]) -> Result<(Day, Day), ReconciliationFault> {
    let closing = statement.closing.and_then(|balance| balance.day);
    let opening = statement.opening.and_then(|balance| balance.day);
    let first = line_days.iter().min().copied().or(closing).or(opening).ok_or(ReconciliationFault::PeriodUnknown)?;
    let last = line_days.iter().max().copied().unwrap_or(first).max(closing.unwrap_or(first));
    must_be_short(first, last)?;
    Ok((first, last))
}

fn must_be_short(first: Day, last: Day) -> Result<(), ReconciliationFault> {
    let length = (last.date() - first.date()).num_days();
    if length >= PERIOD_DAYS_MAX as i64 { Err(ReconciliationFault::PeriodTooLong) } else { Ok(()) }
}

pub(super) fn whole(sum: i128) -> Result<i64, ReconciliationFault> {
    i64::try_from(sum).map_err(|_| ReconciliationFault::Overflow)
}
