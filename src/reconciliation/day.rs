//! 余额调节: what explains the difference between bank and book, for each day.

use crate::field::Day;
use chrono::{Days, NaiveDate};

/// The end of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct ReconciledDay {
    pub day: Day,
    /// 银行对账单余额: as the bank states it, or as its lines come to from where it last did.
    pub bank_minor: i64,
    /// 账簿余额
    pub book_minor: i64,
    /// What only the bank has by then; what it paid out, negative.
    pub bank_alone_minor: i64,
    /// What only the book has by then.
    pub book_alone_minor: i64,
    /// What is left: 0 where the day ties.
    pub unexplained_minor: i64,
}

impl ReconciledDay {
    pub fn ties(&self) -> bool {
        self.unexplained_minor == 0
    }
}

/// One amount on one side, on a day of the period by its number; what was before has 0.
#[derive(Debug, Clone, Copy)]
pub(super) enum Moved {
    AtBank(usize, i64),
    InBook(usize, i64),
}

/// What only one side has, for each day of a period.
#[derive(Debug)]
pub(super) struct Alone {
    /// By how much each day has more than the one before.
    bank: Vec<i128>,
    book: Vec<i128>,
}

impl Alone {
    pub(super) fn new(days: usize) -> Self {
        Self { bank: vec![0; days + 1], book: vec![0; days + 1] }
    }

    /// Adds what belongs together: what is on both sides by a day explains nothing any more.
    pub(super) fn add(&mut self, together: &[Moved]) {
        let end = self.bank.len() - 1;
        let (mut bank, mut book) = (0_i128, 0_i128);
        let mut sorted = together.to_vec();
        let at = |moved: &Moved| match moved {
            Moved::AtBank(day, _) | Moved::InBook(day, _) => *day,
        };
        sorted.sort_by_key(at);
        for (nth, moved) in sorted.iter().enumerate() {
            match moved {
                Moved::AtBank(_, amount) => bank += i128::from(*amount),
                Moved::InBook(_, amount) => book += i128::from(*amount),
            }
            let (from, to) = (at(moved).min(end), sorted.get(nth + 1).map_or(end, |next| at(next).min(end)));
            // What both have is common; the rest is of the side that has more of it, out or in.
            let (of_bank, of_book) = if bank == book { (0, 0) } else { (bank, book) };
            self.bank[from] += of_bank;
            self.bank[to] -= of_bank;
            self.book[from] += of_book;
            self.book[to] -= of_book;
        }
    }

    /// For each day, what the bank alone has, and the book alone.
    pub(super) fn by_day(&self) -> impl Iterator<Item = (i128, i128)> {
        let steps = self.bank.iter().zip(&self.book).take(self.bank.len() - 1);
        steps.scan((0, 0), |sums: &mut (i128, i128), (bank, book)| {
            *sums = (sums.0 + bank, sums.1 + book);
            Some(*sums)
        })
    }
}

/// Every day from one to another, both included.
pub(super) fn days(first: Day, last: Day) -> impl Iterator<Item = Day> {
    let next = |day: &NaiveDate| day.checked_add_days(Days::new(1));
    std::iter::successors(Some(first.date()), next).take_while(move |day| *day <= last.date()).map(Day::from)
}
