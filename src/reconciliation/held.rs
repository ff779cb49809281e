//! A statement held against the book: what is alone on either side, for each day and at the end.

use super::day::{Alone, Moved, days};
use super::matching::{self, Matching};
use super::report::{is_within, whole, within};
use super::returned::{self, ReturnProposal, ReturnedPair};
use super::{
    BookMovement, CarriedForward, CarriedItem, OpenItem, OpenItemKind, ReconciledDay, Reconciliation,
    ReconciliationFault,
};
use crate::field::Day;
use crate::statement::{Statement, StatementLine};
use std::collections::{BTreeMap, BTreeSet};

/// A statement of a period, and what it begins with.
pub(super) struct Held<'a> {
    pub statement: &'a Statement,
    /// Those that are carried first.
    pub lines: Vec<&'a StatementLine>,
    pub line_days: Vec<Day>,
    pub opening: i64,
    pub first: Day,
    pub last: Day,
    pub carried: Option<&'a CarriedForward>,
    /// What the payee says came back.
    pub returned: &'a [ReturnedPair],
    /// The number of each line among those of the file, by its key.
    pub numbers: &'a BTreeMap<String, usize>,
}

impl Held<'_> {
    pub fn against(self, movements: &[BookMovement]) -> Result<Reconciliation, ReconciliationFault> {
        let Held { statement, lines, line_days, opening, first, last, carried, returned, numbers } = self;
        let numbered: BTreeMap<Day, usize> = days(first, last).zip(0..).collect();
        let open: Vec<BookMovement> = match carried {
            Some(carried) => {
                let (open, named) = (carried.open_entries(), carried.named_entries());
                let is_open = |it: &&BookMovement| it.booked_on > carried.last || open.contains(&it.entry);
                let is_within = |it: &&BookMovement| is_within(it, last) || named.contains(&it.entry);
                movements.iter().filter(is_open).filter(is_within).cloned().collect()
            }
            None => within(movements, last).cloned().collect(),
        };
        let carried: Vec<&CarriedItem> = carried.into_iter().flat_map(CarriedForward::at_bank).collect();
        let in_book: Vec<&CarriedItem> =
            self.carried.into_iter().flat_map(|it| &it.items).filter(|item| item.kind.is_in_book()).collect();
        let named = named(&carried, &in_book, &open);
        let names: Vec<String> = lines
            .iter()
            .map(|line| numbers.get(&line.key).map_or_else(|| line.key.clone(), usize::to_string))
            .collect();
        let taken: BTreeSet<usize> = named.iter().flat_map(|(lines, _)| lines).copied().collect();
        let returned = pairs(returned, &names, &lines, &line_days, taken)?;
        let found = matching::of(&lines, &open, named, returned, carried.len());
        let is_first = self.carried.is_none();
        let work =
            Work { lines: &lines, line_days: &line_days, movements: &open, numbered, first, last, is_first, carried };
        let alone = work.alone(&found);
        let bank = work.bank(opening, statement)?;
        let days = work.days(&bank, &alone, movements)?;
        let items = work.items(&found)?;
        let settled = work.settled(&found, &in_book);
        let returns = work.returns(&found, &names);
        let closing_minor = days.last().map_or(opening, |day| day.bank_minor);
        let (lines, matches) = (lines.len() - work.carried.len(), found.matches);
        Ok(Reconciliation {
            first,
            last,
            opening_minor: opening,
            closing_minor,
            matches,
            items,
            days,
            settled,
            returns,
            lines,
            lines_before: 0,
        })
    }
}

/// What is known to belong together: items and the postings that were named for them, by their places.
fn named(
    at_bank: &[&CarriedItem],
    in_book: &[&CarriedItem],
    movements: &[BookMovement],
) -> Vec<(Vec<usize>, Vec<usize>)> {
    let places = |entries: &[u64]| -> Vec<usize> {
        let found = movements.iter().enumerate().filter(|(_, it)| entries.contains(&it.entry));
        found.map(|(at, _)| at).collect()
    };
    let of_bank = at_bank.iter().enumerate().map(|(at, item)| (vec![at], item, None));
    let of_book = in_book.iter().map(|item| (Vec::new(), item, item.entry));
    let named = of_bank.chain(of_book).filter(|(_, item, _)| !item.settled_by.is_empty());
    named
        .map(|(lines, item, own)| {
            (lines, places(&own.into_iter().chain(item.settled_by.iter().copied()).collect::<Vec<_>>()))
        })
        .collect()
}

/// The places of lines that are said to be payments and their returns. Each is called by one name.
fn pairs(
    returned: &[ReturnedPair],
    names: &[String],
    lines: &[&StatementLine],
    days: &[Day],
    mut taken: BTreeSet<usize>,
) -> Result<Vec<[usize; 2]>, ReconciliationFault> {
    let place = |name: &str| names.iter().position(|known| known == name);
    let of = |pair: &ReturnedPair| {
        let (out, back) = (place(&pair.out)?, place(&pair.back)?);
        let (paid, came) = (lines[out].amount_minor, lines[back].amount_minor);
        let is_return = paid < 0 && paid.checked_neg() == Some(came) && (days[out], out) < (days[back], back);
        (is_return && taken.insert(out) && taken.insert(back)).then_some([out, back])
    };
    let found = returned.iter().map(of).zip(returned);
    found
        .map(|(found, pair)| found.ok_or_else(|| ReconciliationFault::NotReturned { pair: pair.to_string() }))
        .collect()
}

struct Work<'a> {
    lines: &'a [&'a StatementLine],
    line_days: &'a [Day],
    movements: &'a [BookMovement],
    numbered: BTreeMap<Day, usize>,
    first: Day,
    last: Day,
    /// Nothing was reconciled before.
    is_first: bool,
    /// What the first of the lines are.
    carried: Vec<&'a CarriedItem>,
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

    /// The bank had it before the first statement begins, so it is in its opening balance.
    fn is_earlier(&self, movement: &BookMovement) -> bool {
        self.is_first && movement.value_date < self.first
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

    fn days(
        &self,
        bank: &[i64],
        alone: &Alone,
        movements: &[BookMovement],
    ) -> Result<Vec<ReconciledDay>, ReconciliationFault> {
        let mut booked: BTreeMap<Day, i128> = BTreeMap::new();
        for movement in movements {
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
            let late = if posting.booked_on > self.last { vec![posting.entry] } else { Vec::new() };
            items.push(OpenItem { line: Some(line_of.key.clone()), entry: Some(posting.entry), late, ..item });
        }
        for at in lines.into_iter().filter(|at| !of_lines.contains(at)) {
            let line = self.lines[at];
            let candidates = found.candidates.get(&at).into_iter().flatten().map(|of| self.movements[*of].entry);
            let item = self.item(self.kind_of(at), self.line_days[at], line.amount_minor);
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
                let late = if is_late { vec![movement.entry] } else { Vec::new() };
                items.push(OpenItem { entry: Some(movement.entry), late, ..self.item(kind, since, over) });
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
            let Some(first) = late.first() else { continue };
            let over: i128 = late.iter().map(|at| i128::from(self.movements[**at].amount_minor)).sum();
            let line = it.lines.first();
            // Both were after the end.
            if over == 0 {
                continue;
            }
            let item = match line {
                Some(line) => {
                    let item = self.item(self.kind_of(*line), self.line_days[*line], whole(over)?);
                    let key = Some(self.lines[*line].key.clone());
                    let late = late.iter().map(|at| self.movements[**at].entry).collect();
                    OpenItem { line: key, entry: Some(self.movements[**first].entry), late, ..item }
                }
                // Taken back in the book after the end: until then the book alone has it.
                None => {
                    let taken = &self.movements[it.movements[0]];
                    let item = self.item(OpenItemKind::of_movement(whole(-over)?), taken.booked_on, whole(over)?);
                    OpenItem { entry: Some(taken.entry), ..item }
                }
            };
            items.push(item);
        }
        Ok(())
    }

    /// What a line is, by itself or as the item that it was before.
    fn kind_of(&self, line: usize) -> OpenItemKind {
        self.carried.get(line).map_or_else(|| OpenItemKind::of_line(self.lines[line]), |item| item.kind)
    }

    /// The items of before whose other side came by the end of the period.
    fn settled(&self, found: &Matching, in_book: &[&CarriedItem]) -> Vec<(String, Vec<u64>)> {
        let mut settled = Vec::new();
        for it in &found.matches {
            if it.movements.iter().any(|at| self.movements[*at].booked_on > self.last) {
                continue;
            }
            let entries: Vec<u64> = it.movements.iter().map(|at| self.movements[*at].entry).collect();
            let of_lines = it.lines.iter().filter_map(|line| self.carried.get(*line));
            settled.extend(
                of_lines.filter(|item| item.settled_by.is_empty()).map(|item| (item.id.clone(), entries.clone())),
            );
            let of_book = in_book.iter().filter(|item| item.settled_by.is_empty());
            for item in of_book.filter(|item| item.entry.is_some_and(|entry| entries.contains(&entry))) {
                // What the bank has settles it; where nothing of the bank does, the posting that takes it back.
                let rest = entries.iter().copied().filter(|entry| it.lines.is_empty() && Some(*entry) != item.entry);
                settled.push((item.id.clone(), rest.collect()));
            }
        }
        settled
    }

    /// Payments that may have come back: of lines that no posting might be.
    fn returns(&self, found: &Matching, names: &[String]) -> Vec<ReturnProposal> {
        let differs = |line: &usize| found.differing.iter().any(|(of, _)| of == line);
        let might_be = |line: &usize| found.candidates.get(line).is_some_and(|of| !of.is_empty());
        let open = self.rest(found).0.into_iter().filter(|line| !differs(line) && !might_be(line)).collect();
        let proposed = returned::proposed(self.lines, self.line_days, &open).into_iter();
        let proposal = |(out, back, reason): (usize, usize, _)| ReturnProposal {
            pair: ReturnedPair { out: names[out].clone(), back: names[back].clone() },
            out_on: self.line_days[out],
            back_on: self.line_days[back],
            amount_minor: self.lines[back].amount_minor,
            reason,
        };
        proposed.map(proposal).collect()
    }

    fn item(&self, kind: OpenItemKind, day: Day, bank_over_book_minor: i64) -> OpenItem {
        let age = (self.last.date() - day.date()).num_days().max(0);
        let age_days = u32::try_from(age).unwrap_or(u32::MAX);
        OpenItem {
            kind,
            day,
            age_days,
            bank_over_book_minor,
            line: None,
            entry: None,
            late: Vec::new(),
            candidates: Vec::new(),
        }
    }
}
