-- Appeals are against an act that froze something, or against an upload that is held or was blocked: one of
-- the two is given.
CREATE TABLE appeals_anew (
    id TEXT NOT NULL PRIMARY KEY,
    project TEXT NOT NULL,
    freeze_id TEXT REFERENCES freezes (id),
    upload_id TEXT REFERENCES uploads (id),
    words TEXT NOT NULL,
    account TEXT NOT NULL,
    made_by TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    granted BIGINT,
    note TEXT,
    decided_by TEXT,
    decided_at BIGINT
);
INSERT INTO appeals_anew (id, project, freeze_id, words, account, made_by, made_at, granted, note, decided_by,
        decided_at)
    SELECT id, project, freeze_id, words, account, made_by, made_at, granted, note, decided_by, decided_at
    FROM appeals;
DROP TABLE appeals;
ALTER TABLE appeals_anew RENAME TO appeals;
CREATE INDEX appeals_by_project ON appeals (project);
CREATE INDEX appeals_by_account ON appeals (account, made_at);
CREATE UNIQUE INDEX appeals_one_open ON appeals (freeze_id) WHERE granted IS NULL;
CREATE INDEX appeals_by_upload ON appeals (upload_id);
CREATE UNIQUE INDEX appeals_one_open_by_upload ON appeals (upload_id) WHERE granted IS NULL;
