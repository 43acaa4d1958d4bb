-- Direct chatrooms have visibility 2 and no name: it is empty. `other_id` is the other party, also when they are gone;
-- `hidden_seq` is where the log stood when the member left: the chatroom is shown again with the next message.
ALTER TABLE memberships
    ADD COLUMN other_id UUID,
    ADD COLUMN hidden_seq BIGINT;

CREATE TABLE blocks (
    user_id UUID NOT NULL REFERENCES users,
    blocked_id UUID NOT NULL REFERENCES users,
    created_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (user_id, blocked_id)
);
CREATE INDEX blocks_by_time ON blocks (user_id, created_at, blocked_id);
