-- 订阅: whom to tell of what a search newly finds. No part of the log: personal data, which goes when it is stopped.
CREATE TABLE subscriptions (
    id       TEXT COLLATE "C" PRIMARY KEY,
    state    TEXT COLLATE "C" NOT NULL,                   -- waiting, active, failed
    target   TEXT COLLATE "C" NOT NULL,                   -- mailto:… or https://…
    place    TEXT COLLATE "C" NOT NULL,                   -- mailbox or host, by which those are counted that nobody has confirmed
    filter   TEXT COLLATE "C" NOT NULL,                   -- JSON
    language TEXT COLLATE "C" NOT NULL,
    since    BIGINT NOT NULL,                -- when it came into its state, milliseconds
    due      BIGINT NOT NULL,                -- when something is sent next, or a lease is over; the largest number: nothing to send
    rests    BIGINT NOT NULL,                -- nothing is sent before
    attempts BIGINT NOT NULL,                -- at the message under way
    up_to    BIGINT NOT NULL,                -- last entry of the message under way; -1: none is
    fault    TEXT COLLATE "C" NOT NULL                    -- why the last attempt failed
);
CREATE INDEX subscriptions_due ON subscriptions (due);
CREATE INDEX subscriptions_target ON subscriptions (target);
CREATE INDEX subscriptions_place ON subscriptions (place);
CREATE INDEX subscriptions_since ON subscriptions (state, since);
-- What is still to be told, in the order of the entries.
CREATE TABLE subscription_news (
    subscription TEXT COLLATE "C" NOT NULL,
    entry        BIGINT NOT NULL,
    things       TEXT COLLATE "C" NOT NULL,               -- JSON
    PRIMARY KEY (subscription, entry)
);
-- How many entries were held against the filters, and how often these have changed: one row.
CREATE TABLE subscription_head (size BIGINT PRIMARY KEY, revision BIGINT NOT NULL);
INSERT INTO subscription_head VALUES (0, 0);
