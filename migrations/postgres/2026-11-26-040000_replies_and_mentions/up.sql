ALTER TABLE messages
    ADD COLUMN reply_to UUID,
    ADD COLUMN reply_count INTEGER NOT NULL DEFAULT 0,
    -- Ids, and a word for all.
    ADD COLUMN mentions TEXT;
CREATE INDEX messages_by_parent ON messages (chatroom_id, reply_to, seq) WHERE reply_to IS NOT NULL;

-- Whom a message mentions; the nil id stands for all in the chatroom.
CREATE TABLE mentions (
    chatroom_id UUID NOT NULL,
    user_id UUID NOT NULL,
    seq BIGINT NOT NULL,
    message_id UUID NOT NULL,
    author_id UUID NOT NULL,
    PRIMARY KEY (chatroom_id, user_id, seq)
);
CREATE INDEX mentions_by_user ON mentions (user_id, message_id);
