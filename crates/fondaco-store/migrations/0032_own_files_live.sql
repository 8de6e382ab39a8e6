-- Which projects have a file that is not deleted, without reading the files.
CREATE INDEX own_files_live ON own_files (project) WHERE deleted_at IS NULL;
