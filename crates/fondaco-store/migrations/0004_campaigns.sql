-- Inspected artifacts, as campaigns are clustered by them, in the order in which they came.
CREATE TABLE fingerprints (
    member TEXT NOT NULL PRIMARY KEY,
    place BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    project TEXT NOT NULL,
    file_name TEXT NOT NULL,
    account TEXT,
    uploaded_at BIGINT NOT NULL,
    verdict TEXT NOT NULL,
    established BIGINT NOT NULL,
    target TEXT,
    prints TEXT NOT NULL,
    campaign TEXT,
    pinned BIGINT NOT NULL
);
CREATE INDEX fingerprints_in_order ON fingerprints (place);
CREATE INDEX fingerprints_by_project ON fingerprints (project);
CREATE INDEX fingerprints_by_campaign ON fingerprints (campaign);

-- Campaigns, also those that are merged into another: an id is never used again.
CREATE TABLE campaigns (
    id TEXT NOT NULL PRIMARY KEY,
    state TEXT NOT NULL,
    opened_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    merged_into TEXT,
    has_core BIGINT NOT NULL
);

-- Campaigns that an analyst keeps apart.
CREATE TABLE campaigns_apart (
    one TEXT NOT NULL,
    other TEXT NOT NULL,
    PRIMARY KEY (one, other)
);

-- How often any of this was changed: who has it in memory sees by that whether it is current.
CREATE TABLE campaigns_epoch (id BIGINT NOT NULL PRIMARY KEY, epoch BIGINT NOT NULL);
INSERT INTO campaigns_epoch (id, epoch) VALUES (1, 0);
