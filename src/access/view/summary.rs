//! A bar in a list, as the table has it.

use super::super::projection::{columns, status_of};
use super::super::{BarStatus, Lifting};
use crate::field::Instant;
use crate::http::word;
use crate::law::{BarField, BarMeasure, RepairRegime};
use crate::store::{Row, StoreError};
use schemars::JsonSchema;
use serde::Serialize;

/// A bar in a list: what the table has of it.
#[derive(Serialize, JsonSchema)]
pub struct BarSummary {
    /// Whom the decision names; in an answer about a successor, its predecessor.
    organisation: String,
    /// Index of the entry: the record that bars.
    entry: u64,
    id: String,
    kind: String,
    /// What the organisation is called in the decision.
    name: String,
    authority: String,
    decision: String,
    article: String,
    fields: Vec<BarField>,
    /// Everywhere where there is none.
    regions: Vec<String>,
    measures: Vec<BarMeasure>,
    first_day: String,
    last_day: String,
    /// When it is over by itself (UTC).
    ends: String,
    /// SHA-256 of the decision.
    document: String,
    repair_regime: RepairRegime,
    entered_by: String,
    /// 异议中: an objection waits for its ruling now.
    disputed: bool,
}

/// Words of a list in one column.
fn words<T: std::str::FromStr>(row: &Row, column: usize) -> Result<Vec<T>, StoreError> {
    let text = row.text(column)?;
    let damaged = |_| StoreError::Damaged(format!("{text:?} is no list of such words"));
    text.split(',').filter(|word| !word.is_empty()).map(|word| word.parse().map_err(damaged)).collect()
}

impl BarSummary {
    /// Whose bar it is, and the entry that entered it.
    pub fn place(&self) -> (&str, u64) {
        (&self.organisation, self.entry)
    }

    pub fn of_row(row: &Row) -> Result<Self, StoreError> {
        let text = |column| row.text(column).map(str::to_owned);
        Ok(Self {
            entry: row.unsigned(columns::ENTRY)?,
            organisation: text(columns::ORGANISATION)?,
            id: text(2)?,
            kind: text(3)?,
            name: text(4)?,
            authority: text(5)?,
            decision: text(6)?,
            article: text(7)?,
            fields: words(row, 8)?,
            regions: words(row, 9)?,
            measures: words(row, 10)?,
            first_day: text(11)?,
            last_day: text(12)?,
            ends: Instant::from_millis(row.integer(columns::UNTIL)?).to_string(),
            document: text(15)?,
            repair_regime: word(row, 16)?,
            entered_by: text(17)?,
            disputed: row.integer(columns::DISPUTED)? == 1,
        })
    }

    /// The bar of a row, if it is in force then and may be shown now.
    ///
    /// # Errors
    /// The row can't be read.
    pub fn in_force(row: &Row, at: Instant) -> Result<Option<Self>, StoreError> {
        let is_repaired = row.text(columns::STATUS)? == Lifting::Repaired.name();
        if is_repaired || status_of(row, at)? != Some(BarStatus::InForce) {
            return Ok(None);
        }
        Self::of_row(row).map(Some)
    }

    /// A line of a table: what people read.
    pub fn cells(&self) -> [String; 14] {
        let names = |all: Vec<&'static str>| all.join(" ");
        [
            self.organisation.clone(),
            self.name.clone(),
            self.kind.clone(),
            self.authority.clone(),
            self.decision.clone(),
            self.article.clone(),
            names(self.fields.iter().map(|field| field.name()).collect()),
            self.regions.join(" "),
            names(self.measures.iter().map(|measure| measure.name()).collect()),
            self.first_day.clone(),
            self.last_day.clone(),
            if self.disputed { "异议中".to_owned() } else { String::new() },
            self.entry.to_string(),
            self.document.clone(),
        ]
    }
}

/// What the columns of [`BarSummary::cells`] are called.
pub const HEAD: [&str; 14] = [
    "统一社会信用代码",
    "名称",
    "类别",
    "作出机关",
    "文号",
    "法律依据",
    "领域",
    "地区",
    "限制事项",
    "起始日",
    "截止日",
    "异议",
    "记录",
    "决定书",
];
