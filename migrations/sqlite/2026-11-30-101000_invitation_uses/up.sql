-- Users whom an invitation has admitted, so that those who come back take no second use of it.
CREATE TABLE invitation_uses (
    chatroom_id BLOB NOT NULL REFERENCES chatrooms,
    invitation_id BLOB NOT NULL,
    user_id BLOB NOT NULL REFERENCES users,
    PRIMARY KEY (chatroom_id, invitation_id, user_id)
) STRICT, WITHOUT ROWID;
