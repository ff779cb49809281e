//! 应退保证金账龄: what is to go back, how much, and how late it is.

use super::super::DepositStatus;
use super::{optional, read};
use crate::act::statuses;
use crate::field::{Currency, Day, Instant, ItemId, OrganisationId};
use crate::http::word;
use crate::store::{Row, StoreError};
use schemars::JsonSchema;
use serde::Serialize;

statuses! {
    /// How late a refund is, by whole days after its last one.
    pub enum RefundAge {
        /// 未到期
        NotDue,
        /// 逾期 30 天以内
        UpTo30,
        /// 逾期 31–90 天
        UpTo90,
        /// 逾期 90 天以上
        Over90,
    }
}

const DAY_MILLIS: i64 = 24 * 60 * 60 * 1000;

impl RefundAge {
    /// The youngest first.
    pub const ALL: [Self; 4] = [Self::NotDue, Self::UpTo30, Self::UpTo90, Self::Over90];

    fn of(days_late: i64) -> Self {
        match days_late {
            ..=0 => Self::NotDue,
            1..=30 => Self::UpTo30,
            31..=90 => Self::UpTo90,
            _ => Self::Over90,
        }
    }

    pub fn words(self) -> &'static str {
        match self {
            Self::NotDue => "未到期",
            Self::UpTo30 => "逾期 30 天以内",
            Self::UpTo90 => "逾期 31–90 天",
            Self::Over90 => "逾期 90 天以上",
        }
    }
}

/// Whole days since a time in milliseconds, the one that runs among them; below zero: that are left.
pub(super) fn days_late(due: i64, now: Instant) -> i64 {
    (now.millis() - due).div_euclid(DAY_MILLIS) + i64::from(now.millis() > due)
}

/// A deposit that is to go back.
#[derive(Serialize, JsonSchema)]
pub struct RefundDueView {
    deposit: ItemId,
    /// Absent where a person pays.
    #[serde(skip_serializing_if = "Option::is_none")]
    payer: Option<OrganisationId>,
    pub currency: Currency,
    status: DepositStatus,
    /// The day since when its clock runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    clock_day: Option<Day>,
    /// When it is to be back at the latest (UTC).
    due: String,
    /// Whole days since then; below zero: that are left.
    pub days_late: i64,
    pub age: RefundAge,
    /// 应退: all that is still here of it, what is held and what may be appealed among it.
    pub owed_minor: i64,
    /// Of that, what is held (冻结) and what is disputed (争议): it can't go yet.
    pub kept_minor: i64,
}

/// The columns of refunds due as a table.
pub const REFUNDS_DUE_HEAD: [&str; 10] =
    ["保证金", "交纳人", "币种", "状态", "起算日", "最迟退还（UTC）", "逾期天数", "账龄", "应退", "其中冻结或争议"];

impl RefundDueView {
    pub fn of_row(row: &Row, now: Instant) -> Result<Self, StoreError> {
        let due = row.integer(13)?;
        let days_late = days_late(due, now);
        // 可用、冻结、超额、待退、争议
        let parts = [20, 21, 22, 23, 24].map(|column| row.integer(column));
        let [available, held, excess, payable, disputed] = parts;
        let (held, disputed) = (held?, disputed?);
        Ok(Self {
            deposit: read(row.text(2)?)?,
            payer: optional(row, 5)?,
            currency: read(row.text(8)?)?,
            status: word(row, 9)?,
            clock_day: optional(row, 12)?,
            due: Instant::from_millis(due).to_string(),
            days_late,
            age: RefundAge::of(days_late),
            owed_minor: available? + held + excess? + payable? + disputed,
            kept_minor: held + disputed,
        })
    }

    /// One line of the table, amounts with the decimals of their currency.
    pub fn cells(self) -> [String; 10] {
        [
            self.deposit.to_string(),
            self.payer.map(|payer| payer.to_string()).unwrap_or_default(),
            format!("{:?}", self.currency),
            self.status.name().to_owned(),
            self.clock_day.map(|day| day.to_string()).unwrap_or_default(),
            self.due,
            self.days_late.to_string(),
            self.age.words().to_owned(),
            self.currency.decimal(self.owed_minor),
            self.currency.decimal(self.kept_minor),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_have_no_gap() {
        let of = |days| RefundAge::of(days).name();
        let ages = [-9, 0, 1, 30, 31, 90, 91].map(of);
        assert_eq!(ages, ["not_due", "not_due", "up_to30", "up_to30", "up_to90", "up_to90", "over90"]);
    }
}
