-- The log: everything else can be computed from it.
CREATE TABLE entries (
    idx     INTEGER PRIMARY KEY,
    time    INTEGER NOT NULL,               -- ms since 1970, UTC
    stream  TEXT    NOT NULL,
    version INTEGER NOT NULL,               -- of the stream, from 1
    kind    TEXT    NOT NULL,
    author  TEXT    NOT NULL,
    kid     BLOB    NOT NULL,
    jti     BLOB    NOT NULL,
    digest  BLOB    NOT NULL,               -- SHA-256 of the record: tells a replay from a reuse of its jti
    bytes   BLOB    NOT NULL                -- the entry, exactly as hashed
);
CREATE UNIQUE INDEX entries_stream ON entries (stream, version);
CREATE UNIQUE INDEX entries_jti ON entries (jti, kid);

-- The one row that says how far the log has come; a writer holds it for the length of its transaction.
CREATE TABLE log_head (
    id        INTEGER PRIMARY KEY CHECK (id = 1),
    size      INTEGER NOT NULL,
    last_hash BLOB    NOT NULL,             -- SHA-256 of the last entry; of the origin line while there is none
    last_time INTEGER NOT NULL,
    origin    TEXT    NOT NULL,
    checkpoint TEXT   NOT NULL              -- the signed note for this size
);

-- Tiles of hashes (C2SP tlog-tiles). A partial tile grows in place: its older widths are prefixes of it.
CREATE TABLE tiles (
    level  INTEGER NOT NULL,
    idx    INTEGER NOT NULL,
    hashes BLOB    NOT NULL,
    PRIMARY KEY (level, idx)
) WITHOUT ROWID;

-- Disclosures of sealed values: beside the log, so that they can be erased.
CREATE TABLE disclosures (
    digest     TEXT PRIMARY KEY,            -- as it stands in the payload
    owner      TEXT NOT NULL,
    disclosure TEXT NOT NULL,
    stored_at  INTEGER NOT NULL
) WITHOUT ROWID;

-- Documents that were uploaded; their bytes are in the object store.
CREATE TABLE documents (
    sha256     TEXT PRIMARY KEY,
    size       INTEGER NOT NULL,
    media_type TEXT NOT NULL,
    owner      TEXT NOT NULL,
    stored_at  INTEGER NOT NULL
) WITHOUT ROWID;
