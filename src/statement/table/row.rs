//! One row into a line.

use super::super::head::plain;
use super::super::label::currency;
use super::super::profile::WORDS;
use super::super::{
    Counterparty, LinePlace, LineStanding, Reversal, StatementCurrency, StatementFault, StatementLine, day,
};
use super::Table;
use crate::field::{Day, Spaces, narrowed};
use crate::spreadsheet::{Cell, SheetRow};

/// A run of digits behind a name is an account from this length on.
const ACCOUNT_DIGITS_MIN: usize = 6;
/// A spreadsheet's number has fifteen digits; a longer account or reference that is kept as one has lost its end.
const EXACT_MAX: f64 = 1e15;

impl<'a> Table<'a> {
    pub(super) fn line(&mut self, row: &'a SheetRow) -> Option<StatementLine> {
        let (profile, before) = (self.head.profile, self.faults.len());
        let columns = &profile.columns;
        let currency = self.currency(row)?;
        let dated = self.booked_on(row);
        let valued_on = self.value(row, &columns.valued_on).and_then(|text| match self.day(&text) {
            Some((day, _)) => Some(day),
            None => {
                self.fault(row, &columns.valued_on, StatementFault::NotADay { text });
                None
            }
        });
        let moved = self.moved(row, currency);
        let balance_minor = self.balance(row, currency);
        // A line that counts on neither side moves nothing, whatever its state is.
        let counts = !matches!(moved, Some((_, Some(_))));
        let (status, unbooked) = if counts { self.status(row) } else { (String::new(), None) };
        let text = self.text(row);
        let (counterparty, reference) = (self.counterparty(row), self.reference(row, &text));
        let client_reference = self.number(row, &columns.client_reference);
        let ((booked_on, booked_time), (amount_minor, neither)) = dated.zip(moved)?;
        let standing = match neither.or(unbooked) {
            Some(status) => LineStanding::Unbooked { status },
            None => LineStanding::Booked,
        };
        (self.faults.len() == before).then(|| StatementLine {
            key: String::new(),
            place: LinePlace::Row(row.number),
            booked_on: Some(booked_on),
            booked_time,
            valued_on,
            amount_minor,
            currency,
            balance_minor,
            standing,
            reversal: reversal(&text, &status),
            reference,
            client_reference,
            counterparty,
            text,
            parts: Vec::new(),
        })
    }

    /// All that the columns of states say, and the word by which no money moved. Where nothing stands in them, they say nothing
    /// against the line.
    fn status(&mut self, row: &'a SheetRow) -> (String, Option<String>) {
        let Some(words) = WORDS.as_ref() else { return (String::new(), None) };
        let (general, own) = (&words.states, &self.head.profile.states);
        let (mut said, mut unbooked) = (Vec::new(), None);
        for column in words.status_columns.iter().map(std::slice::from_ref) {
            let Some(word) = self.value(row, column) else { continue };
            let is_in = |known: &[String]| known.iter().any(|known| plain(known) == plain(&word));
            if is_in(&general.unbooked) || is_in(&own.unbooked) {
                unbooked.get_or_insert(word.clone());
            } else if !is_in(&general.booked) && !is_in(&own.booked) {
                self.fault(row, column, StatementFault::UnknownStatus { text: word.clone() });
            }
            said.push(word);
        }
        (said.join(" "), unbooked)
    }

    fn currency(&mut self, row: &'a SheetRow) -> Option<StatementCurrency> {
        let names = &self.head.profile.columns.currency;
        if let Some(text) = self.value(row, names) {
            let known = currency(&text);
            if known.is_none() {
                self.fault(row, names, StatementFault::UnknownCurrency { text });
            }
            return known;
        }
        self.general_currency().or_else(|| {
            self.fault(row, names, StatementFault::Missing);
            None
        })
    }

    /// Of the table, where its lines don't say it.
    pub(super) fn general_currency(&mut self) -> Option<StatementCurrency> {
        let assumed = || StatementCurrency::from_code(self.head.profile.currency.as_deref()?);
        self.labelled.currency.or_else(|| {
            let assumed = assumed();
            self.is_assumed = assumed.is_some();
            assumed
        })
    }

    fn booked_on(&mut self, row: &'a SheetRow) -> Option<(Day, Option<String>)> {
        let columns = &self.head.profile.columns;
        let Some(text) = self.value(row, &columns.booked_on) else {
            self.fault(row, &columns.booked_on, StatementFault::Missing);
            return None;
        };
        let Some((day, time)) = self.day(&text) else {
            self.fault(row, &columns.booked_on, StatementFault::NotADay { text });
            return None;
        };
        let is_other = self.head.place(&columns.booked_time) != self.head.place(&columns.booked_on);
        let Some(text) = self.value(row, &columns.booked_time).filter(|_| is_other) else { return Some((day, time)) };
        let narrow = narrowed(&text, Spaces::Plain);
        // Some write the day again before the time.
        let said = self.day(&text).map_or_else(|| day::time(&narrow), |(_, time)| time.or_else(|| day::time(&narrow)));
        if said.is_none() {
            self.fault(row, &columns.booked_time, StatementFault::NotATime { text });
        }
        Some((day, said.or(time)))
    }

    fn text(&mut self, row: &'a SheetRow) -> String {
        let columns = &self.head.profile.columns.text;
        let texts = columns.iter().filter_map(|name| self.value(row, std::slice::from_ref(name)));
        texts.collect::<Vec<_>>().join(" ")
    }

    fn counterparty(&mut self, row: &'a SheetRow) -> Counterparty {
        let columns = &self.head.profile.columns;
        let name = self.value(row, &columns.counterparty_name);
        let account = self.number(row, &columns.counterparty_account);
        let bank = self.value(row, &columns.counterparty_bank);
        let parted = name.as_deref().filter(|_| self.head.profile.account_behind_name).map(|name| {
            let bare = name.trim_end_matches(|c: char| c.is_ascii_digit());
            (bare.trim_end().to_owned(), name[bare.len()..].to_owned())
        });
        match parted.filter(|(_, digits)| digits.len() >= ACCOUNT_DIGITS_MIN) {
            Some((name, digits)) => {
                Counterparty { name: Some(name).filter(|name| !name.is_empty()), account: Some(digits), bank }
            }
            None => Counterparty { name, account, bank },
        }
    }

    fn reference(&mut self, row: &'a SheetRow, text: &str) -> Option<String> {
        let (profile, names) = (self.head.profile, &self.head.profile.columns.reference);
        let behind = || {
            let (_, behind) = text.split_once(profile.reference_behind.as_deref()?)?;
            let end = behind.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(behind.len());
            Some(behind[..end].to_owned())
        };
        let reference = self.number(row, names).or_else(behind)?;
        // A number of zeros is none.
        Some(reference).filter(|reference| reference.chars().any(|c| c != '0'))
    }

    /// What names something. Where a spreadsheet has made a number of it that it can't hold, it names another thing.
    fn number(&mut self, row: &'a SheetRow, names: &[String]) -> Option<String> {
        if let Some(Cell::Number(number)) = self.cell(row, names)
            && *number >= EXACT_MAX
        {
            self.numbers_rounded += 1;
            return None;
        }
        self.value(row, names)
    }
}

fn reversal(text: &str, status: &str) -> Option<Reversal> {
    let words = WORDS.as_ref()?;
    let says = |list: &[String]| list.iter().any(|word| text.contains(word) || status.contains(word));
    if says(&words.returned) {
        return Some(Reversal::Returned { reason: None });
    }
    says(&words.reversed).then_some(Reversal::Reversed)
}
