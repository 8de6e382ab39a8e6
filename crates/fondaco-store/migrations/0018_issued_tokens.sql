-- Tokens that the index issues to people and to trusted publishers: macaroons. Of each there is the root
-- key that its chain begins with; who has that could make the token, so it is as secret as a password.
CREATE TABLE issued_tokens (
    id TEXT NOT NULL PRIMARY KEY,
    root_key TEXT NOT NULL,
    user_id TEXT,
    -- The publishers, one a line, of a token that was given for an ID token.
    publishers TEXT,
    label TEXT NOT NULL,
    -- What it was narrowed by when it was made, one a line: for showing, the token itself has them too.
    caveats TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    last_used_at BIGINT,
    last_used_from TEXT,
    revoked_at BIGINT,
    revoked_why TEXT,
    -- The one that was made in its place.
    replaced_by TEXT
);
CREATE INDEX issued_tokens_by_user ON issued_tokens (user_id);

-- Tokens that upload but once, by the value in their caveat.
CREATE TABLE spent_tokens (
    token TEXT NOT NULL,
    value TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (token, value)
);
