-- Lists of organisations, commitments and evaluations begin with the newest; a deposit says when it was announced. `gongshi replay`
-- fills what is new for a log that exists.
ALTER TABLE organisations ADD COLUMN admitted INTEGER NOT NULL DEFAULT 0;     -- 1: somebody has confirmed it
ALTER TABLE organisations ADD COLUMN since INTEGER NOT NULL DEFAULT 0;        -- ms since 1970: first confirmed; until then, registered
DROP INDEX organisations_status;
CREATE INDEX organisations_since ON organisations (since, id);
CREATE INDEX organisations_admitted ON organisations (admitted, since, id);
CREATE INDEX organisations_status ON organisations (status, since, id);

DROP INDEX commitments_unit;
DROP INDEX commitments_enterprise;
DROP INDEX commitments_tender;
DROP INDEX commitments_status;
CREATE INDEX commitments_time ON commitments (first_time, id);
CREATE INDEX commitments_unit ON commitments (unit, first_time, id);
CREATE INDEX commitments_enterprise ON commitments (enterprise, first_time, id);
CREATE INDEX commitments_tender ON commitments (tender, first_time, id) WHERE tender IS NOT NULL;
CREATE INDEX commitments_status ON commitments (status, first_time, id);

DROP INDEX evaluations_commitment;
DROP INDEX evaluations_unit;
DROP INDEX evaluations_enterprise;
DROP INDEX evaluations_tender;
DROP INDEX evaluations_status;
CREATE INDEX evaluations_time ON evaluations (first_time, id);
CREATE INDEX evaluations_commitment ON evaluations (commitment, first_time, id);
CREATE INDEX evaluations_unit ON evaluations (unit, first_time, id);
CREATE INDEX evaluations_enterprise ON evaluations (enterprise, first_time, id);
CREATE INDEX evaluations_tender ON evaluations (tender, first_time, id) WHERE tender IS NOT NULL;
CREATE INDEX evaluations_status ON evaluations (status, first_time, id);

ALTER TABLE deposits ADD COLUMN announced INTEGER NOT NULL DEFAULT 0;         -- ms since 1970
