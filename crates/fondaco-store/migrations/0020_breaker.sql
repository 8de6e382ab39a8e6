-- The breaker's state, as it writes it; one row.
CREATE TABLE breaker (
    id BIGINT NOT NULL PRIMARY KEY,
    state TEXT NOT NULL,
    changed_at BIGINT NOT NULL
);

-- Keys (an account, an address, a payload, ...) whose uploads and registrations are refused, except those
-- to established projects.
CREATE TABLE blocks (
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    reason TEXT NOT NULL,
    made_by TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (kind, key)
);

-- Addresses that get no answer, whatever they send along.
CREATE TABLE bans (
    network TEXT NOT NULL PRIMARY KEY,
    reason TEXT NOT NULL,
    made_by TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    expires_at BIGINT
);
