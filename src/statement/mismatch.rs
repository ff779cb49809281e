//! Where a statement contradicts itself, with both numbers.

use super::{LinePlace, StatementCurrency, amount_text};
use crate::field::Bilingual;
use serde::Serialize;

/// What a statement says beside its lines, and what they come to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "mismatch", rename_all = "kebab-case")]
pub enum StatementMismatch {
    /// The opening balance and the lines do not make the closing one.
    ClosingDiffers {
        computed_minor: i128,
        stated_minor: i64,
    },
    /// The balance beside a line is not that of the line before and this amount. The first such line; `breaks` counts them.
    RunningBalanceDiffers {
        place: LinePlace,
        computed_minor: i128,
        stated_minor: i64,
        breaks: usize,
    },
    CreditSumDiffers {
        stated_minor: i64,
        found_minor: i128,
    },
    DebitSumDiffers {
        stated_minor: i64,
        found_minor: i128,
    },
    CountDiffers {
        of: CountOf,
        stated: u64,
        found: u64,
    },
    /// The bank has more lines than it answered with.
    MorePages,
}

/// Which lines a stated number counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CountOf {
    All,
    Credits,
    Debits,
}

impl StatementMismatch {
    /// What it says, of a statement in this currency.
    pub fn words(&self, currency: StatementCurrency) -> Bilingual {
        let money = |minor: i64| amount_text(minor, currency);
        let sum = |minor: &i128| i64::try_from(*minor).map_or_else(|_| minor.to_string(), money);
        match self {
            Self::ClosingDiffers { computed_minor, stated_minor } => {
                let (computed, stated) = (sum(computed_minor), money(*stated_minor));
                (
                    format!("期初余额加发生额为 {computed}，期末余额写的是 {stated}"),
                    format!("opening balance and lines make {computed}, the closing balance says {stated}"),
                )
            }
            Self::RunningBalanceDiffers { place, computed_minor, stated_minor, breaks } => {
                let (computed, stated) = (sum(computed_minor), money(*stated_minor));
                (
                    format!("{place}：余额应为 {computed}，写的是 {stated}；共 {breaks} 处不连续"),
                    format!("{place}: the balance should be {computed} and says {stated}; {breaks} such breaks"),
                )
            }
            Self::CreditSumDiffers { stated_minor, found_minor } => {
                let (stated, found) = (money(*stated_minor), sum(found_minor));
                (
                    format!("贷方合计写的是 {stated}，各行之和为 {found}"),
                    format!("the sum of credits says {stated}, the lines make {found}"),
                )
            }
            Self::DebitSumDiffers { stated_minor, found_minor } => {
                let (stated, found) = (money(*stated_minor), sum(found_minor));
                (
                    format!("借方合计写的是 {stated}，各行之和为 {found}"),
                    format!("the sum of debits says {stated}, the lines make {found}"),
                )
            }
            Self::CountDiffers { of, stated, found } => {
                let (zh, en) = of.words();
                (
                    format!("{zh}笔数写的是 {stated}，实有 {found}"),
                    format!("the number of {en} says {stated}, there are {found}"),
                )
            }
            Self::MorePages => (
                "银行尚有未返回的明细，须续查".to_owned(),
                "the bank has more lines than it answered with: ask for the rest".to_owned(),
            ),
        }
        .into()
    }
}

impl CountOf {
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::All => ("总", "lines"),
            Self::Credits => ("贷方", "credits"),
            Self::Debits => ("借方", "debits"),
        }
    }
}
