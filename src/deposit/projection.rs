//! Deposits, schemes, accounts and postings as tables. Postings are history: written once, with the balance that each has left, so
//! a balance at any entry is one look-up.

mod custody;
mod tables;

pub use custody::{OPEN_ITEM_COLUMNS, OPEN_ITEMS, RECONCILIATION_COLUMNS, RECONCILIATIONS};
pub use tables::{
    ACCOUNT_COLUMNS, ACCOUNTS, BOOKS, DEPOSIT_COLUMNS, DEPOSITS, POSTING_COLUMNS, POSTINGS, SCHEME_COLUMNS, SCHEMES,
};

use super::book::{BookAccount, Heading, PostingSide};
use super::{Act, DepositBook, DepositBookId, DepositState, RefundPhase, SchemeState};
use crate::act::{Acts, Place};
use crate::field::{ItemId, OrganisationId};
use crate::law::{Law, Running};
use crate::store::{Database, Projected, Row, Rows, StoreError, Table, Value};
use std::collections::{BTreeMap, BTreeSet};

/// What an account is called where all books stand together: `<payee>/2010.d-1.CNY`.
pub fn account_key(book: &OrganisationId, account: &BookAccount) -> String {
    format!("{book}/{account}")
}

fn side(side: PostingSide) -> &'static str {
    match side {
        PostingSide::Debit => "debit",
        PostingSide::Credit => "credit",
    }
}

fn optional<T: ToString>(value: Option<T>) -> Value {
    value.map_or(Value::Null, |value| Value::from(value.to_string()))
}

fn scheme_row(book: &OrganisationId, scheme: &SchemeState) -> Vec<Value> {
    let said = &scheme.publication;
    let forms = said.forms.iter().map(|form| form.name()).collect::<Vec<_>>().join(",");
    vec![
        Value::from(book.as_str()),
        Value::from(said.id.as_str()),
        Value::from(scheme.entry),
        Value::from(said.kind.as_str()),
        Value::from(said.name.as_str()),
        Value::from(said.article.as_str()),
        Value::from(format!("{:?}", said.currency)),
        Value::Integer(said.ratio_ppm.into()),
        Value::from(forms),
        said.refund_days.map_or(Value::Null, |days| Value::Integer(days.into())),
        Value::from(said.document.sha256.to_string()),
    ]
}

fn deposit_row(of: &DepositBook, deposit: &DepositState, law: Law<'_>) -> Vec<Value> {
    let book = &of.book;
    let standing = |heading: Heading| Value::Integer(book.standing(&deposit.account(heading)));
    // Shown as long as something waits for it, and so is made anew when an adoption moves it (`due`); what is over moves no more.
    let is_open = deposit.unsettled_minor(book) > 0 || deposit.guaranteed_minor() > 0;
    let end = deposit.clock.filter(|_| is_open).map(|clock| law.end(clock.running));
    let kind = of.schemes.get(&deposit.scheme).map_or("", |scheme| scheme.kind().as_str());
    let arrived = || deposit.refunds.values().filter(|refund| refund.phase == RefundPhase::Confirmed);
    let valid = deposit.guarantees.values().filter(|guarantee| guarantee.phase == super::GuaranteePhase::Valid);
    let (secured, procurement) = (deposit.secures.as_ref(), deposit.procurement.as_ref());
    let due =
        |running: Option<Running>| running.map_or(Value::Null, |running| Value::Integer(law.end(running).at.millis()));
    let entry = |entry: Option<u64>| entry.map_or(Value::Null, Value::from);
    vec![
        Value::from(of.payee.as_str()),
        Value::from(deposit.id.as_str()),
        Value::from(deposit.entry),
        Value::from(deposit.scheme.as_str()),
        Value::from(kind),
        optional(deposit.payer.as_ref()),
        optional(secured.map(|secured| secured.tender.as_str())),
        optional(secured.map(|secured| secured.lot.as_str())),
        Value::from(format!("{:?}", deposit.currency)),
        Value::from(deposit.status(book).name()),
        Value::from(deposit.pay_by.to_string()),
        optional(deposit.clock.map(|clock| clock.event.name())),
        optional(deposit.clock.map(|clock| clock.day)),
        end.map_or(Value::Null, |end| Value::Integer(end.at.millis())),
        Value::Integer(i64::from(deposit.overdue.is_none() && end.is_some_and(|end| end.provisional))),
        deposit.overdue.map_or(Value::Null, Value::from),
        Value::from(deposit.last_entry),
        standing(Heading::Required),
        Value::Integer(deposit.shortfall_minor(book)),
        Value::Integer(deposit.guaranteed_minor()),
        standing(Heading::Available),
        standing(Heading::Held),
        standing(Heading::Excess),
        standing(Heading::RefundPayable),
        standing(Heading::ForfeitedPending),
        Value::Integer(arrived().map(|refund| refund.principal_minor).sum()),
        Value::Integer(arrived().map(|refund| refund.interest_minor + refund.overdue_minor).sum()),
        optional(valid.clone().map(|guarantee| guarantee.valid_to).min()),
        due(deposit.topup_running()),
        entry(deposit.topup_overdue()),
        due(deposit.surplus.map(|surplus| surplus.running)),
        entry(deposit.surplus.and_then(|surplus| surplus.overdue)),
        entry(valid.filter_map(|guarantee| guarantee.warned).max()),
        Value::from(deposit.refund_timing(book).name()),
        optional(deposit.part.as_ref().map(|part| &part.whole)),
        Value::Integer(deposit.announced.millis()),
        optional(procurement.map(|procurement| procurement.code.as_str())),
        optional(procurement.map(|procurement| procurement.notice.sha256)),
    ]
}

fn account_row(payee: &OrganisationId, account: &BookAccount, balance: i64) -> Vec<Value> {
    vec![
        Value::from(account_key(payee, account)),
        Value::from(payee.as_str()),
        Value::from(account.heading.name()),
        optional(account.sub.as_ref()),
        Value::from(format!("{:?}", account.currency)),
        Value::Integer(balance),
    ]
}

fn book_row(of: &DepositBook) -> Vec<Value> {
    vec![
        Value::from(of.payee.as_str()),
        Value::from(of.deposits.len() as u64),
        Value::from(of.book.vouchers()),
        Value::from(of.refunds_in_time),
        Value::from(of.refunds_late),
        Value::from(of.overdue.len() as u64),
        Value::from(of.version),
    ]
}

impl DepositBook {
    /// The deposits that acts named, or all in an account whose interest was allocated; each once.
    fn touched(&self, parts: &BTreeSet<ItemId>) -> BTreeMap<&ItemId, &DepositState> {
        let mut touched: BTreeMap<_, _> = parts.iter().filter_map(|part| self.deposits.get_key_value(part)).collect();
        for (bank, currency) in self.pools.keys().filter(|(bank, _)| parts.contains(bank)) {
            let here = |deposit: &&DepositState| deposit.bank == *bank && deposit.currency == *currency;
            touched.extend(self.deposits.iter().filter(|(_, deposit)| here(deposit)));
        }
        touched
    }
}

impl Projected for DepositBook {
    const TABLES: &'static [&'static Table] =
        &[&BOOKS, &SCHEMES, &DEPOSITS, &ACCOUNTS, &POSTINGS, &RECONCILIATIONS, &OPEN_ITEMS];

    fn rows(&self, _id: &DepositBookId, law: Law<'_>, rows: &mut Rows) {
        rows.put(&BOOKS, book_row(self));
        for scheme in self.schemes.values() {
            rows.put(&SCHEMES, scheme_row(&self.payee, scheme));
        }
        for deposit in self.deposits.values() {
            rows.put(&DEPOSITS, deposit_row(self, deposit, law));
        }
        custody::custody_rows(self, None, rows);
    }

    fn parts(act: &Act) -> Vec<ItemId> {
        match act {
            Act::SchemePublished(scheme) => vec![scheme.id.clone()],
            // All that lie in the account, or in that of an allocation that is taken back.
            Act::InterestAllocated(allocation) => vec![allocation.bank.clone()],
            Act::EntryReversed(act) => act.deposit.iter().chain(&act.bank).cloned().collect(),
            Act::StatementReconciled(act) => vec![act.bank.clone()],
            Act::OpenItemResolved(act) => vec![act.bank.clone()],
            Act::ReconciliationWithdrawn(act) => vec![act.bank.clone()],
            act => act.deposit().into_iter().chain(act.part()).cloned().collect(),
        }
    }

    /// Only schemes and deposits that acts named; accounts come with the lines that moved them.
    fn rows_of_parts(&self, _id: &DepositBookId, parts: &BTreeSet<ItemId>, law: Law<'_>, rows: &mut Rows) {
        rows.put(&BOOKS, book_row(self));
        // A bank and a deposit may be called the same: then both are written.
        for part in parts {
            custody::custody_rows(self, Some(part), rows);
        }
        for scheme in parts.iter().filter_map(|part| self.schemes.get(part)) {
            rows.put(&SCHEMES, scheme_row(&self.payee, scheme));
        }
        for deposit in self.touched(parts).into_values() {
            rows.put(&DEPOSITS, deposit_row(self, deposit, law));
        }
    }

    fn history(state: Option<&Self>, _id: &DepositBookId, act: &Act, place: &Place, rows: &mut Rows) {
        let Some((state, running, lines)) = state.and_then(|state| {
            let lines = state.postings(act);
            Some((state, state.book.running(&lines).ok()?, lines))
        }) else {
            return;
        };
        let (payee, voucher) = (&state.payee, state.book.vouchers() + 1);
        let day = place.time.shanghai_day().to_string();
        for (at, (line, balance)) in lines.iter().zip(running).enumerate() {
            rows.put_latest(&ACCOUNTS, account_row(payee, &line.account, balance));
            rows.add(
                &POSTINGS,
                vec![
                    Value::from(place.index),
                    Value::from(at as u64),
                    Value::from(payee.as_str()),
                    Value::from(voucher),
                    Value::from(&*day),
                    Value::from(act.kind()),
                    Value::from(account_key(payee, &line.account)),
                    Value::from(side(line.side)),
                    Value::Integer(line.amount_minor),
                    Value::Integer(balance),
                ],
            );
        }
    }
}

/// The row of one payee's book.
///
/// # Errors
/// The store can't be read.
pub async fn book_of(database: &Database, book: &OrganisationId) -> Result<Option<Row>, StoreError> {
    let sql =
        "SELECT deposits, vouchers, refunds_in_time, refunds_late, overdue, version FROM deposit_books WHERE book = $1";
    Ok(database.read(sql, &[Value::from(book.as_str())]).await?.into_iter().next())
}

/// The payees behind one in their order, at most so many.
///
/// # Errors
/// The store can't be read.
pub async fn books_after(database: &Database, after: &str, count: u32) -> Result<Vec<String>, StoreError> {
    let sql = format!("SELECT book FROM deposit_books WHERE book > $1 ORDER BY book LIMIT {count}");
    let rows = database.read_built(sql, &[Value::from(after)]).await?;
    rows.iter().map(|row| Ok(row.text(0)?.to_owned())).collect()
}

/// The tenders for whose lots deposits stand whose refund is not due yet.
///
/// # Errors
/// The store can't be read.
pub async fn tenders_of_standing(database: &Database) -> Result<Vec<String>, StoreError> {
    let sql = "SELECT DISTINCT tender FROM deposits WHERE tender IS NOT NULL AND clock_day IS NULL ORDER BY tender";
    let rows = database.read(sql, &[]).await?;
    rows.iter().map(|row| Ok(row.text(0)?.to_owned())).collect()
}

/// The payees with deposits for lots of a tender whose refund is not due yet.
///
/// # Errors
/// The store can't be read.
pub async fn books_of_tender(database: &Database, tender: &str) -> Result<Vec<String>, StoreError> {
    let sql = "SELECT DISTINCT book FROM deposits WHERE tender = $1 AND clock_day IS NULL ORDER BY book";
    let rows = database.read(sql, &[Value::from(tender)]).await?;
    rows.iter().map(|row| Ok(row.text(0)?.to_owned())).collect()
}

/// Everybody may know that a deposit is there: 招标投标法 art. 22 keeps who bids, and how many, until the opening. Editions up to
/// 2027-01 took such notices before it, and what they took stands in the log; no list names them, and no statistic counts them. A refund that
/// the tender's records have made due tells nothing that they don't; one that payee or payer agreed on, before the opening, tells who bids,
/// and so does whatever is said of it once it is back. Of a statement that reads `deposits`.
pub const IS_PUBLIC: &str = "(deposits.tender IS NULL OR deposits.refund <> 'not_due' AND deposits.status <> 'reversed' AND \
     (deposits.clock_event <> 'agreed' OR EXISTS (SELECT 1 FROM tenders AS ended WHERE ended.code = deposits.tender \
     AND ended.status = 'terminated')) OR EXISTS (SELECT 1 FROM lots WHERE lots.tender = deposits.tender AND lots.id = deposits.lot AND lots.status <> 'waiting'))";

/// The row of one deposit.
///
/// # Errors
/// The store can't be read.
pub async fn deposit_of(database: &Database, book: &OrganisationId, id: &ItemId) -> Result<Option<Row>, StoreError> {
    deposit_where(database, book, id, "").await
}

/// The row of one deposit, if it [`IS_PUBLIC`].
///
/// # Errors
/// The store can't be read.
pub async fn public_deposit_of(
    database: &Database,
    book: &OrganisationId,
    id: &ItemId,
) -> Result<Option<Row>, StoreError> {
    deposit_where(database, book, id, &format!(" AND {IS_PUBLIC}")).await
}

async fn deposit_where(
    database: &Database,
    book: &OrganisationId,
    id: &ItemId,
    condition: &str,
) -> Result<Option<Row>, StoreError> {
    let sql = format!("SELECT {DEPOSIT_COLUMNS} FROM deposits WHERE book = $1 AND id = $2{condition}");
    let rows = database.read_built(sql, &[Value::from(book.as_str()), Value::from(id.as_str())]).await?;
    Ok(rows.into_iter().next())
}

/// The totals of a book that everybody may see: heading, currency, balance.
///
/// # Errors
/// The store can't be read.
pub async fn totals_of(database: &Database, book: &OrganisationId) -> Result<Vec<Row>, StoreError> {
    let sql = "SELECT heading, currency, balance FROM deposit_accounts WHERE book = $1 AND heading IN ($2, $3, $4, $5) \
         ORDER BY heading, account";
    let headings = [Heading::CustodyBank, Heading::RequirementControl, Heading::GuaranteeControl, Heading::Unallocated];
    let values = std::iter::once(Value::from(book.as_str())).chain(headings.map(|heading| Value::from(heading.name())));
    database.read(sql, &values.collect::<Vec<_>>()).await
}

/// The rows of a book's accounts behind one, in the order of the chart, as they stood after an entry: an account's balance is
/// what its last line up to there left.
///
/// # Errors
/// The store can't be read.
pub async fn balances_at(
    database: &Database,
    book: &OrganisationId,
    after: &str,
    entry: u64,
    count: u32,
) -> Result<Vec<Row>, StoreError> {
    let sql = format!(
        "SELECT account, book, heading, sub, currency, coalesce((SELECT balance FROM deposit_postings AS lines WHERE lines.account = known.account \
         AND lines.entry <= $3 ORDER BY lines.entry DESC, lines.line DESC LIMIT 1), 0) \
         FROM deposit_accounts AS known WHERE book = $1 AND account > $2 ORDER BY account LIMIT {count}"
    );
    database.read_built(sql, &[Value::from(book.as_str()), Value::from(after), Value::from(entry)]).await
}

/// The lines of the voucher that an entry made.
///
/// # Errors
/// The store can't be read.
pub async fn voucher_of(database: &Database, book: &OrganisationId, entry: u64) -> Result<Vec<Row>, StoreError> {
    let sql = format!("SELECT {POSTING_COLUMNS} FROM deposit_postings WHERE book = $1 AND entry = $2 ORDER BY line");
    database.read_built(sql, &[Value::from(book.as_str()), Value::from(entry)]).await
}

/// Lines of a book behind one of an entry, in the order of its vouchers; at most so many.
///
/// # Errors
/// The store can't be read.
pub async fn postings_after(
    database: &Database,
    book: &OrganisationId,
    (entry, line): (u64, u64),
    count: u32,
) -> Result<Vec<Row>, StoreError> {
    let sql = format!(
        "SELECT {POSTING_COLUMNS} FROM deposit_postings WHERE book = $1 AND (entry, line) > ($2, $3) \
         ORDER BY entry, line LIMIT {count}"
    );
    database.read_built(sql, &[Value::from(book.as_str()), Value::from(entry), Value::from(line)]).await
}

/// The last entry that posted to a book up to the end of a day.
///
/// # Errors
/// The store can't be read.
pub async fn last_entry_of_day(
    database: &Database,
    book: &OrganisationId,
    day: &str,
) -> Result<Option<u64>, StoreError> {
    let sql = "SELECT entry FROM deposit_postings WHERE book = $1 AND day <= $2 ORDER BY day DESC, entry DESC LIMIT 1";
    let rows = database.read(sql, &[Value::from(book.as_str()), Value::from(day)]).await?;
    rows.first().map(|row| row.unsigned(0)).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_ask_for_every_column() {
        for (columns, table) in [
            (DEPOSIT_COLUMNS, &DEPOSITS),
            (SCHEME_COLUMNS, &SCHEMES),
            (POSTING_COLUMNS, &POSTINGS),
            (ACCOUNT_COLUMNS, &ACCOUNTS),
        ] {
            // A list begins with what it is ordered by, a table with its key.
            let sorted = |names: &str| names.split(", ").map(str::to_owned).collect::<BTreeSet<_>>();
            assert_eq!(sorted(columns), sorted(&table.column_names()), "{}", table.name);
        }
    }
}
