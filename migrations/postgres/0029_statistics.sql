-- What figures are counted of (统计), and lists are asked for by. `gongshi replay` fills it for a log that exists.
ALTER TABLE objections ADD COLUMN unit TEXT COLLATE "C";                             -- code of the procuring unit
ALTER TABLE objections ADD COLUMN result TEXT COLLATE "C" NOT NULL DEFAULT 'open';      -- upheld, rejected, open
ALTER TABLE objections ADD COLUMN answered TEXT COLLATE "C" NOT NULL DEFAULT 'open';    -- in_time, late, open
CREATE INDEX objections_unit ON objections (unit, filed, tender, id) WHERE unit IS NOT NULL;
CREATE INDEX objections_result ON objections (result, filed, tender, id);
CREATE INDEX objections_answered ON objections (answered, filed, tender, id);

ALTER TABLE lots ADD COLUMN bidding TEXT COLLATE "C" NOT NULL DEFAULT 'unknown';        -- single, several, nobody, unknown
ALTER TABLE lots ADD COLUMN opening TEXT COLLATE "C" NOT NULL DEFAULT 'unknown';        -- in_time, late, unknown
ALTER TABLE lots ADD COLUMN challenges_in_time BIGINT NOT NULL DEFAULT 0;
ALTER TABLE lots ADD COLUMN challenges_late BIGINT NOT NULL DEFAULT 0;
ALTER TABLE lots ADD COLUMN challenges_running BIGINT NOT NULL DEFAULT 0;
CREATE INDEX lots_bidding ON lots (bidding, published, tender, id);
CREATE INDEX lots_opening ON lots (opening, published, tender, id);

ALTER TABLE deposits ADD COLUMN refund TEXT COLLATE "C" NOT NULL DEFAULT 'not_due';     -- in_time, late, running, not_due, nothing
CREATE INDEX deposits_refund ON deposits (refund, entry);
