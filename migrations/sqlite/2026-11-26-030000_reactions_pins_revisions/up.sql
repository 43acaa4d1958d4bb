-- The count of each emoji in `reactions`, as a JSON object, so that a page of messages needs no other table; NULL
-- if there are no reactions.
ALTER TABLE messages ADD COLUMN reactions TEXT;

-- As with messages, no foreign keys: whoever writes has locked the chatroom and read the message.
CREATE TABLE reactions (
    chatroom_id BLOB NOT NULL,
    message_id BLOB NOT NULL,
    user_id BLOB NOT NULL,
    emoji TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (chatroom_id, message_id, user_id, emoji)
) STRICT, WITHOUT ROWID;
CREATE INDEX reactions_by_seq ON reactions (chatroom_id, message_id, seq);
CREATE INDEX reactions_by_emoji ON reactions (chatroom_id, message_id, emoji, seq);

CREATE TABLE pins (
    chatroom_id BLOB NOT NULL,
    message_id BLOB NOT NULL,
    pinned_by BLOB NOT NULL,
    pinned_at INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (chatroom_id, message_id)
) STRICT, WITHOUT ROWID;

-- What messages said before they were edited.
CREATE TABLE message_revisions (
    chatroom_id BLOB NOT NULL,
    message_id BLOB NOT NULL,
    revision INTEGER NOT NULL,
    body TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (chatroom_id, message_id, revision)
) STRICT, WITHOUT ROWID;
