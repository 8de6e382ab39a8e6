-- What lists are made from where there are very many projects.
CREATE INDEX evidence_by_verdict ON evidence (verdict, sha256);
CREATE INDEX own_releases_newest ON own_releases (made_at, project);
CREATE INDEX own_projects_newest ON own_projects (made_at, project);
