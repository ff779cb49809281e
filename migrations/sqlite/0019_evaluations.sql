-- Which streams an entry obliges the service to begin: history, a function of the accepted acts; `gongshi replay` fills it
-- for a log that exists.
CREATE TABLE entailed (
    idx    INTEGER NOT NULL,
    stream TEXT NOT NULL,
    PRIMARY KEY (idx, stream)
) WITHOUT ROWID;

-- Projection: evaluations of commitments.
CREATE TABLE evaluations (
    id         TEXT PRIMARY KEY,
    commitment TEXT NOT NULL,
    milestone  TEXT NOT NULL,
    tender     TEXT,
    lot        TEXT,
    lost       INTEGER NOT NULL,              -- 1: the enterprise bid and did not win
    unit       TEXT NOT NULL,
    enterprise TEXT NOT NULL,
    status     TEXT NOT NULL,
    by_unit    TEXT NOT NULL,
    by_enterprise TEXT NOT NULL,
    concluded  INTEGER,                       -- ms since 1970
    first_time INTEGER NOT NULL,
    last_time  INTEGER NOT NULL,
    version    INTEGER NOT NULL
);
CREATE INDEX evaluations_commitment ON evaluations (commitment, id);
CREATE INDEX evaluations_unit ON evaluations (unit, id);
CREATE INDEX evaluations_enterprise ON evaluations (enterprise, id);
CREATE INDEX evaluations_tender ON evaluations (tender, id) WHERE tender IS NOT NULL;
CREATE INDEX evaluations_status ON evaluations (status, id);
-- The sample of a day is drawn of those that were concluded on it.
CREATE INDEX evaluations_concluded ON evaluations (concluded, id) WHERE concluded IS NOT NULL;

-- Projection: ratings that count, for an organisation's score.
CREATE TABLE ratings (
    evaluation TEXT NOT NULL,
    rater_side TEXT NOT NULL,
    rater      TEXT NOT NULL,
    rated      TEXT NOT NULL,
    lost       INTEGER NOT NULL,
    points     INTEGER,                       -- hundredths; absent while an appeal is undecided
    since      INTEGER NOT NULL,              -- ms since 1970: when the evaluation was opened
    PRIMARY KEY (evaluation, rater_side)
) WITHOUT ROWID;
CREATE INDEX ratings_rated ON ratings (rated, since, evaluation);
