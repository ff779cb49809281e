-- Who has the rights and duties of an organisation that ended; `gongshi replay` fills it for a log that exists.
CREATE TABLE successions (
    successor   TEXT COLLATE "C" NOT NULL,
    predecessor TEXT COLLATE "C" NOT NULL,
    stands      BIGINT NOT NULL,              -- 1 unless the end was taken back
    PRIMARY KEY (successor, predecessor)
);
