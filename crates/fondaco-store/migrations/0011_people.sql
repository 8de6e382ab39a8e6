-- People, how they are reached, and how they show who they are. Of every secret only its digest is
-- kept, of a password a slow hash.

CREATE TABLE users (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    -- The name in lower case. The rows of deleted people stay: nobody becomes them.
    name_key TEXT NOT NULL UNIQUE,
    display_name TEXT NOT NULL,
    staff TEXT,
    state TEXT NOT NULL,
    made_at BIGINT NOT NULL
);

CREATE TABLE emails (
    user_id TEXT NOT NULL REFERENCES users (id),
    address TEXT NOT NULL,
    address_key TEXT NOT NULL,
    is_primary BIGINT NOT NULL,
    added_at BIGINT NOT NULL,
    verified_at BIGINT,
    PRIMARY KEY (user_id, address_key)
);
-- Whoever has shown that an address is theirs has it alone; anybody can write it down.
CREATE UNIQUE INDEX emails_verified ON emails (address_key) WHERE verified_at IS NOT NULL;
CREATE INDEX emails_by_address ON emails (address_key);

CREATE TABLE passwords (
    user_id TEXT NOT NULL PRIMARY KEY REFERENCES users (id),
    -- As PHC writes it, with its parameters.
    hash TEXT NOT NULL,
    set_at BIGINT NOT NULL
);

CREATE TABLE sessions (
    id TEXT NOT NULL PRIMARY KEY,
    digest TEXT NOT NULL UNIQUE,
    user_id TEXT NOT NULL REFERENCES users (id),
    made_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    reauthenticated_at BIGINT NOT NULL,
    pending BIGINT NOT NULL,
    factor_verified_at BIGINT,
    address TEXT NOT NULL,
    user_agent TEXT NOT NULL,
    revoked_at BIGINT
);
CREATE INDEX sessions_of_user ON sessions (user_id);

CREATE TABLE links (
    digest TEXT NOT NULL PRIMARY KEY,
    purpose TEXT NOT NULL,
    user_id TEXT NOT NULL REFERENCES users (id),
    subject TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX links_of_user ON links (user_id, purpose);
