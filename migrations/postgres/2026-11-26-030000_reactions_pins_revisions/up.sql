-- The count of each emoji in `reactions`, as a JSON object, so that a page of messages needs no other table; NULL
-- if there are no reactions.
ALTER TABLE messages ADD COLUMN reactions TEXT;

-- As with messages, no foreign keys: whoever writes has locked the chatroom and read the message.
CREATE TABLE reactions (
    chatroom_id UUID NOT NULL,
    message_id UUID NOT NULL,
    user_id UUID NOT NULL,
    emoji TEXT COLLATE "C" NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (chatroom_id, message_id, user_id, emoji)
);
CREATE INDEX reactions_by_seq ON reactions (chatroom_id, message_id, seq);
CREATE INDEX reactions_by_emoji ON reactions (chatroom_id, message_id, emoji, seq);

CREATE TABLE pins (
    chatroom_id UUID NOT NULL,
    message_id UUID NOT NULL,
    pinned_by UUID NOT NULL,
    pinned_at TIMESTAMPTZ NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (chatroom_id, message_id)
);

-- What messages said before they were edited.
CREATE TABLE message_revisions (
    chatroom_id UUID NOT NULL,
    message_id UUID NOT NULL,
    revision INTEGER NOT NULL,
    body TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (chatroom_id, message_id, revision)
);
