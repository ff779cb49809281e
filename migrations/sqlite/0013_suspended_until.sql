-- When a suspension is over, ms since 1970: time ends it, and nothing is written then. `gongshi replay` fills it for a log that
-- exists.
ALTER TABLE organisations ADD COLUMN suspended_until INTEGER NOT NULL DEFAULT 0;
