-- Reconciliations (银行对账) and open items (未达账项). `gongshi replay` fills them for a log that exists.

-- One row a reconciliation; amounts in minor units.
CREATE TABLE deposit_reconciliations (
    entry        BIGINT NOT NULL,
    book         TEXT COLLATE "C" NOT NULL,
    bank         TEXT COLLATE "C" NOT NULL,
    currency     TEXT COLLATE "C" NOT NULL,
    file         TEXT COLLATE "C" NOT NULL,
    first        TEXT COLLATE "C" NOT NULL,
    last         TEXT COLLATE "C" NOT NULL,
    opening      BIGINT NOT NULL,
    closing      BIGINT NOT NULL,
    book_balance BIGINT NOT NULL,
    lines        BIGINT NOT NULL,
    matched      BIGINT NOT NULL,
    open         BIGINT NOT NULL,
    open_sha256  TEXT COLLATE "C" NOT NULL,
    unexplained  BIGINT NOT NULL,
    first_untied TEXT COLLATE "C",
    withdrawn    BIGINT,
    PRIMARY KEY (entry)
);

-- One row an item that was open at the end of a reconciliation.
CREATE TABLE deposit_open_items (
    entry      BIGINT NOT NULL,
    number     BIGINT NOT NULL,
    book       TEXT COLLATE "C" NOT NULL,
    bank       TEXT COLLATE "C" NOT NULL,
    currency   TEXT COLLATE "C" NOT NULL,
    status     TEXT COLLATE "C" NOT NULL,
    kind       TEXT COLLATE "C" NOT NULL,
    day        TEXT COLLATE "C" NOT NULL,
    amount     BIGINT NOT NULL,
    line       BIGINT,
    reference  TEXT COLLATE "C",
    posting    BIGINT,
    candidates TEXT COLLATE "C" NOT NULL,
    settled_by BIGINT,
    settled    TEXT COLLATE "C" NOT NULL,
    reason     TEXT COLLATE "C",
    PRIMARY KEY (entry, number)
);

CREATE INDEX deposit_reconciliations_book ON deposit_reconciliations (book, entry);
CREATE INDEX deposit_open_items_book ON deposit_open_items (book, entry, number);
