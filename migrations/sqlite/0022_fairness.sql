-- Ratings beside one another: when each was sealed and settled, and what it gave. Every rating has a row from now on; `gongshi replay`
-- fills it for a log that exists.
ALTER TABLE ratings ADD COLUMN status TEXT NOT NULL DEFAULT '';
ALTER TABLE ratings ADD COLUMN scores TEXT;                  -- as given: dimension=score, with commas
ALTER TABLE ratings ADD COLUMN given INTEGER;                  -- hundredths, as given
ALTER TABLE ratings ADD COLUMN sealed_in INTEGER;              -- entries and their times, ms since 1970
ALTER TABLE ratings ADD COLUMN sealed INTEGER;
ALTER TABLE ratings ADD COLUMN settled_in INTEGER;             -- revealed, or its time over; absent while it is waited for
ALTER TABLE ratings ADD COLUMN settled INTEGER;
ALTER TABLE ratings ADD COLUMN replied_in INTEGER;
ALTER TABLE ratings ADD COLUMN replied INTEGER;
DROP INDEX ratings_rated;
CREATE INDEX ratings_rated ON ratings (rated, since, evaluation) WHERE points IS NOT NULL;
CREATE INDEX ratings_given ON ratings (rater, settled_in, evaluation) WHERE settled_in IS NOT NULL;
CREATE INDEX ratings_received ON ratings (rated, settled_in, evaluation) WHERE settled_in IS NOT NULL;

-- Whose conduct the author of an entry disputes: history, a function of the accepted acts; `gongshi replay` fills it, too.
CREATE TABLE disputes (
    disputed  TEXT NOT NULL,
    disputant TEXT NOT NULL,
    idx       INTEGER NOT NULL,
    PRIMARY KEY (disputed, disputant, idx)
) WITHOUT ROWID;
