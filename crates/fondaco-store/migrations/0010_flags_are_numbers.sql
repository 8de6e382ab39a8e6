-- What is true or false is a BIGINT of 1 or 0: both databases have it, and sqlx reads it from both.

ALTER TABLE files ADD COLUMN flag BIGINT NOT NULL DEFAULT 0;
UPDATE files SET flag = CASE WHEN verified THEN 1 ELSE 0 END;
ALTER TABLE files DROP COLUMN verified;
ALTER TABLE files RENAME COLUMN flag TO verified;

ALTER TABLE evidence ADD COLUMN flag BIGINT NOT NULL DEFAULT 0;
UPDATE evidence SET flag = CASE WHEN lost THEN 1 ELSE 0 END;
ALTER TABLE evidence DROP COLUMN lost;
ALTER TABLE evidence RENAME COLUMN flag TO lost;

ALTER TABLE uploads ADD COLUMN flag BIGINT NOT NULL DEFAULT 0;
UPDATE uploads SET flag = CASE WHEN taken THEN 1 ELSE 0 END;
ALTER TABLE uploads DROP COLUMN taken;
ALTER TABLE uploads RENAME COLUMN flag TO taken;
