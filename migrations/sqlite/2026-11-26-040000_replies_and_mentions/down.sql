DROP TABLE mentions;
DROP INDEX messages_by_parent;
ALTER TABLE messages DROP COLUMN mentions;
ALTER TABLE messages DROP COLUMN reply_count;
ALTER TABLE messages DROP COLUMN reply_to;
