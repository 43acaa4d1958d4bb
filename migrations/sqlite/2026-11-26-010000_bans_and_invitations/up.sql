CREATE TABLE bans (
    chatroom_id BLOB NOT NULL REFERENCES chatrooms,
    user_id BLOB NOT NULL REFERENCES users,
    banned_by BLOB NOT NULL REFERENCES users,
    created_at INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (chatroom_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX bans_by_seq ON bans (chatroom_id, seq);

CREATE TABLE invitations (
    chatroom_id BLOB NOT NULL REFERENCES chatrooms,
    id BLOB NOT NULL,
    secret BLOB NOT NULL,
    created_by BLOB NOT NULL REFERENCES users,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    max_uses INTEGER,
    uses INTEGER NOT NULL,
    revoked_at INTEGER,
    PRIMARY KEY (chatroom_id, id)
) STRICT, WITHOUT ROWID;
