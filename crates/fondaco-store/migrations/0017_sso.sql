-- Logins by the single sign-on that have begun, by the digest of their state; each is taken once.
CREATE TABLE sso_logins (
    state TEXT NOT NULL PRIMARY KEY,
    nonce TEXT NOT NULL,
    verifier TEXT NOT NULL,
    redirect_uri TEXT NOT NULL,
    next TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);

-- Who is who at the issuer: by `sub`, which stays, and never by a name or an address.
CREATE TABLE sso_people (
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    user_id TEXT NOT NULL REFERENCES users (id),
    made_at BIGINT NOT NULL,
    PRIMARY KEY (issuer, subject)
);
