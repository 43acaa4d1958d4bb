ALTER TABLE messages ADD COLUMN reply_to BLOB;
ALTER TABLE messages ADD COLUMN reply_count INTEGER NOT NULL DEFAULT 0;
-- Ids, and a word for all.
ALTER TABLE messages ADD COLUMN mentions TEXT;
CREATE INDEX messages_by_parent ON messages (chatroom_id, reply_to, seq) WHERE reply_to IS NOT NULL;

-- Whom a message mentions; the nil id stands for all in the chatroom.
CREATE TABLE mentions (
    chatroom_id BLOB NOT NULL,
    user_id BLOB NOT NULL,
    seq INTEGER NOT NULL,
    message_id BLOB NOT NULL,
    author_id BLOB NOT NULL,
    PRIMARY KEY (chatroom_id, user_id, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX mentions_by_user ON mentions (user_id, message_id);
