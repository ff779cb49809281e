-- 全文检索: what can be searched, and its words. It follows the log and is made of it alone: a function of the entries before `size`.
CREATE TABLE searched (
    id       BIGINT PRIMARY KEY,              -- the entry with which it began
    kind     TEXT COLLATE "C" NOT NULL,
    key      TEXT COLLATE "C" NOT NULL,
    title    TEXT COLLATE "C" NOT NULL,
    status   TEXT COLLATE "C" NOT NULL,
    nature   TEXT COLLATE "C" NOT NULL,       -- empty where it has none, as the next five
    method   TEXT COLLATE "C" NOT NULL,
    region   TEXT COLLATE "C" NOT NULL,
    unit     TEXT COLLATE "C" NOT NULL,
    deadline TEXT COLLATE "C" NOT NULL,       -- of bids: a day, or an hour with its zone
    opening  TEXT COLLATE "C" NOT NULL,
    year     BIGINT NOT NULL,
    time     BIGINT NOT NULL,
    body     TEXT COLLATE "C" NOT NULL        -- last: long, and not read where the others are
);
-- Part 0 has every word of a thing, with places where that is all of it; of a long text they stand in the parts behind.
CREATE TABLE searched_words (
    id    BIGINT,
    part  BIGINT,
    title TSVECTOR NOT NULL,
    words TSVECTOR NOT NULL,
    PRIMARY KEY (id, part)
);
CREATE INDEX searched_words_title ON searched_words USING gin (title) WHERE part = 0;
CREATE INDEX searched_words_words ON searched_words USING gin (words) WHERE part = 0;
-- Entries that the index knows: one row.
CREATE TABLE search_head (size BIGINT PRIMARY KEY);
INSERT INTO search_head VALUES (0);
