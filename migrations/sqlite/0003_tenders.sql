-- Projection: tenders, for lists and for the scheduler.
CREATE TABLE tenders (
    code           TEXT PRIMARY KEY,
    title          TEXT NOT NULL,
    status         TEXT NOT NULL,
    nature         TEXT NOT NULL,
    region         TEXT NOT NULL,
    centre         TEXT NOT NULL,
    unit           TEXT,
    unit_name      TEXT NOT NULL,
    estimate_minor INTEGER,
    window_until   INTEGER,                 -- ms since 1970
    next_due       INTEGER,                 -- when the service has something to propose
    first_time     INTEGER NOT NULL,
    last_time      INTEGER NOT NULL,
    version        INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX tenders_time ON tenders (first_time, code);
CREATE INDEX tenders_due ON tenders (next_due) WHERE next_due IS NOT NULL;

-- Projection: objections.
CREATE TABLE objections (
    tender     TEXT NOT NULL,
    id         TEXT NOT NULL,
    objector   TEXT NOT NULL,
    status     TEXT NOT NULL,
    answer_due INTEGER,
    PRIMARY KEY (tender, id)
) WITHOUT ROWID;

-- Projection: lots that something has happened to.
CREATE TABLE lots (
    tender          TEXT NOT NULL,
    id              TEXT NOT NULL,
    title           TEXT NOT NULL,
    status          TEXT NOT NULL,
    winner          TEXT,
    winner_name     TEXT,
    price           TEXT,                   -- JSON
    candidates      INTEGER NOT NULL,
    open_challenges INTEGER NOT NULL,
    PRIMARY KEY (tender, id)
) WITHOUT ROWID;
