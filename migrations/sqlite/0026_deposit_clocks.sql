-- Clocks of a deposit beside that of its refund: what is missing, and what is too much. `gongshi replay` fills them for a log that exists.
ALTER TABLE deposits ADD COLUMN topup_due_at INTEGER;      -- nothing: nothing is demanded
ALTER TABLE deposits ADD COLUMN topup_overdue INTEGER;     -- the entry that says so
ALTER TABLE deposits ADD COLUMN surplus_due_at INTEGER;    -- nothing: nothing is too much
ALTER TABLE deposits ADD COLUMN surplus_overdue INTEGER;   -- the entry that says so
ALTER TABLE deposits ADD COLUMN guarantee_warned INTEGER;  -- the entry that warns of an end to come
