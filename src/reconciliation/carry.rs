//! What the reconciliation before left open, and how the next one begins with it.

use super::{OpenItemKind, ReconciliationFault};
use crate::field::Day;
use crate::statement::{AccountBalance, LinePlace, Statement, StatementLine};
use std::collections::BTreeSet;

/// Where the reconciliation before ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CarriedForward {
    /// Every day up to this one was held against the book.
    pub last: Day,
    /// What was at the bank then.
    pub closing_minor: i64,
    /// What was open then.
    pub items: Vec<CarriedItem>,
}

/// An open item of before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CarriedItem {
    /// Names it for ever.
    pub id: String,
    pub kind: OpenItemKind,
    pub day: Day,
    pub bank_over_book_minor: i64,
    /// The bank's, of what the bank had.
    pub reference: Option<String>,
    /// The posting that it is, of what the book had.
    pub entry: Option<u64>,
    /// Postings that were named for it since: the book has them after that day.
    pub settled_by: Vec<u64>,
}

impl CarriedItem {
    /// As a line of the bank, from before the statement: it says no more than the item does.
    fn as_line(&self, of: &Statement) -> StatementLine {
        let place = LinePlace::Element(self.id.clone());
        StatementLine {
            // What differs from its posting has found that one already.
            reference: self.reference.clone().filter(|_| self.kind != OpenItemKind::AmountDiffers),
            ..StatementLine::booked(self.id.clone(), place, self.day, self.bank_over_book_minor, of.currency)
        }
    }
}

impl CarriedForward {
    /// The lines of the bank that are still open, in the order of the items.
    pub(super) fn lines(&self, of: &Statement) -> Vec<StatementLine> {
        self.at_bank().map(|item| item.as_line(of)).collect()
    }

    pub(super) fn at_bank(&self) -> impl Iterator<Item = &CarriedItem> {
        self.items.iter().filter(|item| !item.kind.is_in_book())
    }

    /// Entries that the book had by then and the bank had not.
    pub(super) fn open_entries(&self) -> BTreeSet<u64> {
        self.items.iter().filter(|item| item.kind.is_in_book()).filter_map(|item| item.entry).collect()
    }

    /// Every entry that was named for an item.
    pub(super) fn named_entries(&self) -> BTreeSet<u64> {
        self.items.iter().flat_map(|item| item.settled_by.iter().copied()).collect()
    }

    /// What a statement says of the days that come after, and how many of its lines are of days before.
    ///
    /// # Errors
    /// It says nothing of them, or that something else was in the account by then.
    pub(super) fn rest(&self, statement: &Statement) -> Result<(Statement, usize), ReconciliationFault> {
        let opening = statement.opening.ok_or(ReconciliationFault::OpeningUnknown)?.amount_minor;
        let mut balance = i128::from(opening);
        let is_before = |line: &StatementLine| super::matching::day_of(line).is_some_and(|day| day <= self.last);
        let before: Vec<&StatementLine> = statement.moving().filter(|line| is_before(line)).collect();
        for line in &before {
            balance = line.balance_minor.map_or(balance + i128::from(line.amount_minor), i128::from);
        }
        let lines: Vec<StatementLine> = statement.moving().filter(|line| !is_before(line)).cloned().collect();
        let closes_later = statement.closing.and_then(|closing| closing.day).is_some_and(|day| day > self.last);
        if lines.is_empty() && !closes_later {
            return Err(ReconciliationFault::AlreadyReconciled { last: self.last });
        }
        if balance != i128::from(self.closing_minor) {
            return Err(ReconciliationFault::OpeningDiffers {
                day: self.last,
                reconciled_minor: self.closing_minor,
                stated_minor: i64::try_from(balance).map_err(|_| ReconciliationFault::Overflow)?,
            });
        }
        let amount_minor = self.closing_minor;
        let opening = Some(AccountBalance { amount_minor, day: Some(self.last), is_derived: true });
        let count = before.len();
        Ok((Statement { opening, lines, ..statement.clone() }, count))
    }
}
