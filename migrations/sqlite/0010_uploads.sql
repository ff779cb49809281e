-- What organisations have left here, and what of it a record cites. `gongshi replay` fills the first table for a log that
-- exists; documents that are here stay, and disclosures go: no version was released.

-- Which entries cite a document (by its hash) or hold a sealed value (by its digest): a function of the accepted acts.
CREATE TABLE citations (
    cited TEXT NOT NULL,
    idx   INTEGER NOT NULL,
    PRIMARY KEY (cited, idx)
) WITHOUT ROWID;

-- Documents that are here. What kind of file one is says whoever cites it; since `going` its bytes are being removed, and it
-- counts as gone.
ALTER TABLE documents DROP COLUMN media_type;
ALTER TABLE documents DROP COLUMN owner;
ALTER TABLE documents DROP COLUMN stored_at;
ALTER TABLE documents ADD COLUMN going INTEGER;
CREATE INDEX documents_going ON documents (going) WHERE going IS NOT NULL;

-- Who uploaded a document that no record cited then.
CREATE TABLE uploads (
    sha256    TEXT NOT NULL,
    owner     TEXT NOT NULL,
    stored_at INTEGER NOT NULL,
    PRIMARY KEY (sha256, owner)
) WITHOUT ROWID;
CREATE INDEX uploads_owner ON uploads (owner, stored_at);
CREATE INDEX uploads_time ON uploads (stored_at);

-- What opens a sealed value: for everybody who deposited it a ciphertext of its own, and here the key of each.
DROP TABLE disclosures;
CREATE TABLE disclosures (
    digest    TEXT NOT NULL,              -- as it stands in the payload
    owner     TEXT NOT NULL,              -- who deposited it
    stored_at INTEGER NOT NULL,
    cited     INTEGER NOT NULL,              -- 1 once somebody has seen that a record holds the digest
    object    TEXT NOT NULL,              -- the ciphertext's name in the object store
    key       BLOB,                         -- NULL while the ciphertext is being removed
    PRIMARY KEY (digest, owner)
) WITHOUT ROWID;
CREATE INDEX disclosures_uncited ON disclosures (owner, stored_at) WHERE cited = 0;
CREATE INDEX disclosures_going ON disclosures (digest) WHERE key IS NULL;

-- Sealed values that were erased for everybody and for ever.
CREATE TABLE erasures (
    digest    TEXT PRIMARY KEY,
    erased_at INTEGER NOT NULL,
    erased_by TEXT NOT NULL,
    reason    TEXT NOT NULL
) WITHOUT ROWID;
