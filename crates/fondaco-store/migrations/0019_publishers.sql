-- Who may publish a project by an ID token. `claims` and `pinned` are `name=value`, one a line.
CREATE TABLE publishers (
    id TEXT NOT NULL PRIMARY KEY,
    project TEXT NOT NULL,
    issuer TEXT NOT NULL,
    kind TEXT NOT NULL,
    claims TEXT NOT NULL,
    pinned TEXT NOT NULL,
    made_by TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    -- The project is still to be made, by its first upload; `owner` holds it then.
    pending BIGINT NOT NULL,
    owner TEXT,
    expires_at BIGINT,
    last_used_at BIGINT,
    UNIQUE (project, issuer, claims)
);
CREATE INDEX publishers_by_issuer ON publishers (issuer);

-- ID tokens that were shown, until nobody believes them any more: each counts once.
CREATE TABLE shown_id_tokens (
    issuer TEXT NOT NULL,
    jti TEXT NOT NULL,
    until BIGINT NOT NULL,
    PRIMARY KEY (issuer, jti)
);

-- Projects that take uploads of trusted publishers alone.
CREATE TABLE only_trusted_publishing (
    project TEXT NOT NULL PRIMARY KEY,
    set_by TEXT NOT NULL,
    set_at BIGINT NOT NULL
);
