-- Projects of our own. A name that stands here is never asked of an upstream until it is lifted.
CREATE TABLE own_projects (
    project TEXT NOT NULL PRIMARY KEY,
    display_name TEXT NOT NULL,
    made_by TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    status TEXT NOT NULL,
    status_reason TEXT NOT NULL,
    lifted_at BIGINT
);

-- Names that are known elsewhere and may all the same be those of projects of our own.
CREATE TABLE claims (
    project TEXT NOT NULL PRIMARY KEY,
    made_by TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    reason TEXT NOT NULL
);

CREATE TABLE own_releases (
    project TEXT NOT NULL,
    release TEXT NOT NULL,
    version TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    yanked TEXT,
    PRIMARY KEY (project, release)
);

-- What was uploaded and taken. Rows stay after deletion: a file's name is never used again, in any case.
CREATE TABLE own_files (
    project TEXT NOT NULL,
    file_name TEXT NOT NULL,
    folded TEXT NOT NULL,
    release TEXT NOT NULL,
    version TEXT NOT NULL,
    kind TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    md5 TEXT NOT NULL,
    blake2_256 TEXT NOT NULL,
    size BIGINT NOT NULL,
    requires_python TEXT,
    metadata TEXT NOT NULL,
    upload TEXT NOT NULL,
    uploaded_by TEXT NOT NULL,
    uploaded_at BIGINT NOT NULL,
    yanked TEXT,
    deleted_at BIGINT,
    PRIMARY KEY (project, file_name)
);
CREATE UNIQUE INDEX own_files_names ON own_files (folded);
CREATE UNIQUE INDEX own_files_one_sdist ON own_files (project, release) WHERE kind = 'sdist';
CREATE INDEX own_files_by_blake2 ON own_files (blake2_256);

-- Every upload that was valid, also those that were blocked.
CREATE TABLE uploads (
    id TEXT NOT NULL PRIMARY KEY,
    project TEXT NOT NULL,
    file_name TEXT NOT NULL,
    version TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    taken BOOLEAN NOT NULL,
    uploaded_by TEXT NOT NULL,
    uploaded_at BIGINT NOT NULL
);
CREATE INDEX uploads_by_sha256 ON uploads (sha256);

-- Tokens for uploads, by their digest. Of `projects` and `namespaces`, one a line; both NULL: everything.
CREATE TABLE tokens (
    id TEXT NOT NULL PRIMARY KEY,
    label TEXT NOT NULL,
    digest TEXT NOT NULL UNIQUE,
    projects TEXT,
    namespaces TEXT,
    made_by TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    expires_at BIGINT,
    last_used_at BIGINT,
    revoked_at BIGINT
);

-- What is served to nobody: a project, a release (`file_name` empty) or a file.
CREATE TABLE quarantines (
    project TEXT NOT NULL,
    release TEXT NOT NULL,
    file_name TEXT NOT NULL,
    reason TEXT NOT NULL,
    made_by TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (project, release, file_name)
);
