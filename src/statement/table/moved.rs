//! How much a row moves, and what is left after it.

use super::super::amount::{DecimalForm, amount};
use super::super::head::plain;
use super::super::profile::AmountForm;
use super::super::{StatementCurrency, StatementFault};
use super::Table;
use crate::spreadsheet::{Cell, SheetRow};

impl<'a> Table<'a> {
    /// The signed amount, and the word by which it moves nothing.
    pub(super) fn moved(&mut self, row: &'a SheetRow, currency: StatementCurrency) -> Option<(i64, Option<String>)> {
        match &self.head.profile.amount {
            AmountForm::TwoColumns { credit, debit } => {
                let sides = (self.unsigned(row, credit, currency)?, self.unsigned(row, debit, currency)?);
                match sides {
                    (Some(credit), Some(debit)) if credit != 0 && debit != 0 => {
                        self.fault(row, self.credit_names(), StatementFault::BothSides);
                        None
                    }
                    (None, None) => {
                        self.fault(row, self.credit_names(), StatementFault::Missing);
                        None
                    }
                    (credit, debit) => Some((credit.unwrap_or_default() - debit.unwrap_or_default(), None)),
                }
            }
            AmountForm::Signed { column, positive_is_debit } => {
                let amount = self.amount(row, column, currency)?.or_else(|| {
                    self.fault(row, column, StatementFault::Missing);
                    None
                })?;
                Some((if *positive_is_debit { -amount } else { amount }, None))
            }
            AmountForm::Directed { column, direction, credit, debit, neither } => {
                let amount = self.unsigned(row, column, currency)?;
                let word = self.value(row, direction);
                let (Some(amount), Some(word)) = (amount, word) else {
                    let names = if amount.is_none() { column } else { direction };
                    self.fault(row, names, StatementFault::Missing);
                    return None;
                };
                let is_among = |words: &[String]| words.iter().any(|known| plain(known) == plain(&word));
                match () {
                    () if is_among(credit) => Some((amount, None)),
                    () if is_among(debit) => Some((-amount, None)),
                    () if is_among(neither) => Some((amount, Some(word))),
                    () => {
                        self.fault(row, direction, StatementFault::UnknownDirection { text: word });
                        None
                    }
                }
            }
        }
    }

    fn credit_names(&self) -> &'static [String] {
        match &self.head.profile.amount {
            AmountForm::TwoColumns { credit, .. } => credit,
            AmountForm::Signed { column, .. } | AmountForm::Directed { column, .. } => column,
        }
    }

    /// What an amount's column says; none where it is a fault, which is told.
    #[allow(clippy::option_option, reason = "an amount that isn't there is no fault by itself")]
    fn amount(&mut self, row: &'a SheetRow, names: &[String], currency: StatementCurrency) -> Option<Option<i64>> {
        if let Some(Cell::Unusable(why)) = self.cell(row, names) {
            self.fault(row, names, StatementFault::Unusable { why: why.words() });
            return None;
        }
        let Some(text) = self.value(row, names) else { return Some(None) };
        match amount(&text, self.form(row, names), currency) {
            Ok(minor) => Some(Some(minor)),
            Err(fault) => {
                self.fault(row, names, fault);
                None
            }
        }
    }

    /// The same, of an amount whose direction stands elsewhere.
    #[allow(clippy::option_option, reason = "as above")]
    fn unsigned(&mut self, row: &'a SheetRow, names: &[String], currency: StatementCurrency) -> Option<Option<i64>> {
        let amount = self.amount(row, names, currency)?;
        if amount.is_some_and(|amount| amount < 0) {
            let text = self.value(row, names).unwrap_or_default();
            self.fault(row, names, StatementFault::Negative { text });
            return None;
        }
        Some(amount)
    }

    /// A number that a spreadsheet keeps as such has a point, whatever the language.
    fn form(&self, row: &'a SheetRow, names: &[String]) -> DecimalForm {
        match self.cell(row, names) {
            Some(Cell::Number(_)) => DecimalForm::Point,
            _ => self.head.profile.decimals,
        }
    }

    pub(super) fn balance(&mut self, row: &'a SheetRow, currency: StatementCurrency) -> Option<i64> {
        let names = &self.head.profile.columns.balance;
        let text = self.value(row, names)?;
        // Masked: xx,yyyy.zz
        if !text.contains(|c: char| c.is_ascii_digit()) || text.contains('*') {
            self.balances_masked += 1;
            return None;
        }
        match amount(&text, self.form(row, names), currency) {
            Ok(minor) => Some(minor),
            Err(fault) => {
                self.fault(row, names, fault);
                None
            }
        }
    }
}
