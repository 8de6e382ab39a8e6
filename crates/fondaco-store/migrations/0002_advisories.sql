-- Records of feeds of known malware and vulnerabilities.
CREATE TABLE advisories (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    modified BIGINT NOT NULL,
    withdrawn BIGINT,
    record TEXT NOT NULL
);

-- Which releases: one version, or a range (each bound NULL where it is open).
CREATE TABLE advisory_releases (
    id TEXT NOT NULL REFERENCES advisories (id) ON DELETE CASCADE,
    project TEXT NOT NULL,
    version TEXT,
    introduced TEXT,
    fixed TEXT,
    last_affected TEXT
);
CREATE INDEX advisory_releases_by_project ON advisory_releases (project);
CREATE INDEX advisory_releases_by_id ON advisory_releases (id);
