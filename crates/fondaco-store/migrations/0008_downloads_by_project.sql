-- Counted by project and day, and asked for whether a project was ever served.
CREATE INDEX downloads_by_project ON downloads (project, at);
