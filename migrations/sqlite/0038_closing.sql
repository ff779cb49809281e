-- Which windows end first, of those that run.
CREATE INDEX tenders_window ON tenders (status, window_until, code) WHERE window_until IS NOT NULL;
