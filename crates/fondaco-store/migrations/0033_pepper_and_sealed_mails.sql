-- The secret that goes into every hash of a password, sealed as others are: one row.
CREATE TABLE pepper (
    -- What hashes name it by, in base64.
    id TEXT NOT NULL PRIMARY KEY,
    secret BLOB NOT NULL,
    sealed_by TEXT NOT NULL,
    made_at BIGINT NOT NULL
);

-- Mails that wait hold links: what they say is sealed too. NULL is a row from before, or of a database
-- whose secrets nobody seals.
ALTER TABLE mails ADD COLUMN sealed_by TEXT;
