//! 应退保证金账龄: refunds that are due, the oldest deposits first.

use super::papers::{WORKBOOK_ROWS_MAX, WorkbookFile, begin, too_long, write_money, written};
use super::{DEPOSIT_COLUMNS, must_see, pages};
use crate::deposit::DepositBookId;
use crate::deposit::view::{REFUNDS_DUE_HEAD, RefundAge, RefundDueView};
use crate::field::Currency;
use crate::http::{CSV_ROWS, Caller, CsvFile, Problem, Typed, cursor, page_limit};
use crate::ledger::{Ledger, LedgerError};
use crate::store::{Direction, Filter, Listing, Row, StoreError, Value};
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use rust_xlsxwriter::{Workbook, XlsxError};
use std::sync::Arc;
use strum::IntoEnumIterator;

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
        let (limit, after) = (page_limit(limit.0)?, cursor(after.0)?);
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

    /// 应退账龄（XLSX）: what each age comes to, and every refund. For the payee, supervisors and auditors.
    #[oai(path = "/:payee/refunds-due.xlsx", method = "get", operation_id = "getDepositRefundsDueWorkbook")]
    async fn refunds_due_workbook(&self, caller: Caller, payee: Path<DepositBookId>) -> Result<WorkbookFile, Problem> {
        must_see(&caller.0, &payee.0, None)?;
        let (mut due, mut after) = (Vec::new(), None);
        loop {
            let (items, next) = page(&self.0, &payee.0, after, CSV_ROWS).await?;
            due.extend(items);
            if due.len() > WORKBOOK_ROWS_MAX {
                return Err(too_long(("请取 refunds-due.csv", "take refunds-due.csv")));
            }
            if next.is_none() {
                break;
            }
            after = next;
        }
        written("refunds-due".to_owned(), move || workbook(due)).await
    }
}

const AGES_HEAD: [&str; 5] =
    ["账龄 Age", "币种 Currency", "笔数 Refunds", "应退合计 To go back", "其中冻结或争议 Held or disputed"];
const DUE_HEAD: [&str; 10] = [
    "保证金 Deposit",
    "交纳人 Payer",
    "币种 Currency",
    "状态 Status",
    "起算日 Since",
    "最迟退还（UTC） Due",
    "逾期天数 Days late",
    "账龄 Age",
    "应退 To go back",
    "其中冻结或争议 Held or disputed",
];

/// 账龄分析, and the refunds one by one.
fn workbook(due: Vec<RefundDueView>) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet().set_name("账龄合计")?;
    begin(sheet, &AGES_HEAD, &[20, 10, 10, 20, 20])?;
    let groups = Currency::iter().flat_map(|currency| RefundAge::ALL.map(move |age| (currency, age)));
    let of = |(currency, age)| {
        let here = due.iter().filter(move |one| one.age == age && one.currency == currency);
        let sums = here.fold((0_u32, 0_i64, 0_i64), |(count, owed, kept), one| {
            (count + 1, owed.saturating_add(one.owed_minor), kept.saturating_add(one.kept_minor))
        });
        (currency, age, sums)
    };
    let groups = groups.map(of).filter(|(_, _, (count, ..))| *count > 0);
    for (row, (currency, age, (count, owed, kept))) in (1..).zip(groups) {
        sheet.write_string(row, 0, age.words())?;
        sheet.write_string(row, 1, format!("{currency:?}"))?;
        sheet.write_number(row, 2, count)?;
        write_money(sheet, row, 3, owed, currency)?;
        write_money(sheet, row, 4, kept, currency)?;
    }
    let sheet = workbook.add_worksheet().set_name("应退保证金")?;
    begin(sheet, &DUE_HEAD, &[20, 22, 10, 14, 12, 24, 12, 20, 18, 18])?;
    for (row, one) in (1..).zip(due) {
        let (currency, days, owed, kept) = (one.currency, one.days_late, one.owed_minor, one.kept_minor);
        for (column, text) in (0..8).zip(one.cells()) {
            sheet.write_string(row, column, text)?;
        }
        // In place of its text: it is counted with.
        sheet.write_number(row, 6, days as f64)?;
        write_money(sheet, row, 8, owed, currency)?;
        write_money(sheet, row, 9, kept, currency)?;
    }
    workbook.save_to_buffer()
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
