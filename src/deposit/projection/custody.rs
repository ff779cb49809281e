//! Rows of reconciliations and of the items that they left open.

use super::super::book::BookAccount;
use super::super::state::{CustodyState, ItemState, ReconciliationState};
use super::super::{DepositBook, OpenItemId, OpenItemStatus};
use super::optional;
use crate::field::{ItemId, OrganisationId};
use crate::store::{Column, Rows, Table, Value};

/// One row a reconciliation.
pub static RECONCILIATIONS: Table = Table {
    name: "deposit_reconciliations",
    columns: &[
        Column::integer("entry"),
        Column::text("book"),
        Column::text("bank"),
        Column::text("currency"),
        Column::text("file"),
        Column::text("first"),
        Column::text("last"),
        Column::integer("opening"),
        Column::integer("closing"),
        Column::integer("book_balance"),
        Column::integer("lines"),
        Column::integer("matched"),
        Column::integer("open"),
        Column::text("open_sha256"),
        Column::integer("unexplained"),
        Column::text("first_untied"),
        Column::integer("withdrawn"),
    ],
    key: &["entry"],
};

/// One row an item that was open at the end of a reconciliation.
pub static OPEN_ITEMS: Table = Table {
    name: "deposit_open_items",
    columns: &[
        Column::integer("entry"),
        Column::integer("number"),
        Column::text("book"),
        Column::text("bank"),
        Column::text("currency"),
        Column::text("status"),
        Column::text("kind"),
        Column::text("day"),
        Column::integer("amount"),
        Column::integer("line"),
        Column::text("reference"),
        Column::integer("posting"),
        Column::text("candidates"),
        Column::integer("settled_by"),
        Column::text("settled"),
        Column::text("reason"),
    ],
    key: &["entry", "number"],
};

pub const RECONCILIATION_COLUMNS: &str = "entry, book, bank, currency, file, first, last, opening, closing, book_balance, lines, \
     matched, open, open_sha256, unexplained, first_untied, withdrawn";

pub const OPEN_ITEM_COLUMNS: &str = "entry, number, book, bank, currency, status, kind, day, amount, line, reference, posting, \
     candidates, settled_by, settled, reason";

/// Those of all custody accounts, or of one bank's.
pub(super) fn custody_rows(of: &DepositBook, bank: Option<&ItemId>, rows: &mut Rows) {
    let named = |account: &BookAccount| bank.is_none() || account.sub.as_ref() == bank;
    for (account, custody) in of.custodies().filter(|(account, _)| named(account)) {
        put(&of.payee, account, custody, rows);
    }
}

fn put(book: &OrganisationId, account: &BookAccount, of: &CustodyState, rows: &mut Rows) {
    for (entry, reconciliation) in &of.reconciliations {
        rows.put(&RECONCILIATIONS, reconciliation_row(book, account, *entry, reconciliation));
    }
    for (id, item) in &of.items {
        rows.put(&OPEN_ITEMS, item_row(book, account, *id, item));
    }
}

fn whole(value: Option<u64>) -> Value {
    value.map_or(Value::Null, Value::from)
}

fn entries(entries: &[u64]) -> Value {
    Value::from(entries.iter().map(u64::to_string).collect::<Vec<_>>().join(","))
}

fn reconciliation_row(
    book: &OrganisationId,
    account: &BookAccount,
    entry: u64,
    of: &ReconciliationState,
) -> Vec<Value> {
    vec![
        Value::from(entry),
        Value::from(book.as_str()),
        optional(account.sub.as_ref()),
        Value::from(format!("{:?}", account.currency)),
        Value::from(of.file.to_string()),
        Value::from(of.first.to_string()),
        Value::from(of.last.to_string()),
        Value::Integer(of.opening_minor),
        Value::Integer(of.closing_minor),
        Value::Integer(of.book_minor),
        Value::Integer(of.lines.into()),
        Value::Integer(of.matched.into()),
        Value::Integer(of.open.into()),
        Value::from(of.open_sha256.to_string()),
        Value::Integer(of.unexplained_minor),
        optional(of.first_untied),
        whole(of.withdrawn),
    ]
}

fn item_row(book: &OrganisationId, account: &BookAccount, id: OpenItemId, of: &ItemState) -> Vec<Value> {
    let settled = of.settled.as_ref();
    let status = match () {
        () if of.withdrawn.is_some() => OpenItemStatus::Withdrawn,
        () if settled.is_some() => OpenItemStatus::Settled,
        () => OpenItemStatus::Open,
    };
    vec![
        Value::from(id.entry),
        Value::Integer(id.number.into()),
        Value::from(book.as_str()),
        optional(account.sub.as_ref()),
        Value::from(format!("{:?}", account.currency)),
        Value::from(status.name()),
        Value::from(of.kind.name()),
        Value::from(of.day.to_string()),
        Value::Integer(of.bank_over_book_minor),
        of.line.map_or(Value::Null, |line| Value::Integer(line.into())),
        optional(of.reference.as_deref()),
        whole(of.posting),
        entries(&of.candidates),
        whole(settled.map(|settled| settled.by)),
        entries(settled.map_or(&[], |settled| &settled.entries)),
        optional(settled.and_then(|settled| settled.reason.as_deref())),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_ask_for_every_column() {
        for (columns, table) in [(RECONCILIATION_COLUMNS, &RECONCILIATIONS), (OPEN_ITEM_COLUMNS, &OPEN_ITEMS)] {
            assert_eq!(columns, table.column_names(), "{}", table.name);
        }
    }
}
