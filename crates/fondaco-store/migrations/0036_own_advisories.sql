-- Which records are this index's own, made by its reviewers: only these are about projects of our own, and
-- no feed changes them. By their ids alone a feed could pass its records off as ours.
ALTER TABLE advisories ADD COLUMN own BIGINT NOT NULL DEFAULT 0;
UPDATE advisories SET own = 1 WHERE id LIKE 'MAL-FONDACO-R%';
CREATE INDEX advisories_by_own ON advisories (own, id);
