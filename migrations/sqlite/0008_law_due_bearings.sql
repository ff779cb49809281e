-- One table of what time makes due, for every kind of stream; `gongshi replay` fills it for a log that exists.
DROP INDEX tenders_due;
ALTER TABLE tenders DROP COLUMN next_due;
DROP INDEX commitments_due;
ALTER TABLE commitments DROP COLUMN next_due;

CREATE TABLE due (
    stream TEXT NOT NULL PRIMARY KEY,
    at INTEGER
) WITHOUT ROWID;
CREATE INDEX due_by_time ON due (at, stream) WHERE at IS NOT NULL;

-- Which entries bear on a subject beside the stream that they act on: history, a function of the accepted acts.
CREATE TABLE bearings (
    subject TEXT NOT NULL,
    idx INTEGER NOT NULL,
    PRIMARY KEY (subject, idx)
) WITHOUT ROWID;

-- The bytes of every edition of the law that the log has adopted: whoever copies the log takes them along.
CREATE TABLE law (
    edition TEXT NOT NULL PRIMARY KEY,
    bytes BLOB NOT NULL
);
