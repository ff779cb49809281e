-- For which procurement a deposit stands, where that is not in this log: its code, and SHA-256 of what was published of it. Notices said
-- so since the edition 2027-06, so there is nothing to fill.
ALTER TABLE deposits ADD COLUMN procurement TEXT;
ALTER TABLE deposits ADD COLUMN procurement_notice TEXT;
