-- What each entry says of whom it bears on (nothing where it only concerns them), and the entry that it takes back;
-- `gongshi replay` fills it for a log that exists.
ALTER TABLE bearings ADD COLUMN fact TEXT;
ALTER TABLE bearings ADD COLUMN undoes INTEGER;
-- What a grade looks for: those that say or take back something.
CREATE INDEX bearings_told ON bearings (subject, idx) WHERE fact IS NOT NULL OR undoes IS NOT NULL;
