-- Reports about projects, by persons and scanners. `release` and `file_name` are empty where the whole
-- project is meant.
CREATE TABLE observations (
    id TEXT NOT NULL PRIMARY KEY,
    project TEXT NOT NULL,
    release TEXT NOT NULL,
    file_name TEXT NOT NULL,
    kind TEXT NOT NULL,
    summary TEXT NOT NULL,
    evidence TEXT,
    account TEXT NOT NULL,
    observer TEXT NOT NULL,
    trusted BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    outcome TEXT,
    note TEXT,
    decided_by TEXT,
    decided_at BIGINT
);
CREATE INDEX observations_by_project ON observations (project);
CREATE INDEX observations_by_account ON observations (account, made_at);
CREATE UNIQUE INDEX observations_one_open ON observations (account, project, release, file_name)
    WHERE outcome IS NULL;

-- Whose reports staff trust.
CREATE TABLE observers (
    account TEXT NOT NULL PRIMARY KEY,
    reason TEXT NOT NULL,
    made_by TEXT NOT NULL,
    made_at BIGINT NOT NULL
);

-- Acts that froze something, and what each of them froze.
CREATE TABLE freezes (
    id TEXT NOT NULL PRIMARY KEY,
    project TEXT NOT NULL,
    release TEXT NOT NULL,
    file_name TEXT NOT NULL,
    reason TEXT NOT NULL,
    made_by TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    lifted_at BIGINT
);
CREATE INDEX freezes_by_project ON freezes (project);
CREATE TABLE frozen (
    freeze TEXT NOT NULL REFERENCES freezes (id),
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    file_name TEXT NOT NULL,
    PRIMARY KEY (freeze, kind, subject, file_name)
);
CREATE INDEX frozen_by_subject ON frozen (kind, subject);

CREATE TABLE appeals (
    id TEXT NOT NULL PRIMARY KEY,
    project TEXT NOT NULL,
    freeze TEXT NOT NULL REFERENCES freezes (id),
    words TEXT NOT NULL,
    account TEXT NOT NULL,
    made_by TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    granted BIGINT,
    note TEXT,
    decided_by TEXT,
    decided_at BIGINT
);
CREATE INDEX appeals_by_project ON appeals (project);
CREATE UNIQUE INDEX appeals_one_open ON appeals (freeze) WHERE granted IS NULL;
