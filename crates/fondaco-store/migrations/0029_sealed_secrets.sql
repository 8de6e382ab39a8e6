-- Secrets that have to be read back are sealed with a key that is not in the database: the id of the key
-- that a row was sealed with. NULL is a row from before, which the next server that starts seals.
ALTER TABLE totp ADD COLUMN sealed_by TEXT;
ALTER TABLE totp_offers ADD COLUMN sealed_by TEXT;
ALTER TABLE issued_tokens ADD COLUMN sealed_by TEXT;

-- The key that seals, since when.
CREATE TABLE sealing_keys (
    id TEXT NOT NULL PRIMARY KEY,
    made_at BIGINT NOT NULL,
    -- Whether nothing is left in the database's file of secrets that stood in it as they are.
    scrubbed BIGINT NOT NULL
);
