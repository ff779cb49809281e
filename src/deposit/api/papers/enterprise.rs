//! 企业对账单: what one enterprise has at one payee, for both of them.

use super::workbook::{BookPeriod, WORKBOOK_ROWS_MAX};
use super::{WorkbookFile, must_be_period, too_long, written};
use crate::deposit::DepositBookId;
use crate::deposit::api::books::line_of;
use crate::deposit::api::{DEPOSITS, POSTINGS, must_see};
use crate::deposit::book::{BookAccount, Heading, HeadingClass, PostingSide, SubLedger};
use crate::deposit::export::BookLine;
use crate::deposit::projection::account_key;
use crate::deposit::view::{
    DepositMoneyView, DepositView, EnterpriseDepositView, EnterpriseStatementView, EnterpriseTotalView, POSTINGS_HEAD,
    PostingView,
};
use crate::field::{Currency, Day, ItemId, OrganisationId};
use crate::http::{Caller, CsvFile, Problem, Typed};
use crate::ledger::Ledger;
use crate::problem;
use crate::store::{Filter, Row, StoreError, Value};
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use std::collections::BTreeMap;
use std::sync::Arc;
use strum::IntoEnumIterator;

/// Deposits of one enterprise at one payee that a statement takes in: some each week, for years.
const DEPOSITS_MAX: usize = 500;
/// Rows that are read at a time.
const ROWS_AT_A_TIME: u32 = 500;

pub struct EnterpriseApi(pub(in crate::deposit::api) Arc<Ledger>);

/// What is read for all forms of it.
struct Enterprise {
    /// Of the lines that are up to the last day.
    postings: Vec<PostingView>,
    /// What each account has more on its debit side at the end.
    closing: BTreeMap<BookAccount, i64>,
    deposits: Vec<EnterpriseDepositView>,
}

#[OpenApi(prefix_path = "/v1/deposits", tag = "crate::deposit::api::Tag::Deposits")]
impl EnterpriseApi {
    /// 企业对账单: what an enterprise had at this payee, what came and went in a period, and what comes back when. For the enterprise, its
    /// payee, supervisors and auditors.
    #[oai(
        path = "/:payee/enterprises/:payer/statement",
        method = "get",
        operation_id = "getDepositEnterpriseStatement"
    )]
    async fn statement(
        &self,
        caller: Caller,
        payee: Path<DepositBookId>,
        payer: Path<OrganisationId>,
        /// First day, in Asia/Shanghai.
        from: Query<Day>,
        /// Last day.
        to: Query<Day>,
    ) -> Result<Typed<EnterpriseStatementView>, Problem> {
        let read = self.read(&caller, &payee.0, &payer.0, (from.0, to.0)).await?;
        let totals = totals(&read, from.0);
        let lines = read.postings.into_iter().filter(|line| line.day >= from.0).collect();
        let (payee, payer, from, to) = (payee.0.0, payer.0, from.0, to.0);
        Ok(Typed(EnterpriseStatementView { payee, payer, from, to, totals, lines, deposits: read.deposits }))
    }

    /// 企业对账单明细（CSV）. For the enterprise, its payee, supervisors and auditors.
    #[oai(
        path = "/:payee/enterprises/:payer/statement.csv",
        method = "get",
        operation_id = "getDepositEnterpriseStatementCsv"
    )]
    async fn csv(
        &self,
        caller: Caller,
        payee: Path<DepositBookId>,
        payer: Path<OrganisationId>,
        /// First day, in Asia/Shanghai.
        from: Query<Day>,
        /// Last day.
        to: Query<Day>,
    ) -> Result<CsvFile, Problem> {
        let read = self.read(&caller, &payee.0, &payer.0, (from.0, to.0)).await?;
        let lines: Vec<_> =
            read.postings.into_iter().filter(|line| line.day >= from.0).map(PostingView::cells).collect();
        let page = move |_: Option<()>| {
            let lines = lines.clone();
            async move { Ok((lines, None)) }
        };
        CsvFile::of_pages("statement.csv", POSTINGS_HEAD, page).await
    }

    /// 企业对账单（XLSX）: its accounts in a period, and their lines. For the enterprise, its payee, supervisors and auditors.
    #[oai(
        path = "/:payee/enterprises/:payer/statement.xlsx",
        method = "get",
        operation_id = "getDepositEnterpriseStatementWorkbook"
    )]
    async fn workbook(
        &self,
        caller: Caller,
        payee: Path<DepositBookId>,
        payer: Path<OrganisationId>,
        /// First day, in Asia/Shanghai.
        from: Query<Day>,
        /// Last day.
        to: Query<Day>,
    ) -> Result<WorkbookFile, Problem> {
        let read = self.read(&caller, &payee.0, &payer.0, (from.0, to.0)).await?;
        let in_period = read.postings.into_iter().filter(|line| line.day >= from.0);
        let lines: Vec<BookLine> = in_period.map(line_of).collect::<Result<_, StoreError>>()?;
        let closing = read.closing.into_iter().collect();
        let period = BookPeriod { from: from.0, to: to.0, lines, closing };
        written(format!("statement-{}-{}", from.0, to.0), move || period.workbook()).await
    }
}

impl EnterpriseApi {
    async fn read(
        &self,
        caller: &Caller,
        payee: &DepositBookId,
        payer: &OrganisationId,
        (from, to): (Day, Day),
    ) -> Result<Enterprise, Problem> {
        must_see(&caller.0, payee, Some(payer.as_str()))?;
        must_be_period(from, to)?;
        let found = self.deposits(payee, payer).await?;
        if found.is_empty() {
            return Err(Problem::of(&problem::DEPOSIT_UNKNOWN));
        }
        let mut read = Enterprise { postings: Vec::new(), closing: BTreeMap::new(), deposits: Vec::new() };
        for (id, currency, view) in found {
            for heading in Heading::iter().filter(is_owed) {
                self.account(&mut read, payee, heading.of(&id, currency), to).await?;
            }
            read.deposits.push(view);
        }
        read.postings.sort_by_key(|line| (line.entry, line.line));
        Ok(read)
    }

    /// Its deposits, the newest first.
    async fn deposits(
        &self,
        payee: &DepositBookId,
        payer: &OrganisationId,
    ) -> Result<Vec<(ItemId, Currency, EnterpriseDepositView)>, Problem> {
        let (mut found, mut after, now) = (Vec::new(), None, self.0.clock.now());
        loop {
            let filter = Filter::default()
                .along("payer", Some(Value::from(payer.as_str())))
                .equals("book", Some(Value::from(payee.0.as_str())));
            let view = |row: &Row| {
                let id: ItemId = row.text(2)?.parse().map_err(|_| StoreError::Unexpected(2))?;
                let currency: Currency = row.text(8)?.parse().map_err(|_| StoreError::Unexpected(8))?;
                let (deposit, money) = (DepositView::of_row(row, now)?, DepositMoneyView::of_row(row)?);
                Ok((id, currency, EnterpriseDepositView { deposit, money }))
            };
            let cursor = |row: &Row| Ok(row.unsigned(0)?.to_string());
            let page = filter.page(&self.0.database, &DEPOSITS, after, ROWS_AT_A_TIME, view, cursor).await?;
            found.extend(page.0);
            if found.len() > DEPOSITS_MAX {
                return Err(too_long());
            }
            match page.1.and_then(|next| next.parse().ok()) {
                Some(next) => after = Some(vec![Value::Integer(next)]),
                None => return Ok(found),
            }
        }
    }

    /// Adds the lines of one account up to a day.
    async fn account(
        &self,
        read: &mut Enterprise,
        payee: &DepositBookId,
        account: BookAccount,
        to: Day,
    ) -> Result<(), Problem> {
        let (key, mut after) = (account_key(&payee.0, &account), None);
        loop {
            let filter = Filter::default().along("account", Some(Value::from(&*key)));
            let cursor = |row: &Row| Ok(format!("{}.{}", row.unsigned(0)?, row.unsigned(1)?));
            let page =
                filter.page(&self.0.database, &POSTINGS, after, ROWS_AT_A_TIME, PostingView::of_row, cursor).await?;
            for line in page.0.into_iter().filter(|line| line.day <= to) {
                read.closing.insert(account.clone(), line.balance_minor);
                read.postings.push(line);
            }
            if read.postings.len() > WORKBOOK_ROWS_MAX {
                return Err(too_long());
            }
            after = crate::deposit::api::place(page.1)?;
            if after.is_none() {
                return Ok(());
            }
        }
    }
}

/// What a payee owes of a deposit.
fn is_owed(heading: &Heading) -> bool {
    heading.sub_ledger() == SubLedger::Deposit && heading.class() == HeadingClass::Liability
}

fn totals(read: &Enterprise, from: Day) -> Vec<EnterpriseTotalView> {
    let mut totals = BTreeMap::<String, EnterpriseTotalView>::new();
    for line in &read.postings {
        let Some(account) = BookAccount::parse(&line.account) else { continue };
        let currency = format!("{:?}", account.currency);
        let total = totals.entry(currency.clone()).or_insert(EnterpriseTotalView {
            currency,
            opening_minor: 0,
            credit_minor: 0,
            debit_minor: 0,
            closing_minor: 0,
        });
        let is_credit = line.side != side_name(PostingSide::Debit);
        let signed = if is_credit { line.amount_minor } else { -line.amount_minor };
        total.closing_minor = total.closing_minor.saturating_add(signed);
        match () {
            () if line.day < from => total.opening_minor = total.opening_minor.saturating_add(signed),
            () if is_credit => total.credit_minor = total.credit_minor.saturating_add(line.amount_minor),
            () => total.debit_minor = total.debit_minor.saturating_add(line.amount_minor),
        }
    }
    totals.into_values().collect()
}

fn side_name(side: PostingSide) -> &'static str {
    match side {
        PostingSide::Debit => "debit",
        PostingSide::Credit => "credit",
    }
}
