-- What a watcher has come to know of feeds.

CREATE TABLE watch_feeds (
    feed TEXT NOT NULL PRIMARY KEY,
    place TEXT NOT NULL,
    etag TEXT,
    failures BIGINT NOT NULL,
    failing_since BIGINT,
    news_at BIGINT,
    told BIGINT NOT NULL
);

-- What was announced and is not inspected yet.
CREATE TABLE watch_queue (
    feed TEXT NOT NULL,
    item TEXT NOT NULL,
    announced_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    PRIMARY KEY (feed, item)
);
CREATE INDEX watch_queue_by_time ON watch_queue (feed, due_at);

-- What was inspected, or given up.
CREATE TABLE watch_seen (
    feed TEXT NOT NULL,
    item TEXT NOT NULL,
    seen_at BIGINT NOT NULL,
    PRIMARY KEY (feed, item)
);
CREATE INDEX watch_seen_by_time ON watch_seen (seen_at);

-- How many releases did what, by day (UTC).
CREATE TABLE watch_days (
    day TEXT NOT NULL,
    what TEXT NOT NULL,
    many BIGINT NOT NULL,
    PRIMARY KEY (day, what)
);

-- New projects whose names can be mistaken for others.
CREATE TABLE watch_lookalikes (
    project TEXT NOT NULL PRIMARY KEY,
    target TEXT NOT NULL,
    seen_at BIGINT NOT NULL
);
CREATE INDEX watch_lookalikes_by_time ON watch_lookalikes (seen_at);

CREATE TABLE watch_alerts (
    serial BIGINT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    message TEXT NOT NULL,
    detail TEXT NOT NULL
);
-- Serials of alerts are never used again, whatever is forgotten.
CREATE TABLE watch_alert_serial (
    id BIGINT NOT NULL PRIMARY KEY,
    serial BIGINT NOT NULL
);
INSERT INTO watch_alert_serial (id, serial) VALUES (1, 0);

-- Up to which alert each way of telling has come.
CREATE TABLE watch_told (
    way TEXT NOT NULL PRIMARY KEY,
    serial BIGINT NOT NULL
);
