//! What an accountant prints and files: vouchers on paper, and a period as a workbook.

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
use base64_simd::STANDARD;
pub use enterprise::EnterpriseApi;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::{Binary, PlainText};
use poem_openapi::{ApiResponse, OpenApi};
use std::sync::Arc;
use voucher::{VOUCHER_STYLE, VoucherSheet};
use workbook::{BookPeriod, WORKBOOK_ROWS_MAX};

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
        written(self.period(&payee.0.0, from.0, to.0).await?, "book").await
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

/// The period as a file of this name.
async fn written(period: BookPeriod, name: &str) -> Result<WorkbookFile, Problem> {
    let name = format!("attachment; filename=\"{name}-{}-{}.xlsx\"", period.from, period.to);
    let made = tokio::task::spawn_blocking(move || period.workbook()).await.map_err(std::io::Error::other);
    let made = made.and_then(|made| made.map_err(std::io::Error::other));
    let bytes = made.map_err(|error| {
        tracing::error!(%error, "a workbook can't be written");
        Problem::of(&problem::UNAVAILABLE)
    })?;
    Ok(WorkbookFile::All(Binary(bytes), name))
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
                return Err(too_long());
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
                return Err(too_long());
            }
            match rows.last().filter(|_| rows.len() == CSV_ROWS as usize) {
                Some(row) => row.text(0)?.clone_into(&mut behind),
                None => return Ok(closing),
            }
        }
    }
}

fn too_long() -> Problem {
    let zh = format!("一个文件至多 {WORKBOOK_ROWS_MAX} 行；请缩短期间，或取 postings.csv");
    let en = format!("a file has {WORKBOOK_ROWS_MAX} rows at most; ask for a shorter period, or take postings.csv");
    Problem::with_detail(&problem::BAD_PARAMETER, zh, en)
}
