//! Why a statement can't be held against a book.

use super::PERIOD_DAYS_MAX;
use crate::field::{Bilingual, Day};

/// Why a statement can't be held against a book.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReconciliationFault {
    #[error("it does not say what was in the account before its first line")]
    OpeningUnknown,
    #[error("line {place} has no day")]
    DayUnknown { place: String },
    #[error("it has no line, and no day of a balance")]
    PeriodUnknown,
    #[error("its period is longer than {PERIOD_DAYS_MAX} days")]
    PeriodTooLong,
    #[error("two lines have the key {key}")]
    LineTwice { key: String },
    #[error("every day up to {last} is reconciled already: it says nothing new")]
    AlreadyReconciled { last: Day },
    #[error(
        "at the end of {day} the account had {reconciled_minor} by the reconciliation before, and has {stated_minor} here"
    )]
    OpeningDiffers { day: Day, reconciled_minor: i64, stated_minor: i64 },
    #[error(
        "{pair} is no payment that came back: two lines that are open, by their numbers or items, the second later and of the opposite amount"
    )]
    NotReturned { pair: String },
    #[error("more than can be counted")]
    Overflow,
}

impl ReconciliationFault {
    pub fn words(&self) -> Bilingual {
        let zh = match self {
            Self::OpeningUnknown => "对账单未载明期初余额".to_owned(),
            Self::DayUnknown { place } => format!("第 {place} 行没有日期"),
            Self::PeriodUnknown => "对账单没有明细，余额也没有日期".to_owned(),
            Self::PeriodTooLong => format!("对账期间超过 {PERIOD_DAYS_MAX} 天"),
            Self::LineTwice { key } => format!("两行的标识相同：{key}"),
            Self::AlreadyReconciled { last } => format!("截至 {last} 的各日均已对账，本文件没有新内容"),
            Self::OpeningDiffers { day, reconciled_minor, stated_minor } => {
                format!("{day} 日终余额：上次对账为 {reconciled_minor}，本对账单为 {stated_minor}（最小货币单位）")
            }
            Self::NotReturned { pair } => {
                format!(
                    "{pair} 不是一笔退回的付款：应为两笔未匹配的流水（写行号或未达账项编号），后一笔在后且金额相同方向相反"
                )
            }
            Self::Overflow => "金额超出范围".to_owned(),
        };
        Bilingual::new(zh, self.to_string())
    }
}
