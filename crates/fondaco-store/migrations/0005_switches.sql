-- What is switched off for a time. `age` in seconds, of the switches that count by one.
CREATE TABLE switches (
    kind TEXT NOT NULL PRIMARY KEY,
    age BIGINT,
    reason TEXT NOT NULL,
    made_by TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    expires_at BIGINT
);
