//! The tables of deposits, and their columns as lists ask for them.

use crate::store::{Column, Table};

/// One row a payee.
pub static BOOKS: Table = Table {
    name: "deposit_books",
    columns: &[
        Column::text("book"),
        Column::integer("deposits"),
        Column::integer("vouchers"),
        Column::integer("refunds_in_time"),
        Column::integer("refunds_late"),
        Column::integer("overdue"),
        Column::integer("version"),
    ],
    key: &["book"],
};

/// One row a scheme.
pub static SCHEMES: Table = Table {
    name: "deposit_schemes",
    columns: &[
        Column::text("book"),
        Column::text("id"),
        Column::integer("entry"),
        Column::text("kind"),
        Column::text("name"),
        Column::text("article"),
        Column::text("currency"),
        Column::integer("ratio_ppm"),
        Column::text("forms"),
        Column::integer("refund_days"),
        Column::text("document"),
    ],
    key: &["book", "id"],
};

/// One row a deposit.
pub static DEPOSITS: Table = Table {
    name: "deposits",
    columns: &[
        Column::text("book"),
        Column::text("id"),
        Column::integer("entry"),
        Column::text("scheme"),
        Column::text("kind"),
        Column::text("payer"),
        Column::text("tender"),
        Column::text("lot"),
        Column::text("currency"),
        Column::text("status"),
        Column::text("pay_by"),
        Column::text("clock_event"),
        Column::text("clock_day"),
        Column::integer("due_at"),
        Column::integer("due_provisional"),
        Column::integer("overdue_entry"),
        Column::integer("last_entry"),
        Column::integer("required"),
        Column::integer("shortfall"),
        Column::integer("guaranteed"),
        Column::integer("available"),
        Column::integer("held"),
        Column::integer("excess"),
        Column::integer("refund_payable"),
        Column::integer("disputed"),
        Column::integer("refunded"),
        Column::integer("interest_paid"),
        Column::text("guarantee_expires"),
        Column::integer("topup_due_at"),
        Column::integer("topup_overdue"),
        Column::integer("surplus_due_at"),
        Column::integer("surplus_overdue"),
        Column::integer("guarantee_warned"),
        Column::text("refund"),
        Column::text("part_of"),
        Column::integer("announced"),
        Column::text("procurement"),
        Column::text("procurement_notice"),
    ],
    key: &["book", "id"],
};

/// One row an account that was ever posted to.
pub static ACCOUNTS: Table = Table {
    name: "deposit_accounts",
    columns: &[
        Column::text("account"),
        Column::text("book"),
        Column::text("heading"),
        Column::text("sub"),
        Column::text("currency"),
        Column::integer("balance"),
    ],
    key: &["account"],
};

/// One row a line of a voucher.
pub static POSTINGS: Table = Table {
    name: "deposit_postings",
    columns: &[
        Column::integer("entry"),
        Column::integer("line"),
        Column::text("book"),
        Column::integer("voucher"),
        Column::text("day"),
        Column::text("kind"),
        Column::text("account"),
        Column::text("side"),
        Column::integer("amount"),
        Column::integer("balance"),
    ],
    key: &["entry", "line"],
};

/// All of them, as lists ask for them.
pub const DEPOSIT_COLUMNS: &str = "entry, book, id, scheme, kind, payer, tender, lot, currency, status, pay_by, clock_event, \
     clock_day, due_at, due_provisional, overdue_entry, last_entry, required, shortfall, guaranteed, available, held, excess, \
     refund_payable, disputed, refunded, interest_paid, guarantee_expires, topup_due_at, topup_overdue, surplus_due_at, \
     surplus_overdue, guarantee_warned, refund, part_of, announced, procurement, procurement_notice";

pub const SCHEME_COLUMNS: &str =
    "entry, book, id, kind, name, article, currency, ratio_ppm, forms, refund_days, document";

pub const POSTING_COLUMNS: &str = "entry, line, book, voucher, day, kind, account, side, amount, balance";

pub const ACCOUNT_COLUMNS: &str = "account, book, heading, sub, currency, balance";
