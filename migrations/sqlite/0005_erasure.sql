-- Disclosures move to the object store, encrypted; here is the key of each, until it is erased. Those that earlier builds
-- stored go: no version was released.
DROP TABLE disclosures;
CREATE TABLE disclosures (
    digest    TEXT PRIMARY KEY,             -- as it stands in the payload
    owner     TEXT NOT NULL,
    stored_at INTEGER NOT NULL,
    key       BLOB,                         -- NULL once it is erased
    erased_at INTEGER,
    erased_by TEXT,
    reason    TEXT
) WITHOUT ROWID;
