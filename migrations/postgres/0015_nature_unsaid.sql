-- The notices of an adopted tender may not say whether it is works, goods or services.
ALTER TABLE tenders ALTER COLUMN nature DROP NOT NULL;
