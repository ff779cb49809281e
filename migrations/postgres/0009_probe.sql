-- What is written to see whether anything can be; empty but for that moment.
CREATE TABLE probe (
    id    BIGINT PRIMARY KEY,
    bytes BYTEA NOT NULL
);
