-- Checkpoints that witnesses have cosigned: signed notes with the lines of the witnesses in them. Older ones than the
-- newest that meets the policy are dropped.
CREATE TABLE cosigned (
    size BIGINT PRIMARY KEY,
    note TEXT COLLATE "C" NOT NULL
);
