-- Projection: templates of commitments.
CREATE TABLE templates (
    id      TEXT PRIMARY KEY,
    title   TEXT NOT NULL,
    scope   TEXT NOT NULL,
    version INTEGER NOT NULL,
    entry   TEXT NOT NULL                  -- hash of the entry that published the latest version
) WITHOUT ROWID;
