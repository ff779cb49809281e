//! 银行存款余额调节表.

use super::day::{Alone, Moved, days};
use super::matching::{self, BankMatch, Matching, day_of};
use super::{BookMovement, OpenItem, OpenItemKind, ReconciledDay};
use crate::field::{Bilingual, Day};
use crate::statement::{Statement, StatementLine};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// Days of one reconciliation: ten years, longer than any bank exports, so that a mistyped year is no million of rows.
pub const PERIOD_DAYS_MAX: usize = 3_660;

/// Why a statement can't be held against a book.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReconciliationFault {
    #[error("it does not say what was in the account before its first line")]
    OpeningUnknown,
    #[error("line {place} has no day")]
    DayUnknown { place: String },
    #[error("it has no line, and no day of a balance")]
    PeriodUnknown,
    #[error("its period is longer than {PERIOD_DAYS_MAX} days")]
    PeriodTooLong,
    #[error("two lines have the key {key}")]
    LineTwice { key: String },
    #[error("more than can be counted")]
    Overflow,
}

impl ReconciliationFault {
    pub fn words(&self) -> Bilingual {
        let zh = match self {
            Self::OpeningUnknown => "对账单未载明期初余额".to_owned(),
            Self::DayUnknown { place } => format!("第 {place} 行没有日期"),
            Self::PeriodUnknown => "对账单没有明细，余额也没有日期".to_owned(),
            Self::PeriodTooLong => format!("对账期间超过 {PERIOD_DAYS_MAX} 天"),
            Self::LineTwice { key } => format!("两行的标识相同：{key}"),
            Self::Overflow => "金额超出范围".to_owned(),
        };
        Bilingual::new(zh, self.to_string())
    }
}

/// A statement held against the book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reconciliation {
    pub first: Day,
    pub last: Day,
    pub opening_minor: i64,
    pub closing_minor: i64,
    /// By the places of the statement's lines that move its balance, and of the movements that are within it.
    pub matches: Vec<BankMatch>,
    /// Those with the earliest day first.
    pub items: Vec<OpenItem>,
    /// Every day of the period.
    pub days: Vec<ReconciledDay>,
}

impl Reconciliation {
    /// Holds a statement against all movements of the account, from the first one on.
    ///
    /// # Errors
    /// The statement does not say enough.
    pub fn of(statement: &Statement, movements: &[BookMovement]) -> Result<Self, ReconciliationFault> {
        let opening = statement.opening.ok_or(ReconciliationFault::OpeningUnknown)?.amount_minor;
        let lines: Vec<&StatementLine> = statement.moving().collect();
        let line_days = dated(&lines)?;
        let (first, last) = period(statement, &line_days)?;
        let numbered: BTreeMap<Day, usize> = days(first, last).zip(0..).collect();
        let movements: Vec<BookMovement> = within(movements, last).cloned().collect();
        let found = matching::of(&lines, &movements);
        let work = Work { lines: &lines, line_days: &line_days, movements: &movements, numbered, first, last };
        let alone = work.alone(&found);
        let bank = work.bank(opening, statement)?;
        let days = work.days(&bank, &alone)?;
        let items = work.items(&found)?;
        let closing_minor = days.last().map_or(opening, |day| day.bank_minor);
        Ok(Self { first, last, opening_minor: opening, closing_minor, matches: found.matches, items, days })
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

fn within(movements: &[BookMovement], last: Day) -> impl Iterator<Item = &BookMovement> {
    movements.iter().filter(move |it| it.booked_on <= last || it.value_date <= last)
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
    let length = (last.date() - first.date()).num_days();
    if length >= PERIOD_DAYS_MAX as i64 {
        return Err(ReconciliationFault::PeriodTooLong);
    }
    Ok((first, last))
}

fn whole(sum: i128) -> Result<i64, ReconciliationFault> {
    i64::try_from(sum).map_err(|_| ReconciliationFault::Overflow)
}

struct Work<'a> {
    lines: &'a [&'a StatementLine],
    line_days: &'a [Day],
    movements: &'a [BookMovement],
    numbered: BTreeMap<Day, usize>,
    first: Day,
    last: Day,
}

impl Work<'_> {
    /// The number of a day in the period: 0 for those before it, and one past the end for those after it.
    fn number(&self, day: Day) -> usize {
        if day > self.last { self.numbered.len() } else { self.numbered.get(&day).copied().unwrap_or_default() }
    }

    fn at_bank(&self, line: usize) -> Moved {
        Moved::AtBank(self.number(self.line_days[line]), self.lines[line].amount_minor)
    }

    fn in_book(&self, movement: usize) -> Moved {
        let movement = &self.movements[movement];
        Moved::InBook(self.number(movement.booked_on), movement.amount_minor)
    }

    /// The bank had it before this statement begins, so it is in its opening balance.
    fn is_earlier(&self, movement: &BookMovement) -> bool {
        movement.value_date < self.first
    }

    fn rest(&self, found: &Matching) -> (Vec<usize>, Vec<usize>) {
        let lines: BTreeSet<usize> = found.matches.iter().flat_map(|it| &it.lines).copied().collect();
        let movements: BTreeSet<usize> = found.matches.iter().flat_map(|it| &it.movements).copied().collect();
        let rest = |count: usize, of: &BTreeSet<usize>| (0..count).filter(|at| !of.contains(at)).collect();
        (rest(self.lines.len(), &lines), rest(self.movements.len(), &movements))
    }

    fn alone(&self, found: &Matching) -> Alone {
        let mut alone = Alone::new(self.numbered.len());
        for it in &found.matches {
            let lines = it.lines.iter().map(|line| self.at_bank(*line));
            let both: Vec<_> = lines.chain(it.movements.iter().map(|at| self.in_book(*at))).collect();
            alone.add(&both);
        }
        let (lines, movements) = self.rest(found);
        lines.into_iter().for_each(|line| alone.add(&[self.at_bank(line)]));
        for at in movements {
            let movement = &self.movements[at];
            // What differs from a line of this statement is in this one, whatever day its record says.
            let is_in_this = found.differing.iter().any(|(_, of)| *of == at);
            let before = (self.is_earlier(movement) && !is_in_this).then_some(Moved::AtBank(0, movement.amount_minor));
            alone.add(&before.into_iter().chain([self.in_book(at)]).collect::<Vec<_>>());
        }
        alone
    }

    /// The balance at the bank at the end of each day.
    fn bank(&self, opening: i64, statement: &Statement) -> Result<Vec<i64>, ReconciliationFault> {
        let mut by_day: BTreeMap<Day, Vec<&StatementLine>> = BTreeMap::new();
        for (line, day) in self.lines.iter().zip(self.line_days) {
            by_day.entry(*day).or_default().push(line);
        }
        let (mut balance, mut balances) = (i128::from(opening), Vec::with_capacity(self.numbered.len()));
        for day in self.numbered.keys() {
            for line in by_day.get(day).into_iter().flatten() {
                balance = line.balance_minor.map_or(balance + i128::from(line.amount_minor), i128::from);
            }
            balances.push(whole(balance)?);
        }
        if let (Some(closing), Some(last)) = (statement.closing, balances.last_mut()) {
            *last = closing.amount_minor;
        }
        Ok(balances)
    }

    fn days(&self, bank: &[i64], alone: &Alone) -> Result<Vec<ReconciledDay>, ReconciliationFault> {
        let mut booked: BTreeMap<Day, i128> = BTreeMap::new();
        for movement in self.movements {
            *booked.entry(movement.booked_on.max(self.first)).or_default() += i128::from(movement.amount_minor);
        }
        let mut book = 0;
        let by_day = self.numbered.keys().zip(bank).zip(alone.by_day());
        by_day
            .map(|((day, bank_minor), (bank_alone, book_alone))| {
                book += booked.get(day).copied().unwrap_or_default();
                Ok(ReconciledDay {
                    day: *day,
                    bank_minor: *bank_minor,
                    book_minor: whole(book)?,
                    bank_alone_minor: whole(bank_alone)?,
                    book_alone_minor: whole(book_alone)?,
                    unexplained_minor: whole(i128::from(*bank_minor) - book - bank_alone + book_alone)?,
                })
            })
            .collect()
    }

    /// What is open at the end of the period.
    fn items(&self, found: &Matching) -> Result<Vec<OpenItem>, ReconciliationFault> {
        let (lines, movements) = self.rest(found);
        let mut items = Vec::new();
        let (of_lines, of_movements): (BTreeSet<usize>, BTreeSet<usize>) = found.differing.iter().copied().unzip();
        for (line, movement) in &found.differing {
            let (line_of, posting) = (self.lines[*line], &self.movements[*movement]);
            let booked = if posting.booked_on > self.last { 0 } else { posting.amount_minor };
            let over = i128::from(line_of.amount_minor) - i128::from(booked);
            let since = self.line_days[*line].max(posting.booked_on).min(self.last);
            let item = self.item(OpenItemKind::AmountDiffers, since, whole(over)?);
            items.push(OpenItem { line: Some(line_of.key.clone()), entry: Some(posting.entry), ..item });
        }
        for at in lines.into_iter().filter(|at| !of_lines.contains(at)) {
            let line = self.lines[at];
            let candidates = found.candidates.get(&at).into_iter().flatten().map(|of| self.movements[*of].entry);
            let item = self.item(OpenItemKind::of_line(line), self.line_days[at], line.amount_minor);
            items.push(OpenItem { line: Some(line.key.clone()), candidates: candidates.collect(), ..item });
        }
        for at in movements.into_iter().filter(|at| !of_movements.contains(at)) {
            let movement = &self.movements[at];
            let is_open = !self.is_earlier(movement) && movement.booked_on <= self.last;
            let is_late = self.is_earlier(movement) && movement.booked_on > self.last;
            if is_open || is_late {
                let over = if is_late { movement.amount_minor } else { -movement.amount_minor };
                let kind = match (is_late, over >= 0) {
                    (true, true) => OpenItemKind::UnallocatedReceipt,
                    (true, false) => OpenItemKind::UnbookedPayment,
                    (false, _) => OpenItemKind::of_movement(movement.amount_minor),
                };
                let since = if is_late { movement.value_date } else { movement.booked_on };
                items.push(OpenItem { entry: Some(movement.entry), ..self.item(kind, since, over) });
            }
        }
        self.late(found, &mut items)?;
        items.sort_by(|a, b| (a.day, a.kind, &a.line, a.entry).cmp(&(b.day, b.kind, &b.line, b.entry)));
        Ok(items)
    }

    /// Matched, but the book had it only after the end of the period.
    fn late(&self, found: &Matching, items: &mut Vec<OpenItem>) -> Result<(), ReconciliationFault> {
        for it in &found.matches {
            let late: Vec<_> = it.movements.iter().filter(|at| self.movements[**at].booked_on > self.last).collect();
            let [first, ..] = late[..] else { continue };
            let over: i128 = late.iter().map(|at| i128::from(self.movements[**at].amount_minor)).sum();
            let line = it.lines.first();
            let kind = line.map(|line| OpenItemKind::of_line(self.lines[*line]));
            let (kind, over) = match kind {
                Some(kind) => (kind, over),
                // Taken back in the book after the end: until then the book alone has it.
                None => (OpenItemKind::of_movement(whole(-over)?), over),
            };
            let since = line.map_or(self.movements[it.movements[0]].booked_on, |line| self.line_days[*line]);
            let item = self.item(kind, since, whole(over)?);
            let key = line.map(|line| self.lines[*line].key.clone());
            items.push(OpenItem { line: key, entry: Some(self.movements[*first].entry), ..item });
        }
        Ok(())
    }

    fn item(&self, kind: OpenItemKind, day: Day, bank_over_book_minor: i64) -> OpenItem {
        let age = (self.last.date() - day.date()).num_days().max(0);
        let age_days = u32::try_from(age).unwrap_or(u32::MAX);
        OpenItem { kind, day, age_days, bank_over_book_minor, line: None, entry: None, candidates: Vec::new() }
    }
}
