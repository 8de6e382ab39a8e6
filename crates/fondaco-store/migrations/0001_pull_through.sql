-- Instants are microseconds since 1970; digests are lower-case hex; names are as in fondaco-model.

CREATE TABLE instance (id TEXT NOT NULL PRIMARY KEY, made_at BIGINT NOT NULL);

CREATE TABLE upstreams (
    name TEXT NOT NULL PRIMARY KEY,
    url TEXT NOT NULL,
    source TEXT NOT NULL,
    set_at BIGINT NOT NULL
);

-- What an upstream said last of a project. `listing` is a PEP 691 listing; NULL where it has none.
CREATE TABLE pages (
    upstream TEXT NOT NULL,
    project TEXT NOT NULL,
    etag TEXT,
    listing BLOB,
    status TEXT NOT NULL,
    checked_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (upstream, project)
);

-- Every file that was ever seen on a page; the digest is pinned at first sight.
CREATE TABLE files (
    upstream TEXT NOT NULL,
    project TEXT NOT NULL,
    file_name TEXT NOT NULL,
    release TEXT NOT NULL,
    sha256 TEXT,
    verified BOOLEAN NOT NULL,
    conflict TEXT,
    size BIGINT,
    uploaded_at BIGINT NOT NULL,
    first_seen BIGINT NOT NULL,
    fetched_at BIGINT,
    served_metadata TEXT,
    PRIMARY KEY (upstream, project, file_name)
);
CREATE INDEX files_by_sha256 ON files (sha256);

CREATE TABLE evidence (
    sha256 TEXT NOT NULL,
    file_name TEXT NOT NULL,
    engine TEXT NOT NULL,
    verdict TEXT NOT NULL,
    titles TEXT NOT NULL,
    metadata TEXT,
    lost BOOLEAN NOT NULL,
    attempt BIGINT NOT NULL,
    inspected_at BIGINT NOT NULL,
    report TEXT NOT NULL,
    PRIMARY KEY (sha256, file_name, engine)
);

CREATE TABLE rulings (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    sha256 TEXT NOT NULL,
    decision TEXT NOT NULL,
    reason TEXT NOT NULL,
    made_by TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    expires_at BIGINT,
    withdrawn_at BIGINT
);
CREATE INDEX rulings_by_sha256 ON rulings (sha256);

CREATE TABLE journal (
    serial INTEGER PRIMARY KEY AUTOINCREMENT,
    at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    project TEXT,
    file_name TEXT,
    sha256 TEXT,
    detail TEXT NOT NULL
);
CREATE INDEX journal_by_project ON journal (project, serial);

CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    reason TEXT NOT NULL,
    detail TEXT NOT NULL
);

-- Files to inspect; one entry a file.
CREATE TABLE jobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    upstream TEXT NOT NULL,
    project TEXT NOT NULL,
    file_name TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    run_at BIGINT NOT NULL,
    UNIQUE (upstream, project, file_name)
);

CREATE TABLE downloads (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at BIGINT NOT NULL,
    project TEXT NOT NULL,
    file_name TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    client TEXT NOT NULL,
    user_agent TEXT NOT NULL
);
CREATE INDEX downloads_by_sha256 ON downloads (sha256);
