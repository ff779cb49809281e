-- Who has declined a wish that somebody made in his name, and is asked by nobody for a while. No part of the log.
CREATE TABLE subscription_declines (
    receiver TEXT COLLATE "C" PRIMARY KEY,                -- a mark that only who has the key of links can make of a mailbox or a URL
    since    BIGINT NOT NULL                     -- when, milliseconds
);
CREATE INDEX subscription_declines_since ON subscription_declines (since);
