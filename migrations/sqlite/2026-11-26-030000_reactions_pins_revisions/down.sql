DROP TABLE message_revisions;
DROP TABLE pins;
DROP TABLE reactions;
ALTER TABLE messages DROP COLUMN reactions;
