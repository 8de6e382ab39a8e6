-- Where files came from, as attestations say that were verified here: PEP 740's object as text.
CREATE TABLE provenance (
    upstream TEXT NOT NULL,
    project TEXT NOT NULL,
    file_name TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    publisher TEXT NOT NULL,
    body TEXT NOT NULL,
    verified_at BIGINT NOT NULL,
    PRIMARY KEY (upstream, project, file_name, sha256)
);
