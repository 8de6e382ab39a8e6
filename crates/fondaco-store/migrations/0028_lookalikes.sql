-- Who was told within the last day of a new name that can be mistaken for one of theirs.
CREATE TABLE lookalikes_told (
    recipient TEXT NOT NULL,
    project TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (recipient, project)
);
CREATE INDEX lookalikes_told_by_time ON lookalikes_told (at);
