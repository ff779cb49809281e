-- Projection: commitments, for lists and for the scheduler.
CREATE TABLE commitments (
    id               TEXT PRIMARY KEY,
    template         TEXT NOT NULL,
    template_version INTEGER NOT NULL,
    unit             TEXT NOT NULL,
    enterprise       TEXT NOT NULL,
    tender           TEXT,
    lot              TEXT,
    year             INTEGER,
    offered_by       TEXT NOT NULL,
    status           TEXT NOT NULL,
    open_breaches    INTEGER NOT NULL,
    next_due         INTEGER,                 -- when the service has something to propose
    first_time       INTEGER NOT NULL,        -- ms since 1970
    last_time        INTEGER NOT NULL,
    version          INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX commitments_unit ON commitments (unit, id);
CREATE INDEX commitments_enterprise ON commitments (enterprise, id);
CREATE INDEX commitments_tender ON commitments (tender, id) WHERE tender IS NOT NULL;
CREATE INDEX commitments_due ON commitments (next_due, id) WHERE next_due IS NOT NULL;

-- Projection: reported breaches.
CREATE TABLE breaches (
    commitment TEXT NOT NULL,
    id         TEXT NOT NULL,
    against    TEXT NOT NULL,
    status     TEXT NOT NULL,
    finding    TEXT,                       -- while one counts
    PRIMARY KEY (commitment, id)
) WITHOUT ROWID;

-- Projection: which other streams the decisions on a stream look at.
CREATE TABLE stream_reads (
    stream TEXT NOT NULL,
    read   TEXT NOT NULL,
    PRIMARY KEY (stream, read)
) WITHOUT ROWID;
