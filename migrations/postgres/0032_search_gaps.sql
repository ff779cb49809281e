-- A gap between words stands in the index now, so that a phrase goes across it only where it has it too: the index is made anew.
TRUNCATE searched_words, searched;
UPDATE search_head SET size = 0;
