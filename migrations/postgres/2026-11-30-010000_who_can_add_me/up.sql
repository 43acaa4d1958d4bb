-- Who can add the user to chatrooms: 0 everyone, 1 the people in their chatrooms, 2 nobody.
ALTER TABLE users ADD COLUMN who_can_add_me SMALLINT NOT NULL DEFAULT 0;

-- Users whom a member wanted to add, and who have not answered yet.
CREATE TABLE invitees (
    user_id UUID NOT NULL REFERENCES users,
    chatroom_id UUID NOT NULL REFERENCES chatrooms,
    invited_by UUID NOT NULL REFERENCES users,
    created_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (user_id, chatroom_id)
);
CREATE INDEX invitees_by_chatroom ON invitees (chatroom_id, created_at, user_id);
CREATE INDEX invitees_by_inviter ON invitees (invited_by);
