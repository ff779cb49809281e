-- SQLite had gaps in its index from the beginning; this step is for PostgreSQL.
SELECT 1;
