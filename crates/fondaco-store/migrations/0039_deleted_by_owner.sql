-- Whether an owner has deleted a file, who may then bring it back; what operators delete, they alone do.
-- Of deletions from before nobody knows: 0.
ALTER TABLE own_files ADD COLUMN deleted_by_owner BIGINT NOT NULL DEFAULT 0;
