//! What can be read and is worth a look, though the statement does not contradict itself: what was assumed, and what was not taken.

use super::LinePlace;
use crate::field::Bilingual;
use serde::Serialize;

/// A remark on how a statement was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "warning", rename_all = "kebab-case")]
pub enum StatementWarning {
    /// A line in another currency than the account: no equation of balances can be made.
    ForeignCurrency { place: LinePlace, currency: String },
    /// The file does not say its currency.
    CurrencyAssumed { currency: String },
    /// A balance does not say whether it is a credit or a debit; it was taken for a credit.
    DirectionAssumed { place: LinePlace },
    /// A balance whose digits are masked.
    BalanceMasked { lines: usize },
    /// References and accounts that a spreadsheet keeps as numbers of more digits than it can hold; they were not taken.
    NumberRounded { cells: usize },
    /// Lines without a booking day.
    Undated { lines: usize },
    /// Sheets beside the first are not read.
    SheetsUnread { names: Vec<String> },
    /// Rows below the head that have neither a day nor an amount, and no label that is known: taken for notes.
    NotLines { rows: Vec<u32> },
    /// A camt.053 message without its namespace.
    NamespaceMissing,
}

impl StatementWarning {
    /// What it says.
    pub fn words(&self) -> Bilingual {
        match self {
            Self::ForeignCurrency { place, currency } => (
                format!("{place}：以 {currency} 记账，与账户币种不同，余额无从验算"),
                format!("{place}: booked in {currency}, not the account's currency: balances can't be checked"),
            ),
            Self::CurrencyAssumed { currency } => {
                (format!("文件未写币种，按 {currency} 读取"), format!("no currency is stated: read as {currency}"))
            }
            Self::DirectionAssumed { place } => (
                format!("{place}：余额未写借贷方向，按贷方读取"),
                format!("{place}: the balance states no direction: read as a credit"),
            ),
            Self::BalanceMasked { lines } => {
                (format!("{lines} 行的余额被遮盖"), format!("the balances of {lines} lines are masked"))
            }
            Self::NumberRounded { cells } => (
                format!("{cells} 处流水号或账号以数字格式保存，末位已失真，未采用"),
                format!("{cells} references or accounts are kept as numbers and have lost their ends: not taken"),
            ),
            Self::Undated { lines } => {
                (format!("{lines} 行没有记账日期"), format!("{lines} lines have no booking day"))
            }
            Self::SheetsUnread { names } => (
                format!("第一张以外的工作表未读取：{}", names.join("、")),
                format!("only the first sheet is read, not {}", names.join(", ")),
            ),
            Self::NotLines { rows } => {
                let rows = rows.iter().map(u32::to_string).collect::<Vec<_>>().join(", ");
                (
                    format!("第 {rows} 行既无日期也无金额，视为说明文字"),
                    format!("rows {rows} have neither a day nor an amount: taken for notes"),
                )
            }
            Self::NamespaceMissing => {
                ("XML 没有命名空间，按 camt.053 读取".to_owned(), "no namespace: read as camt.053".to_owned())
            }
        }
        .into()
    }
}
