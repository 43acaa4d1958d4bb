-- Users whom an invitation has admitted, so that those who come back take no second use of it.
CREATE TABLE invitation_uses (
    chatroom_id UUID NOT NULL REFERENCES chatrooms,
    invitation_id UUID NOT NULL,
    user_id UUID NOT NULL REFERENCES users,
    PRIMARY KEY (chatroom_id, invitation_id, user_id)
);
