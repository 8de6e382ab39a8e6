-- Which tokens belong to which teams.
CREATE TABLE team_tokens (
    team TEXT NOT NULL,
    token TEXT NOT NULL REFERENCES tokens (id),
    PRIMARY KEY (team, token)
);
CREATE INDEX team_tokens_by_token ON team_tokens (token);

-- Whether a token may manage the index by the API.
ALTER TABLE tokens ADD COLUMN manages BIGINT NOT NULL DEFAULT 0;
