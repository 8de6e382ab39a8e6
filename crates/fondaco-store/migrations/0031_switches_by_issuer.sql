-- A switch may count for one issuer of trusted publishing alone; '' is every issuer.
CREATE TABLE switches_by_issuer (
    kind TEXT NOT NULL,
    issuer TEXT NOT NULL,
    age BIGINT,
    reason TEXT NOT NULL,
    made_by TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    expires_at BIGINT,
    PRIMARY KEY (kind, issuer)
);
INSERT INTO switches_by_issuer (kind, issuer, age, reason, made_by, made_at, expires_at)
    SELECT kind, '', age, reason, made_by, made_at, expires_at FROM switches;
DROP TABLE switches;
ALTER TABLE switches_by_issuer RENAME TO switches;
