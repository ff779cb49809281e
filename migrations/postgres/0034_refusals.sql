-- How often this service refused a record, by the rule that the refusal cites. No part of the log, and nothing rests on it.
CREATE TABLE refusals (
    edition  TEXT COLLATE "C" NOT NULL,          -- SHA-256 of the edition of the law that was in force
    rule     TEXT COLLATE "C" NOT NULL,          -- as the refusal has it: a rule's id, or the kind of the bar that keeps somebody off
    refused  BIGINT NOT NULL,
    PRIMARY KEY (edition, rule)
);
-- Since when it is counted, milliseconds: one row, from the first start on.
CREATE TABLE refusal_head (id BIGINT PRIMARY KEY, since BIGINT NOT NULL);
