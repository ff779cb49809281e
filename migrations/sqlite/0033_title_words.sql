-- Words of titles stand in the index as such, beside all others: it need not ask of each place of a word whether that is in a title.
-- A rowid is the id with a minus, so that the newest things come first along lists in which FTS5 can leap forward alone.
DROP TABLE searched_words;
CREATE VIRTUAL TABLE searched_words USING fts5 (words, content = '', contentless_delete = 1, tokenize = 'ascii');
-- The index is made anew.
DELETE FROM searched;
UPDATE search_head SET size = 0;
