-- Disclosures move to the object store, encrypted; here is the key of each, until it is erased. Those that earlier builds
-- stored go: no version was released.
DROP TABLE disclosures;
CREATE TABLE disclosures (
    digest    TEXT COLLATE "C" PRIMARY KEY,             -- as it stands in the payload
    owner     TEXT COLLATE "C" NOT NULL,
    stored_at BIGINT NOT NULL,
    key       BYTEA,                        -- NULL once it is erased
    erased_at BIGINT,
    erased_by TEXT COLLATE "C",
    reason    TEXT COLLATE "C"
);
