-- The log: everything else can be computed from it.
CREATE TABLE entries (
    idx     BIGINT PRIMARY KEY,
    time    BIGINT NOT NULL,               -- ms since 1970, UTC
    stream  TEXT COLLATE "C"    NOT NULL,
    version BIGINT NOT NULL,               -- of the stream, from 1
    kind    TEXT COLLATE "C"    NOT NULL,
    author  TEXT COLLATE "C"    NOT NULL,
    kid     BYTEA    NOT NULL,
    jti     BYTEA    NOT NULL,
    digest  BYTEA    NOT NULL,               -- SHA-256 of the record: tells a replay from a reuse of its jti
    bytes   BYTEA    NOT NULL                -- the entry, exactly as hashed
);
CREATE UNIQUE INDEX entries_stream ON entries (stream, version);
CREATE UNIQUE INDEX entries_jti ON entries (jti, kid);

-- The one row that says how far the log has come; a writer holds it for the length of its transaction.
CREATE TABLE log_head (
    id        BIGINT PRIMARY KEY CHECK (id = 1),
    size      BIGINT NOT NULL,
    last_hash BYTEA    NOT NULL,             -- SHA-256 of the last entry; of the origin line while there is none
    last_time BIGINT NOT NULL,
    origin    TEXT COLLATE "C"    NOT NULL,
    checkpoint TEXT COLLATE "C"   NOT NULL              -- the signed note for this size
);

-- Tiles of hashes (C2SP tlog-tiles). A partial tile grows in place: its older widths are prefixes of it.
CREATE TABLE tiles (
    level  BIGINT NOT NULL,
    idx    BIGINT NOT NULL,
    hashes BYTEA    NOT NULL,
    PRIMARY KEY (level, idx)
);

-- Disclosures of sealed values: beside the log, so that they can be erased.
CREATE TABLE disclosures (
    digest     TEXT COLLATE "C" PRIMARY KEY,            -- as it stands in the payload
    owner      TEXT COLLATE "C" NOT NULL,
    disclosure TEXT COLLATE "C" NOT NULL,
    stored_at  BIGINT NOT NULL
);

-- Documents that were uploaded; their bytes are in the object store.
CREATE TABLE documents (
    sha256     TEXT COLLATE "C" PRIMARY KEY,
    size       BIGINT NOT NULL,
    media_type TEXT COLLATE "C" NOT NULL,
    owner      TEXT COLLATE "C" NOT NULL,
    stored_at  BIGINT NOT NULL
);
