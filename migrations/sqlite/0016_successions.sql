-- Who has the rights and duties of an organisation that ended; `gongshi replay` fills it for a log that exists.
CREATE TABLE successions (
    successor   TEXT NOT NULL,
    predecessor TEXT NOT NULL,
    stands      INTEGER NOT NULL,              -- 1 unless the end was taken back
    PRIMARY KEY (successor, predecessor)
) WITHOUT ROWID;
