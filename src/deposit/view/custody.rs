//! Reconciliations and open items as they are shown: to the payee, supervisors and auditors.

use super::super::{DraftedReconciliation, OpenItemId, OpenItemStatus, StatementReconciliation};
use super::{optional, read};
use crate::act::statuses;
use crate::field::{Currency, Day, ItemId};
use crate::http::word;
use crate::reconciliation::{MatchReason, OpenItemKind, ReconciledDay, ReturnProposal, ReturnReason};
use crate::statement::StatementWarning;
use crate::store::{Row, StoreError};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// A statement that was held against the book (银行对账).
#[derive(Serialize, JsonSchema)]
pub struct ReconciliationView {
    /// Index of the entry that says so.
    entry: u64,
    bank: ItemId,
    currency: String,
    /// SHA-256 of the bank's file.
    file: String,
    first: Day,
    last: Day,
    /// 期初余额
    opening_minor: i64,
    /// 银行对账单余额
    closing_minor: i64,
    /// 账簿余额
    book_minor: i64,
    /// Lines of the statement, and how many of them were matched.
    lines: u64,
    matched: u64,
    /// 未达账项: what was open at its end, and the digest of their list.
    open: u64,
    open_sha256: String,
    /// 0 where bank and book tie.
    unexplained_minor: i64,
    /// The first day that does not tie.
    #[serde(skip_serializing_if = "Option::is_none")]
    first_untied: Option<Day>,
    /// Index of the entry that took it back.
    #[serde(skip_serializing_if = "Option::is_none")]
    withdrawn: Option<u64>,
}

/// What one side has and the other one has not (未达账项).
#[derive(Serialize, JsonSchema)]
pub struct OpenItemView {
    pub item: OpenItemId,
    bank: ItemId,
    currency: String,
    status: OpenItemStatus,
    kind: OpenItemKind,
    /// Since when it is open.
    day: Day,
    /// Days from then to today.
    age_days: u64,
    /// By how much the bank has more for it; negative: less.
    bank_over_book_minor: i64,
    /// The number of the bank's line in its file, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u64>,
    /// The bank's own reference.
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
    /// The posting that it is, or differs from, by its entry.
    #[serde(skip_serializing_if = "Option::is_none")]
    posting: Option<u64>,
    /// Postings that it might be, by their entries: as many as its record names, five where the service drafted it.
    candidates: Vec<u64>,
    /// Index of the entry that says what became of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    settled_by: Option<u64>,
    /// The postings that it is; none where a line of the bank settles it.
    settled: Vec<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

/// The columns of open items as a table.
pub const OPEN_ITEMS_HEAD: [&str; 12] = [
    "编号",
    "专户",
    "币种",
    "状态",
    "类别",
    "日期",
    "账龄（天）",
    "银行多于账簿",
    "银行流水号",
    "凭证记录",
    "可能的凭证",
    "结清凭证",
];

fn entries(text: &str) -> Vec<u64> {
    text.split(',').filter_map(|entry| entry.parse().ok()).collect()
}

fn unsigned(row: &Row, column: usize) -> Result<Option<u64>, StoreError> {
    Ok(row.optional_integer(column)?.and_then(|number| u64::try_from(number).ok()))
}

impl ReconciliationView {
    pub fn of_row(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            entry: row.unsigned(0)?,
            bank: read(row.text(2)?)?,
            currency: row.text(3)?.to_owned(),
            file: row.text(4)?.to_owned(),
            first: read(row.text(5)?)?,
            last: read(row.text(6)?)?,
            opening_minor: row.integer(7)?,
            closing_minor: row.integer(8)?,
            book_minor: row.integer(9)?,
            lines: row.unsigned(10)?,
            matched: row.unsigned(11)?,
            open: row.unsigned(12)?,
            open_sha256: row.text(13)?.to_owned(),
            unexplained_minor: row.integer(14)?,
            first_untied: optional(row, 15)?,
            withdrawn: unsigned(row, 16)?,
        })
    }
}

impl OpenItemView {
    pub fn of_row(row: &Row, today: Day) -> Result<Self, StoreError> {
        let day: Day = read(row.text(7)?)?;
        let number = u32::try_from(row.integer(1)?).map_err(|_| StoreError::Unexpected(1))?;
        Ok(Self {
            item: OpenItemId { entry: row.unsigned(0)?, number },
            bank: read(row.text(3)?)?,
            currency: row.text(4)?.to_owned(),
            status: word(row, 5)?,
            kind: word(row, 6)?,
            day,
            age_days: u64::try_from((today.date() - day.date()).num_days()).unwrap_or_default(),
            bank_over_book_minor: row.integer(8)?,
            line: unsigned(row, 9)?,
            reference: row.optional_text(10)?.map(str::to_owned),
            posting: unsigned(row, 11)?,
            candidates: entries(row.text(12)?),
            settled_by: unsigned(row, 13)?,
            settled: entries(row.text(14)?),
            reason: row.optional_text(15)?.map(str::to_owned),
        })
    }

    /// One line of the table, the amount with the decimals of its currency.
    pub fn cells(self) -> [String; 12] {
        let currency: Option<Currency> = self.currency.parse().ok();
        let amount = self.bank_over_book_minor;
        let list = |entries: &[u64]| entries.iter().map(u64::to_string).collect::<Vec<_>>().join(" ");
        [
            self.item.to_string(),
            self.bank.to_string(),
            self.currency,
            self.status.name().to_owned(),
            self.kind.words().zh,
            self.day.to_string(),
            self.age_days.to_string(),
            currency.map_or_else(|| amount.to_string(), |currency| currency.decimal(amount)),
            self.reference.unwrap_or_default(),
            self.posting.map(|entry| entry.to_string()).unwrap_or_default(),
            list(&self.candidates),
            list(&self.settled),
        ]
    }
}

statuses! {
    /// Whether a bank's file says anything that was not reconciled yet.
    pub enum StatementStanding {
        /// `record` is to be signed.
        New,
        /// Every day of it is reconciled: nothing is to be done.
        AlreadyReconciled,
    }
}

/// A bank's file, held against the book. Nothing of it is written.
#[derive(Serialize, JsonSchema)]
pub struct ReconciledStatementView {
    standing: StatementStanding,
    /// Index of the entry that reconciled it already.
    #[serde(skip_serializing_if = "Option::is_none")]
    reconciliation: Option<u64>,
    /// Lines of days that were reconciled before, which count no more.
    lines_before: u64,
    /// What was assumed of the file, and what was not taken of it: to be looked at before `record` is signed.
    warnings: Vec<StatementWarningView>,
    /// How many lines and postings were found to be the same, by the reason.
    matches: Vec<MatchCountView>,
    /// 疑似退汇: payments that seem to have come back, which the bank did not mark. Both lines stay open until they are named in `returned`.
    returns: Vec<ReturnProposalView>,
    /// 余额调节表: the end of each day.
    days: Vec<ReconciledDayView>,
    /// What the payee signs, as `deposit.statement_reconciled` on `deposit/{payee}`, and posts to `reconciliations`.
    #[serde(skip_serializing_if = "Option::is_none")]
    record: Option<StatementReconciliation>,
}

/// A remark on how a bank's file was read.
#[derive(Serialize, JsonSchema)]
pub struct StatementWarningView {
    text_zh: String,
    text_en: String,
}

/// A payment and a line by which it may have come back. It may as well be a receipt that nobody has entered: then that is entered.
#[derive(Serialize, JsonSchema)]
pub struct ReturnProposalView {
    /// As it is named in `returned`: `3-7`.
    pair: String,
    /// When it was paid, and when as much came in.
    out_on: Day,
    back_on: Day,
    amount_minor: i64,
    reason: ReturnReason,
    reason_zh: String,
    reason_en: String,
}

/// Matches of one reason.
#[derive(Serialize, JsonSchema)]
pub struct MatchCountView {
    reason: MatchReason,
    reason_zh: String,
    reason_en: String,
    lines: u64,
    postings: u64,
}

/// The end of a day: bank = book + what the bank alone has − what the book alone has + what is unexplained.
#[derive(Serialize, JsonSchema)]
pub struct ReconciledDayView {
    day: Day,
    bank_minor: i64,
    book_minor: i64,
    bank_alone_minor: i64,
    book_alone_minor: i64,
    unexplained_minor: i64,
}

impl ReconciledStatementView {
    pub fn nothing_new(reconciliation: u64, warnings: &[StatementWarning]) -> Self {
        Self {
            standing: StatementStanding::AlreadyReconciled,
            reconciliation: Some(reconciliation),
            lines_before: 0,
            warnings: warnings.iter().map(StatementWarningView::of).collect(),
            matches: Vec::new(),
            returns: Vec::new(),
            days: Vec::new(),
            record: None,
        }
    }

    pub fn drafted(drafted: DraftedReconciliation, warnings: &[StatementWarning]) -> Self {
        let DraftedReconciliation { found, record } = drafted;
        let mut counts: BTreeMap<MatchReason, (u64, u64)> = BTreeMap::new();
        for it in &found.matches {
            let count = counts.entry(it.reason).or_default();
            *count = (count.0 + it.lines.len() as u64, count.1 + it.movements.len() as u64);
        }
        let matches = counts.into_iter().map(|(reason, (lines, postings))| {
            let words = reason.words();
            MatchCountView { reason, reason_zh: words.zh, reason_en: words.en, lines, postings }
        });
        Self {
            standing: StatementStanding::New,
            reconciliation: None,
            lines_before: found.lines_before as u64,
            warnings: warnings.iter().map(StatementWarningView::of).collect(),
            matches: matches.collect(),
            returns: found.returns.iter().map(ReturnProposalView::of).collect(),
            days: found.days.iter().map(ReconciledDayView::of).collect(),
            record: Some(record),
        }
    }
}

impl ReturnProposalView {
    fn of(proposal: &ReturnProposal) -> Self {
        let ReturnProposal { pair, out_on, back_on, amount_minor, reason } = proposal;
        let (words, pair) = (reason.words(), pair.to_string());
        let (out_on, back_on, amount_minor, reason) = (*out_on, *back_on, *amount_minor, *reason);
        Self { pair, out_on, back_on, amount_minor, reason, reason_zh: words.zh, reason_en: words.en }
    }
}

impl StatementWarningView {
    fn of(warning: &StatementWarning) -> Self {
        let words = warning.words();
        Self { text_zh: words.zh, text_en: words.en }
    }
}

impl ReconciledDayView {
    fn of(day: &ReconciledDay) -> Self {
        let ReconciledDay { day, bank_minor, book_minor, bank_alone_minor, book_alone_minor, unexplained_minor } = *day;
        Self { day, bank_minor, book_minor, bank_alone_minor, book_alone_minor, unexplained_minor }
    }
}
