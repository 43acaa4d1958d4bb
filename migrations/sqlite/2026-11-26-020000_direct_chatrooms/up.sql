-- Direct chatrooms have visibility 2 and no name: it is empty. `other_id` is the other party, also when they are gone;
-- `hidden_seq` is where the log stood when the member left: the chatroom is shown again with the next message.
ALTER TABLE memberships ADD COLUMN other_id BLOB;
ALTER TABLE memberships ADD COLUMN hidden_seq INTEGER;

CREATE TABLE blocks (
    user_id BLOB NOT NULL REFERENCES users,
    blocked_id BLOB NOT NULL REFERENCES users,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (user_id, blocked_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX blocks_by_time ON blocks (user_id, created_at, blocked_id);
