//! 应退保证金账龄: refunds that are due, the oldest deposits first.

use super::{DEPOSIT_COLUMNS, must_see, pages, whole};
use crate::deposit::DepositBookId;
use crate::deposit::view::{REFUNDS_DUE_HEAD, RefundDueView};
use crate::http::{CSV_ROWS, Caller, CsvFile, Problem, Typed, page_limit};
use crate::ledger::{Ledger, LedgerError};
use crate::store::{Direction, Filter, Listing, Row, StoreError, Value};
use poem_openapi::param::{Path, Query};
use poem_openapi::{Object, OpenApi};
use serde::Serialize;
use std::sync::Arc;

const REFUNDS_DUE: Listing =
    Listing { table: "deposits", columns: DEPOSIT_COLUMNS, order: &["entry"], direction: Direction::OldestFirst };

/// Their clocks run, and something of them is left.
const IS_DUE: &str = "due_at IS NOT NULL AND available + held + excess + refund_payable + disputed > 0";

pages! {
    /// A page of refunds that are due, the oldest deposits first.
    RefundDuePage of RefundDueView;
}

pub struct AgeingApi(pub(super) Arc<Ledger>);

#[OpenApi(prefix_path = "/v1/deposits", tag = "super::Tag::Deposits")]
impl AgeingApi {
    /// 应退账龄: what is to go back, when, and how late it is. For the payee, supervisors and auditors; which ones are overdue,
    /// `/v1/deposits?status=overdue` says to everybody.
    #[oai(path = "/:payee/refunds-due", method = "get", operation_id = "listDepositRefundsDue")]
    async fn refunds_due(
        &self,
        caller: Caller,
        payee: Path<DepositBookId>,
        /// `next` of the page before.
        after: Query<Option<String>>,
        #[oai(validator(minimum(value = "1"), maximum(value = "500")))] limit: Query<Option<u32>>,
    ) -> Result<Typed<RefundDuePage>, Problem> {
        must_see(&caller.0, &payee.0, None)?;
        let (limit, after) = (page_limit(limit.0)?, whole(after.0)?);
        let (items, next) = page(&self.0, &payee.0, after, limit).await?;
        Ok(Typed(RefundDuePage { items, next: next.map(|next| next.to_string()) }))
    }

    /// 应退账龄（CSV）. For the payee, supervisors and auditors.
    #[oai(path = "/:payee/refunds-due.csv", method = "get", operation_id = "listDepositRefundsDueCsv")]
    async fn refunds_due_csv(&self, caller: Caller, payee: Path<DepositBookId>) -> Result<CsvFile, Problem> {
        must_see(&caller.0, &payee.0, None)?;
        let (ledger, payee) = (Arc::clone(&self.0), payee.0);
        let page = move |after: Option<i64>| {
            let (ledger, payee) = (Arc::clone(&ledger), payee.clone());
            async move {
                let (items, next) = page(&ledger, &payee, after, CSV_ROWS).await?;
                Ok((items.into_iter().map(RefundDueView::cells).collect(), next))
            }
        };
        CsvFile::of_pages("refunds-due.csv", REFUNDS_DUE_HEAD, page).await
    }
}

async fn page(
    ledger: &Ledger,
    payee: &DepositBookId,
    after: Option<i64>,
    limit: u32,
) -> Result<(Vec<RefundDueView>, Option<i64>), LedgerError> {
    let now = ledger.clock.now();
    let filter = Filter::default().along("book", Some(Value::from(payee.0.as_str()))).only(IS_DUE, true);
    let after = after.map(|entry| vec![Value::Integer(entry)]);
    let view = |row: &Row| RefundDueView::of_row(row, now);
    let cursor = |row: &Row| Ok::<_, StoreError>(row.unsigned(0)?.to_string());
    let (items, next) = filter.page(&ledger.database, &REFUNDS_DUE, after, limit, view, cursor).await?;
    Ok((items, next.and_then(|next| next.parse().ok())))
}
