//! Deposits as they are shown: to everybody, where each stands and when it goes back; amounts only to whoever they concern.

mod ageing;
mod custody;
mod enterprise;
mod own_funds;

pub use ageing::{REFUNDS_DUE_HEAD, RefundAge, RefundDueView};
pub use custody::{OPEN_ITEMS_HEAD, OpenItemView, ReconciledStatementView, ReconciliationView};
pub use enterprise::{EnterpriseDepositView, EnterpriseStatementView, EnterpriseTotalView};
pub use own_funds::OwnFundsView;

use super::book::{BookAccount, Heading, HeadingClass};
use super::{DepositStatus, RefundTiming};
use crate::field::{Day, Instant, ItemId, OrganisationId, TenderCode};
use crate::http::word;
use crate::law::RefundEvent;
use crate::store::{Row, StoreError};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// What a payee keeps, and how it gives back.
#[derive(Serialize, JsonSchema)]
pub struct DepositBookView {
    pub payee: OrganisationId,
    /// Deposits that were ever announced.
    pub deposits: u64,
    /// 凭证数: vouchers of its book, numbered from 1 without a gap.
    pub vouchers: u64,
    /// Refunds that arrived by their last day.
    pub refunds_in_time: u64,
    /// Refunds that arrived after it.
    pub refunds_late: u64,
    /// 逾期未退: deposits that are late now.
    pub overdue: u64,
    pub totals: Vec<DepositTotalView>,
    pub version: u64,
    /// Where its records are, and where whoever asks with `wait` hears of the next one.
    pub records: String,
}

/// In one currency, in minor units (分).
#[derive(Serialize, JsonSchema)]
pub struct DepositTotalView {
    pub currency: String,
    /// 应缴
    pub required_minor: i64,
    /// 专户存款, without what nobody has claimed yet: bid bonds before the opening are among that.
    pub custody_minor: i64,
    /// 保函担保
    pub guaranteed_minor: i64,
}

/// A scheme: on which law, how much at most, in which forms.
#[derive(Serialize, JsonSchema)]
pub struct DepositSchemeView {
    /// Index of the entry that published it.
    entry: u64,
    payee: OrganisationId,
    id: ItemId,
    kind: ItemId,
    name: String,
    article: String,
    currency: String,
    /// Of the base, in parts per million.
    ratio_ppm: u32,
    forms: Vec<String>,
    /// Where the law leaves it to the contract.
    #[serde(skip_serializing_if = "Option::is_none")]
    refund_days: Option<u32>,
    /// SHA-256 of where it was made public, at `/v1/documents/{document}`.
    document: String,
}

/// A deposit, without amounts.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct DepositView {
    /// Index of the entry that announced it.
    pub entry: u64,
    /// When that was, or when it was divided off (UTC).
    pub announced: Instant,
    pub payee: OrganisationId,
    pub id: ItemId,
    /// The deposit that it was a part of, until its payer was divided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part_of: Option<ItemId>,
    scheme: ItemId,
    kind: ItemId,
    /// Absent where a person pays.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payer: Option<OrganisationId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tender: Option<TenderCode>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lot: Option<String>,
    /// 别处的项目: the code of the procurement, where that is not in this log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub procurement: Option<String>,
    /// SHA-256 of what was published of it, at `/v1/documents/{procurement_notice}`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub procurement_notice: Option<String>,
    pub status: DepositStatus,
    /// How it went back.
    pub refund: RefundTiming,
    pub pay_by: Day,
    /// What set the clock of its refund going.
    #[serde(skip_serializing_if = "Option::is_none")]
    clock_event: Option<RefundEvent>,
    #[serde(skip_serializing_if = "Option::is_none")]
    clock_day: Option<Day>,
    /// When it is to be back at the latest (UTC).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_due: Option<String>,
    /// That time rests on holidays that are not arranged yet.
    provisional: bool,
    /// Index of the entry by which the service says that it is late: it stays when the refund has come, as `refund` says how it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overdue: Option<u64>,
    /// 逾期天数: days since it was to be back, as long as money of it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days_late: Option<i64>,
    /// First day on which a guarantee that covers it expires.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guarantee_expires: Option<Day>,
    /// Index of the entry by which the service warned of that.
    #[serde(skip_serializing_if = "Option::is_none")]
    guarantee_warned: Option<u64>,
    /// When what is missing is to have come in (UTC).
    #[serde(skip_serializing_if = "Option::is_none")]
    topup_due: Option<String>,
    /// Index of the entry by which the service says that it did not.
    #[serde(skip_serializing_if = "Option::is_none")]
    topup_overdue: Option<u64>,
    /// When what is too much is to be back (UTC).
    #[serde(skip_serializing_if = "Option::is_none")]
    surplus_due: Option<String>,
    /// Index of the entry by which the service says that it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    surplus_overdue: Option<u64>,
    /// Index of the newest entry about it.
    pub last_entry: u64,
}

/// What a deposit comes to, in minor units (分): for its payer, its payee, supervisors and auditors.
#[derive(Serialize, JsonSchema)]
pub struct DepositMoneyView {
    currency: String,
    /// 应缴
    required_minor: i64,
    /// 尚缺
    shortfall_minor: i64,
    /// 保函担保
    guaranteed_minor: i64,
    /// 可用
    available_minor: i64,
    /// 冻结
    held_minor: i64,
    /// 超额
    excess_minor: i64,
    /// 待退款
    refund_payable_minor: i64,
    /// 争议扣款
    disputed_minor: i64,
    /// 已退本金
    refunded_minor: i64,
    /// 已付利息与资金占用费
    interest_paid_minor: i64,
}

/// An account with its balance (科目余额).
#[derive(Serialize, JsonSchema)]
pub struct AccountBalanceView {
    /// `2010.d-1.CNY`
    pub account: String,
    /// 科目编号
    pub code: String,
    pub name_zh: String,
    pub name_en: String,
    /// 备查: it is no money.
    pub memorandum: bool,
    /// The deposit, bank account or guarantee.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sub: Option<String>,
    pub currency: String,
    /// 借方余额 less 贷方余额: the sum of a book's is 0.
    pub balance_minor: i64,
}

/// A line of a voucher (分录).
#[derive(Serialize, JsonSchema)]
pub struct PostingView {
    /// Index of the entry: its record is the voucher's evidence.
    pub entry: u64,
    pub line: u64,
    /// 凭证号
    pub voucher: u64,
    pub day: Day,
    /// The kind of the record.
    pub kind: String,
    pub account: String,
    /// `debit` (借) or `credit` (贷).
    pub side: String,
    pub amount_minor: i64,
    /// What the account has more on its debit side after it.
    pub balance_minor: i64,
}

/// The columns of the journal (序时账) as a table.
pub const POSTINGS_HEAD: [&str; 9] =
    ["凭证号", "日期", "摘要", "科目", "科目名称", "方向", "金额", "余额（借方为正）", "记录"];

/// 摘要: what a record of this kind says. Books are kept in Chinese (会计法 art. 22).
pub fn about(kind: &str) -> &str {
    crate::world::kind_words(kind).map_or(kind, |(zh, _)| zh)
}

fn read<T: FromStr>(text: &str) -> Result<T, StoreError> {
    text.parse().map_err(|_| StoreError::Damaged(format!("{text:?} is not what its column holds")))
}

fn optional<T: FromStr>(row: &Row, column: usize) -> Result<Option<T>, StoreError> {
    row.optional_text(column)?.map(read).transpose()
}

/// An account without its book.
pub fn short(account: &str) -> String {
    account.split_once('/').map_or(account, |(_, short)| short).to_owned()
}

impl DepositSchemeView {
    pub fn of_row(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            entry: row.unsigned(0)?,
            payee: read(row.text(1)?)?,
            id: read(row.text(2)?)?,
            kind: read(row.text(3)?)?,
            name: row.text(4)?.to_owned(),
            article: row.text(5)?.to_owned(),
            currency: row.text(6)?.to_owned(),
            ratio_ppm: u32::try_from(row.integer(7)?).map_err(|_| StoreError::Unexpected(7))?,
            forms: row.text(8)?.split(',').filter(|form| !form.is_empty()).map(str::to_owned).collect(),
            refund_days: row.optional_integer(9)?.and_then(|days| u32::try_from(days).ok()),
            document: row.text(10)?.to_owned(),
        })
    }
}

impl DepositView {
    pub fn of_row(row: &Row, now: Instant) -> Result<Self, StoreError> {
        let event = row.optional_text(11)?.is_some().then(|| word(row, 11)).transpose()?;
        let due = |column| -> Result<Option<String>, StoreError> {
            Ok(row.optional_integer(column)?.map(|at| Instant::from_millis(at).to_string()))
        };
        let entry = |column| -> Result<Option<u64>, StoreError> {
            Ok(row.optional_integer(column)?.and_then(|entry| u64::try_from(entry).ok()))
        };
        let (status, due_at) = (word(row, 9)?, row.optional_integer(13)?);
        // A guarantee may stand when the money is back: it has a day, and is not what was late.
        let days_late = due_at.filter(|_| status == DepositStatus::Overdue).map(|due| ageing::days_late(due, now));
        Ok(Self {
            entry: row.unsigned(0)?,
            announced: Instant::from_millis(row.integer(35)?),
            payee: read(row.text(1)?)?,
            id: read(row.text(2)?)?,
            part_of: optional(row, 34)?,
            scheme: read(row.text(3)?)?,
            kind: read(row.text(4)?)?,
            payer: optional(row, 5)?,
            tender: optional(row, 6)?,
            lot: row.optional_text(7)?.map(str::to_owned),
            procurement: row.optional_text(36)?.map(str::to_owned),
            procurement_notice: row.optional_text(37)?.map(str::to_owned),
            status,
            pay_by: read(row.text(10)?)?,
            clock_event: event,
            clock_day: optional(row, 12)?,
            next_due: due(13)?,
            provisional: row.integer(14)? != 0,
            overdue: entry(15)?,
            days_late,
            guarantee_expires: optional(row, 27)?,
            guarantee_warned: entry(32)?,
            topup_due: due(28)?,
            topup_overdue: entry(29)?,
            surplus_due: due(30)?,
            surplus_overdue: entry(31)?,
            refund: word(row, 33)?,
            last_entry: row.unsigned(16)?,
        })
    }
}

impl DepositMoneyView {
    pub fn of_row(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            currency: row.text(8)?.to_owned(),
            required_minor: row.integer(17)?,
            shortfall_minor: row.integer(18)?,
            guaranteed_minor: row.integer(19)?,
            available_minor: row.integer(20)?,
            held_minor: row.integer(21)?,
            excess_minor: row.integer(22)?,
            refund_payable_minor: row.integer(23)?,
            disputed_minor: row.integer(24)?,
            refunded_minor: row.integer(25)?,
            interest_paid_minor: row.integer(26)?,
        })
    }
}

impl AccountBalanceView {
    pub fn of_row(row: &Row) -> Result<Self, StoreError> {
        let heading: Heading = word(row, 2)?;
        let words = heading.words();
        Ok(Self {
            account: short(row.text(0)?),
            code: heading.code().to_owned(),
            name_zh: words.zh,
            name_en: words.en,
            memorandum: heading.class() == HeadingClass::Memorandum,
            sub: row.optional_text(3)?.map(str::to_owned),
            currency: row.text(4)?.to_owned(),
            balance_minor: row.integer(5)?,
        })
    }
}

impl PostingView {
    pub fn of_row(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            entry: row.unsigned(0)?,
            line: row.unsigned(1)?,
            voucher: row.unsigned(3)?,
            day: read(row.text(4)?)?,
            kind: row.text(5)?.to_owned(),
            account: short(row.text(6)?),
            side: row.text(7)?.to_owned(),
            amount_minor: row.integer(8)?,
            balance_minor: row.integer(9)?,
        })
    }

    /// One line of the table, amounts with the decimals of the currency.
    pub fn cells(self) -> [String; 9] {
        let account = BookAccount::parse(&self.account);
        let name = account.as_ref().map(|account| account.heading.words().zh).unwrap_or_default();
        let money = |minor: i64| account.as_ref().map_or(minor.to_string(), |account| account.currency.decimal(minor));
        let side = if self.side == "debit" { "借" } else { "贷" };
        [
            self.voucher.to_string(),
            self.day.to_string(),
            about(&self.kind).to_owned(),
            self.account.clone(),
            name,
            side.to_owned(),
            money(self.amount_minor),
            money(self.balance_minor),
            format!("/v1/records/{}", self.entry),
        ]
    }
}
