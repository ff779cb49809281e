//! A statement and its lines.

use super::{StatementCurrency, StatementMismatch, StatementWarning};
use crate::field::Day;
use serde::{Serialize, Serializer};
use std::fmt;

/// What a bank says of one account in one currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Statement {
    /// What the bank calls it.
    pub id: Option<String>,
    /// The account's number as it is written there, often with its middle masked.
    pub account: Option<String>,
    #[serde(serialize_with = "code")]
    pub currency: StatementCurrency,
    pub opening: Option<AccountBalance>,
    pub closing: Option<AccountBalance>,
    /// The oldest first, also where the file has the newest first.
    pub lines: Vec<StatementLine>,
    /// Where it contradicts itself.
    pub mismatches: Vec<StatementMismatch>,
    pub warnings: Vec<StatementWarning>,
}

/// What was in the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct AccountBalance {
    /// Negative: overdrawn.
    pub amount_minor: i64,
    pub day: Option<Day>,
    /// Not stated as such, but what the balances beside the lines come to, which have no gap.
    pub is_derived: bool,
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StatementLine {
    /// The same whenever this entry is read again, from whatever file of this form: by it an import knows what it has.
    pub key: String,
    pub place: LinePlace,
    /// 记账日
    pub booked_on: Option<Day>,
    /// As `09:30:00`, where the bank says so.
    pub booked_time: Option<String>,
    /// 起息日
    pub valued_on: Option<Day>,
    /// Into the account; negative: out of it.
    pub amount_minor: i64,
    /// Another one than the statement's where the bank exchanged.
    #[serde(serialize_with = "code")]
    pub currency: StatementCurrency,
    /// In the account after it.
    pub balance_minor: Option<i64>,
    pub standing: LineStanding,
    pub reversal: Option<Reversal>,
    /// The bank's: 回单号, 交易流水号, 日志号, `AcctSvcrRef`.
    pub reference: Option<String>,
    /// The payer's: 业务参考号, `EndToEndId`, a structured reference.
    pub client_reference: Option<String>,
    pub counterparty: Counterparty,
    /// 摘要, 附言: all that is said in words.
    pub text: String,
    /// The single payments of an entry that is several, as far as the bank lists them.
    pub parts: Vec<LinePart>,
}

impl StatementLine {
    /// An entry of which nothing more is known than when and how much.
    pub fn booked(key: String, place: LinePlace, day: Day, amount_minor: i64, currency: StatementCurrency) -> Self {
        Self {
            key,
            place,
            booked_on: Some(day),
            booked_time: None,
            valued_on: None,
            amount_minor,
            currency,
            balance_minor: None,
            standing: LineStanding::Booked,
            reversal: None,
            reference: None,
            client_reference: None,
            counterparty: Counterparty::default(),
            text: String::new(),
            parts: Vec::new(),
        }
    }
}

/// A payment within an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LinePart {
    pub amount_minor: Option<i64>,
    pub client_reference: Option<String>,
    pub counterparty: Counterparty,
    pub text: String,
    pub reversal: Option<Reversal>,
}

/// The other side, as the bank names it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Counterparty {
    pub name: Option<String>,
    pub account: Option<String>,
    pub bank: Option<String>,
}

/// Whether money moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "standing", rename_all = "snake_case")]
pub enum LineStanding {
    Booked,
    /// Pending, failed, cancelled, or neither in nor out: no part of any sum. The bank's word for it.
    Unbooked {
        status: String,
    },
}

/// What takes another entry back. Of an entry that is both, that it is a payment that came back says more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "reversal", rename_all = "snake_case")]
pub enum Reversal {
    /// 冲正: the bank corrects its own booking.
    Reversed,
    /// 退汇: a payment that came back.
    Returned { reason: Option<String> },
}

/// Where in the file a line stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LinePlace {
    /// The number of its row, from 1.
    Row(u32),
    /// The path of its element.
    Element(String),
}

impl fmt::Display for LinePlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Row(row) => write!(f, "{row}"),
            Self::Element(path) => f.write_str(path),
        }
    }
}

impl StatementLine {
    pub fn is_booked(&self) -> bool {
        self.standing == LineStanding::Booked
    }
}

impl Statement {
    /// What came in and what went out, both positive, of what is booked in the statement's currency.
    pub fn turnover(&self) -> (i128, i128) {
        let amounts = self.moving().map(|line| i128::from(line.amount_minor));
        amounts.fold((0, 0), |(credit, debit), amount| (credit + amount.max(0), debit - amount.min(0)))
    }

    /// The lines that move its balance.
    pub fn moving(&self) -> impl Iterator<Item = &StatementLine> {
        self.lines.iter().filter(|line| line.is_booked() && line.currency == self.currency)
    }
}

fn code<S: Serializer>(currency: &StatementCurrency, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(currency.code())
}
