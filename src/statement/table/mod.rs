//! A table by its profile: rows into lines, and what stands around them.

mod moved;
mod row;

use super::amount::amount;
use super::check;
use super::head::{Head, plain};
use super::label::Labelled;
use super::profile::{AmountForm, WORDS};
use super::stated::StatedTotals;
use super::{
    AccountBalance, BankFile, LinePlace, Statement, StatementCurrency, StatementError, StatementFault, StatementLine,
    StatementRequest, StatementWarning, day,
};
use crate::field::{Day, Spaces, narrowed};
use crate::spreadsheet::{Cell, Sheet, SheetRow};

/// Faults that are told one by one.
const FAULTS_TOLD_MAX: usize = 100;
/// Reads a table.
///
/// # Errors
/// Every row that can't be read, or why the table can't.
pub fn of_table(sheet: &Sheet, request: &StatementRequest) -> Result<BankFile, Vec<StatementError>> {
    let head = Head::find(sheet, request.profile.as_deref()).map_err(|error| vec![error])?;
    let mut table = Table::new(sheet, &head);
    table.read();
    if table.faults.is_empty() { request.narrow(table.statements()) } else { Err(table.told()) }
}

/// A table while it is read.
struct Table<'a> {
    sheet: &'a Sheet,
    head: &'a Head,
    lines: Vec<StatementLine>,
    labelled: Labelled,
    /// Of a row of totals, in words.
    totals: Option<(String, String)>,
    faults: Vec<StatementError>,
    is_assumed: bool,
    balances_masked: usize,
    numbers_rounded: usize,
    not_lines: Vec<u32>,
}

impl<'a> Table<'a> {
    fn new(sheet: &'a Sheet, head: &'a Head) -> Self {
        let mut table = Self {
            sheet,
            head,
            lines: Vec::new(),
            labelled: Labelled::default(),
            totals: None,
            faults: Vec::new(),
            is_assumed: false,
            balances_masked: 0,
            numbers_rounded: 0,
            not_lines: Vec::new(),
        };
        for row in &sheet.rows[..head.first_row] {
            table.labelled.take(&table.titles(row));
        }
        table
    }

    /// All cells of a row in words, merged ones too.
    fn titles(&self, row: &SheetRow) -> Vec<String> {
        let kept = |column| self.sheet.merged.get(&(row.number, column));
        let cells = row.cells.iter().enumerate();
        cells.map(|(column, cell)| kept(column).unwrap_or(cell).text().unwrap_or_default()).collect()
    }

    fn read(&mut self) {
        // Labels below the lines count for all of them.
        for row in &self.sheet.rows[self.head.row + 1..] {
            match self.kind(row) {
                RowKind::Line | RowKind::Nothing => {}
                RowKind::Totals => {
                    self.take_totals(row);
                    self.labelled.take(&self.titles(row));
                }
                RowKind::Note if !self.labelled.take(&self.titles(row)) => self.not_lines.push(row.number),
                RowKind::Note => {}
            }
        }
        for row in &self.sheet.rows[self.head.row + 1..] {
            if self.kind(row) == RowKind::Line
                && let Some(line) = self.line(row)
            {
                self.lines.push(line);
            }
        }
    }

    /// A row is a line that has a day or an amount; neither is a note.
    fn kind(&self, row: &SheetRow) -> RowKind {
        if self.head.is_said_again(self.sheet, row) {
            return RowKind::Nothing;
        }
        let first = self.titles(row).into_iter().map(|title| plain(&title)).find(|title| !title.is_empty());
        let Some((first, words)) = first.zip(WORDS.as_ref()) else { return RowKind::Nothing };
        if words.page_totals.iter().any(|word| first.starts_with(&plain(word))) {
            return RowKind::Nothing;
        }
        if words.totals.iter().any(|word| first.starts_with(&plain(word))) {
            return RowKind::Totals;
        }
        let columns = &self.head.profile.columns;
        let has_amount = match &self.head.profile.amount {
            AmountForm::TwoColumns { credit, debit } => self.says(row, credit) || self.says(row, debit),
            AmountForm::Signed { column, .. } | AmountForm::Directed { column, .. } => self.says(row, column),
        };
        let day = self.cell(row, &columns.booked_on).and_then(Cell::text);
        let has_day = day.is_some_and(|text| self.day(&text).is_some());
        if has_amount || has_day { RowKind::Line } else { RowKind::Note }
    }

    fn cell(&self, row: &'a SheetRow, names: &[String]) -> Option<&'a Cell> {
        row.cells.get(self.head.place(names)?)
    }

    fn says(&self, row: &'a SheetRow, names: &[String]) -> bool {
        self.cell(row, names).is_some_and(|cell| matches!(cell, Cell::Unusable(_)) || stated(cell).is_some())
    }

    fn day(&self, text: &str) -> Option<(Day, Option<String>)> {
        let dated = |form| day::day(narrowed(text, Spaces::Plain).trim(), form);
        dated(self.head.profile.days).or_else(|| dated(day::DayForm::YearFirst))
    }

    fn take_totals(&mut self, row: &'a SheetRow) {
        let AmountForm::TwoColumns { credit, debit } = &self.head.profile.amount else { return };
        let text = |names: &[String]| self.cell(row, names).and_then(stated).unwrap_or_default();
        let totals = (text(credit), text(debit));
        self.totals.get_or_insert(totals);
    }

    /// What a column says. A cell whose value can't be told is a fault.
    fn value(&mut self, row: &'a SheetRow, names: &[String]) -> Option<String> {
        match self.cell(row, names)? {
            Cell::Unusable(why) => {
                self.fault(row, names, StatementFault::Unusable { why: why.words() });
                None
            }
            cell => stated(cell),
        }
    }

    fn fault(&mut self, row: &SheetRow, names: &[String], fault: StatementFault) {
        let titles = self.titles(&self.sheet.rows[self.head.row]);
        let place = self.head.place(names);
        let written = place.and_then(|place| titles.get(place)).filter(|title| !title.is_empty()).cloned();
        self.faults.push(fault.at(LinePlace::Row(row.number), written.or_else(|| names.first().cloned())));
    }

    fn told(mut self) -> Vec<StatementError> {
        let faults = self.faults.len().saturating_sub(FAULTS_TOLD_MAX);
        self.faults.truncate(FAULTS_TOLD_MAX);
        self.faults.extend((faults > 0).then(|| StatementFault::AndMore { faults }.of_file()));
        self.faults
    }

    /// One statement a currency. Balances and totals around the lines are of the one there is, else of none.
    fn statements(mut self) -> BankFile {
        let mut by_currency: Vec<(StatementCurrency, Vec<StatementLine>)> = Vec::new();
        for line in std::mem::take(&mut self.lines) {
            match by_currency.iter_mut().find(|(currency, _)| *currency == line.currency) {
                Some((_, lines)) => lines.push(line),
                None => by_currency.push((line.currency, vec![line])),
            }
        }
        if by_currency.is_empty() {
            by_currency.extend(self.general_currency().map(|currency| (currency, Vec::new())));
        }
        let is_one = by_currency.len() == 1;
        let statements = by_currency.into_iter().map(|(currency, lines)| {
            let form = self.head.profile.decimals;
            let (opening, closing) = if is_one { self.labelled.balances(form, currency) } else { (None, None) };
            let balance = |amount_minor| AccountBalance { amount_minor, day: None, is_derived: false };
            let mut statement = Statement {
                id: None,
                account: self.labelled.account.clone(),
                currency,
                opening: opening.map(balance),
                closing: closing.map(balance),
                lines,
                mismatches: Vec::new(),
                warnings: self.warnings(currency),
            };
            let totals = if is_one { self.stated_totals(currency) } else { StatedTotals::default() };
            check::finish(&mut statement, &totals);
            statement
        });
        BankFile { format: self.head.profile.name().to_owned(), statements: statements.collect() }
    }

    fn stated_totals(&self, currency: StatementCurrency) -> StatedTotals {
        let form = self.head.profile.decimals;
        let labelled = self.labelled.totals(form, currency);
        let read = |text: &str| amount(text, form, currency).ok().map(i64::abs);
        let row = self.totals.as_ref();
        StatedTotals {
            credit_minor: labelled.credit_minor.or_else(|| row.and_then(|(credit, _)| read(credit))),
            debit_minor: labelled.debit_minor.or_else(|| row.and_then(|(_, debit)| read(debit))),
            ..labelled
        }
    }

    fn warnings(&self, currency: StatementCurrency) -> Vec<StatementWarning> {
        let (others, code) = (&self.sheet.others, currency.code().to_owned());
        let warnings = [
            (!others.is_empty()).then(|| StatementWarning::SheetsUnread { names: others.clone() }),
            self.is_assumed.then_some(StatementWarning::CurrencyAssumed { currency: code }),
            (self.balances_masked > 0).then_some(StatementWarning::BalanceMasked { lines: self.balances_masked }),
            (self.numbers_rounded > 0).then_some(StatementWarning::NumberRounded { cells: self.numbers_rounded }),
            (!self.not_lines.is_empty()).then(|| StatementWarning::NotLines { rows: self.not_lines.clone() }),
        ];
        warnings.into_iter().flatten().collect()
    }
}

/// What a row below the head is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum RowKind {
    Line,
    Totals,
    /// Words, perhaps with labels among them.
    Note,
    /// Empty, the head again, the totals of a page.
    Nothing,
}

/// What a cell says; nothing where it is blank or all dashes. A spreadsheet's number has fifteen digits that mean anything.
fn stated(cell: &Cell) -> Option<String> {
    let text = match cell {
        Cell::Number(number) => format!("{}", format!("{number:.14e}").parse::<f64>().unwrap_or(*number)),
        cell => cell.text()?,
    };
    let narrow = plain(&text);
    let is_blank = narrow.chars().all(|c| matches!(c, '-' | '—' | '–'))
        || WORDS.as_ref().is_some_and(|words| words.blank.iter().any(|blank| plain(blank) == narrow));
    (!is_blank).then_some(text)
}
