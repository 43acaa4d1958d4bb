DROP TABLE mentions;
DROP INDEX messages_by_parent;
ALTER TABLE messages
    DROP COLUMN mentions,
    DROP COLUMN reply_count,
    DROP COLUMN reply_to;
