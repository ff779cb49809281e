-- Words of titles stand in the index as such, beside all others, so that both engines are given the same words.
ALTER TABLE searched_words DROP COLUMN title;
-- The index is made anew.
TRUNCATE searched_words, searched;
UPDATE search_head SET size = 0;
