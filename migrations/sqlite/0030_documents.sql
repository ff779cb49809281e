-- Documents that records name, and what is due on tenders, for lists. `gongshi replay` fills both for a log that exists.
CREATE TABLE attachments (
    entry        INTEGER NOT NULL,               -- the record that names it
    sha256       TEXT NOT NULL,
    cited        INTEGER NOT NULL,               -- when
    kind         TEXT NOT NULL,                  -- of the record
    source       TEXT NOT NULL,                  -- tender, commitment
    stream       TEXT NOT NULL,
    tender       TEXT,
    author       TEXT NOT NULL,
    title        TEXT NOT NULL,
    title_folded TEXT NOT NULL,
    media_type   TEXT NOT NULL,
    size         INTEGER NOT NULL,               -- bytes
    PRIMARY KEY (entry, sha256)
) WITHOUT ROWID;
CREATE INDEX attachments_cited ON attachments (cited, entry, sha256);
CREATE INDEX attachments_sha256 ON attachments (sha256, cited, entry);
CREATE INDEX attachments_author ON attachments (author, cited, entry, sha256);
CREATE INDEX attachments_kind ON attachments (kind, cited, entry, sha256);
CREATE INDEX attachments_media_type ON attachments (media_type, cited, entry, sha256);
CREATE INDEX attachments_source ON attachments (source, cited, entry, sha256);
CREATE INDEX attachments_tender ON attachments (tender, cited, entry, sha256) WHERE tender IS NOT NULL;

ALTER TABLE tenders ADD COLUMN bid_deadline TEXT;    -- a day, or an hour with its zone, while the tender runs
ALTER TABLE tenders ADD COLUMN opening TEXT;
