-- Which tender another one follows (重新招标), and which lots of it, with commas on both sides; `gongshi replay` fills them for a log
-- that exists.
ALTER TABLE tenders ADD COLUMN follows TEXT COLLATE "C";
ALTER TABLE tenders ADD COLUMN followed_lots TEXT COLLATE "C";
CREATE INDEX tenders_follows ON tenders (follows, first_time, code) WHERE follows IS NOT NULL;
