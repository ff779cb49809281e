-- What grades and bars became, for whoever follows them; `gongshi replay` fills both for a log that exists.
CREATE TABLE grade_changes (
    organisation TEXT COLLATE "C" NOT NULL,
    entry        BIGINT NOT NULL,             -- of the grade
    time         BIGINT NOT NULL,
    day          TEXT COLLATE "C" NOT NULL,
    was          TEXT COLLATE "C",                      -- nothing: it had none
    grade        TEXT COLLATE "C" NOT NULL,
    points       BIGINT NOT NULL,
    PRIMARY KEY (organisation, entry)
);
CREATE INDEX grade_changes_entry ON grade_changes (entry);

CREATE TABLE bar_changes (
    organisation  TEXT COLLATE "C" NOT NULL,
    at            BIGINT,                     -- nothing: it is told no more, for the bar was repaired
    entry         BIGINT NOT NULL,            -- the record; of what time alone did, that of the bar
    change        TEXT COLLATE "C" NOT NULL,
    bar           TEXT COLLATE "C" NOT NULL,
    bar_entry     BIGINT NOT NULL,
    was           TEXT COLLATE "C",
    status        TEXT COLLATE "C" NOT NULL,
    barred_before BIGINT NOT NULL,            -- 1: by this or another bar
    barred        BIGINT NOT NULL,
    PRIMARY KEY (organisation, entry, change)
);
CREATE INDEX bar_changes_at ON bar_changes (at, entry, change);
CREATE INDEX bar_changes_of ON bar_changes (organisation, at, entry, change);
