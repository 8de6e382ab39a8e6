-- What people have beside a password.

CREATE TABLE totp (
    user_id TEXT NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    secret BLOB NOT NULL,
    made_at BIGINT NOT NULL,
    -- Neither this step nor one before it counts again.
    last_step BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL
);

-- Secrets that were shown, of which no code was given yet.
CREATE TABLE totp_offers (
    session_id TEXT NOT NULL PRIMARY KEY REFERENCES sessions (id) ON DELETE CASCADE,
    secret BLOB NOT NULL,
    made_at BIGINT NOT NULL
);

CREATE TABLE passkeys (
    -- base64url
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    label TEXT NOT NULL,
    public_key BLOB NOT NULL,
    counter BIGINT NOT NULL,
    verifies BIGINT NOT NULL,
    synced BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    last_used_at BIGINT
);
CREATE INDEX passkeys_of_user ON passkeys (user_id);

CREATE TABLE recovery_codes (
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    digest TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    used_at BIGINT,
    PRIMARY KEY (user_id, digest)
);

-- What authenticators were asked to sign: gone when it has been answered, rightly or not.
CREATE TABLE challenges (
    challenge TEXT NOT NULL PRIMARY KEY,
    purpose TEXT NOT NULL,
    -- Who was asked; empty for a login, where nobody is known yet.
    session_id TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);

-- By what a session's second step was passed.
CREATE TABLE session_factors (
    session_id TEXT NOT NULL PRIMARY KEY REFERENCES sessions (id) ON DELETE CASCADE,
    passed TEXT NOT NULL,
    passed_at BIGINT NOT NULL
);

-- Second steps that failed, by which guessing is slowed down.
CREATE TABLE factor_failures (
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    failed_at BIGINT NOT NULL
);
CREATE INDEX factor_failures_of_user ON factor_failures (user_id, failed_at);
