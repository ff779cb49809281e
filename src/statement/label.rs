//! What stands above and below the lines of a table behind a label: the account, balances, totals.

use super::StatementCurrency;
use super::amount::{DecimalForm, amount};
use super::head::plain;
use super::profile::{Names, WORDS};
use super::stated::StatedTotals;
use crate::field::{Spaces, narrowed};

/// The values behind labels, still in words where they need the currency.
#[derive(Debug, Default)]
pub(super) struct Labelled {
    pub account: Option<String>,
    pub currency: Option<StatementCurrency>,
    opening: Option<String>,
    closing: Option<String>,
    count: Option<String>,
    credit_sum: Option<String>,
    credit_count: Option<String>,
    debit_sum: Option<String>,
    debit_count: Option<String>,
}

impl Labelled {
    /// Takes what a row has; what was said first counts. Whether it had anything.
    pub fn take(&mut self, cells: &[String]) -> bool {
        let Some(words) = WORDS.as_ref() else { return false };
        let labels = &words.labels;
        let account = value(cells, &labels.account, false).map(first_word);
        let currency = value(cells, &labels.currency, false).and_then(|text| currency(&first_word(text)));
        let mut any = account.is_some() || currency.is_some();
        self.account = self.account.take().or(account.filter(|account| !account.is_empty()));
        self.currency = self.currency.or(currency);
        for (kept, names, is_count) in [
            (&mut self.opening, &labels.opening, false),
            (&mut self.closing, &labels.closing, false),
            (&mut self.count, &labels.count, true),
            (&mut self.credit_sum, &labels.credit_sum, false),
            (&mut self.credit_count, &labels.credit_count, true),
            (&mut self.debit_sum, &labels.debit_sum, false),
            (&mut self.debit_count, &labels.debit_count, true),
        ] {
            let found = value(cells, names, is_count);
            any |= found.is_some();
            *kept = kept.take().or(found);
        }
        any
    }

    /// The opening and the closing balance.
    pub fn balances(&self, form: DecimalForm, currency: StatementCurrency) -> (Option<i64>, Option<i64>) {
        let read = |text: &Option<String>| tally(text.as_deref()?, form, currency).1;
        (read(&self.opening), read(&self.closing))
    }

    /// The totals; of one label both a number and a sum may be said: 1笔 28.50元.
    pub fn totals(&self, form: DecimalForm, currency: StatementCurrency) -> StatedTotals {
        let read = |text: &Option<String>| text.as_deref().map(|text| tally(text, form, currency)).unwrap_or_default();
        let number = |text: &Option<String>| {
            let digits: String = text.as_deref()?.chars().filter(char::is_ascii_digit).collect();
            digits.parse().ok()
        };
        let (credits, debits) = (read(&self.credit_sum), read(&self.debit_sum));
        StatedTotals {
            credit_minor: credits.1.map(i64::abs),
            debit_minor: debits.1.map(i64::abs),
            count: number(&self.count),
            credit_count: number(&self.credit_count).or(credits.0),
            debit_count: number(&self.debit_count).or(debits.0),
        }
    }
}

/// A currency by its code or by a word for it.
pub(super) fn currency(text: &str) -> Option<StatementCurrency> {
    let upper = plain(text).to_uppercase();
    let code = WORDS.as_ref().and_then(|words| words.currencies.get(&upper)).map_or(upper.as_str(), String::as_str);
    StatementCurrency::from_code(code)
}

fn first_word(text: String) -> String {
    text.split([' ', ',', ';']).next().unwrap_or_default().to_owned()
}

/// What stands behind one of these labels: in its cell, or in the next one that says anything.
fn value(cells: &[String], names: &Names, is_count: bool) -> Option<String> {
    cells.iter().enumerate().find_map(|(at, cell)| {
        let text = narrowed(cell, Spaces::Plain);
        let bare = plain(&text);
        if names.iter().any(|name| bare.strip_suffix(':').unwrap_or(&bare) == name) {
            return cells[at + 1..].iter().find(|next| !next.is_empty()).map(|next| narrowed(next, Spaces::Plain));
        }
        names.iter().find_map(|name| behind(&text, name, is_count)).map(str::to_owned)
    })
}

/// Behind a label and its colon; a number may follow at once: 共66笔.
fn behind<'a>(text: &'a str, name: &str, is_count: bool) -> Option<&'a str> {
    text.match_indices(name).find_map(|(at, _)| {
        let begins = text[..at].chars().next_back().is_none_or(|c| c.is_whitespace() || ",;|([".contains(c));
        let after = text[at + name.len()..].trim_start();
        let value = after
            .strip_prefix(':')
            .or_else(|| Some(after).filter(|after| is_count && after.starts_with(|c: char| c.is_ascii_digit())))?;
        Some(value.trim()).filter(|value| begins && !value.is_empty())
    })
}

/// A number of entries and a sum, as far as they are said before the next label.
fn tally(text: &str, form: DecimalForm, currency: StatementCurrency) -> (Option<u64>, Option<i64>) {
    let mut tally = (None, None);
    for word in text.split([' ', ';']).take_while(|word| !word.contains(':')).filter(|word| !word.is_empty()) {
        match word.strip_suffix('笔') {
            Some(number) => tally.0 = tally.0.or(number.parse().ok()),
            None => tally.1 = tally.1.or(amount(word, form, currency).ok()),
        }
    }
    tally
}

#[cfg(test)]
mod tests {
    use super::*;
    use StatementCurrency::CNY;

    fn labelled(rows: &[&[&str]]) -> Labelled {
        let mut labelled = Labelled::default();
        for row in rows {
            let cells: Vec<String> = row.iter().map(|cell| (*cell).to_owned()).collect();
            labelled.take(&cells);
        }
        labelled
    }

    #[test]
    fn values_stand_behind_labels_in_one_cell_or_in_the_next() {
        let read = labelled(&[
            &["账号：6222****0001  户名：某公司　币种：人民币", "", "期初余额：1,000.00"],
            &["期末余额", "", "2,500.00"],
            &["共66笔记录"],
            &["收入：1笔 28.50元", "支出：63笔  16.54元"],
            &["户名：账号不明"],
        ]);
        assert_eq!(read.account.as_deref(), Some("6222****0001"));
        assert_eq!(read.currency, Some(CNY));
        assert_eq!(read.balances(DecimalForm::Point, CNY), (Some(100_000), Some(250_000)));
        let totals = read.totals(DecimalForm::Point, CNY);
        assert_eq!((totals.count, totals.credit_count, totals.debit_count), (Some(66), Some(1), Some(63)));
        assert_eq!((totals.credit_minor, totals.debit_minor), (Some(2850), Some(1654)));
    }

    #[test]
    fn a_label_within_another_word_is_none() {
        assert!(labelled(&[&["对方账号：1234"], &["账户余额：12.00"], &["不计收支：2笔"]]).account.is_none());
    }
}
