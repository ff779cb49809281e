-- Projection: commitments, for lists and for the scheduler.
CREATE TABLE commitments (
    id               TEXT COLLATE "C" PRIMARY KEY,
    template         TEXT COLLATE "C" NOT NULL,
    template_version BIGINT NOT NULL,
    unit             TEXT COLLATE "C" NOT NULL,
    enterprise       TEXT COLLATE "C" NOT NULL,
    tender           TEXT COLLATE "C",
    lot              TEXT COLLATE "C",
    year             BIGINT,
    offered_by       TEXT COLLATE "C" NOT NULL,
    status           TEXT COLLATE "C" NOT NULL,
    open_breaches    BIGINT NOT NULL,
    next_due         BIGINT,                 -- when the service has something to propose
    first_time       BIGINT NOT NULL,        -- ms since 1970
    last_time        BIGINT NOT NULL,
    version          BIGINT NOT NULL
);
CREATE INDEX commitments_unit ON commitments (unit, id);
CREATE INDEX commitments_enterprise ON commitments (enterprise, id);
CREATE INDEX commitments_tender ON commitments (tender, id) WHERE tender IS NOT NULL;
CREATE INDEX commitments_due ON commitments (next_due, id) WHERE next_due IS NOT NULL;

-- Projection: reported breaches.
CREATE TABLE breaches (
    commitment TEXT COLLATE "C" NOT NULL,
    id         TEXT COLLATE "C" NOT NULL,
    against    TEXT COLLATE "C" NOT NULL,
    status     TEXT COLLATE "C" NOT NULL,
    finding    TEXT COLLATE "C",                       -- while one counts
    PRIMARY KEY (commitment, id)
);

-- Projection: which other streams the decisions on a stream look at.
CREATE TABLE stream_reads (
    stream TEXT COLLATE "C" NOT NULL,
    read   TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (stream, read)
);
