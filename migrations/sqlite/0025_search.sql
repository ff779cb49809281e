-- 全文检索: what can be searched, and its words. It follows the log and is made of it alone: a function of the entries before `size`.
CREATE TABLE searched (
    id       INTEGER PRIMARY KEY,             -- the entry with which it began
    kind     TEXT NOT NULL,
    key      TEXT NOT NULL,
    title    TEXT NOT NULL,
    status   TEXT NOT NULL,
    nature   TEXT NOT NULL,                   -- empty where it has none, as the next five
    method   TEXT NOT NULL,
    region   TEXT NOT NULL,
    unit     TEXT NOT NULL,
    deadline TEXT NOT NULL,                   -- of bids: a day, or an hour with its zone
    opening  TEXT NOT NULL,
    year     INTEGER NOT NULL,
    time     INTEGER NOT NULL,
    body     TEXT NOT NULL                    -- last: long, and not read where the others are
);
CREATE VIRTUAL TABLE searched_words USING fts5 (title, body, marks, content = '', contentless_delete = 1, tokenize = 'ascii');
-- Entries that the index knows: one row.
CREATE TABLE search_head (size INTEGER PRIMARY KEY);
INSERT INTO search_head VALUES (0);
