-- Projection: tenders, for lists and for the scheduler.
CREATE TABLE tenders (
    code           TEXT COLLATE "C" PRIMARY KEY,
    title          TEXT COLLATE "C" NOT NULL,
    status         TEXT COLLATE "C" NOT NULL,
    nature         TEXT COLLATE "C" NOT NULL,
    region         TEXT COLLATE "C" NOT NULL,
    centre         TEXT COLLATE "C" NOT NULL,
    unit           TEXT COLLATE "C",
    unit_name      TEXT COLLATE "C" NOT NULL,
    estimate_minor BIGINT,
    window_until   BIGINT,                 -- ms since 1970
    next_due       BIGINT,                 -- when the service has something to propose
    first_time     BIGINT NOT NULL,
    last_time      BIGINT NOT NULL,
    version        BIGINT NOT NULL
);
CREATE INDEX tenders_time ON tenders (first_time, code);
CREATE INDEX tenders_due ON tenders (next_due) WHERE next_due IS NOT NULL;

-- Projection: objections.
CREATE TABLE objections (
    tender     TEXT COLLATE "C" NOT NULL,
    id         TEXT COLLATE "C" NOT NULL,
    objector   TEXT COLLATE "C" NOT NULL,
    status     TEXT COLLATE "C" NOT NULL,
    answer_due BIGINT,
    PRIMARY KEY (tender, id)
);

-- Projection: lots that something has happened to.
CREATE TABLE lots (
    tender          TEXT COLLATE "C" NOT NULL,
    id              TEXT COLLATE "C" NOT NULL,
    title           TEXT COLLATE "C" NOT NULL,
    status          TEXT COLLATE "C" NOT NULL,
    winner          TEXT COLLATE "C",
    winner_name     TEXT COLLATE "C",
    price           TEXT COLLATE "C",                   -- JSON
    candidates      BIGINT NOT NULL,
    open_challenges BIGINT NOT NULL,
    PRIMARY KEY (tender, id)
);
