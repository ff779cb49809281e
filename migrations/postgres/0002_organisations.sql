-- Projection: organisations.
CREATE TABLE organisations (
    id      TEXT COLLATE "C" PRIMARY KEY,
    name    TEXT COLLATE "C" NOT NULL,
    status  TEXT COLLATE "C" NOT NULL,
    roles   TEXT COLLATE "C" NOT NULL,                  -- ",centre,enterprise,"
    version BIGINT NOT NULL
);

-- Projection: whose key it is.
CREATE TABLE keys (
    kid          BYTEA PRIMARY KEY,
    organisation TEXT COLLATE "C" NOT NULL,
    public       BYTEA NOT NULL,
    status       TEXT COLLATE "C" NOT NULL,
    revoked_from BIGINT                    -- ms since 1970
);
