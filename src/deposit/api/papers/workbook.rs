//! 账册（XLSX）: a period of a book for people who close a month in a spreadsheet.

use crate::deposit::book::{BookAccount, PostingSide};
use crate::deposit::export::BookLine;
use crate::deposit::view::about;
use crate::field::{Currency, Day};
use rust_xlsxwriter::{Format, FormatAlign, Workbook, Worksheet, XlsxError};
use std::collections::BTreeMap;

/// Lines and accounts that one file holds: a spreadsheet of more is slow to open, and this one is made in memory.
pub const WORKBOOK_ROWS_MAX: usize = 20_000;

/// A period of a book.
pub struct BookPeriod {
    pub from: Day,
    pub to: Day,
    pub lines: Vec<BookLine>,
    /// What each account has more on its debit side at the end.
    pub closing: Vec<(BookAccount, i64)>,
}

/// 发生额及余额: what an account did in the period; balances count for the debit side.
pub struct AccountTurnover<'p> {
    pub account: &'p BookAccount,
    pub opening: i64,
    pub debit: i64,
    pub credit: i64,
    pub closing: i64,
}

const TURNOVER_HEAD: [&str; 8] = [
    "科目 Account",
    "科目名称 Name",
    "English",
    "币种 Currency",
    "期初余额 Opening",
    "借方发生额 Debit",
    "贷方发生额 Credit",
    "期末余额 Closing",
];

const JOURNAL_HEAD: [&str; 9] = [
    "凭证号 No.",
    "日期 Date",
    "摘要 Record",
    "科目 Account",
    "科目名称 Name",
    "币种 Currency",
    "借方 Debit",
    "贷方 Credit",
    "记录 Entry",
];

impl BookPeriod {
    /// The file: 发生额及余额表, and 序时账. Amounts are numbers with the decimals of their currency; balances count for the debit
    /// side. Whatever stands in a text is a text there: nothing is computed.
    ///
    /// # Errors
    /// It can't be written.
    pub fn workbook(&self) -> Result<Vec<u8>, XlsxError> {
        let mut workbook = Workbook::new();
        self.write_turnover(workbook.add_worksheet().set_name("发生额及余额表")?)?;
        self.write_journal(workbook.add_worksheet().set_name("序时账")?)?;
        workbook.save_to_buffer()
    }

    /// The accounts that something stands in or was posted to.
    pub fn balances(&self) -> impl Iterator<Item = AccountTurnover<'_>> {
        let mut turnovers = BTreeMap::<&BookAccount, (i64, i64)>::new();
        for BookLine { line, .. } in &self.lines {
            let (debit, credit) = turnovers.entry(&line.account).or_default();
            match line.side {
                PostingSide::Debit => *debit = debit.saturating_add(line.amount_minor),
                PostingSide::Credit => *credit = credit.saturating_add(line.amount_minor),
            }
        }
        self.closing.iter().filter_map(move |(account, closing)| {
            let moved = turnovers.get(account).copied();
            let (debit, credit) = moved.unwrap_or_default();
            let opening = closing.saturating_sub(debit).saturating_add(credit);
            let is_there = *closing != 0 || moved.is_some();
            is_there.then_some(AccountTurnover { account, opening, debit, credit, closing: *closing })
        })
    }

    fn write_turnover(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        begin(sheet, &TURNOVER_HEAD, &[24, 22, 30, 10, 18, 18, 18, 18])?;
        for (row, of) in (1..).zip(self.balances()) {
            let (account, words) = (of.account, of.account.heading.words());
            let texts = [account.to_string(), words.zh, words.en, format!("{:?}", account.currency)];
            for (column, text) in (0..).zip(texts) {
                sheet.write_string(row, column, text)?;
            }
            for (column, minor) in (4..).zip([of.opening, of.debit, of.credit, of.closing]) {
                write_money(sheet, row, column, minor, account.currency)?;
            }
        }
        Ok(())
    }

    fn write_journal(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        begin(sheet, &JOURNAL_HEAD, &[10, 12, 28, 24, 22, 10, 18, 18, 20])?;
        for (row, line) in (1..).zip(&self.lines) {
            let account = &line.line.account;
            let texts = [
                line.voucher.to_string(),
                line.day.to_string(),
                about(&line.kind).to_owned(),
                account.to_string(),
                account.heading.words().zh,
                format!("{:?}", account.currency),
            ];
            for (column, text) in (0..).zip(texts) {
                sheet.write_string(row, column, text)?;
            }
            let column = if line.line.side == PostingSide::Debit { 6 } else { 7 };
            write_money(sheet, row, column, line.line.amount_minor, account.currency)?;
            sheet.write_string(row, 8, format!("/v1/records/{}", line.entry))?;
        }
        Ok(())
    }
}

/// The head of a table, and how wide its columns are.
pub fn begin(sheet: &mut Worksheet, head: &[&str], widths: &[u16]) -> Result<(), XlsxError> {
    let bold = Format::new().set_bold().set_align(FormatAlign::Center).set_text_wrap();
    for (column, (text, width)) in (0..).zip(head.iter().zip(widths)) {
        sheet.write_string_with_format(0, column, *text, &bold)?;
        sheet.set_column_width(column, *width)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    Ok(())
}

/// A spreadsheet's numbers are binary fractions of 53 bits: beyond them it is written as a text, to the fen.
pub fn write_money(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    minor: i64,
    currency: Currency,
) -> Result<(), XlsxError> {
    const EXACT: u64 = 1 << 53;
    let text = currency.decimal(minor);
    let places = "0".repeat(currency.minor_digits() as usize);
    let shape = if places.is_empty() { "#,##0".to_owned() } else { format!("#,##0.{places}") };
    match text.parse::<f64>() {
        Ok(number) if minor.unsigned_abs() < EXACT => {
            sheet.write_number_with_format(row, column, number, &Format::new().set_num_format(shape))?
        }
        _ => sheet.write_string(row, column, text)?,
    };
    Ok(())
}
