-- A lot may have several winners: their codes with commas on both sides, and what each was awarded. `gongshi replay` fills them
-- for a log that exists.
DROP INDEX lots_winner;
ALTER TABLE lots RENAME COLUMN winner TO winners;
ALTER TABLE lots RENAME COLUMN price TO awards;
ALTER TABLE lots DROP COLUMN winner_name;
UPDATE lots SET winners = ',', awards = '[]';
