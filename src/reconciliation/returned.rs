//! 退汇无标识: a payment and what came back of it, where the bank marks neither. The book has nothing of either, so no posting would ever
//! match them. They are proposed and stay open until the payee names them: a receipt that nobody has entered looks the same.

use crate::field::{Bilingual, Day};
use crate::statement::StatementLine;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

/// Days after a payment within which what comes in may be that payment again: a bank sends back within its next working days, and the
/// longest holidays lie between. The platform's own rule: no law says.
pub const RETURN_DAYS_MAX: u64 = 10;

/// Two lines of a bank: a payment, and what came back of it. A line is called by its number among those of the file, from 1; one that an
/// earlier reconciliation left open by its item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnedPair {
    pub out: String,
    pub back: String,
}

/// The text names no two lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a pair is two lines, the payment first: 3-7, or 1204.2-7")]
pub struct ReturnedPairError;

impl FromStr for ReturnedPair {
    type Err = ReturnedPairError;

    fn from_str(text: &str) -> Result<Self, ReturnedPairError> {
        let is_name = |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        let (out, back) = text.trim().split_once('-').ok_or(ReturnedPairError)?;
        let named = is_name(out) && is_name(back) && out != back;
        named.then(|| Self { out: out.to_owned(), back: back.to_owned() }).ok_or(ReturnedPairError)
    }
}

impl fmt::Display for ReturnedPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.out, self.back)
    }
}

/// Why two lines may be a payment and its return: the amount is the same, it came in within [`RETURN_DAYS_MAX`] days, and nothing else fits.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum ReturnReason {
    /// From the account that was paid.
    SameAccount,
    /// From whom was paid, by its name.
    SameName,
    /// It is not known who was paid: the file does not say, or the payment is an open item, which names nobody.
    AmountAlone,
}

impl ReturnReason {
    const ALL: [Self; 3] = [Self::SameAccount, Self::SameName, Self::AmountAlone];

    pub fn words(self) -> Bilingual {
        match self {
            Self::SameAccount => Bilingual::new(
                "同一对方账号，金额相同方向相反，日期相近，疑为退汇",
                "same other account and amount, out and in again within days: it may have come back",
            ),
            Self::SameName => Bilingual::new(
                "同一对方户名，金额相同方向相反，日期相近，疑为退汇",
                "same other name and amount, out and in again within days: it may have come back",
            ),
            Self::AmountAlone => Bilingual::new(
                "金额相同方向相反，日期相近，付款对方不明，疑为退汇",
                "same amount, out and in again within days, and it is not said who was paid: it may have come back",
            ),
        }
    }

    /// What both lines are to have in common.
    fn of(self, line: &StatementLine) -> Option<String> {
        let (account, name) = (account(line), name(line));
        match self {
            Self::SameAccount => account,
            Self::SameName => name,
            Self::AmountAlone if line.amount_minor < 0 => (account.is_none() && name.is_none()).then(String::new),
            Self::AmountAlone => Some(String::new()),
        }
    }

    fn allows(self, out: &StatementLine, back: &StatementLine) -> bool {
        match (self, account(out), account(back)) {
            (Self::SameName, Some(paid), Some(from)) => paid == from,
            _ => true,
        }
    }
}

fn account(line: &StatementLine) -> Option<String> {
    let plain: String = line.counterparty.account.as_deref()?.split_whitespace().collect();
    Some(plain).filter(|plain| !plain.is_empty())
}

fn name(line: &StatementLine) -> Option<String> {
    Some(line.counterparty.name.as_deref()?.trim().to_owned()).filter(|name| !name.is_empty())
}

/// A payment that may have come back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnProposal {
    pub pair: ReturnedPair,
    pub out_on: Day,
    pub back_on: Day,
    /// Above zero.
    pub amount_minor: i64,
    pub reason: ReturnReason,
}

/// Lines in the order of their days, as a bank has them.
type ByDay = BTreeSet<(Day, usize)>;

/// Of the open lines those that fit each other alone, by their places: the surest reason first.
pub(super) fn proposed(
    lines: &[&StatementLine],
    days: &[Day],
    open: &BTreeSet<usize>,
) -> Vec<(usize, usize, ReturnReason)> {
    let (mut open, mut found) = (open.clone(), Vec::new());
    for reason in ReturnReason::ALL {
        // Payments and what came in, of one amount.
        let mut groups: BTreeMap<(String, u64), [ByDay; 2]> = BTreeMap::new();
        for at in open.iter().copied() {
            let (line, day) = (lines[at], days[at]);
            let Some(common) = reason.of(line).filter(|_| line.amount_minor != 0) else { continue };
            let sides = groups.entry((common, line.amount_minor.unsigned_abs())).or_default();
            sides[usize::from(line.amount_minor > 0)].insert((day, at));
        }
        for [outs, backs] in groups.into_values() {
            for out in outs.iter().copied() {
                let Some(back) = only(&backs, out, shifted(out.0, 1)) else { continue };
                // Nor may it be another payment that came back.
                let earliest = (shifted(back.0, -1), 0);
                let is_only = outs.range(earliest..back).nth(1).is_none();
                if is_only && reason.allows(lines[out.1], lines[back.1]) {
                    open.remove(&out.1);
                    open.remove(&back.1);
                    found.push((out.1, back.1, reason));
                }
            }
        }
    }
    found.sort_unstable();
    found
}

/// The only one behind a line, up to a day.
fn only(of: &ByDay, behind: (Day, usize), last: Day) -> Option<(Day, usize)> {
    let mut within = of.range(behind..=(last, usize::MAX));
    within.next().copied().filter(|_| within.next().is_none())
}

/// A day so many times [`RETURN_DAYS_MAX`] later, or earlier.
fn shifted(day: Day, times: i64) -> Day {
    let days = chrono::TimeDelta::days(times * RETURN_DAYS_MAX as i64);
    day.date().checked_add_signed(days).map_or(day, Day::from)
}
