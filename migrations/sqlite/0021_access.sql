-- Bars (禁入); whether one is in force is asked with the time. `gongshi replay` fills it for a log that exists.
CREATE TABLE bars (
    organisation TEXT NOT NULL,
    entry        INTEGER NOT NULL,             -- of `access.barred`
    id           TEXT NOT NULL,
    kind         TEXT NOT NULL,
    name         TEXT NOT NULL,                -- as the decision has it
    authority    TEXT NOT NULL,
    decision     TEXT NOT NULL,
    article      TEXT NOT NULL,
    fields       TEXT NOT NULL,                -- comma-separated, as regions and measures
    regions      TEXT NOT NULL,                -- empty: everywhere
    measures     TEXT NOT NULL,
    first_day    TEXT NOT NULL,
    last_day     TEXT NOT NULL,
    from_time    INTEGER NOT NULL,
    until_time   INTEGER NOT NULL,
    document     TEXT NOT NULL,
    regime       TEXT NOT NULL,
    entered_by   TEXT NOT NULL,
    entered_time INTEGER NOT NULL,
    status       TEXT NOT NULL,                -- standing, revoked, annulled, repaired
    lifted_time  INTEGER,
    disputed     INTEGER NOT NULL,             -- 1: an objection waits for its ruling
    name_folded  TEXT NOT NULL,
    PRIMARY KEY (organisation, entry)
) WITHOUT ROWID;

CREATE INDEX bars_entry ON bars (entry);
CREATE INDEX bars_kind ON bars (kind, entry);
CREATE INDEX bars_status ON bars (status, entry);
