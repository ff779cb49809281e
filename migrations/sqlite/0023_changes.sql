-- What grades and bars became, for whoever follows them; `gongshi replay` fills both for a log that exists.
CREATE TABLE grade_changes (
    organisation TEXT NOT NULL,
    entry        INTEGER NOT NULL,             -- of the grade
    time         INTEGER NOT NULL,
    day          TEXT NOT NULL,
    was          TEXT,                      -- nothing: it had none
    grade        TEXT NOT NULL,
    points       INTEGER NOT NULL,
    PRIMARY KEY (organisation, entry)
) WITHOUT ROWID;
CREATE INDEX grade_changes_entry ON grade_changes (entry);

CREATE TABLE bar_changes (
    organisation  TEXT NOT NULL,
    at            INTEGER,                     -- nothing: it is told no more, for the bar was repaired
    entry         INTEGER NOT NULL,            -- the record; of what time alone did, that of the bar
    change        TEXT NOT NULL,
    bar           TEXT NOT NULL,
    bar_entry     INTEGER NOT NULL,
    was           TEXT,
    status        TEXT NOT NULL,
    barred_before INTEGER NOT NULL,            -- 1: by this or another bar
    barred        INTEGER NOT NULL,
    PRIMARY KEY (organisation, entry, change)
) WITHOUT ROWID;
CREATE INDEX bar_changes_at ON bar_changes (at, entry, change);
CREATE INDEX bar_changes_of ON bar_changes (organisation, at, entry, change);
