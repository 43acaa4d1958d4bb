-- Direct chatrooms have visibility 2 and an empty name. `other_id` is the other party, even if no longer a member;
-- `hidden_seq` is the head of the log when the member left: the next message makes the chatroom visible again.
ALTER TABLE memberships ADD COLUMN other_id BLOB;
ALTER TABLE memberships ADD COLUMN hidden_seq INTEGER;

CREATE TABLE blocks (
    user_id BLOB NOT NULL REFERENCES users,
    blocked_id BLOB NOT NULL REFERENCES users,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (user_id, blocked_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX blocks_by_time ON blocks (user_id, created_at, blocked_id);
