-- Which streams an entry obliges the service to begin: history, a function of the accepted acts; `gongshi replay` fills it
-- for a log that exists.
CREATE TABLE entailed (
    idx    BIGINT NOT NULL,
    stream TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (idx, stream)
);

-- Projection: evaluations of commitments.
CREATE TABLE evaluations (
    id         TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    commitment TEXT COLLATE "C" NOT NULL,
    milestone  TEXT COLLATE "C" NOT NULL,
    tender     TEXT COLLATE "C",
    lot        TEXT COLLATE "C",
    lost       BIGINT NOT NULL,              -- 1: the enterprise bid and did not win
    unit       TEXT COLLATE "C" NOT NULL,
    enterprise TEXT COLLATE "C" NOT NULL,
    status     TEXT COLLATE "C" NOT NULL,
    by_unit    TEXT COLLATE "C" NOT NULL,
    by_enterprise TEXT COLLATE "C" NOT NULL,
    concluded  BIGINT,                       -- ms since 1970
    first_time BIGINT NOT NULL,
    last_time  BIGINT NOT NULL,
    version    BIGINT NOT NULL
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
    evaluation TEXT COLLATE "C" NOT NULL,
    rater_side TEXT COLLATE "C" NOT NULL,
    rater      TEXT COLLATE "C" NOT NULL,
    rated      TEXT COLLATE "C" NOT NULL,
    lost       BIGINT NOT NULL,
    points     BIGINT,                       -- hundredths; absent while an appeal is undecided
    since      BIGINT NOT NULL,              -- ms since 1970: when the evaluation was opened
    PRIMARY KEY (evaluation, rater_side)
);
CREATE INDEX ratings_rated ON ratings (rated, since, evaluation);
