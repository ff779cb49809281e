//! What some conduct would come to.

use super::super::Account;
use super::{ConductSumView, CreditRuleView, GradeCapView, parts, points, reason};
use crate::field::Day;
use crate::law::{CreditTerms, Grade};
use schemars::JsonSchema;
use serde::Serialize;

/// What some conduct would come to (试算). Nothing was written.
#[derive(Serialize, JsonSchema)]
pub struct WhatIfView {
    grade: Grade,
    points: String,
    /// How that comes about, in Chinese.
    reason: String,
    reason_en: String,
    day: String,
    base: String,
    base_rule: CreditRuleView,
    sums: Vec<ConductSumView>,
    caps: Vec<GradeCapView>,
}

impl WhatIfView {
    pub(in super::super) fn of(account: &Account, day: Day, terms: &CreditTerms) -> Self {
        let ((reason, reason_en), (sums, caps)) = (reason(account), parts(account, terms));
        Self {
            grade: account.grade,
            points: points(account.points.into()),
            reason,
            reason_en,
            day: day.to_string(),
            base: points(account.base.into()),
            base_rule: CreditRuleView::of(&terms.base.rule),
            sums,
            caps,
        }
    }
}
