-- When the newest record about an objection or a lot was written: a feed says by it what has changed. `gongshi replay` fills it for a
-- log that exists; until then nothing has changed.
ALTER TABLE objections ADD COLUMN changed INTEGER NOT NULL DEFAULT 0;  -- ms since 1970
ALTER TABLE lots ADD COLUMN changed INTEGER NOT NULL DEFAULT 0;
UPDATE objections SET changed = filed;
UPDATE lots SET changed = published;
