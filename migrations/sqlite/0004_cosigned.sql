-- Checkpoints that witnesses have cosigned: signed notes with the lines of the witnesses in them. Older ones than the
-- newest that meets the policy are dropped.
CREATE TABLE cosigned (
    size INTEGER PRIMARY KEY,
    note TEXT NOT NULL
);
