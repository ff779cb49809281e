-- The notices of an adopted tender may not say whether it is works, goods or services.
ALTER TABLE tenders ADD COLUMN nature_or_none TEXT;
UPDATE tenders SET nature_or_none = nature;
ALTER TABLE tenders DROP COLUMN nature;
ALTER TABLE tenders RENAME COLUMN nature_or_none TO nature;
