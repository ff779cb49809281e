//! What an accountant prints and files: vouchers on paper, and a period as a workbook.

mod audit_month;
mod enterprise;
mod voucher;
mod workbook;

use super::books::{book_line, page};
use super::{must_see, unknown};
use crate::deposit::DepositBookId;
use crate::deposit::book::BookAccount;
use crate::deposit::projection::{balances_at, last_entry_of_day, voucher_of};
use crate::deposit::view::short;
use crate::field::{Day, OrganisationId};
use crate::http::{CSV_ROWS, Caller, Problem, RecordView, bad_parameter};
use crate::ledger::Ledger;
use crate::log::Hash;
use crate::problem;
use crate::store::StoreError;
use audit_month::AuditMonth;
use base64_simd::STANDARD;
pub use enterprise::EnterpriseApi;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::{Binary, PlainText};
use poem_openapi::{ApiResponse, OpenApi};
use std::sync::Arc;
use voucher::{VOUCHER_STYLE, VoucherSheet};
use workbook::BookPeriod;
pub use workbook::{WORKBOOK_ROWS_MAX, begin, write_money};

/// A voucher to print.
#[derive(ApiResponse)]
pub enum VoucherPage {
    /// HTML in Chinese and English that loads nothing and runs nothing.
    #[oai(status = 200, content_type = "text/html; charset=utf-8")]
    Sheet(PlainText<String>, #[oai(header = "Content-Security-Policy")] String),
}

/// A period of a book.
#[derive(ApiResponse)]
pub enum WorkbookFile {
    #[oai(status = 200, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")]
    All(Binary<Vec<u8>>, #[oai(header = "Content-Disposition")] String),
}

/// A month of a book for an audit.
#[derive(ApiResponse)]
pub enum AuditFile {
    /// 总账类, not certified.
    #[oai(status = 200, content_type = "application/xml")]
    All(Binary<Vec<u8>>, #[oai(header = "Content-Disposition")] String),
}

pub struct PapersApi(pub(super) Arc<Ledger>);

#[OpenApi(prefix_path = "/v1/deposits", tag = "super::Tag::Deposits")]
impl PapersApi {
    /// 记账凭证: the voucher that a record made, to print, with the hash of its entry. For the payee, supervisors and auditors.
    #[oai(path = "/:payee/vouchers/:entry", method = "get", operation_id = "getDepositVoucher")]
    async fn voucher(
        &self,
        caller: Caller,
        payee: Path<DepositBookId>,
        /// Index of the record.
        entry: Path<u64>,
    ) -> Result<VoucherPage, Problem> {
        must_see(&caller.0, &payee.0, None)?;
        let rows = voucher_of(&self.0.database, &payee.0.0, entry.0.min(i64::MAX as u64)).await?;
        let lines: Vec<_> = rows.iter().map(book_line).collect::<Result<_, StoreError>>()?;
        let record = if lines.is_empty() { None } else { RecordView::at(&self.0, entry.0).await? };
        let record = record.ok_or_else(unknown)?;
        let sheet = VoucherSheet { payee: payee.0.0, lines, record };
        let style = STANDARD.encode_to_string(Hash::of(VOUCHER_STYLE).as_bytes());
        let policy = format!("default-src 'none'; style-src 'sha256-{style}'; base-uri 'none'; form-action 'none'");
        Ok(VoucherPage::Sheet(PlainText(sheet.page()), policy))
    }

    /// 发生额及余额表、序时账（XLSX）: a period of the book, for closing a month. For the payee, supervisors and auditors.
    #[oai(path = "/:payee/book.xlsx", method = "get", operation_id = "getDepositBookWorkbook")]
    async fn workbook(
        &self,
        caller: Caller,
        payee: Path<DepositBookId>,
        /// First day, in Asia/Shanghai.
        from: Query<Day>,
        /// Last day.
        to: Query<Day>,
    ) -> Result<WorkbookFile, Problem> {
        must_see(&caller.0, &payee.0, None)?;
        must_be_period(from.0, to.0)?;
        let period = self.period(&payee.0.0, from.0, to.0).await?;
        let name = format!("book-{}-{}", period.from, period.to);
        written(name, move || period.workbook()).await
    }

    /// 审计数据接口（参照 GB/T 24589.1 总账类，未经认证）: a month of the book in XML: headings, balances and turnovers, vouchers. Not certified.
    /// For the payee, supervisors and auditors.
    #[oai(path = "/:payee/audit-month.xml", method = "get", operation_id = "getDepositAuditMonth")]
    async fn audit_month(
        &self,
        caller: Caller,
        payee: Path<DepositBookId>,
        /// 会计年度
        #[oai(validator(minimum(value = "1"), maximum(value = "9999")))]
        year: Query<i32>,
        /// 会计期间号: a month, in Asia/Shanghai.
        #[oai(validator(minimum(value = "1"), maximum(value = "12")))]
        month: Query<u32>,
    ) -> Result<AuditFile, Problem> {
        must_see(&caller.0, &payee.0, None)?;
        let (payee, year, month) = (payee.0.0, year.0, month.0);
        let from = chrono::NaiveDate::from_ymd_opt(year, month, 1);
        let to = from.and_then(|first| first.checked_add_months(chrono::Months::new(1))?.pred_opt());
        let days = from.zip(to).ok_or_else(|| bad_parameter("month", &("没有这个月", "is no month").into()))?;
        let period = self.period(&payee, days.0.into(), days.1.into()).await?;
        let of = AuditMonth { payee, year, month, period };
        let bytes = made(move || of.xml()).await?;
        let name = format!("attachment; filename=\"audit-{year:04}-{month:02}.xml\"");
        Ok(AuditFile::All(Binary(bytes), name))
    }
}

/// # Errors
/// It ends before it begins.
fn must_be_period(from: Day, to: Day) -> Result<(), Problem> {
    if to < from {
        return Err(bad_parameter("to", &("不应早于 from", "is not before `from`").into()));
    }
    Ok(())
}

/// A workbook as a file of this name.
pub async fn written(
    name: String,
    make: impl FnOnce() -> Result<Vec<u8>, rust_xlsxwriter::XlsxError> + Send + 'static,
) -> Result<WorkbookFile, Problem> {
    let bytes = made(make).await?;
    Ok(WorkbookFile::All(Binary(bytes), format!("attachment; filename=\"{name}.xlsx\"")))
}

/// A file that takes its time, made beside what others ask for.
async fn made<E>(make: impl FnOnce() -> Result<Vec<u8>, E> + Send + 'static) -> Result<Vec<u8>, Problem>
where
    E: std::error::Error + Send + Sync + 'static,
{
    let made = tokio::task::spawn_blocking(make).await.map_err(std::io::Error::other);
    made.and_then(|made| made.map_err(std::io::Error::other)).map_err(|error| {
        tracing::error!(%error, "a file can't be written");
        Problem::of(&problem::UNAVAILABLE)
    })
}

impl PapersApi {
    async fn period(&self, payee: &OrganisationId, from: Day, to: Day) -> Result<BookPeriod, Problem> {
        let database = &self.0.database;
        let until = async |day: Day| last_entry_of_day(database, payee, &day.to_string()).await;
        let last = until(to).await?.unwrap_or_default();
        let before = match from.date().pred_opt() {
            Some(day) => until(day.into()).await?.unwrap_or_default(),
            None => 0,
        };
        let (mut lines, mut after) = (Vec::new(), Some((before, i64::MAX as u64)));
        while let Some(place) = after {
            let (rows, next) = page(&self.0, payee, place).await?;
            let read = rows.iter().map(book_line).collect::<Result<Vec<_>, StoreError>>()?;
            lines.extend(read.into_iter().filter(|line| line.entry <= last));
            if lines.len() > WORKBOOK_ROWS_MAX {
                return Err(too_many_postings());
            }
            after = next.filter(|(entry, _)| *entry <= last);
        }
        Ok(BookPeriod { from, to, lines, closing: self.closing(payee, last).await? })
    }

    async fn closing(&self, payee: &OrganisationId, last: u64) -> Result<Vec<(BookAccount, i64)>, Problem> {
        let (mut closing, mut behind) = (Vec::new(), String::new());
        loop {
            let rows = balances_at(&self.0.database, payee, &behind, last, CSV_ROWS).await?;
            for row in &rows {
                let name = short(row.text(0)?);
                let damaged = || StoreError::Damaged(format!("{name:?} is no account"));
                closing.push((BookAccount::parse(&name).ok_or_else(damaged)?, row.integer(5)?));
            }
            if closing.len() > WORKBOOK_ROWS_MAX {
                return Err(too_many_postings());
            }
            match rows.last().filter(|_| rows.len() == CSV_ROWS as usize) {
                Some(row) => row.text(0)?.clone_into(&mut behind),
                None => return Ok(closing),
            }
        }
    }
}

/// # Errors
/// A file would be too long; with what to do instead.
pub fn too_long((zh, en): (&str, &str)) -> Problem {
    let zh = format!("至多 {WORKBOOK_ROWS_MAX} 行；{zh}");
    let en = format!("there are {WORKBOOK_ROWS_MAX} rows at most; {en}");
    Problem::with_detail(&problem::BAD_PARAMETER, zh, en)
}

fn too_many_postings() -> Problem {
    too_long(("请缩短期间，或取 postings.csv", "ask for a shorter period, or take postings.csv"))
}
