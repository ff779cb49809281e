-- Deposits (保证金) and their books. `gongshi replay` fills them for a log that exists.

-- One row a payee (收取人).
CREATE TABLE deposit_books (
    book            TEXT NOT NULL,
    deposits        INTEGER NOT NULL,
    vouchers        INTEGER NOT NULL,
    refunds_in_time INTEGER NOT NULL,
    refunds_late    INTEGER NOT NULL,
    overdue         INTEGER NOT NULL,
    version         INTEGER NOT NULL,
    PRIMARY KEY (book)
) WITHOUT ROWID;

-- One row a scheme (保证金方案).
CREATE TABLE deposit_schemes (
    book        TEXT NOT NULL,
    id          TEXT NOT NULL,
    entry       INTEGER NOT NULL,
    kind        TEXT NOT NULL,
    name        TEXT NOT NULL,
    article     TEXT NOT NULL,
    currency    TEXT NOT NULL,
    ratio_ppm   INTEGER NOT NULL,
    forms       TEXT NOT NULL,
    refund_days INTEGER,
    document    TEXT NOT NULL,
    PRIMARY KEY (book, id)
) WITHOUT ROWID;

-- One row a deposit; amounts in minor units.
CREATE TABLE deposits (
    book              TEXT NOT NULL,
    id                TEXT NOT NULL,
    entry             INTEGER NOT NULL,
    scheme            TEXT NOT NULL,
    kind              TEXT NOT NULL,
    payer             TEXT,
    tender            TEXT,
    lot               TEXT,
    currency          TEXT NOT NULL,
    status            TEXT NOT NULL,
    pay_by            TEXT NOT NULL,
    clock_event       TEXT,
    clock_day         TEXT,
    due_at            INTEGER,
    due_provisional   INTEGER NOT NULL,
    overdue_entry     INTEGER,
    last_entry        INTEGER NOT NULL,
    required          INTEGER NOT NULL,
    shortfall         INTEGER NOT NULL,
    guaranteed        INTEGER NOT NULL,
    available         INTEGER NOT NULL,
    held              INTEGER NOT NULL,
    excess            INTEGER NOT NULL,
    refund_payable    INTEGER NOT NULL,
    disputed          INTEGER NOT NULL,
    refunded          INTEGER NOT NULL,
    interest_paid     INTEGER NOT NULL,
    guarantee_expires TEXT,
    PRIMARY KEY (book, id)
) WITHOUT ROWID;

-- One row an account (科目) that was posted to; `account` begins with the book.
CREATE TABLE deposit_accounts (
    account  TEXT NOT NULL,
    book     TEXT NOT NULL,
    heading  TEXT NOT NULL,
    sub      TEXT,
    currency TEXT NOT NULL,
    balance  INTEGER NOT NULL,
    PRIMARY KEY (account)
) WITHOUT ROWID;

-- One row a line (分录), written once, with the balance that it left.
CREATE TABLE deposit_postings (
    entry   INTEGER NOT NULL,
    line    INTEGER NOT NULL,
    book    TEXT NOT NULL,
    voucher INTEGER NOT NULL,
    day     TEXT NOT NULL,
    kind    TEXT NOT NULL,
    account TEXT NOT NULL,
    side    TEXT NOT NULL,
    amount  INTEGER NOT NULL,
    balance INTEGER NOT NULL,
    PRIMARY KEY (entry, line)
) WITHOUT ROWID;

CREATE INDEX deposit_schemes_entry ON deposit_schemes (entry);
CREATE INDEX deposit_schemes_book ON deposit_schemes (book, entry);
CREATE INDEX deposits_entry ON deposits (entry);
CREATE INDEX deposits_book ON deposits (book, entry);
CREATE INDEX deposits_payer ON deposits (payer, entry) WHERE payer IS NOT NULL;
CREATE INDEX deposits_tender ON deposits (tender, entry) WHERE tender IS NOT NULL;
CREATE INDEX deposits_status ON deposits (status, entry);
CREATE INDEX deposit_accounts_book ON deposit_accounts (book, account);
CREATE INDEX deposit_accounts_heading ON deposit_accounts (book, heading);
CREATE INDEX deposit_postings_account ON deposit_postings (account, entry, line);
CREATE INDEX deposit_postings_book ON deposit_postings (book, entry, line);
CREATE INDEX deposit_postings_day ON deposit_postings (book, day, entry);
