-- Deleted accounts whose messages are being deleted too, chatroom by chatroom, in the order of the ids. Those up to
-- and including this chatroom are done.
CREATE TABLE erasures (
    user_id BLOB PRIMARY KEY REFERENCES users,
    after_chatroom_id BLOB NOT NULL
) STRICT, WITHOUT ROWID;
