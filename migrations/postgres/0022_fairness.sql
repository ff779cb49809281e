-- Ratings beside one another: when each was sealed and settled, and what it gave. Every rating has a row from now on; `gongshi replay`
-- fills it for a log that exists.
ALTER TABLE ratings ADD COLUMN status TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE ratings ADD COLUMN scores TEXT COLLATE "C";                  -- as given: dimension=score, with commas
ALTER TABLE ratings ADD COLUMN given BIGINT;                  -- hundredths, as given
ALTER TABLE ratings ADD COLUMN sealed_in BIGINT;              -- entries and their times, ms since 1970
ALTER TABLE ratings ADD COLUMN sealed BIGINT;
ALTER TABLE ratings ADD COLUMN settled_in BIGINT;             -- revealed, or its time over; absent while it is waited for
ALTER TABLE ratings ADD COLUMN settled BIGINT;
ALTER TABLE ratings ADD COLUMN replied_in BIGINT;
ALTER TABLE ratings ADD COLUMN replied BIGINT;
DROP INDEX ratings_rated;
CREATE INDEX ratings_rated ON ratings (rated, since, evaluation) WHERE points IS NOT NULL;
CREATE INDEX ratings_given ON ratings (rater, settled_in, evaluation) WHERE settled_in IS NOT NULL;
CREATE INDEX ratings_received ON ratings (rated, settled_in, evaluation) WHERE settled_in IS NOT NULL;

-- Whose conduct the author of an entry disputes: history, a function of the accepted acts; `gongshi replay` fills it, too.
CREATE TABLE disputes (
    disputed  TEXT COLLATE "C" NOT NULL,
    disputant TEXT COLLATE "C" NOT NULL,
    idx       BIGINT NOT NULL,
    PRIMARY KEY (disputed, disputant, idx)
);
