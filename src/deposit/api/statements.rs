//! 银行对账: a bank's file held against the book, and what is open. The file is read in memory and kept nowhere: the log has its digest,
//! and the payee, who signs what was found, has the file.

use super::bank_file::BankUpload;
use super::{must_see, pages, unknown};
use crate::act::{Payload, Stream};
use crate::deposit::book::Heading;
use crate::deposit::projection::{OPEN_ITEM_COLUMNS, RECONCILIATION_COLUMNS};
use crate::deposit::view::{OPEN_ITEMS_HEAD, OpenItemView, ReconciledStatementView, ReconciliationView};
use crate::deposit::{
    CustodyJournal, CustodyState, DepositBookId, DraftFault, OpenItemId, OpenItemStatus, StatementReconciliation,
};
use crate::field::{Bilingual, Currency, Day, Faults, ItemId};
use crate::http::{CSV_ROWS, Caller, CsvFile, PAYLOAD_BYTES_MAX, Problem, Typed, bad_parameter, cursor, page_limit};
use crate::law::Law;
use crate::ledger::{Ledger, LedgerError};
use crate::log::Hash;
use crate::organisation::Organisation;
use crate::problem;
use crate::reconciliation::{BookMovement, ReconciliationFault, ReturnedPair, ReturnedPairError};
use crate::statement::{self, StatementCurrency, StatementRequest};
use crate::store::{Direction, Filter, Listing, Row, Value};
use crate::world::Act;
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use std::sync::Arc;

/// Faults of a file that an answer names: who mends the first ones sees the others the next time.
const FAULTS_NAMED_MAX: usize = 20;
/// Payments that came back and are named at once: a bank's file that has more is read a shorter period at a time.
const RETURNED_MAX: usize = 100;
/// Records that are read at a time.
const RECORDS_AT_A_TIME: u32 = 500;

const RECONCILIATIONS: Listing = Listing {
    table: "deposit_reconciliations",
    columns: RECONCILIATION_COLUMNS,
    order: &["entry"],
    direction: Direction::NewestFirst,
};

const OPEN_ITEMS: Listing = Listing {
    table: "deposit_open_items",
    columns: OPEN_ITEM_COLUMNS,
    order: &["entry", "number"],
    direction: Direction::OldestFirst,
};

pages! {
    /// A page of reconciliations, the newest first.
    ReconciliationPage of ReconciliationView;
    /// A page of open items, the oldest first.
    OpenItemPage of OpenItemView;
}

pub struct StatementsApi(pub(super) Arc<Ledger>);

/// What a custody account has come to, and all that the book moves on it.
struct Account {
    state: CustodyState,
    movements: Vec<BookMovement>,
}

#[OpenApi(prefix_path = "/v1/deposits", tag = "super::Tag::Deposits")]
impl StatementsApi {
    /// 导入对账单: holds a bank's file against the book, from where the reconciliation before ended. Answers with what was matched,
    /// what is open, each day, and the record to be signed and posted to `reconciliations`; until then nothing is written, and the
    /// file is kept nowhere. A file that says nothing new changes nothing. For the payee.
    #[oai(path = "/:payee/statements", method = "post", operation_id = "readDepositStatement")]
    #[expect(clippy::too_many_arguments, reason = "each is a documented query parameter")]
    async fn read(
        &self,
        caller: Caller,
        payee: Path<DepositBookId>,
        /// What the book calls the bank account (专户).
        bank: Query<ItemId>,
        /// The statement of this currency alone, of a file that has several.
        #[oai(default = "cny")]
        currency: Query<Currency>,
        /// A table's layout by name; the one that fits best when absent.
        profile: Query<Option<String>>,
        /// Payments that came back, which the bank did not mark, each with the line by which it did: by their numbers in the file, or by
        /// the open item that a line is. `3-7,1204.2-9`; `returns` proposes some.
        returned: Query<Option<String>>,
        file: BankUpload,
    ) -> Result<Typed<ReconciledStatementView>, Problem> {
        if caller.0.id != payee.0.0 {
            let (zh, en) = ("对账单由收取人导入", "statements are read for the payee");
            return Err(Problem::with_detail(&problem::NOT_A_PARTY, zh, en));
        }
        let (bank, currency) = (bank.0, currency.0);
        let returned = returned.0.map(|text| named(&text)).transpose()?.unwrap_or_default();
        let account = self.account(&payee.0, &bank, currency).await?;
        let request =
            StatementRequest { profile: profile.0, currency: StatementCurrency::from_code(&format!("{currency:?}")) };
        let today = Day::from(self.0.clock.now().shanghai_day());
        let drafted = tokio::task::spawn_blocking(move || {
            let BankUpload { bytes, portion } = file;
            let drafted = draft(&bytes, &request, &account, (&bank, currency), &returned, today);
            drop(portion);
            drafted
        });
        drafted.await.map_err(|_| Problem::of(&problem::INTERNAL))?.map(Typed)
    }

    /// 对账记录: statements that were held against the book. For the payee, supervisors and auditors.
    #[oai(path = "/:payee/statements", method = "get", operation_id = "listDepositStatements")]
    async fn reconciliations(
        &self,
        caller: Caller,
        payee: Path<DepositBookId>,
        bank: Query<Option<ItemId>>,
        /// `next` of the page before.
        after: Query<Option<String>>,
        #[oai(validator(minimum(value = "1"), maximum(value = "500")))] limit: Query<Option<u32>>,
    ) -> Result<Typed<ReconciliationPage>, Problem> {
        must_see(&caller.0, &payee.0, None)?;
        let limit = page_limit(limit.0)?;
        let filter = Filter::default()
            .along("book", Some(Value::from(payee.0.0.as_str())))
            .equals("bank", bank.0.map(|bank| Value::from(bank.as_str())));
        let after = cursor(after.0)?.map(|entry| vec![Value::Integer(entry)]);
        let cursor = |row: &Row| Ok(row.unsigned(0)?.to_string());
        let database = &self.0.database;
        let (items, next) =
            filter.page(database, &RECONCILIATIONS, after, limit, ReconciliationView::of_row, cursor).await?;
        Ok(Typed(ReconciliationPage { items, next }))
    }

    /// 未达账项: what bank or book has alone, since when, and which postings it might be. For the payee, supervisors and auditors.
    #[oai(path = "/:payee/open-items", method = "get", operation_id = "listDepositOpenItems")]
    async fn open_items(
        &self,
        caller: Caller,
        payee: Path<DepositBookId>,
        bank: Query<Option<ItemId>>,
        status: Query<Option<OpenItemStatus>>,
        /// `next` of the page before.
        after: Query<Option<String>>,
        #[oai(validator(minimum(value = "1"), maximum(value = "500")))] limit: Query<Option<u32>>,
    ) -> Result<Typed<OpenItemPage>, Problem> {
        must_see(&caller.0, &payee.0, None)?;
        let limit = page_limit(limit.0)?;
        let after = cursor::<OpenItemId>(after.0)?;
        let filter = items_of(&payee.0)
            .equals("bank", bank.0.map(|bank| Value::from(bank.as_str())))
            .equals("status", status.0.map(|status| Value::from(status.name())));
        let (items, next) = page(&self.0, filter, after, limit).await?;
        Ok(Typed(OpenItemPage { items, next: next.map(|next| next.to_string()) }))
    }

    /// 未达账项（CSV）: all of them, settled ones too. For the payee, supervisors and auditors.
    #[oai(path = "/:payee/open-items.csv", method = "get", operation_id = "listDepositOpenItemsCsv")]
    async fn open_items_csv(&self, caller: Caller, payee: Path<DepositBookId>) -> Result<CsvFile, Problem> {
        must_see(&caller.0, &payee.0, None)?;
        let (ledger, payee) = (Arc::clone(&self.0), payee.0);
        let page = move |after: Option<OpenItemId>| {
            let (ledger, payee) = (Arc::clone(&ledger), payee.clone());
            async move {
                let (items, next) = page(&ledger, items_of(&payee), after, CSV_ROWS).await?;
                Ok((items.into_iter().map(OpenItemView::cells).collect(), next))
            }
        };
        CsvFile::of_pages("open-items.csv", OPEN_ITEMS_HEAD, page).await
    }
}

pub(super) fn cny() -> Currency {
    Currency::CNY
}

fn named(text: &str) -> Result<Vec<ReturnedPair>, Problem> {
    if text.matches(',').count() >= RETURNED_MAX {
        let words = (format!("至多 {RETURNED_MAX} 对"), format!("names {RETURNED_MAX} pairs at most"));
        return Err(bad_parameter("returned", &words.into()));
    }
    let named: Result<Vec<ReturnedPair>, ReturnedPairError> = text.split(',').map(str::parse).collect();
    named.map_err(|error| {
        let words = ("应为行号对，付款在前：3-7，或 1204.2-7".to_owned(), error.to_string());
        bad_parameter("returned", &words.into())
    })
}

fn items_of(payee: &DepositBookId) -> Filter {
    Filter::default().along("book", Some(Value::from(payee.0.as_str())))
}

async fn page(
    ledger: &Ledger,
    filter: Filter,
    after: Option<OpenItemId>,
    limit: u32,
) -> Result<(Vec<OpenItemView>, Option<OpenItemId>), LedgerError> {
    let today = Day::from(ledger.clock.now().shanghai_day());
    let after = after.map(|id| vec![Value::from(id.entry), Value::Integer(id.number.into())]);
    let view = |row: &Row| OpenItemView::of_row(row, today);
    let cursor = |row: &Row| Ok(format!("{}.{}", row.unsigned(0)?, row.unsigned(1)?));
    let (items, next) = filter.page(&ledger.database, &OPEN_ITEMS, after, limit, view, cursor).await?;
    Ok((items, next.and_then(|next| next.parse().ok())))
}

impl StatementsApi {
    /// Reads the book's records one after the other, as an auditor would.
    async fn account(&self, payee: &DepositBookId, bank: &ItemId, currency: Currency) -> Result<Account, Problem> {
        let (stream, mut version) = (Stream::of(payee), 0);
        let mut journal = CustodyJournal::new(Heading::CustodyBank.of(bank, currency));
        loop {
            let entries = self.0.stream(&stream, version, RECORDS_AT_A_TIME).await?;
            let Some(last) = entries.last() else { break };
            version = last.place.version;
            let adopted = self.0.law_before(last.place.index).await?;
            let law = Law::new(&adopted).ok_or_else(|| Problem::of(&problem::UNAVAILABLE))?;
            for entry in &entries {
                if let Act::Deposit(act) = &entry.act {
                    journal.take(act, &entry.place, law);
                }
            }
        }
        if !journal.knows_account() {
            return Err(unknown());
        }
        let payers: Vec<Stream> = journal.payers().map(Stream::of).collect();
        let world = self.0.states(&payers).await?;
        let movements = journal.movements(|payer| world.get::<Organisation>(payer).map(|found| found.name.to_string()));
        Ok(Account { state: journal.custody().cloned().unwrap_or_default(), movements })
    }
}

fn refused(zh: String, en: String) -> Problem {
    Problem::with_detail(&problem::STATEMENT_REFUSED, zh, en)
}

/// Everything that is wrong, as far as it is named, and how much more there is.
fn refused_all(words: impl Iterator<Item = Bilingual>) -> Problem {
    let (mut zh, mut en): (Vec<_>, Vec<_>) = words.map(|words| (words.zh, words.en)).unzip();
    let more = zh.len().saturating_sub(FAULTS_NAMED_MAX);
    zh.truncate(FAULTS_NAMED_MAX);
    en.truncate(FAULTS_NAMED_MAX);
    if more > 0 {
        zh.push(format!("另有 {more} 处未列出"));
        en.push(format!("and {more} more"));
    }
    refused(zh.join("；"), en.join("; "))
}

fn draft(
    bytes: &[u8],
    request: &StatementRequest,
    account: &Account,
    bank: (&ItemId, Currency),
    returned: &[ReturnedPair],
    today: Day,
) -> Result<ReconciledStatementView, Problem> {
    let file =
        statement::read(bytes, request).map_err(|errors| refused_all(errors.iter().map(|error| error.words())))?;
    let [statement] = &file.statements[..] else {
        let (zh, en) = (
            "文件有多个账户或多期对账单，请分开导入",
            "the file has several accounts or statements: read them one by one",
        );
        return Err(refused(zh.to_owned(), en.to_owned()));
    };
    // What contradicts itself is no evidence of anything.
    if !statement.mismatches.is_empty() {
        return Err(refused_all(statement.mismatches.iter().map(|mismatch| mismatch.words(statement.currency))));
    }
    let (digest, warnings) = (Hash::of(bytes), &statement.warnings);
    let known = account.state.reconciliations.iter().find(|(_, of)| of.file == digest && of.withdrawn.is_none());
    let last = account.state.last().map(|(entry, _)| entry);
    if let Some((entry, _)) = known {
        return Ok(ReconciledStatementView::nothing_new(*entry, warnings));
    }
    match account.state.draft_naming(returned, bank, digest, statement, &account.movements) {
        Ok(drafted) => {
            let against = against(&drafted.record, &account.state, today);
            if !against.is_empty() {
                return Err(refused_all(against.into_iter()));
            }
            Ok(ReconciledStatementView::drafted(drafted, warnings))
        }
        Err(DraftFault::Reconciliation(ReconciliationFault::AlreadyReconciled { .. })) => {
            Ok(ReconciledStatementView::nothing_new(last.unwrap_or_default(), warnings))
        }
        Err(fault) => Err(refused_all(std::iter::once(fault.words()))),
    }
}

/// What the log would refuse the record for, as far as it is known here: nobody is to sign in vain.
fn against(record: &StatementReconciliation, of: &CustodyState, today: Day) -> Vec<Bilingual> {
    let mut against = Vec::new();
    let last = record.last;
    if last >= today {
        let before = today.date().pred_opt().map_or(today, Day::from);
        against.push(Bilingual::new(
            format!(
                "对账单截至 {last}，当日尚未结束，可能还有发生额：请导出截至 {before} 的对账单，或待该日过后再导入"
            ),
            format!(
                "the statement ends with {last}, a day that is not over and may still have something: \
                 export it up to {before}, or come again when that day is over"
            ),
        ));
    }
    let before = of.last().and_then(|(_, before)| before.account);
    if record.account.zip(before).is_some_and(|(account, before)| account != before) {
        against.push(Bilingual::new(
            "文件的账号与上次对账的账号不同：请导入同一账户的对账单",
            "the file is of another account number than the reconciliation before: read the statement of the same account",
        ));
    }
    let mut faults = Faults::default();
    record.check(&mut faults);
    against.extend(faults.into_result().err().into_iter().flatten().map(|fault| fault.words()));
    let bytes = serde_json::to_vec(record).map_or(0, |record| record.len());
    if bytes > PAYLOAD_BYTES_MAX {
        against.push(Bilingual::new(
            format!("记录将有 {bytes} 字节，至多 {PAYLOAD_BYTES_MAX}：请缩短对账期间，或先补记"),
            format!(
                "the record would have {bytes} bytes, and may have {PAYLOAD_BYTES_MAX}: reconcile a shorter period, or enter what is missing"
            ),
        ));
    }
    against
}
