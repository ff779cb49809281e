-- Who bids for a lot and who won it, and texts as they are searched. `gongshi replay` fills it all for a log that exists.
CREATE TABLE bids (
    tender    TEXT COLLATE "C"    NOT NULL,
    lot       TEXT COLLATE "C"    NOT NULL,
    bidder    TEXT COLLATE "C"    NOT NULL,
    published BIGINT NOT NULL,             -- when the tender was first published, ms since 1970
    leads     BIGINT NOT NULL,             -- 1 in one lot of a tender
    PRIMARY KEY (tender, lot, bidder)
);
CREATE INDEX bids_lots ON bids (bidder, published, tender, lot);
CREATE INDEX bids_tenders ON bids (bidder, published, tender) WHERE leads = 1;

CREATE TABLE awards (
    tender    TEXT COLLATE "C"    NOT NULL,
    lot       TEXT COLLATE "C"    NOT NULL,
    winner    TEXT COLLATE "C"    NOT NULL,
    published BIGINT NOT NULL,
    stands    BIGINT NOT NULL,             -- 0 when it fell through
    leads     BIGINT NOT NULL,             -- 1 in one lot of a tender where it stands
    PRIMARY KEY (tender, lot, winner)
);
CREATE INDEX awards_winner ON awards (winner, published, tender, lot);
CREATE INDEX awards_tenders ON awards (winner, published, tender) WHERE leads = 1;

ALTER TABLE tenders ADD COLUMN title_folded TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE tenders ADD COLUMN awarded_minor BIGINT;
CREATE INDEX tenders_unit ON tenders (unit, first_time, code) WHERE unit IS NOT NULL;

ALTER TABLE lots DROP COLUMN winners;
ALTER TABLE lots ADD COLUMN title_folded TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE lots ADD COLUMN nature TEXT COLLATE "C";
ALTER TABLE lots ADD COLUMN region TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE lots ADD COLUMN centre TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE lots ADD COLUMN unit TEXT COLLATE "C";
ALTER TABLE lots ADD COLUMN published BIGINT NOT NULL DEFAULT 0;
ALTER TABLE lots ADD COLUMN awarded_minor BIGINT;
DROP INDEX lots_status;
CREATE INDEX lots_time ON lots (published, tender, id);
CREATE INDEX lots_tender ON lots (tender, published, id);
CREATE INDEX lots_status ON lots (status, published, tender, id);
CREATE INDEX lots_centre ON lots (centre, published, tender, id);
CREATE INDEX lots_unit ON lots (unit, published, tender, id);

ALTER TABLE objections ADD COLUMN centre TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE objections ADD COLUMN region TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE objections ADD COLUMN filed BIGINT NOT NULL DEFAULT 0;
DROP INDEX objections_objector;
DROP INDEX objections_status;
CREATE INDEX objections_time ON objections (filed, tender, id);
CREATE INDEX objections_tender ON objections (tender, filed, id);
CREATE INDEX objections_objector ON objections (objector, filed, tender, id);
CREATE INDEX objections_status ON objections (status, filed, tender, id);
CREATE INDEX objections_centre ON objections (centre, filed, tender, id);

ALTER TABLE organisations ADD COLUMN name_folded TEXT COLLATE "C" NOT NULL DEFAULT '';
