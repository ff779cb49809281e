//! A payee's book as files: for Beancount, for hledger and ledger, and as a CSV.

use super::super::DepositBookId;
use super::super::book::{BookAccount, JournalLine, PostingSide};
use super::super::export::{BeancountFormat, BookFormat, BookLine, BookWriter, LedgerFormat};
use super::super::projection::postings_after;
use super::super::view::{POSTINGS_HEAD, PostingView};
use super::must_see;
use crate::field::OrganisationId;
use crate::http::{CSV_ROWS, Caller, CsvFile, Problem};
use crate::ledger::{Ledger, LedgerError};
use crate::store::{Row, StoreError};
use futures::{StreamExt, TryStreamExt, stream};
use poem::Body;
use poem_openapi::param::Path;
use poem_openapi::payload::Binary;
use poem_openapi::{ApiResponse, OpenApi};
use std::sync::Arc;

/// A book as a file.
#[derive(ApiResponse)]
pub enum BookFile {
    /// The whole book up to now.
    #[oai(status = 200, content_type = "text/plain; charset=utf-8")]
    All(Binary<Body>, #[oai(header = "Content-Disposition")] String),
}

/// Behind which line of which entry.
type After = (u64, u64);

/// Before the first one: the entry that opens the log posts nothing.
const FIRST: After = (0, 0);

pub struct BooksApi(pub(super) Arc<Ledger>);

#[OpenApi(prefix_path = "/v1/deposits", tag = "super::Tag::Deposits")]
impl BooksApi {
    /// 账簿（Beancount）: every voucher, and what each account must come to, to the fen. For the payee, supervisors and auditors.
    #[oai(path = "/:payee/book.beancount", method = "get", operation_id = "getDepositBookBeancount")]
    async fn beancount(&self, caller: Caller, payee: Path<DepositBookId>) -> Result<BookFile, Problem> {
        must_see(&caller.0, &payee.0, None)?;
        self.book(payee.0.0, BeancountFormat, "book.beancount").await
    }

    /// 账簿（hledger、ledger）: the same for those two.
    #[oai(path = "/:payee/book.ledger", method = "get", operation_id = "getDepositBookLedger")]
    async fn ledger(&self, caller: Caller, payee: Path<DepositBookId>) -> Result<BookFile, Problem> {
        must_see(&caller.0, &payee.0, None)?;
        self.book(payee.0.0, LedgerFormat, "book.ledger").await
    }

    /// 序时账（CSV）: every line of every voucher. For the payee, supervisors and auditors.
    #[oai(path = "/:payee/postings.csv", method = "get", operation_id = "listDepositPostingsCsv")]
    async fn csv(&self, caller: Caller, payee: Path<DepositBookId>) -> Result<CsvFile, Problem> {
        must_see(&caller.0, &payee.0, None)?;
        let (ledger, payee) = (Arc::clone(&self.0), payee.0.0);
        let page = move |after: Option<After>| {
            let (ledger, payee) = (Arc::clone(&ledger), payee.clone());
            async move {
                let (rows, next) = page(&ledger, &payee, after.unwrap_or(FIRST)).await?;
                let lines = rows.iter().map(|row| Ok(PostingView::of_row(row)?.cells()));
                Ok((lines.collect::<Result<_, StoreError>>()?, next))
            }
        };
        CsvFile::of_pages("postings.csv", POSTINGS_HEAD, page).await
    }
}

impl BooksApi {
    async fn book<F: BookFormat + Send + 'static>(
        &self,
        payee: OrganisationId,
        format: F,
        name: &str,
    ) -> Result<BookFile, Problem> {
        let writer = BookWriter::new(format);
        let head = writer.head(payee.as_str());
        let ledger = Arc::clone(&self.0);
        // Read before the status is sent; what fails later breaks the connection off.
        let first = page(&ledger, &payee, FIRST).await?;
        let rest = stream::try_unfold(Some((writer, first)), move |state| {
            let (ledger, payee) = (Arc::clone(&ledger), payee.clone());
            async move {
                let Some((mut writer, (rows, next))) = state else { return Ok::<_, LedgerError>(None) };
                let mut text = String::new();
                for row in &rows {
                    text += &writer.line(book_line(row)?);
                }
                let state = match next {
                    Some(after) => Some((writer, page(&ledger, &payee, after).await?)),
                    None => {
                        text += &writer.finish();
                        None
                    }
                };
                Ok(Some((text.into_bytes(), state)))
            }
        });
        let whole = stream::iter([Ok(head.into_bytes())]).chain(rest.map_err(std::io::Error::other));
        Ok(BookFile::All(Binary(Body::from_bytes_stream(whole)), format!("attachment; filename=\"{name}\"")))
    }
}

/// Some rows, and behind what the next ones are.
pub(super) async fn page(
    ledger: &Ledger,
    payee: &OrganisationId,
    after: After,
) -> Result<(Vec<Row>, Option<After>), LedgerError> {
    let rows = postings_after(&ledger.database, payee, after, CSV_ROWS).await?;
    let last = rows.last().filter(|_| rows.len() >= CSV_ROWS as usize);
    let next = last.map(|row| Ok::<_, StoreError>((row.unsigned(0)?, row.unsigned(1)?))).transpose()?;
    Ok((rows, next))
}

pub(super) fn book_line(row: &Row) -> Result<BookLine, StoreError> {
    line_of(PostingView::of_row(row)?)
}

pub(super) fn line_of(posting: PostingView) -> Result<BookLine, StoreError> {
    let damaged = || StoreError::Damaged(format!("{:?} is no account", posting.account));
    let account = BookAccount::parse(&posting.account).ok_or_else(damaged)?;
    let side = if posting.side == "debit" { PostingSide::Debit } else { PostingSide::Credit };
    Ok(BookLine {
        voucher: posting.voucher,
        entry: posting.entry,
        day: posting.day,
        kind: posting.kind,
        line: JournalLine { account, side, amount_minor: posting.amount_minor },
        balance_minor: posting.balance_minor,
    })
}
