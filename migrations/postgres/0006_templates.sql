-- Projection: templates of commitments.
CREATE TABLE templates (
    id      TEXT COLLATE "C" PRIMARY KEY,
    title   TEXT COLLATE "C" NOT NULL,
    scope   TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    entry   TEXT COLLATE "C" NOT NULL                  -- hash of the entry that published the latest version
);
