-- The audit log becomes a chain: each row has its place, the digest of the row before it and a digest
-- over both and its own content (`fondaco_model::audit_chain`). Rows that are here already are chained
-- by the program in the same transaction. `origin` is from where something was done.
ALTER TABLE audit ADD COLUMN origin TEXT NOT NULL DEFAULT '';
ALTER TABLE audit ADD COLUMN value_before TEXT;
ALTER TABLE audit ADD COLUMN value_after TEXT;
ALTER TABLE audit ADD COLUMN place BIGINT;
ALTER TABLE audit ADD COLUMN previous TEXT;
ALTER TABLE audit ADD COLUMN digest TEXT;
CREATE UNIQUE INDEX audit_by_place ON audit (place);

-- Where the chain ends.
CREATE TABLE audit_head (id BIGINT NOT NULL PRIMARY KEY, place BIGINT NOT NULL, digest TEXT NOT NULL);

-- Up to which place a collector has what happened.
CREATE TABLE audit_sent (sink TEXT NOT NULL PRIMARY KEY, place BIGINT NOT NULL);
