-- What lists are asked for by: each page is read along one of these. Whatever else is asked of it is looked for in a
-- bounded number of rows a request.
CREATE INDEX entries_kind ON entries (kind, idx);
CREATE INDEX entries_author ON entries (author, idx);
-- Which entries are contested: few keys are ever revoked.
CREATE INDEX keys_revoked ON keys (revoked_from) WHERE revoked_from IS NOT NULL;

CREATE INDEX tenders_status ON tenders (status, first_time, code);
CREATE INDEX tenders_centre ON tenders (centre, first_time, code);
CREATE INDEX objections_objector ON objections (objector, tender, id);
CREATE INDEX objections_status ON objections (status, tender, id);
CREATE INDEX lots_winner ON lots (winner, tender, id) WHERE winner IS NOT NULL;
CREATE INDEX lots_status ON lots (status, tender, id);
CREATE INDEX commitments_status ON commitments (status, id);
CREATE INDEX organisations_status ON organisations (status, id);
