//! Deposits over HTTP: where they stand for everybody, money for whoever it concerns.

mod acts;
mod ageing;
mod bank_file;
mod books;
mod own_funds;
mod papers;
mod statements;

use super::book::{BookAccount, Heading};
use super::projection::{
    ACCOUNT_COLUMNS, DEPOSIT_COLUMNS, IS_PUBLIC, POSTING_COLUMNS, SCHEME_COLUMNS, balances_at, book_of, deposit_of,
    last_entry_of_day, public_deposit_of, totals_of,
};
use super::view::{
    AccountBalanceView, DepositBookView, DepositMoneyView, DepositSchemeView, DepositTotalView, DepositView,
    PostingView,
};
use super::{DepositBook, DepositBookId, DepositStatus, OpenItemStatus, RefundTiming};
use crate::act::{Role, Stream};
use crate::field::{Currency, Day, ItemId, OrganisationId, TenderCode};
use crate::http::{
    Caller, Endpoints, Identity, Problem, Typed, bad_parameter, counted_page, cursor, list_counts, not_a_cursor,
    page_limit, parameters,
};
use crate::ledger::Ledger;
use crate::problem;
use crate::store::{CountedFilter, Direction, Filter, Listing, Row, StoreError, Value};
use acts::DepositActs;
use ageing::AgeingApi;
use books::BooksApi;
use own_funds::OwnFundsApi;
use papers::{EnterpriseApi, PapersApi};
use poem_openapi::param::{Path, Query};
use poem_openapi::{OpenApi, Tags};
use statements::StatementsApi;
use std::sync::Arc;

/// A chapter of the API document.
#[derive(Tags)]
enum Tag {
    /// 保证金: deposits, from the notice to the refund, and the books that say so.
    Deposits,
}

impl poem_openapi::types::ToJSON for Currency {
    fn to_json(&self) -> Option<serde_json::Value> {
        serde_json::to_value(self).ok()
    }
}

parameters! { Currency, DepositBookId, DepositStatus, ItemId, OpenItemStatus, RefundTiming }

const DEPOSITS: Listing =
    Listing { table: "deposits", columns: DEPOSIT_COLUMNS, order: &["entry"], direction: Direction::NewestFirst };

const SCHEMES: Listing =
    Listing { table: "deposit_schemes", columns: SCHEME_COLUMNS, order: &["entry"], direction: Direction::NewestFirst };

const POSTINGS: Listing = Listing {
    table: "deposit_postings",
    columns: POSTING_COLUMNS,
    order: &["entry", "line"],
    direction: Direction::OldestFirst,
};

const ACCOUNTS: Listing = Listing {
    table: "deposit_accounts",
    columns: ACCOUNT_COLUMNS,
    order: &["account"],
    direction: Direction::OldestFirst,
};

macro_rules! pages {
    ($($(#[$about:meta])* $name:ident of $item:ty;)*) => {$(
        $(#[$about])*
        #[derive(serde::Serialize, schemars::JsonSchema)]
        pub struct $name {
            items: Vec<$item>,
            /// Pass as `after` to go on; absent on the last page.
            #[serde(skip_serializing_if = "Option::is_none")]
            next: Option<String>,
        }
    )*};
}
use pages;

pages! {
    /// A page of schemes, the newest first.
    DepositSchemePage of DepositSchemeView;
    /// A page of accounts, in the order of the chart.
    AccountBalancePage of AccountBalanceView;
    /// A page of postings, the oldest first.
    PostingPage of PostingView;
}

counted_page! {
    /// A page of deposits, the newest first.
    DepositPage of DepositView
}

pub struct DepositApi(Arc<Ledger>);

impl Endpoints for DepositBook {
    type Api = (DepositApi, DepositActs, BooksApi, PapersApi, EnterpriseApi, StatementsApi, AgeingApi, OwnFundsApi);

    fn api(ledger: Arc<Ledger>) -> Self::Api {
        let each = || Arc::clone(&ledger);
        (
            DepositApi(each()),
            DepositActs(each()),
            BooksApi(each()),
            PapersApi(each()),
            EnterpriseApi(each()),
            StatementsApi(each()),
            AgeingApi(each()),
            OwnFundsApi::new(each()),
        )
    }
}

#[OpenApi(prefix_path = "/v1", tag = "Tag::Deposits")]
impl DepositApi {
    /// 保证金名单: where each stands, and when it goes back; the overdue ones with `status=overdue`. Without amounts, and without those
    /// that would tell who bids for a lot whose bids are not opened.
    #[oai(path = "/deposits", method = "get", operation_id = "listDeposits")]
    #[expect(clippy::too_many_arguments, reason = "each is a documented query parameter")]
    async fn list(
        &self,
        payee: Query<Option<OrganisationId>>,
        payer: Query<Option<OrganisationId>>,
        tender: Query<Option<TenderCode>>,
        status: Query<Option<DepositStatus>>,
        /// How it went back.
        refund: Query<Option<RefundTiming>>,
        /// With `true` the answer says how many items the list would have with each value of its filters.
        counts: Query<Option<bool>>,
        /// `next` of the page before.
        after: Query<Option<String>>,
        #[oai(validator(minimum(value = "1"), maximum(value = "500")))] limit: Query<Option<u32>>,
    ) -> Result<Typed<DepositPage>, Problem> {
        let limit = page_limit(limit.0)?;
        let kept = Filter::default()
            .along("payer", payer.0.map(|id| Value::from(id.as_str())))
            .along("book", payee.0.map(|id| Value::from(id.as_str())))
            .along("tender", tender.0.map(|code| Value::from(code.as_str())))
            .only(IS_PUBLIC, true);
        let (status, refund) = (status.0.map(|status| status.name()), refund.0.map(|timing| timing.name()));
        let counted =
            [CountedFilter::equals("status", "status", status), CountedFilter::equals("refund", "refund", refund)];
        let counts = list_counts(counts.0, &self.0.database, &DEPOSITS, &kept, &counted).await?;
        let filter = kept.along("status", status.map(Value::from)).along("refund", refund.map(Value::from));
        let after = cursor(after.0)?.map(|entry| vec![Value::Integer(entry)]);
        let cursor = |row: &Row| Ok(row.unsigned(0)?.to_string());
        let now = self.0.clock.now();
        let view = |row: &Row| DepositView::of_row(row, now);
        let (items, next) = filter.page(&self.0.database, &DEPOSITS, after, limit, view, cursor).await?;
        Ok(Typed(DepositPage { items, next, counts }))
    }

    /// 收取人账簿: totals and how it gives back.
    #[oai(path = "/deposits/:payee", method = "get", operation_id = "getDepositBook")]
    async fn book(&self, payee: Path<DepositBookId>) -> Result<Typed<DepositBookView>, Problem> {
        let payee = payee.0;
        let row = book_of(&self.0.database, &payee.0).await?.ok_or_else(unknown)?;
        let totals = totals(&totals_of(&self.0.database, &payee.0).await?)?;
        Ok(Typed(DepositBookView {
            deposits: row.unsigned(0)?,
            vouchers: row.unsigned(1)?,
            refunds_in_time: row.unsigned(2)?,
            refunds_late: row.unsigned(3)?,
            overdue: row.unsigned(4)?,
            version: row.unsigned(5)?,
            records: format!("/v1/records?stream={}", Stream::of(&payee)),
            payee: payee.0,
            totals,
        }))
    }

    /// 保证金方案: who takes deposits on which law, how much at most, in which forms.
    #[oai(path = "/deposit-schemes", method = "get", operation_id = "listDepositSchemes")]
    async fn schemes(
        &self,
        payee: Query<Option<OrganisationId>>,
        /// `next` of the page before.
        after: Query<Option<String>>,
        #[oai(validator(minimum(value = "1"), maximum(value = "500")))] limit: Query<Option<u32>>,
    ) -> Result<Typed<DepositSchemePage>, Problem> {
        let limit = page_limit(limit.0)?;
        let filter = Filter::default().along("book", payee.0.map(|id| Value::from(id.as_str())));
        let after = cursor(after.0)?.map(|entry| vec![Value::Integer(entry)]);
        let cursor = |row: &Row| Ok(row.unsigned(0)?.to_string());
        let (items, next) =
            filter.page(&self.0.database, &SCHEMES, after, limit, DepositSchemeView::of_row, cursor).await?;
        Ok(Typed(DepositSchemePage { items, next }))
    }

    /// One deposit: where it stands and when it goes back. Without amounts; unknown where the bids of its lot are not opened.
    #[oai(path = "/deposits/:payee/deposits/:id", method = "get", operation_id = "getDeposit")]
    async fn deposit(&self, payee: Path<DepositBookId>, id: Path<ItemId>) -> Result<Typed<DepositView>, Problem> {
        let row = public_deposit_of(&self.0.database, &payee.0.0, &id.0).await?.ok_or_else(unknown)?;
        Ok(Typed(DepositView::of_row(&row, self.0.clock.now())?))
    }

    /// What it comes to: for its payer, its payee, supervisors and auditors.
    #[oai(path = "/deposits/:payee/deposits/:id/money", method = "get", operation_id = "getDepositMoney")]
    async fn money(
        &self,
        caller: Caller,
        payee: Path<DepositBookId>,
        id: Path<ItemId>,
    ) -> Result<Typed<DepositMoneyView>, Problem> {
        let row = deposit_of(&self.0.database, &payee.0.0, &id.0).await?.ok_or_else(unknown)?;
        must_see(&caller.0, &payee.0, row.optional_text(5)?)?;
        Ok(Typed(DepositMoneyView::of_row(&row)?))
    }

    /// 科目余额表 (trial balance): of a payee's book now, at the end of a day, or after an entry. For the payee, supervisors and
    /// auditors.
    #[oai(path = "/deposits/:payee/accounts", method = "get", operation_id = "listDepositAccounts")]
    async fn accounts(
        &self,
        caller: Caller,
        payee: Path<DepositBookId>,
        /// A day (its end, in Asia/Shanghai), or the index of an entry; without it, now.
        at: Query<Option<String>>,
        /// `next` of the page before.
        after: Query<Option<String>>,
        #[oai(validator(minimum(value = "1"), maximum(value = "500")))] limit: Query<Option<u32>>,
    ) -> Result<Typed<AccountBalancePage>, Problem> {
        must_see(&caller.0, &payee.0, None)?;
        let (limit, at) = (page_limit(limit.0)?, self.at(&payee.0, at.0).await?);
        let filter = Filter::default().along("book", Some(Value::from(payee.0.0.as_str())));
        let behind = after.0.map(|account| format!("{}/{account}", payee.0)).unwrap_or_default();
        let after = (!behind.is_empty()).then(|| vec![Value::from(&*behind)]);
        let cursor = |row: &Row| Ok(super::view::short(row.text(0)?));
        let Some(entry) = at else {
            let (items, next) =
                filter.page(&self.0.database, &ACCOUNTS, after, limit, AccountBalanceView::of_row, cursor).await?;
            return Ok(Typed(AccountBalancePage { items, next }));
        };
        // One row more shows whether the list goes on.
        let rows = balances_at(&self.0.database, &payee.0.0, &behind, entry, limit + 1).await?;
        let page = &rows[..rows.len().min(limit as usize)];
        let next = page.last().filter(|_| page.len() < rows.len()).map(cursor).transpose()?;
        let items = page.iter().map(AccountBalanceView::of_row).collect::<Result<_, _>>()?;
        Ok(Typed(AccountBalancePage { items, next }))
    }

    /// 明细账、序时账: the postings of a payee's book, or of one of its accounts. An account of a deposit is for its payer as well.
    #[oai(path = "/deposits/:payee/postings", method = "get", operation_id = "listDepositPostings")]
    async fn postings(
        &self,
        caller: Caller,
        payee: Path<DepositBookId>,
        /// `2010.d-1.CNY`; without it, the journal (序时账).
        account: Query<Option<String>>,
        /// `next` of the page before.
        after: Query<Option<String>>,
        #[oai(validator(minimum(value = "1"), maximum(value = "500")))] limit: Query<Option<u32>>,
    ) -> Result<Typed<PostingPage>, Problem> {
        let payer = match account.0.as_deref().and_then(deposit_in) {
            Some(id) => deposit_of(&self.0.database, &payee.0.0, &id).await?,
            None => None,
        };
        must_see(&caller.0, &payee.0, payer.as_ref().map(|row| row.optional_text(5)).transpose()?.flatten())?;
        let limit = page_limit(limit.0)?;
        let filter = match account.0 {
            Some(account) => Filter::default().along("account", Some(Value::from(format!("{}/{account}", payee.0)))),
            None => Filter::default().along("book", Some(Value::from(payee.0.0.as_str()))),
        };
        let cursor = |row: &Row| Ok(format!("{}.{}", row.unsigned(0)?, row.unsigned(1)?));
        let (items, next) =
            filter.page(&self.0.database, &POSTINGS, place(after.0)?, limit, PostingView::of_row, cursor).await?;
        Ok(Typed(PostingPage { items, next }))
    }
}

impl DepositApi {
    /// After which entry balances are asked for.
    async fn at(&self, payee: &DepositBookId, at: Option<String>) -> Result<Option<u64>, Problem> {
        let Some(text) = at else { return Ok(None) };
        if let Ok(entry) = text.parse::<u64>() {
            return Ok(Some(entry.min(i64::MAX as u64)));
        }
        let Ok(day) = text.parse::<Day>() else {
            let words = ("应为日期或记录的序号", "is a day, or the index of an entry");
            return Err(bad_parameter("at", &words.into()));
        };
        let last = last_entry_of_day(&self.0.database, &payee.0, &day.to_string()).await?;
        // Before the first posting everything is 0: entry 0 opens the log and posts nothing.
        Ok(Some(last.unwrap_or_default()))
    }
}

fn unknown() -> Problem {
    Problem::of(&problem::DEPOSIT_UNKNOWN)
}

/// The deposit whose account it is, by the account's text.
fn deposit_in(account: &str) -> Option<ItemId> {
    BookAccount::parse(account)?.deposit().cloned()
}

/// # Errors
/// Neither payee, payer, supervisor nor auditor.
fn must_see(caller: &Identity, payee: &DepositBookId, payer: Option<&str>) -> Result<(), Problem> {
    let is_entitled = caller.roles.has_any(&[Role::Supervisor, Role::Auditor])
        || caller.id == payee.0
        || payer.is_some_and(|payer| payer == caller.id.as_str());
    if is_entitled {
        return Ok(());
    }
    let (zh, en) =
        ("金额仅对收取人、交纳人、监督部门和审计开放", "amounts are for payee, payer, supervisors and auditors");
    Err(Problem::with_detail(&problem::NOT_A_PARTY, zh, en))
}

/// `<entry>.<line>`
fn place(after: Option<String>) -> Result<Option<Vec<Value>>, Problem> {
    let Some(text) = after else { return Ok(None) };
    let (entry, line) = text.split_once('.').ok_or_else(not_a_cursor)?;
    let whole = |text: &str| text.parse::<i64>().map(Value::Integer).map_err(|_| not_a_cursor());
    Ok(Some(vec![whole(entry)?, whole(line)?]))
}

fn totals(rows: &[Row]) -> Result<Vec<DepositTotalView>, StoreError> {
    let mut totals = Vec::<DepositTotalView>::new();
    for row in rows {
        let (heading, currency): (Heading, _) = (crate::http::word(row, 0)?, row.text(1)?);
        let at = totals.iter().position(|total| total.currency == currency).unwrap_or(totals.len());
        if at == totals.len() {
            let currency = currency.to_owned();
            totals.push(DepositTotalView { currency, required_minor: 0, custody_minor: 0, guaranteed_minor: 0 });
        }
        let (total, standing) = (&mut totals[at], heading.on_normal_side(row.integer(2)?));
        match heading {
            Heading::RequirementControl => total.required_minor += standing,
            Heading::GuaranteeControl => total.guaranteed_minor += standing,
            Heading::Unallocated => total.custody_minor -= standing,
            _ => total.custody_minor += standing,
        }
    }
    Ok(totals)
}
