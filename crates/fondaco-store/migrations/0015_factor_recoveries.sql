-- Resets of the factors of people who lost them, each after a waiting time.
CREATE TABLE factor_recoveries (
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    reason TEXT NOT NULL,
    made_by TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    ended TEXT,
    ended_at BIGINT
);
CREATE INDEX factor_recoveries_of_user ON factor_recoveries (user_id);

-- Which projects an own project requires, by its last upload: what many require is critical.
CREATE TABLE own_requirements (
    project TEXT NOT NULL,
    requires TEXT NOT NULL,
    PRIMARY KEY (project, requires)
);
CREATE INDEX own_requirements_by_required ON own_requirements (requires);
