-- Organisations. Rows stay when one is dissolved: its name, which teams are called by, is not used again.
CREATE TABLE organisations (
    name TEXT NOT NULL PRIMARY KEY,
    display_name TEXT NOT NULL,
    made_by TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    dissolved_at BIGINT
);

CREATE TABLE organisation_members (
    organisation TEXT NOT NULL REFERENCES organisations (name),
    user_id TEXT NOT NULL,
    role TEXT NOT NULL,
    since BIGINT NOT NULL,
    PRIMARY KEY (organisation, user_id)
);
CREATE INDEX organisation_members_by_user ON organisation_members (user_id);

-- The organisation that a project belongs to, one at most.
CREATE TABLE project_organisations (
    project TEXT NOT NULL PRIMARY KEY,
    organisation TEXT NOT NULL REFERENCES organisations (name),
    since BIGINT NOT NULL
);
CREATE INDEX project_organisations_by_name ON project_organisations (organisation);

CREATE TABLE project_roles (
    project TEXT NOT NULL,
    user_id TEXT NOT NULL,
    role TEXT NOT NULL,
    since BIGINT NOT NULL,
    PRIMARY KEY (project, user_id)
);
CREATE INDEX project_roles_by_user ON project_roles (user_id);

-- The teams that organisations have made; the operator's are there as soon as somebody belongs to them.
CREATE TABLE teams (
    name TEXT NOT NULL PRIMARY KEY,
    organisation TEXT NOT NULL REFERENCES organisations (name),
    made_by TEXT NOT NULL,
    made_at BIGINT NOT NULL
);
CREATE INDEX teams_by_organisation ON teams (organisation);

-- People in teams, as `team_tokens` are tokens in teams. `by_sso`: the single sign-on put them there,
-- and takes them out.
CREATE TABLE team_people (
    team TEXT NOT NULL,
    user_id TEXT NOT NULL,
    by_sso BIGINT NOT NULL,
    PRIMARY KEY (team, user_id)
);
CREATE INDEX team_people_by_user ON team_people (user_id);

CREATE TABLE team_roles (
    project TEXT NOT NULL,
    team TEXT NOT NULL REFERENCES teams (name),
    role TEXT NOT NULL,
    PRIMARY KEY (project, team)
);
CREATE INDEX team_roles_by_team ON team_roles (team);

-- Invitations to a role on a project or in an organisation. `made_by` is the person, NULL for staff.
CREATE TABLE invitations (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    user_id TEXT NOT NULL,
    made_by TEXT,
    made_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    state TEXT NOT NULL
);
CREATE INDEX invitations_by_user ON invitations (user_id);
CREATE INDEX invitations_by_name ON invitations (kind, name);
