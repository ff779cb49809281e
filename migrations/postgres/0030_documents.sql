-- Documents that records name, and what is due on tenders, for lists. `gongshi replay` fills both for a log that exists.
CREATE TABLE attachments (
    entry        BIGINT NOT NULL,                -- the record that names it
    sha256       TEXT COLLATE "C" NOT NULL,
    cited        BIGINT NOT NULL,                -- when
    kind         TEXT COLLATE "C" NOT NULL,      -- of the record
    source       TEXT COLLATE "C" NOT NULL,      -- tender, commitment
    stream       TEXT COLLATE "C" NOT NULL,
    tender       TEXT COLLATE "C",
    author       TEXT COLLATE "C" NOT NULL,
    title        TEXT COLLATE "C" NOT NULL,
    title_folded TEXT COLLATE "C" NOT NULL,
    media_type   TEXT COLLATE "C" NOT NULL,
    size         BIGINT NOT NULL,                -- bytes
    PRIMARY KEY (entry, sha256)
);
CREATE INDEX attachments_cited ON attachments (cited, entry, sha256);
CREATE INDEX attachments_sha256 ON attachments (sha256, cited, entry);
CREATE INDEX attachments_author ON attachments (author, cited, entry, sha256);
CREATE INDEX attachments_kind ON attachments (kind, cited, entry, sha256);
CREATE INDEX attachments_media_type ON attachments (media_type, cited, entry, sha256);
CREATE INDEX attachments_source ON attachments (source, cited, entry, sha256);
CREATE INDEX attachments_tender ON attachments (tender, cited, entry, sha256) WHERE tender IS NOT NULL;

ALTER TABLE tenders ADD COLUMN bid_deadline TEXT COLLATE "C";    -- a day, or an hour with its zone, while the tender runs
ALTER TABLE tenders ADD COLUMN opening TEXT COLLATE "C";
