-- Deposits (保证金) and their books. `gongshi replay` fills them for a log that exists.

-- One row a payee (收取人).
CREATE TABLE deposit_books (
    book            TEXT COLLATE "C" NOT NULL,
    deposits        BIGINT NOT NULL,
    vouchers        BIGINT NOT NULL,
    refunds_in_time BIGINT NOT NULL,
    refunds_late    BIGINT NOT NULL,
    overdue         BIGINT NOT NULL,
    version         BIGINT NOT NULL,
    PRIMARY KEY (book)
);

-- One row a scheme (保证金方案).
CREATE TABLE deposit_schemes (
    book        TEXT COLLATE "C" NOT NULL,
    id          TEXT COLLATE "C" NOT NULL,
    entry       BIGINT NOT NULL,
    kind        TEXT COLLATE "C" NOT NULL,
    name        TEXT COLLATE "C" NOT NULL,
    article     TEXT COLLATE "C" NOT NULL,
    currency    TEXT COLLATE "C" NOT NULL,
    ratio_ppm   BIGINT NOT NULL,
    forms       TEXT COLLATE "C" NOT NULL,
    refund_days BIGINT,
    document    TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (book, id)
);

-- One row a deposit; amounts in minor units.
CREATE TABLE deposits (
    book              TEXT COLLATE "C" NOT NULL,
    id                TEXT COLLATE "C" NOT NULL,
    entry             BIGINT NOT NULL,
    scheme            TEXT COLLATE "C" NOT NULL,
    kind              TEXT COLLATE "C" NOT NULL,
    payer             TEXT COLLATE "C",
    tender            TEXT COLLATE "C",
    lot               TEXT COLLATE "C",
    currency          TEXT COLLATE "C" NOT NULL,
    status            TEXT COLLATE "C" NOT NULL,
    pay_by            TEXT COLLATE "C" NOT NULL,
    clock_event       TEXT COLLATE "C",
    clock_day         TEXT COLLATE "C",
    due_at            BIGINT,
    due_provisional   BIGINT NOT NULL,
    overdue_entry     BIGINT,
    last_entry        BIGINT NOT NULL,
    required          BIGINT NOT NULL,
    shortfall         BIGINT NOT NULL,
    guaranteed        BIGINT NOT NULL,
    available         BIGINT NOT NULL,
    held              BIGINT NOT NULL,
    excess            BIGINT NOT NULL,
    refund_payable    BIGINT NOT NULL,
    disputed          BIGINT NOT NULL,
    refunded          BIGINT NOT NULL,
    interest_paid     BIGINT NOT NULL,
    guarantee_expires TEXT COLLATE "C",
    PRIMARY KEY (book, id)
);

-- One row an account (科目) that was posted to; `account` begins with the book.
CREATE TABLE deposit_accounts (
    account  TEXT COLLATE "C" NOT NULL,
    book     TEXT COLLATE "C" NOT NULL,
    heading  TEXT COLLATE "C" NOT NULL,
    sub      TEXT COLLATE "C",
    currency TEXT COLLATE "C" NOT NULL,
    balance  BIGINT NOT NULL,
    PRIMARY KEY (account)
);

-- One row a line (分录), written once, with the balance that it left.
CREATE TABLE deposit_postings (
    entry   BIGINT NOT NULL,
    line    BIGINT NOT NULL,
    book    TEXT COLLATE "C" NOT NULL,
    voucher BIGINT NOT NULL,
    day     TEXT COLLATE "C" NOT NULL,
    kind    TEXT COLLATE "C" NOT NULL,
    account TEXT COLLATE "C" NOT NULL,
    side    TEXT COLLATE "C" NOT NULL,
    amount  BIGINT NOT NULL,
    balance BIGINT NOT NULL,
    PRIMARY KEY (entry, line)
);

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
