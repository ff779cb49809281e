-- What is written to see whether anything can be; empty but for that moment.
CREATE TABLE probe (
    id    INTEGER PRIMARY KEY,
    bytes BLOB NOT NULL
);
