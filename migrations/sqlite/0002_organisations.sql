-- Projection: organisations.
CREATE TABLE organisations (
    id      TEXT PRIMARY KEY,
    name    TEXT NOT NULL,
    status  TEXT NOT NULL,
    roles   TEXT NOT NULL,                  -- ",centre,enterprise,"
    version INTEGER NOT NULL
) WITHOUT ROWID;

-- Projection: whose key it is.
CREATE TABLE keys (
    kid          BLOB PRIMARY KEY,
    organisation TEXT NOT NULL,
    public       BLOB NOT NULL,
    status       TEXT NOT NULL,
    revoked_from INTEGER                    -- ms since 1970
) WITHOUT ROWID;
