-- Bars (禁入); whether one is in force is asked with the time. `gongshi replay` fills it for a log that exists.
CREATE TABLE bars (
    organisation TEXT COLLATE "C" NOT NULL,
    entry        BIGINT NOT NULL,             -- of `access.barred`
    id           TEXT COLLATE "C" NOT NULL,
    kind         TEXT COLLATE "C" NOT NULL,
    name         TEXT COLLATE "C" NOT NULL,                -- as the decision has it
    authority    TEXT COLLATE "C" NOT NULL,
    decision     TEXT COLLATE "C" NOT NULL,
    article      TEXT COLLATE "C" NOT NULL,
    fields       TEXT COLLATE "C" NOT NULL,                -- comma-separated, as regions and measures
    regions      TEXT COLLATE "C" NOT NULL,                -- empty: everywhere
    measures     TEXT COLLATE "C" NOT NULL,
    first_day    TEXT COLLATE "C" NOT NULL,
    last_day     TEXT COLLATE "C" NOT NULL,
    from_time    BIGINT NOT NULL,
    until_time   BIGINT NOT NULL,
    document     TEXT COLLATE "C" NOT NULL,
    regime       TEXT COLLATE "C" NOT NULL,
    entered_by   TEXT COLLATE "C" NOT NULL,
    entered_time BIGINT NOT NULL,
    status       TEXT COLLATE "C" NOT NULL,                -- standing, revoked, annulled, repaired
    lifted_time  BIGINT,
    disputed     BIGINT NOT NULL,             -- 1: an objection waits for its ruling
    name_folded  TEXT NOT NULL,
    PRIMARY KEY (organisation, entry)
);

CREATE INDEX bars_entry ON bars (entry);
CREATE INDEX bars_kind ON bars (kind, entry);
CREATE INDEX bars_status ON bars (status, entry);
