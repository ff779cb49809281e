-- What each entry says of whom it bears on (nothing where it only concerns them), and the entry that it takes back;
-- `gongshi replay` fills it for a log that exists.
ALTER TABLE bearings ADD COLUMN fact TEXT;
ALTER TABLE bearings ADD COLUMN undoes BIGINT;
-- What a grade looks for: those that say or take back something.
CREATE INDEX bearings_told ON bearings (subject, idx) WHERE fact IS NOT NULL OR undoes IS NOT NULL;

-- The grade of each organisation that has one, and the night at which it is looked at again without anything new.
CREATE TABLE credits (
    organisation TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    grade TEXT COLLATE "C" NOT NULL,
    points BIGINT NOT NULL,
    day TEXT COLLATE "C" NOT NULL,
    graded_in BIGINT NOT NULL,
    again TEXT COLLATE "C" NOT NULL,
    open_objections BIGINT NOT NULL,
    version BIGINT NOT NULL
);
CREATE INDEX credits_by_grade ON credits (grade, organisation);
