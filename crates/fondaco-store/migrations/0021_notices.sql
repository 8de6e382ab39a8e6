-- What somebody has to be told, and to whom it has still to be sent.
CREATE TABLE notices (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    text TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    addressed BIGINT NOT NULL
);
CREATE INDEX notices_by_addressed ON notices (addressed, id);

CREATE TABLE deliveries (
    notice BIGINT NOT NULL,
    endpoint TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    run_at BIGINT NOT NULL,
    PRIMARY KEY (notice, endpoint)
);
CREATE INDEX deliveries_by_time ON deliveries (run_at);
