-- A run of inspections by a newer engine over what is stored; what it finds lies in the shadow until it
-- is applied. `upstream`, `project` and `file_name` name the file up to which it has come.
CREATE TABLE reinspections (
    engine TEXT NOT NULL PRIMARY KEY,
    state TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    finished_at BIGINT,
    total BIGINT NOT NULL,
    looked_at BIGINT NOT NULL,
    upstream TEXT NOT NULL,
    project TEXT NOT NULL,
    file_name TEXT NOT NULL,
    approved_by TEXT,
    reason TEXT NOT NULL
);

-- Evidence of such a run, and what it would make of a file that was decided otherwise.
CREATE TABLE shadows (
    run TEXT NOT NULL REFERENCES reinspections (engine),
    upstream TEXT NOT NULL,
    project TEXT NOT NULL,
    file_name TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    was TEXT NOT NULL,
    becomes TEXT NOT NULL,
    turn TEXT NOT NULL,
    applied BIGINT NOT NULL,
    uploaded_at BIGINT NOT NULL,
    engine TEXT NOT NULL,
    verdict TEXT NOT NULL,
    titles TEXT NOT NULL,
    metadata TEXT,
    lost BIGINT NOT NULL,
    attempt BIGINT NOT NULL,
    inspected_at BIGINT NOT NULL,
    report TEXT NOT NULL,
    PRIMARY KEY (run, upstream, project, file_name)
);
CREATE INDEX shadows_by_turn ON shadows (run, turn);

-- Work that one server does at a time, who does it and until when that counts.
CREATE TABLE leases (
    name TEXT NOT NULL PRIMARY KEY,
    owner TEXT NOT NULL,
    held_until BIGINT NOT NULL,
    done_at BIGINT
);
ALTER TABLE jobs ADD COLUMN lease_owner TEXT;
ALTER TABLE jobs ADD COLUMN lease_until BIGINT NOT NULL DEFAULT 0;
