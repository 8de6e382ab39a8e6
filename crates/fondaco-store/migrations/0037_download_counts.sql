-- What single downloads become once they are older than they are kept: how often each file was served on
-- each day (UTC, counted from 1970-01-01) to each kind of installer.
CREATE TABLE download_counts (
    project TEXT NOT NULL,
    day BIGINT NOT NULL,
    file_name TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    installer TEXT NOT NULL,
    downloads BIGINT NOT NULL,
    PRIMARY KEY (project, day, file_name, sha256, installer)
);
CREATE INDEX download_counts_by_sha256 ON download_counts (sha256, day);
-- Which day was the last.
CREATE INDEX download_counts_by_day ON download_counts (day);

-- The oldest first, as they are counted together.
CREATE INDEX downloads_by_time ON downloads (at);
