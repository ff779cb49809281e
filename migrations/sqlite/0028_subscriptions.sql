-- 订阅: whom to tell of what a search newly finds. No part of the log: personal data, which goes when it is stopped.
CREATE TABLE subscriptions (
    id       TEXT PRIMARY KEY,
    state    TEXT NOT NULL,                   -- waiting, active, failed
    target   TEXT NOT NULL,                   -- mailto:… or https://…
    place    TEXT NOT NULL,                   -- mailbox or host, by which those are counted that nobody has confirmed
    filter   TEXT NOT NULL,                   -- JSON
    language TEXT NOT NULL,
    since    INTEGER NOT NULL,                -- when it came into its state, milliseconds
    due      INTEGER NOT NULL,                -- when something is sent next, or a lease is over; the largest number: nothing to send
    rests    INTEGER NOT NULL,                -- nothing is sent before
    attempts INTEGER NOT NULL,                -- at the message under way
    up_to    INTEGER NOT NULL,                -- last entry of the message under way; -1: none is
    fault    TEXT NOT NULL                    -- why the last attempt failed
);
CREATE INDEX subscriptions_due ON subscriptions (due);
CREATE INDEX subscriptions_target ON subscriptions (target);
CREATE INDEX subscriptions_place ON subscriptions (place);
CREATE INDEX subscriptions_since ON subscriptions (state, since);
-- What is still to be told, in the order of the entries.
CREATE TABLE subscription_news (
    subscription TEXT NOT NULL,
    entry        INTEGER NOT NULL,
    things       TEXT NOT NULL,               -- JSON
    PRIMARY KEY (subscription, entry)
);
-- How many entries were held against the filters, and how often these have changed: one row.
CREATE TABLE subscription_head (size INTEGER PRIMARY KEY, revision INTEGER NOT NULL);
INSERT INTO subscription_head VALUES (0, 0);
