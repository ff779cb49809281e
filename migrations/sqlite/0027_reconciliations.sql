-- Reconciliations (银行对账) and open items (未达账项). `gongshi replay` fills them for a log that exists.

-- One row a reconciliation; amounts in minor units.
CREATE TABLE deposit_reconciliations (
    entry        INTEGER NOT NULL,
    book         TEXT NOT NULL,
    bank         TEXT NOT NULL,
    currency     TEXT NOT NULL,
    file         TEXT NOT NULL,
    first        TEXT NOT NULL,
    last         TEXT NOT NULL,
    opening      INTEGER NOT NULL,
    closing      INTEGER NOT NULL,
    book_balance INTEGER NOT NULL,
    lines        INTEGER NOT NULL,
    matched      INTEGER NOT NULL,
    open         INTEGER NOT NULL,
    open_sha256  TEXT NOT NULL,
    unexplained  INTEGER NOT NULL,
    first_untied TEXT,
    withdrawn    INTEGER,
    PRIMARY KEY (entry)
) WITHOUT ROWID;

-- One row an item that was open at the end of a reconciliation.
CREATE TABLE deposit_open_items (
    entry      INTEGER NOT NULL,
    number     INTEGER NOT NULL,
    book       TEXT NOT NULL,
    bank       TEXT NOT NULL,
    currency   TEXT NOT NULL,
    status     TEXT NOT NULL,
    kind       TEXT NOT NULL,
    day        TEXT NOT NULL,
    amount     INTEGER NOT NULL,
    line       INTEGER,
    reference  TEXT,
    posting    INTEGER,
    candidates TEXT NOT NULL,
    settled_by INTEGER,
    settled    TEXT NOT NULL,
    reason     TEXT,
    PRIMARY KEY (entry, number)
) WITHOUT ROWID;

CREATE INDEX deposit_reconciliations_book ON deposit_reconciliations (book, entry);
CREATE INDEX deposit_open_items_book ON deposit_open_items (book, entry, number);
