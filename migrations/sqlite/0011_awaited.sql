-- The one key that may register under a code, where a supervisor cleared the claims for it: strangers that use up what may be
-- registered in an hour don't keep it out. `gongshi replay` fills it for a log that exists.
ALTER TABLE organisations ADD COLUMN awaited BLOB;
