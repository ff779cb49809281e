//! 企业对账单: what one enterprise has at one payee.

use super::{DepositMoneyView, DepositView, PostingView};
use crate::field::{Day, OrganisationId};
use schemars::JsonSchema;
use serde::Serialize;

/// What an enterprise had at a payee, what came and went, and what comes back when; or a part of that, of some of its deposits.
#[derive(Serialize, JsonSchema)]
pub struct EnterpriseStatementView {
    pub payee: OrganisationId,
    pub payer: OrganisationId,
    pub from: Day,
    pub to: Day,
    /// One a currency.
    pub totals: Vec<EnterpriseTotalView>,
    /// 明细: the lines on the accounts of its deposits, in the order of their vouchers.
    pub lines: Vec<PostingView>,
    /// Its deposits as they are now, the newest first.
    pub deposits: Vec<EnterpriseDepositView>,
    /// There are more deposits: pass as `after` for the next part, whose totals come on top of these. Absent in the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// In one currency: all that the payee owes it of these deposits, what is held and what may still be appealed among it.
#[derive(Serialize, JsonSchema)]
pub struct EnterpriseTotalView {
    pub currency: String,
    /// 期初
    pub opening_minor: i64,
    /// 本期增加: also what moves from one of its accounts to another.
    pub credit_minor: i64,
    /// 本期减少
    pub debit_minor: i64,
    /// 期末
    pub closing_minor: i64,
}

/// A deposit and what it comes to.
#[derive(Serialize, JsonSchema)]
pub struct EnterpriseDepositView {
    pub deposit: DepositView,
    pub money: DepositMoneyView,
}
