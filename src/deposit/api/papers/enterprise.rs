//! 企业对账单: what one enterprise has at one payee, for both of them.

use super::workbook::{BookPeriod, WORKBOOK_ROWS_MAX};
use super::{WorkbookFile, must_be_period, too_long, unknown, written};
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
use crate::http::{Caller, CsvFile, Problem, Typed, cursor};
use crate::ledger::{Ledger, LedgerError};
use crate::store::{Filter, Row, StoreError, Value};
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use strum::IntoEnumIterator;

/// Deposits of one enterprise at one payee that one part of a statement takes in: some each week, for years. Each is asked for its
/// accounts, so an answer with more would take long.
const DEPOSITS_OF_PART: u32 = 500;
/// Rows that are read at a time.
const ROWS_AT_A_TIME: u32 = 500;

pub struct EnterpriseApi(pub(in crate::deposit::api) Arc<Ledger>);

/// Whose statement, and of which days.
#[derive(Clone)]
struct Asked {
    payee: DepositBookId,
    payer: OrganisationId,
    from: Day,
    to: Day,
}

/// What is read for all forms of it, of some deposits.
#[derive(Default)]
struct StatementPart {
    /// The lines of the period, in the order of their vouchers.
    lines: Vec<PostingView>,
    /// What each account that had a line by the last day has more on its debit side, before the period and at its end.
    opening: BTreeMap<BookAccount, i64>,
    closing: BTreeMap<BookAccount, i64>,
    deposits: Vec<EnterpriseDepositView>,
    /// Behind which deposit the next part begins.
    next: Option<i64>,
}

#[OpenApi(prefix_path = "/v1/deposits", tag = "crate::deposit::api::Tag::Deposits")]
impl EnterpriseApi {
    /// 企业对账单: what an enterprise had at this payee, what came and went in a period, and what comes back when. Of more than 500 deposits
    /// it comes in parts, the newest deposits first: totals and lines are those of the part's deposits. For the enterprise, its payee,
    /// supervisors and auditors.
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
        /// `next` of the part before.
        after: Query<Option<String>>,
    ) -> Result<Typed<EnterpriseStatementView>, Problem> {
        let asked = Asked::by(&caller, payee.0, payer.0, (from.0, to.0))?;
        let after = cursor(after.0)?;
        let part = asked.part(&self.0, after, Some(WORKBOOK_ROWS_MAX)).await?.ok_or_else(too_many_lines)?;
        if part.deposits.is_empty() && after.is_none() {
            return Err(unknown());
        }
        let totals = totals(&part);
        let StatementPart { lines, deposits, next, .. } = part;
        let Asked { payee, payer, from, to } = asked;
        let next = next.map(|next| next.to_string());
        Ok(Typed(EnterpriseStatementView { payee: payee.0, payer, from, to, totals, lines, deposits, next }))
    }

    /// 企业对账单明细（CSV）: all of it, in the order of the vouchers, of 500 deposits after the other. For the enterprise, its payee, supervisors
    /// and auditors.
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
        let asked = Asked::by(&caller, payee.0, payer.0, (from.0, to.0))?;
        asked.must_have_deposits(&self.0).await?;
        let ledger = Arc::clone(&self.0);
        let page = move |after: Option<i64>| {
            let (ledger, asked) = (Arc::clone(&ledger), asked.clone());
            async move {
                // Its reader takes it as it comes: nothing is refused for its length.
                let StatementPart { lines, next, .. } = asked.part(&ledger, after, None).await?.unwrap_or_default();
                Ok((lines.into_iter().map(PostingView::cells).collect(), next))
            }
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
        let asked = Asked::by(&caller, payee.0, payer.0, (from.0, to.0))?;
        asked.must_have_deposits(&self.0).await?;
        let (mut lines, mut closing, mut after) = (Vec::new(), Vec::new(), None);
        loop {
            let part = asked.part(&self.0, after, Some(WORKBOOK_ROWS_MAX)).await?.ok_or_else(too_many_lines)?;
            let moved: BTreeSet<_> = part.lines.iter().map(|line| line.account.clone()).collect();
            let is_shown =
                |(account, balance): &(BookAccount, i64)| *balance != 0 || moved.contains(&account.to_string());
            closing.extend(part.closing.into_iter().filter(is_shown));
            lines.extend(part.lines);
            if lines.len().max(closing.len()) > WORKBOOK_ROWS_MAX {
                return Err(too_many_lines());
            }
            after = part.next;
            if after.is_none() {
                break;
            }
        }
        lines.sort_by_key(|line| (line.entry, line.line));
        let lines: Vec<BookLine> = lines.into_iter().map(line_of).collect::<Result<_, StoreError>>()?;
        let (from, to) = (asked.from, asked.to);
        let period = BookPeriod { from, to, lines, closing };
        written(format!("statement-{from}-{to}"), move || period.workbook()).await
    }
}

fn too_many_lines() -> Problem {
    too_long(("请缩短期间，或取 statement.csv", "ask for a shorter period, or take statement.csv"))
}

impl Asked {
    /// # Errors
    /// It is not the caller's to see, or no period.
    fn by(
        caller: &Caller,
        payee: DepositBookId,
        payer: OrganisationId,
        (from, to): (Day, Day),
    ) -> Result<Self, Problem> {
        must_see(&caller.0, &payee, Some(payer.as_str()))?;
        must_be_period(from, to)?;
        Ok(Self { payee, payer, from, to })
    }

    /// # Errors
    /// It has none at this payee.
    async fn must_have_deposits(&self, ledger: &Ledger) -> Result<(), Problem> {
        let (found, _) = self.deposits(ledger, None, 1).await?;
        if found.is_empty() { Err(unknown()) } else { Ok(()) }
    }

    /// Of the deposits behind one: their accounts and lines; nothing where there are more lines than are asked for.
    async fn part(
        &self,
        ledger: &Ledger,
        after: Option<i64>,
        lines_max: Option<usize>,
    ) -> Result<Option<StatementPart>, LedgerError> {
        let (found, next) = self.deposits(ledger, after, DEPOSITS_OF_PART).await?;
        let mut part = StatementPart { next, ..StatementPart::default() };
        for (id, currency, view) in found {
            for heading in Heading::iter().filter(is_owed) {
                self.account(ledger, &mut part, heading.of(&id, currency)).await?;
                if lines_max.is_some_and(|max| part.lines.len() > max) {
                    return Ok(None);
                }
            }
            part.deposits.push(view);
        }
        part.lines.sort_by_key(|line| (line.entry, line.line));
        Ok(Some(part))
    }

    /// Some of its deposits, the newest first, and behind which the next ones are.
    async fn deposits(
        &self,
        ledger: &Ledger,
        after: Option<i64>,
        count: u32,
    ) -> Result<(Vec<(ItemId, Currency, EnterpriseDepositView)>, Option<i64>), LedgerError> {
        let now = ledger.clock.now();
        let filter = Filter::default()
            .along("payer", Some(Value::from(self.payer.as_str())))
            .equals("book", Some(Value::from(self.payee.0.as_str())));
        let view = |row: &Row| {
            let id: ItemId = row.text(2)?.parse().map_err(|_| StoreError::Unexpected(2))?;
            let currency: Currency = row.text(8)?.parse().map_err(|_| StoreError::Unexpected(8))?;
            let (deposit, money) = (DepositView::of_row(row, now)?, DepositMoneyView::of_row(row)?);
            Ok((id, currency, EnterpriseDepositView { deposit, money }))
        };
        let cursor = |row: &Row| Ok(row.unsigned(0)?.to_string());
        let after = after.map(|entry| vec![Value::Integer(entry)]);
        let (found, next) = filter.page(&ledger.database, &DEPOSITS, after, count, view, cursor).await?;
        Ok((found, next.and_then(|next| next.parse().ok())))
    }

    /// Adds the lines of one account in the period, and its balances before it and at its end.
    async fn account(
        &self,
        ledger: &Ledger,
        part: &mut StatementPart,
        account: BookAccount,
    ) -> Result<(), LedgerError> {
        let (key, mut after) = (account_key(&self.payee.0, &account), None);
        loop {
            let filter = Filter::default().along("account", Some(Value::from(&*key)));
            let view = |row: &Row| Ok((PostingView::of_row(row)?, (row.unsigned(0)?, row.unsigned(1)?)));
            let cursor = |row: &Row| Ok(format!("{}.{}", row.unsigned(0)?, row.unsigned(1)?));
            let (lines, next) = filter.page(&ledger.database, &POSTINGS, after, ROWS_AT_A_TIME, view, cursor).await?;
            let last = lines.last().map(|(line, place)| (line.day > self.to, *place));
            for (line, _) in lines.into_iter().filter(|(line, _)| line.day <= self.to) {
                part.closing.insert(account.clone(), line.balance_minor);
                if line.day < self.from {
                    part.opening.insert(account.clone(), line.balance_minor);
                } else {
                    part.lines.push(line);
                }
            }
            // The log's time never runs back: what comes behind a later day is later.
            let Some((false, (entry, line))) = last.filter(|_| next.is_some()) else { return Ok(()) };
            after = Some(vec![Value::from(entry), Value::from(line)]);
        }
    }
}

/// What a payee owes of a deposit.
fn is_owed(heading: &Heading) -> bool {
    heading.sub_ledger() == SubLedger::Deposit && heading.class() == HeadingClass::Liability
}

fn totals(part: &StatementPart) -> Vec<EnterpriseTotalView> {
    let mut totals = BTreeMap::<String, EnterpriseTotalView>::new();
    let mut with = |account: &BookAccount, change: &dyn Fn(&mut EnterpriseTotalView)| {
        let currency = format!("{:?}", account.currency);
        let total = totals.entry(currency.clone()).or_insert(EnterpriseTotalView {
            currency,
            opening_minor: 0,
            credit_minor: 0,
            debit_minor: 0,
            closing_minor: 0,
        });
        change(total);
    };
    // What is owed stands on the credit side.
    for (account, balance) in &part.opening {
        with(account, &|total| total.opening_minor = total.opening_minor.saturating_sub(*balance));
    }
    for (account, balance) in &part.closing {
        with(account, &|total| total.closing_minor = total.closing_minor.saturating_sub(*balance));
    }
    for line in &part.lines {
        let Some(account) = BookAccount::parse(&line.account) else { continue };
        let amount = line.amount_minor;
        with(&account, &|total| {
            if line.side == side_name(PostingSide::Debit) {
                total.debit_minor = total.debit_minor.saturating_add(amount);
            } else {
                total.credit_minor = total.credit_minor.saturating_add(amount);
            }
        });
    }
    totals.into_values().collect()
}

fn side_name(side: PostingSide) -> &'static str {
    match side {
        PostingSide::Debit => "debit",
        PostingSide::Credit => "credit",
    }
}
