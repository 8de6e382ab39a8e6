-- From which network an upload came (a /24, or a /48); NULL where that is not known, as of those before this.
ALTER TABLE uploads ADD COLUMN network TEXT;
CREATE INDEX uploads_by_project ON uploads (project, uploaded_at);

-- What was other about who uploaded than with the uploads to the project before: for reviewers alone.
CREATE TABLE upload_facts (
    upload TEXT NOT NULL,
    fact TEXT NOT NULL,
    detail TEXT NOT NULL,
    PRIMARY KEY (upload, fact)
);
