-- How often this service refused a record, by the rule that the refusal cites. No part of the log, and nothing rests on it.
CREATE TABLE refusals (
    edition  TEXT NOT NULL,                      -- SHA-256 of the edition of the law that was in force
    rule     TEXT NOT NULL,                      -- as the refusal has it: a rule's id, or the kind of the bar that keeps somebody off
    refused  INTEGER NOT NULL,
    PRIMARY KEY (edition, rule)
) WITHOUT ROWID;
-- Since when it is counted, milliseconds: one row, from the first start on.
CREATE TABLE refusal_head (id INTEGER PRIMARY KEY, since INTEGER NOT NULL);
